/* list.c - shortlist list: what there is. */
#include "cli.h"
#include <stdlib.h>
#include <string.h>

static const struct cli_option options[] = {
    {"out", 'o', "DIR", "folder of the store, for studies (default results)"},
    {"format", 'f', "FORMAT", "text or json (default text)"},
    {"shape", 0, "HxWxC", "for nets: height, width and channels of the images (default 28x28x1)"},
    {"classes", 0, "N", "for nets: classes (default 10)"},
    {0},
};

static const struct {
    unsigned bit;
    const char *name, *text;
} flags[] = {
    {SL_WANTS_SCALED, "wants_scaled", "wants scaled features"},
    {SL_NEEDS_IMAGES, "needs_images", "needs images"},
    {SL_RANDOM, "random", "is random"},
    {SL_PROBABILITIES, "probabilities", "gives probabilities"},
    {SL_ITERATES, "iterates", "gives a learning curve"},
};
enum { N_FLAGS = sizeof flags / sizeof *flags };

static void print_flags(const struct sl_classifier_type *type, int json)
{
    const char *join = "";
    for (int i = 0; i < N_FLAGS; i++) {
        if (!(type->flags & flags[i].bit))
            continue;
        printf(json ? "%s\"%s\"" : "%s%s", join, json ? flags[i].name : flags[i].text);
        join = ", ";
    }
}

static void print_params_json(const struct sl_classifier_type *type)
{
    printf("[");
    for (const struct sl_param *p = type->params; p->name; p++) {
        char allowed[512];
        sl_param_describe(p, allowed, sizeof allowed);
        printf("%s\n      {\"name\": ", p == type->params ? "" : ",");
        sl_write_json_text(stdout, p->name);
        printf(", \"default\": ");
        sl_write_json_text(stdout, p->def);
        printf(", \"allowed\": ");
        sl_write_json_text(stdout, allowed);
        printf(", \"grid\": ");
        if (p->grid)
            sl_write_json_text(stdout, p->grid);
        else
            printf("null");
        printf(", \"log\": %s, \"help\": ", p->flags & SL_LOG ? "true" : "false");
        sl_write_json_text(stdout, p->help);
        printf("}");
    }
    printf("]");
}

static void print_classifier_json(const struct sl_classifier_type *type)
{
    printf("    {\"name\": ");
    sl_write_json_text(stdout, type->name);
    printf(", \"title\": ");
    sl_write_json_text(stdout, type->title);
    printf(", \"reference\": ");
    sl_write_json_text(stdout, type->reference);
    printf(", \"flags\": [");
    print_flags(type, 1);
    printf("],\n     \"params\": ");
    print_params_json(type);
    printf("}");
}

static void print_classifier(const struct sl_classifier_type *type)
{
    printf("%s: %s\n%s\n", type->name, type->title, type->reference);
    if (type->flags & (SL_WANTS_SCALED | SL_NEEDS_IMAGES | SL_RANDOM | SL_PROBABILITIES | SL_ITERATES)) {
        printf("It ");
        print_flags(type, 0);
        printf(".\n");
    }
    if (!type->params->name) {
        printf("\nIt has no hyperparameters.\n");
        return;
    }
    printf("\nhyperparameters:\n");
    for (const struct sl_param *p = type->params; p->name; p++) {
        char allowed[512];
        sl_param_describe(p, allowed, sizeof allowed);
        printf("  %s=%s\n      %s\n      takes %s\n", p->name, *p->def ? p->def : "''", p->help, allowed);
        if (p->grid)
            printf("      default sweep %s%s\n", p->grid, p->flags & SL_LOG ? " (logarithmic)" : "");
    }
}

static int list_classifiers(const struct cli_args *args, int json)
{
    struct sl_error err = {0};
    const struct sl_classifier_type *only = NULL;
    if (args->n > 1) {
        only = sl_classifier_find(args->word[1], &err);
        if (!only)
            return cli_reject(args->command, "", &err);
    }
    if (only && !json)
        print_classifier(only);
    if (json)
        printf("{\n  \"classifiers\": [\n");
    for (size_t i = 0; i < sl_classifier_count(); i++) {
        const struct sl_classifier_type *type = only ? only : sl_classifier_at(i);
        if (json) {
            print_classifier_json(type);
            printf("%s\n", !only && i + 1 < sl_classifier_count() ? "," : "");
        } else if (!only)
            printf("%-12s %s\n", type->name, type->title);
        if (only)
            break;
    }
    if (json)
        printf("  ]\n}\n");
    return EXIT_DONE;
}

static int list_experiments(const struct cli_args *args, int json)
{
    char name[64], title[256];
    int width = 0, found;
    (void)args;
    for (size_t i = 0; (found = sl_experiment_shipped(i, name, title)) > 0; i++)
        width = (int)strlen(name) > width ? (int)strlen(name) : width;
    if (found == 0 && json)
        printf("{\n  \"experiments\": [");
    for (size_t i = 0; found >= 0 && (found = sl_experiment_shipped(i, name, title)) > 0; i++) {
        if (json) {
            printf("%s\n    {\"name\": ", i ? "," : "");
            sl_write_json_text(stdout, name);
            printf(", \"title\": ");
            sl_write_json_text(stdout, title);
            printf("}");
        } else
            cli_line(stdout, "%-*s  %s", width, name, title);
    }
    if (found < 0)
        return cli_fail_memory();
    if (json)
        printf("\n  ]\n}\n");
    return EXIT_DONE;
}

static void print_study_json(const struct sl_study_summary *study)
{
    printf("    {\"name\": ");
    sl_write_json_text(stdout, study->name);
    printf(", \"title\": ");
    sl_write_json_text(stdout, study->title ? study->title : "");
    printf(", \"created\": ");
    sl_write_json_text(stdout, study->created ? study->created : "");
    printf(", \"trials\": %zu, \"done\": %zu, \"failed\": %zu}", study->trials, study->done, study->failed);
}

static int list_studies(const struct cli_args *args, int json)
{
    struct sl_study_summary *list = NULL;
    struct sl_error err = {0};
    size_t n = 0;
    int width = 20;
    if (sl_study_list(cli_out(args), &list, &n, &err))
        return cli_fail(&err);
    for (size_t i = 0; i < n; i++)
        width = (int)strlen(list[i].name) > width ? (int)strlen(list[i].name) : width;
    if (json)
        printf("{\n  \"studies\": [\n");
    else if (n)
        printf("%-*s  %-20s  %6s  %6s  %6s  %s\n", width, "study", "last run", "trials", "done", "not ok",
               "title");
    for (size_t i = 0; i < n; i++) {
        if (json) {
            print_study_json(&list[i]);
            printf("%s\n", i + 1 < n ? "," : "");
        } else
            cli_line(stdout, "%-*s  %-20s  %6zu  %6zu  %6zu  %s", width, list[i].name,
                     list[i].created ? list[i].created : "", list[i].trials, list[i].done, list[i].failed,
                     list[i].title ? list[i].title : "");
    }
    if (json)
        printf("  ]\n}\n");
    sl_study_list_free(list, n);
    return EXIT_DONE;
}

/* Nets --------------------------------------------------------------------------------------------- */

static void print_json_member(const char *name, const char *text, const char *after)
{
    printf("\"%s\": ", name);
    sl_write_json_text(stdout, text);
    printf("%s", after);
}

static int list_named_nets_json(void)
{
    const char *name, *line, *help, *usage;
    printf("{\n  \"nets\": [");
    for (size_t i = 0; sl_net_named(i, &name, &line, &help); i++) {
        printf("%s\n    {\"name\": \"%s\", ", i ? "," : "", name);
        print_json_member("help", help, ", ");
        print_json_member("line", line, "}");
    }
    printf("\n  ],\n  \"layers\": [");
    for (size_t i = 0; sl_net_layer_kind(i, &usage, &help); i++) {
        printf("%s\n    {", i ? "," : "");
        print_json_member("usage", usage, ", ");
        print_json_member("help", help, "}");
    }
    printf("\n  ]\n}\n");
    return EXIT_DONE;
}

static int list_named_nets(int json)
{
    const char *name, *line, *help, *usage;
    if (json)
        return list_named_nets_json();
    printf("Nets with a name; 'shortlist list nets NAME' shows their layers:\n\n");
    for (size_t i = 0; sl_net_named(i, &name, &line, &help); i++)
        printf("  %-14s %s\n", name, help);
    printf("\nLayers of a line, one after the other between commas ('classes' stands for their number):\n\n");
    for (size_t i = 0; sl_net_layer_kind(i, &usage, &help); i++)
        printf("  %s\n      %s\n", usage, help);
    return EXIT_DONE;
}

static void print_net_json(const struct sl_net_row *rows, size_t n, size_t params, size_t fixed)
{
    printf("{\n  \"layers\": [");
    for (size_t i = 0; i < n; i++) {
        printf("%s\n    {", i ? "," : "");
        print_json_member("layer", rows[i].layer, ", ");
        printf("\"depth\": %d, \"output\": \"%s\", \"params\": %zu, \"fixed\": %zu}", rows[i].depth,
               rows[i].output, rows[i].params, rows[i].fixed);
    }
    printf("\n  ],\n  \"params\": %zu, \"fixed\": %zu\n}\n", params, fixed);
}

static void print_net(const struct sl_net_row *rows, size_t n, size_t params, size_t fixed)
{
    int width = 32;
    for (size_t i = 0; i < n; i++) {
        int length = (int)strlen(rows[i].layer) + 2 * rows[i].depth;
        width = length > width ? length : width;
    }
    printf("%-*s %-12s %12s\n", width, "layer", "output", "parameters");
    for (size_t i = 0; i < n; i++) {
        int indent = 2 * rows[i].depth;
        cli_line(stdout, "%*s%-*s %-12s %12zu", indent, "", width - indent, rows[i].layer, rows[i].output,
                 rows[i].params);
    }
    printf("%-*s %-12s %12zu\n", width, "total", "", params);
    if (fixed)
        printf("%-*s %-12s %12zu\n", width, "running statistics beside", "", fixed);
}

/* "28x28x1" */
static int net_shape(const struct cli_args *args, int shape[3], int *classes)
{
    const char *text = cli_value(args, "shape"), *count = cli_value(args, "classes");
    long number = *classes;
    char rest;
    if (text && (sscanf(text, "%5dx%5dx%5d%c", &shape[0], &shape[1], &shape[2], &rest) != 3 || shape[0] < 1 ||
                 shape[1] < 1 || shape[2] < 1))
        return cli_usage(args->command,
                         "--shape: '%.40s' is not allowed: it takes height, width and channels, such "
                         "as 28x28x1",
                         text);
    if (count && (sl_parse_long(count, &number) || number < 2 || number > 1 << 16))
        return cli_usage(args->command,
                         "--classes: '%.40s' is not allowed: it takes a whole number from 2 to %d", count,
                         1 << 16);
    *classes = (int)number;
    return 0;
}

static int list_nets(const struct cli_args *args, int json)
{
    struct sl_net_row *rows;
    struct sl_error err = {0};
    size_t n, params = 0, fixed = 0;
    int shape[3] = {28, 28, 1}, classes = 10;
    int code = net_shape(args, shape, &classes);
    if (code)
        return code;
    if (args->n < 2)
        return list_named_nets(json);
    if (sl_net_rows(args->word[1], shape[0], shape[1], shape[2], classes, &rows, &n, &err))
        return cli_fail(&err);
    for (size_t i = 0; i < n; i++) {
        params += rows[i].depth ? 0 : rows[i].params;
        fixed += rows[i].depth ? 0 : rows[i].fixed;
    }
    (json ? print_net_json : print_net)(rows, n, params, fixed);
    free(rows);
    return EXIT_DONE;
}

static const struct {
    const char *name;
    int most; /* further words */
    int (*list)(const struct cli_args *args, int json);
} topics[] = {
    {"classifiers", 1, list_classifiers},
    {"nets", 1, list_nets},
    {"experiments", 0, list_experiments},
    {"studies", 0, list_studies},
};
enum { N_TOPICS = sizeof topics / sizeof *topics };

static int list(const struct cli_args *args)
{
    const char *names[N_TOPICS], *format = cli_value(args, "format");
    int json = format && strcmp(format, "json") == 0;
    if (format && !json && strcmp(format, "text") != 0)
        return cli_usage(args->command, "--format: '%.40s' is not allowed: it takes text or json", format);
    for (int i = 0; i < N_TOPICS; i++) {
        names[i] = topics[i].name;
        if (strcmp(args->word[0], names[i]) != 0)
            continue;
        if (args->n - 1 > topics[i].most)
            return cli_usage(args->command, "'%.60s' is one argument too many after %s",
                             args->word[args->n - 1], names[i]);
        return topics[i].list(args, json);
    }
    return cli_usage(args->command,
                     "there is no list of '%.60s'%s: there are classifiers, nets, experiments, studies",
                     args->word[0], sl_did_you_mean(args->word[0], names, N_TOPICS).text);
}

const struct cli_command cli_list = {
    .name = "list",
    .summary = "list classifiers (and their hyperparameters), nets, experiments or studies",
    .synopsis = "classifiers [NAME] | nets [NET] | experiments | studies",
    .description =
        "Lists the classifiers, or the hyperparameters of one of them with defaults, allowed values\n"
        "and the default sweep; the nets that classifier cnn knows by name, or the layers of one net, by\n"
        "its name or its line, with output shapes and parameters; the shipped experiments; or the studies\n"
        "in the store.",
    .examples = "  shortlist list classifiers\n"
                "  shortlist list classifiers svm\n"
                "  shortlist list nets cnn3\n"
                "  shortlist list nets 'conv 8 5x5, relu, maxpool 2, flatten, dense classes'\n"
                "  shortlist list experiments\n"
                "  shortlist list studies --out results\n",
    .options = options,
    .least = 1,
    .most = 2,
    .run = list,
};
