/* list.c - shortlist list: what there is. */
#include "cli.h"
#include "explain_text.h"
#include "json.h"
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
    {SL_WEIGHS_ROWS, "weighs_rows", "takes weights of rows"},
    {SL_TAKES_MISSING, "takes_missing", "takes missing values as they are"},
    {SL_TAKES_CATEGORIES, "takes_categories", "takes categories as they are"},
};
enum { N_FLAGS = sizeof flags / sizeof *flags };

static json_t *flags_json(const struct sl_classifier_type *type)
{
    json_t *list = json_array();
    for (int i = 0; i < N_FLAGS; i++)
        if (type->flags & flags[i].bit)
            cli_json_add(&list, cli_json_text(flags[i].name));
    return list;
}

static json_t *param_json(const struct sl_param *p)
{
    char allowed[512];
    json_t *o = json_object();
    sl_param_describe(p, allowed, sizeof allowed);
    cli_json_set(&o, "name", cli_json_text(p->name));
    cli_json_set(&o, "default", cli_json_text(p->def));
    cli_json_set(&o, "allowed", cli_json_text(allowed));
    cli_json_set(&o, "grid", cli_json_text(p->grid));
    cli_json_set(&o, "log", json_boolean(p->flags & SL_LOG));
    cli_json_set(&o, "help", cli_json_text(p->help));
    return o;
}

static json_t *classifier_json(const struct sl_classifier_type *type)
{
    json_t *o = json_object(), *params = json_array();
    for (const struct sl_param *p = type->params; p->name; p++)
        cli_json_add(&params, param_json(p));
    cli_json_set(&o, "name", cli_json_text(type->name));
    cli_json_set(&o, "title", cli_json_text(type->title));
    cli_json_set(&o, "reference", cli_json_text(type->reference));
    cli_json_set(&o, "flags", flags_json(type));
    cli_json_set(&o, "params", params);
    return o;
}

static void print_flags(const struct sl_classifier_type *type)
{
    const char *join = "It ";
    for (int i = 0; i < N_FLAGS; i++) {
        if (!(type->flags & flags[i].bit))
            continue;
        printf("%s%s", join, flags[i].text);
        join = ", ";
    }
    if (*join == ',')
        printf(".\n");
}

static void print_classifier(const struct sl_classifier_type *type)
{
    printf("%s: %s\n%s\n", type->name, type->title, type->reference);
    print_flags(type);
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

static int list_classifiers_json(const struct sl_classifier_type *only)
{
    json_t *list = json_array();
    for (size_t i = 0; !only && i < sl_classifier_count(); i++)
        cli_json_add(&list, classifier_json(sl_classifier_at(i)));
    if (only)
        cli_json_add(&list, classifier_json(only));
    return cli_write_json(json_pack("{s:o}", "classifiers", list));
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
    if (json)
        return list_classifiers_json(only);
    if (only)
        print_classifier(only);
    for (size_t i = 0; !only && i < sl_classifier_count(); i++)
        printf("%-12s %s\n", sl_classifier_at(i)->name, sl_classifier_at(i)->title);
    return EXIT_DONE;
}

static int list_experiments_json(void)
{
    char name[64], title[256];
    json_t *list = json_array();
    int found = 0;
    for (size_t i = 0; (found = sl_experiment_shipped(i, name, title)) > 0; i++)
        cli_json_add(&list,
                     json_pack("{s:o, s:o}", "name", cli_json_text(name), "title", cli_json_text(title)));
    if (found < 0) {
        json_decref(list);
        return cli_fail_memory();
    }
    return cli_write_json(json_pack("{s:o}", "experiments", list));
}

static int list_experiments(const struct cli_args *args, int json)
{
    char name[64], title[256];
    int width = 0, found;
    (void)args;
    if (json)
        return list_experiments_json();
    for (size_t i = 0; (found = sl_experiment_shipped(i, name, title)) > 0; i++)
        width = (int)strlen(name) > width ? (int)strlen(name) : width;
    for (size_t i = 0; found >= 0 && (found = sl_experiment_shipped(i, name, title)) > 0; i++)
        cli_line(stdout, "%-*s  %s", width, name, title);
    return found < 0 ? cli_fail_memory() : EXIT_DONE;
}

static json_t *study_json(const struct sl_study_summary *study)
{
    json_t *o = json_object();
    cli_json_set(&o, "name", cli_json_text(study->name));
    cli_json_set(&o, "title", cli_json_text(study->title ? study->title : ""));
    cli_json_set(&o, "created", cli_json_text(study->created ? study->created : ""));
    cli_json_set(&o, "trials", cli_json_count(study->trials));
    cli_json_set(&o, "done", cli_json_count(study->done));
    cli_json_set(&o, "failed", cli_json_count(study->failed));
    return o;
}

static int list_studies_json(const struct sl_study_summary *studies, size_t n)
{
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++)
        cli_json_add(&list, study_json(&studies[i]));
    return cli_write_json(json_pack("{s:o}", "studies", list));
}

static void print_studies(const struct sl_study_summary *studies, size_t n)
{
    int width = 20;
    for (size_t i = 0; i < n; i++)
        width = (int)strlen(studies[i].name) > width ? (int)strlen(studies[i].name) : width;
    if (n)
        printf("%-*s  %-20s  %6s  %6s  %6s  %s\n", width, "study", "last run", "trials", "done", "not ok",
               "title");
    for (size_t i = 0; i < n; i++) {
        const struct sl_study_summary *study = &studies[i];
        cli_line(stdout, "%-*s  %-20s  %6zu  %6zu  %6zu  %s", width, study->name,
                 study->created ? study->created : "", study->trials, study->done, study->failed,
                 study->title ? study->title : "");
    }
}

static int list_studies(const struct cli_args *args, int json)
{
    struct sl_study_summary *studies = NULL;
    struct sl_error err = {0};
    size_t n = 0;
    int status = EXIT_DONE;
    if (sl_study_list(cli_out(args), &studies, &n, &err))
        return cli_fail(&err);
    if (json)
        status = list_studies_json(studies, n);
    else
        print_studies(studies, n);
    sl_study_list_free(studies, n);
    return status;
}

/* Nets --------------------------------------------------------------------------------------------- */

static int list_named_nets_json(void)
{
    const char *name, *line, *help, *usage;
    json_t *nets = json_array(), *layers = json_array();
    for (size_t i = 0; sl_net_named(i, &name, &line, &help); i++)
        cli_json_add(&nets, json_pack("{s:o, s:o, s:o}", "name", cli_json_text(name), "help",
                                      cli_json_text(help), "line", cli_json_text(line)));
    for (size_t i = 0; sl_net_layer_kind(i, &usage, &help); i++)
        cli_json_add(&layers,
                     json_pack("{s:o, s:o}", "usage", cli_json_text(usage), "help", cli_json_text(help)));
    return cli_write_json(json_pack("{s:o, s:o}", "nets", nets, "layers", layers));
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

static json_t *net_row_json(const struct sl_net_row *row)
{
    json_t *o = json_object();
    cli_json_set(&o, "number", row->number ? json_integer(row->number) : json_null());
    cli_json_set(&o, "name", row->number ? json_string(row->name) : json_null());
    cli_json_set(&o, "layer", cli_json_text(row->layer));
    cli_json_set(&o, "depth", json_integer(row->depth));
    cli_json_set(&o, "output", cli_json_text(row->output));
    cli_json_set(&o, "params", cli_json_count(row->params));
    cli_json_set(&o, "fixed", cli_json_count(row->fixed));
    return o;
}

static int write_net_json(const struct sl_net_row *rows, size_t n, size_t params, size_t fixed)
{
    json_t *o = json_object(), *layers = json_array();
    for (size_t i = 0; i < n; i++)
        cli_json_add(&layers, net_row_json(&rows[i]));
    cli_json_set(&o, "layers", layers);
    cli_json_set(&o, "params", cli_json_count(params));
    cli_json_set(&o, "fixed", cli_json_count(fixed));
    return cli_write_json(o);
}

static void print_net(const struct sl_net_row *rows, size_t n, size_t params, size_t fixed)
{
    int width = 32;
    for (size_t i = 0; i < n; i++) {
        int length = (int)strlen(rows[i].layer) + 2 * rows[i].depth;
        width = length > width ? length : width;
    }
    printf("     %-12s %-*s %-12s %12s\n", "name", width, "layer", "output", "parameters");
    for (size_t i = 0; i < n; i++) {
        int indent = 2 * rows[i].depth;
        char number[16] = "";
        if (rows[i].number)
            snprintf(number, sizeof number, "%d", rows[i].number);
        cli_line(stdout, "%4s %-12s %*s%-*s %-12s %12zu", number, rows[i].name, indent, "", width - indent,
                 rows[i].layer, rows[i].output, rows[i].params);
    }
    printf("%17s %-*s %-12s %12zu\n", "", width, "total", "", params);
    if (fixed)
        printf("%17s %-*s %-12s %12zu\n", "", width, "running statistics beside", "", fixed);
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
    if (json)
        code = write_net_json(rows, n, params, fixed);
    else
        print_net(rows, n, params, fixed);
    free(rows);
    return code;
}

static const struct {
    const char *name;
    int most; /* further words */
    int (*list)(const struct cli_args *args, int json);
} topics[] = {
    {"classifiers", 1, list_classifiers}, {"nets", 1, list_nets},
    {"experiments", 0, list_experiments}, {"studies", 0, list_studies},
    {"warnings", 0, cli_list_warnings},   {"methods", 0, cli_list_methods},
    {"plots", 0, cli_list_plots},
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
                     "there is no list of '%.60s'%s: there are classifiers, nets, experiments, studies, "
                     "warnings, methods, plots",
                     args->word[0], sl_did_you_mean(args->word[0], names, N_TOPICS).text);
}

const struct cli_command cli_list = {
    .name = "list",
    .summary = "list classifiers (and their hyperparameters), nets, experiments, studies, warnings, methods "
               "or plots",
    .synopsis =
        "classifiers [NAME] | nets [NET] | experiments | studies | warnings | methods |\n       plots",
    .description =
        "Lists the classifiers, or the hyperparameters of one of them with defaults, allowed values\n"
        "and the default sweep; the nets that classifier cnn knows by name, or the layers of one net, by\n"
        "its name or its line, with output shapes and parameters; the shipped experiments; the studies in\n"
        "the store; the warnings that a table may have, with their codes; the methods of explaining a\n"
        "model; or the kinds of plots.",
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
