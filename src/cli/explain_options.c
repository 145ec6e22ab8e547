/* explain_options.c - which options of 'shortlist explain' belong to which methods: one that does nothing
 * would mislead. */
#include "explain_options.h"
#include <string.h>

enum { METHODS_MOST = 6 };

static const struct {
    const char *option, *methods[METHODS_MOST + 1];
} belongings[] = {
    {"layer", {"grad-cam"}},
    {"samples",
     {"smoothgrad", "integrated-gradients", "lime", "gradient-shap", "kernel-shap", "permutation"}},
    {"segments", {"lime", "kernel-shap"}},
    {"regions", {"lime", "kernel-shap"}},
    {"window", {"occlusion"}},
    {"agreement", {"lime"}},
    {"noise", {"smoothgrad"}},
};

/* "a, b" of the methods of an option. */
static void name_methods(const char *const *methods, char *text, size_t size)
{
    size_t used = 0;
    text[0] = 0;
    for (size_t i = 0; methods[i] && used < size; i++)
        used += (size_t)snprintf(text + used, size - used, "%s%s", i ? ", " : "", methods[i]);
}

int cli_check_explain_options(const struct cli_args *args, const char *method)
{
    for (size_t i = 0; i < sizeof belongings / sizeof *belongings; i++) {
        const char *const *known = belongings[i].methods;
        char names[160];
        int found = !cli_has(args, belongings[i].option);
        for (size_t m = 0; known[m] && !found; m++)
            found = strcmp(known[m], method) == 0;
        if (found)
            continue;
        name_methods(known, names, sizeof names);
        return cli_usage(args->command, "--%s is for %s: %s does not look at it", belongings[i].option, names,
                         method);
    }
    return EXIT_DONE;
}
