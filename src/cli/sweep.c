/* sweep.c - shortlist sweep: one classifier over values of its hyperparameters. */
#include "cli.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct cli_option options[] = {
    {"set", 's', "PARAM=VALUES", "the same of every alternative; may be repeated"},
    {"refit", 0, NULL,
     "fit the winner on all training rows and keep its model; with --final it\n"
     "scores the test file, once"},
    {"nested", 0, "K", "cross-validate the search itself over K outer folds, for an honest estimate"},
    CLI_STUDY_OPTIONS,
    {0},
};

/* Are values drawn?  Then a hyperparameter alone means all that lies between its default values. */
static int draws(const struct cli_args *args)
{
    const char *search = cli_value(args, "search");
    return cli_value(args, "trials") || (search && strcmp(search, "random") == 0);
}

/* "0.001:1000" of the grid "0.001:1000:log7", NULL where its values are not all numbers. */
static char *whole_range(const struct sl_param *param)
{
    struct sl_values values;
    char *text = NULL;
    double low = INFINITY, high = -INFINITY, x;
    size_t numbers = 0;
    if ((param->type != SL_PARAM_INT && param->type != SL_PARAM_REAL) ||
        sl_values_parse(param, param->grid, &values, NULL))
        return NULL;
    for (size_t i = 0; i < values.n; i++)
        if (sl_parse_real(values.text[i], &x) == 0) {
            low = fmin(low, x);
            high = fmax(high, x);
            numbers++;
        }
    if (numbers == values.n && numbers > 2 && (text = malloc(80)))
        snprintf(text, 80, "%.12g:%.12g", low, high);
    sl_values_free(&values);
    return text;
}

/* "C" alone means the default grid of C. */
static char *assignment(const struct cli_args *args, const struct sl_classifier_type *type, const char *word,
                        struct sl_error *err)
{
    if (strchr(word, '=') || strcmp(word, "/") == 0) {
        size_t n = strlen(type->name);
        int prefixed = strncmp(word, type->name, n) == 0 && word[n] == '.'; /* as run has it: svm.C=1 */
        char *copy = strdup(prefixed ? word + n + 1 : word);
        if (!copy)
            sl_fail_memory(err);
        return copy;
    }
    const struct sl_param *param = sl_param_find(type->params, word, err);
    if (!param)
        return NULL;
    if (!param->grid) {
        sl_fail(err, SL_EUSAGE, "%s has no default values to sweep: write %s=VALUES", word, word);
        return NULL;
    }
    char *range = draws(args) ? whole_range(param) : NULL;
    const char *values = range ? range : param->grid;
    char *text = malloc(strlen(word) + strlen(values) + 2);
    if (text)
        sprintf(text, "%s=%s", word, values);
    else
        sl_fail_memory(err);
    free(range);
    return text;
}

/* The words behind the classifier, and what --set says before those of each alternative; NULL-terminated. */
static const char **list_words(const struct cli_args *args)
{
    size_t n = 0, alternatives = 1;
    for (int i = 1; i < args->n; i++)
        alternatives += strcmp(args->word[i], "/") == 0;
    const char **words = calloc((size_t)args->n + alternatives * args->n_given + 1, sizeof *words);
    for (int i = 0; words && i < args->n; i++) {
        if (i)
            words[n++] = args->word[i];
        if (i == 0 || strcmp(args->word[i], "/") == 0)
            for (size_t g = 0; g < args->n_given; g++)
                if (strcmp(args->given[g].option->name, "set") == 0)
                    words[n++] = args->given[g].value;
    }
    return words;
}

/* An alternative without values would be a row of defaults that nobody asked for. */
static int check_words(const struct cli_args *args, const char *const *words)
{
    if (!words[0] && !cli_has(args, "train-sizes"))
        return cli_usage(args->command, "it needs %s", args->command->synopsis);
    for (size_t i = 0; words[i]; i++)
        if (strcmp(words[i], "/") == 0 && (i == 0 || !words[i + 1] || strcmp(words[i + 1], "/") == 0))
            return cli_usage(args->command,
                             "'/' stands between alternatives: on each side at least one PARAM=VALUES");
    return EXIT_DONE;
}

static int add_assignments(const struct cli_args *args, const struct sl_classifier_type *type,
                           const char **words, struct sl_experiment *experiment)
{
    struct sl_error err = {0};
    int status = check_words(args, words);
    size_t n = 0;
    for (; words[n] && !status; n++) {
        words[n] = assignment(args, type, words[n], &err);
        if (!words[n]) {
            sl_fail_prefix(&err, "%s", type->name);
            status = cli_reject(args->command, "", &err);
            break;
        }
    }
    if (!status && sl_experiment_add(experiment, type->name, words, &err))
        status = cli_reject(args->command, "", &err);
    while (n-- > 0)
        free((char *)words[n]);
    return status;
}

static int add_rows(const struct cli_args *args, struct sl_experiment *experiment)
{
    struct sl_error err = {0};
    const struct sl_classifier_type *type = sl_classifier_find(args->word[0], &err);
    if (!type)
        return cli_reject(args->command, "", &err);
    const char **words = list_words(args);
    int status = words ? add_assignments(args, type, words, experiment) : cli_fail_memory();
    free(words);
    return status;
}

/* Searching ---------------------------------------------------------------------------------------- */

/* With --refit the test file is scored by the winner alone. */
static int take_final(const struct cli_args *args, struct sl_experiment *experiment)
{
    struct sl_error err = {0};
    const char *beside = cli_has(args, "refit") ? "refit" : cli_has(args, "nested") ? "nested" : NULL;
    if (beside && cli_has(args, "train-sizes"))
        return cli_usage(args->command, "--%s: not with --train-sizes, among which there is no winner",
                         beside);
    if (beside && cli_has(args, "budget"))
        return cli_usage(args->command, "--%s: not with --budget, which is one run's: give it without",
                         beside);
    if (beside && cli_has(args, "shard"))
        return cli_usage(
            args->command,
            "--%s: a shard has a part of the outcomes: merge the shards' stores, and give the command "
            "without --shard",
            beside);
    if (cli_has(args, "nested") && !cli_has(args, "folds"))
        return cli_usage(args->command, "--nested: the search itself needs folds, too: --folds K");
    if (cli_has(args, "refit") && sl_experiment_set(experiment, "final", "false", &err))
        return cli_fail(&err);
    return EXIT_DONE;
}

static int refit(const struct cli_args *args, struct cli_running *running, const struct sl_experiment *ran,
                 size_t best, struct sl_run_summary *summary)
{
    struct sl_error err = {0};
    char study[SL_STUDY_NAME];
    struct cli_study opened;
    const int final = cli_has(args, "final") || cli_value(args, "test");
    if (sl_search_refit(ran, best, final, &running->options, summary, study, &err))
        return cli_fail(&err);
    if (summary->interrupted)
        return EXIT_INTERRUPTED;
    int status = cli_open_study(args, study, &opened);
    if (status)
        return status;
    const struct sl_table_row *row = &opened.table->rows[0];
    FILE *to = running->format == SL_FORMAT_TEXT ? stdout : stderr;
    fprintf(to, "\nThe winner, fitted on %zu training rows", row->n_train);
    if (final && row->n_scores) {
        fprintf(to, ", scores %s %.4f of %zu test rows", sl_measure_types[opened.table->metric].name,
                row->score, row->n_validation);
        if (!isnan(row->score_low))
            fprintf(to, " (95 %% interval %.4f-%.4f)", row->score_low, row->score_high);
    }
    cli_line(to, ": study %s, its model in %s/%s/models/.", study, cli_out(args), study);
    cli_close_study(&opened);
    return EXIT_DONE;
}

static int refit_best(const struct cli_args *args, struct cli_running *running,
                      const struct sl_experiment *ran, struct sl_run_summary *summary)
{
    struct cli_study opened;
    int status = cli_open_study(args, sl_experiment_name(ran), &opened);
    if (status)
        return status;
    const size_t best = opened.table->best, n = opened.table->n;
    cli_close_study(&opened);
    if (best == n)
        return EXIT_DONE; /* nothing was scored: the exit status says so */
    return refit(args, running, ran, best, summary);
}

static void print_nested(const struct sl_nested *result, FILE *to)
{
    fprintf(
        to,
        "\nNested cross-validation, %d outer folds: searching and fitting the winner gives %.4f, standard "
        "deviation %.4f.\n",
        result->n, result->mean, result->std);
    for (int i = 0; i < result->n; i++) {
        fprintf(to, "  %.4f  ", result->scores[i]);
        cli_line(to, "%s", result->chosen[i]);
    }
}

static int nested(const struct cli_args *args, struct cli_running *running,
                  const struct sl_experiment *experiment, struct sl_run_summary *summary)
{
    struct sl_error err = {0};
    long outer = 2;
    int status = cli_whole(args, "nested", 2, SL_OUTER_MAX, &outer);
    struct sl_nested *result = status ? NULL : malloc(sizeof *result);
    if (!result)
        return status ? status : cli_fail_memory();
    if (sl_search_nested(experiment, (int)outer, &running->options, result, summary, &err))
        status = cli_fail(&err);
    else if (!summary->interrupted)
        print_nested(result, running->format == SL_FORMAT_TEXT ? stdout : stderr);
    free(result);
    return status;
}

/* What was asked for beside the table of the search. */
static int go_on(const struct cli_args *args, const struct sl_experiment *experiment,
                 struct cli_searched *searched)
{
    struct sl_run_summary more = {0};
    int status = EXIT_DONE;
    if (cli_has(args, "refit"))
        status = refit_best(args, &searched->running, searched->ran, &more);
    if (!status && cli_has(args, "nested"))
        status = nested(args, &searched->running, experiment, &more);
    searched->summary.failed += more.failed;
    searched->summary.interrupted |= more.interrupted;
    return status;
}

static int run(const struct cli_args *args, const struct sl_experiment *experiment)
{
    struct cli_searched searched;
    int status = cli_search(args, experiment, &searched);
    if (status) {
        sl_experiment_free(searched.ran);
        return status;
    }
    if (searched.has_study)
        status = cli_show_study(
            args, sl_experiment_name(experiment), &searched.running, NULL,
            cli_has(args, "train-sizes") || searched.running.options.shards > 1 ? NULL : cli_sweep_remarks,
            &searched.report);
    if (!status && searched.has_study && searched.ran)
        status = go_on(args, experiment, &searched);
    sl_experiment_free(searched.ran);
    return cli_run_status(&searched.running, &searched.summary, status);
}

int cli_make_sweep(const struct cli_args *args, struct sl_experiment **out)
{
    struct sl_experiment *experiment;
    struct sl_error err = {0};
    *out = NULL;
    char name[80];
    snprintf(name, sizeof name, "sweep-%.64s", args->word[0]);
    if (sl_experiment_new(name, &experiment, &err))
        return cli_fail(&err);
    int status = cli_set_options(args, experiment);
    if (!status)
        status = take_final(args, experiment);
    if (!status)
        status = add_rows(args, experiment);
    if (status)
        sl_experiment_free(experiment);
    else
        *out = experiment;
    return status;
}

static int sweep(const struct cli_args *args)
{
    struct sl_experiment *experiment;
    int status = cli_make_sweep(args, &experiment);
    if (!status)
        status = run(args, experiment);
    if (experiment)
        sl_experiment_free(experiment);
    return status;
}

const struct cli_command cli_sweep = {
    .name = "sweep",
    .summary = "one classifier over values of its hyperparameters",
    .synopsis = "CLASSIFIER PARAM[=VALUES]... [/ PARAM[=VALUES]...]",
    .description =
        "Fits one classifier with every value of a hyperparameter (with several hyperparameters: with\n"
        "every combination), prints the table, the best value, the simplest that is within one standard\n"
        "error of it, and the values that are statistically tied with it.\n\n"
        "VALUES is one value, a list (0.1,1,10) or a range (0.001:1000:log7, 1:9:2, 0:1:lin5), whose\n"
        "values are rounded to 3 digits and fitted as they are printed; PARAM alone takes the default\n"
        "grid ('shortlist list classifiers CLASSIFIER' shows it).  / stands between alternatives, each\n"
        "with combinations of its own.  The study's name is sweep-CLASSIFIER unless --name gives\n"
        "another.  Use --folds: one split may favour a value by chance.\n\n"
        "--search random draws --trials combinations, also from ranges without steps (0.001:1000).\n"
        "--search halving gives all of them a small part of the work (epochs where the classifier\n"
        "has them, else folds, then rows, at least a fifth), the best third and what is tied with it\n"
        "three times as much, and so on; hyperband hedges by beginning with fewer combinations on each\n"
        "rung, too.  A rung is a study, NAME-rung-1 and so on; only what ran whole is ranked.",
    .examples =
        "  shortlist sweep logreg C=0.001:1000:log7 --folds 5\n"
        "      regularisation over six decades, 5-fold cross-validation\n"
        "  shortlist sweep knn n_neighbors weights --train 5000 --folds 5 --plots\n"
        "      every combination of two default grids, with the sweep's plot\n"
        "  shortlist sweep svm kernel=linear C=0.1,1,10 / C=1:100:log5 gamma=0.001:0.1:log5 --jobs 2\n"
        "      what one kernel needs, and what another does\n"
        "  shortlist sweep svm C=0.1:1000 gamma=0.0001:1 --search halving --trials 60 --folds 5 --refit\n"
        "      60 draws, most of them stopped early; the winner's model is kept\n"
        "  shortlist sweep tree --train-sizes 100:10000:log8\n"
        "      a learning curve over the number of training rows\n",
    .options = options,
    .least = 1,
    .most = -1,
    .run = sweep,
};
