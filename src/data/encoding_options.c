/* encoding_options.c - what an encoding is asked to do, as text. */
#include "core/names.h"
#include "core/text.h"
#include "data/encoding_codes.h"
#include <shortlist/encoding.h>
#include <stdio.h>
#include <string.h>

static const char *const missing_names[] = {
    [SL_MISSING_ERROR] = "error", [SL_MISSING_DROP] = "drop", [SL_MISSING_MEDIAN] = "median",
    [SL_MISSING_MEAN] = "mean",   [SL_MISSING_MODE] = "mode", [SL_MISSING_CONSTANT] = "constant=VALUE",
    [SL_MISSING_KEEP] = "keep",
};
static const char *const categories_names[] = {
    [SL_CATEGORIES_ERROR] = "error",
    [SL_CATEGORIES_ONEHOT] = "onehot",
    [SL_CATEGORIES_ORDINAL] = "ordinal",
    [SL_CATEGORIES_DROP] = "drop",
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static int find(const char *const *names, size_t n, const char *text)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(names[i], text) == 0)
            return (int)i;
    }
    return -1;
}

/* The setting's name stands first: an option's dashes are put before it. */
static int fail_word(const char *setting, const char *text, const char *const *names, size_t n,
                     struct sl_error *err)
{
    char allowed[128] = "";
    for (size_t i = 0, used = 0; i < n && used < sizeof allowed; i++)
        used += (size_t)snprintf(allowed + used, sizeof allowed - used, "%s%s", i ? " | " : "", names[i]);
    return sl_fail(err, SL_EUSAGE, "%s: '%.60s' is not allowed: it takes %s%s", setting, text, allowed,
                   sl_did_you_mean(text, names, n).text);
}

int sl_missing_parse(const char *text, struct sl_encoding_options *options, struct sl_error *err)
{
    static const char constant[] = "constant=";
    const size_t n = sizeof constant - 1;
    options->constant[0] = 0;
    if (strncmp(text, constant, n) == 0) {
        if (!text[n] || strlen(text + n) >= SL_CONSTANT_MAX)
            return sl_fail(err, SL_EUSAGE, "missing: constant= takes a value of 1 to %d characters",
                           SL_CONSTANT_MAX - 1);
        options->missing = SL_MISSING_CONSTANT;
        snprintf(options->constant, sizeof options->constant, "%s", text + n);
        return SL_OK;
    }
    int found = find(missing_names, COUNT(missing_names), text);
    if (found < 0)
        return fail_word("missing", text, missing_names, COUNT(missing_names), err);
    options->missing = (enum sl_missing)found;
    return SL_OK;
}

int sl_categories_parse(const char *text, enum sl_categories *categories, struct sl_error *err)
{
    int found = find(categories_names, COUNT(categories_names), text);
    if (found < 0)
        return fail_word("categories", text, categories_names, COUNT(categories_names), err);
    *categories = (enum sl_categories)found;
    return SL_OK;
}

int sl_encoding_check(const struct sl_encoding_options *options, struct sl_error *err)
{
    if (!options->indicators || sl_fills(options->missing))
        return SL_OK;
    return sl_fail(
        err, SL_EUSAGE,
        "missing indicators go with missing values that are filled in, and missing is %s: it takes "
        "median, mean, mode or constant=VALUE for them",
        missing_names[options->missing]);
}

struct sl_encoding_options sl_encoding_for(const struct sl_encoding_options *options, int takes_missing,
                                           int takes_categories)
{
    struct sl_encoding_options own = *options;
    own.codes = takes_categories != 0;
    if (!takes_missing || !sl_fills(options->missing))
        return own;
    own.missing = SL_MISSING_KEEP;
    own.indicators = 0;
    own.constant[0] = 0;
    return own;
}

void sl_encoding_print(const struct sl_encoding_options *options, char *buf, size_t size)
{
    char frequency[48] = "", real[24];
    sl_print_real(options->min_frequency, real, sizeof real);
    if (options->min_frequency > 0)
        snprintf(frequency, sizeof frequency, " min_frequency=%s", real);
    snprintf(buf, size, "missing=%s%s%s categories=%s%s%s",
             options->missing == SL_MISSING_CONSTANT ? "constant=" : missing_names[options->missing],
             options->constant, options->indicators ? " missing_indicators=true" : "",
             categories_names[options->categories], frequency, options->codes ? " codes=true" : "");
}
