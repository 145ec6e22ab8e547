/* sweep.c - shortlist sweep: one classifier over values of its hyperparameters. */
#include "cli.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct cli_option options[] = {CLI_STUDY_OPTIONS, {0}};

/* "C=1 gamma=scale": the swept hyperparameters of a row, those at their default too.  The row's params
 * holds only what differs from the defaults. */
static void print_values(const struct cli_args *args, const struct sl_study_row *row)
{
    const struct sl_classifier_type *type = sl_classifier_find(row->classifier, NULL);
    for (int i = 1; i < args->n; i++) {
        size_t n = strcspn(args->word[i], "=");
        const char *at = row->params, *value = "its default";
        size_t length = strlen(value);
        for (const struct sl_param *p = type ? type->params : NULL; p && p->name; p++)
            if (strlen(p->name) == n && strncmp(p->name, args->word[i], n) == 0) {
                value = p->def;
                length = strlen(value);
            }
        for (; at && *at; at += strcspn(at, " "), at += strspn(at, " "))
            if (strncmp(at, args->word[i], n) == 0 && at[n] == '=') {
                value = at + n + 1;
                length = strcspn(value, " ");
            }
        cli_print(stdout, "%s%.*s=%.*s", i > 1 ? " " : "", (int)n, args->word[i], (int)length, value);
    }
}

/* Which values came out best, and which of the others these rows do not tell from it. */
static void remark(const struct cli_args *args, const struct sl_table *table)
{
    size_t tied = 0, told = 0;
    const char *metric = sl_measure_types[table->metric].name;
    if (table->best == table->n)
        return;
    const struct sl_table_row *best = &table->rows[table->best];
    for (size_t i = 0; i < table->n; i++) {
        tied += i != table->best && table->rows[i].tied_with_best == 1;
        told += table->rows[i].tied_with_best == 0;
    }
    printf("\nBest: ");
    print_values(args, best->row);
    printf(", %s %.4f", metric, best->score);
    if (!isnan(best->score_low))
        printf(" (95 %% interval %.4f-%.4f)", best->score_low, best->score_high);
    printf(".\n");
    if (tied)
        printf("Not told apart from it on these rows (any of them is as good a choice):\n");
    else if (told)
        printf("Every other value does worse, by more than chance explains (p < 0.05).\n");
    for (size_t i = 0; i < table->n; i++) {
        if (i == table->best || table->rows[i].tied_with_best != 1)
            continue;
        printf("  ");
        print_values(args, table->rows[i].row);
        printf(" (%.4f)\n", table->rows[i].score);
    }
    if (tied || told)
        printf("It was chosen among %zu by the rows it is scored on, so its %s is somewhat optimistic:\n"
               "judge it on rows that had no part in the choice (--final).\n",
               table->n, metric);
}

/* "C" alone means the default grid of C. */
static char *assignment(const struct sl_classifier_type *type, const char *word, struct sl_error *err)
{
    if (strchr(word, '=')) {
        char *copy = strdup(word);
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
    char *text = malloc(strlen(word) + strlen(param->grid) + 2);
    if (text)
        sprintf(text, "%s=%s", word, param->grid);
    else
        sl_fail_memory(err);
    return text;
}

static int add_rows(const struct cli_args *args, struct sl_experiment *experiment)
{
    struct sl_error err = {0};
    const struct sl_classifier_type *type = sl_classifier_find(args->word[0], &err);
    if (!type)
        return cli_reject(args->command, "", &err);
    int status = EXIT_DONE, n = args->n - 1;
    char **assignments = calloc((size_t)n + 1, sizeof *assignments);
    for (int i = 0; assignments && i < n && !status; i++) {
        assignments[i] = assignment(type, args->word[i + 1], &err);
        if (!assignments[i]) {
            sl_fail_prefix(&err, "%s", type->name);
            status = cli_reject(args->command, "", &err);
        }
    }
    if (!status && assignments &&
        sl_experiment_add(experiment, type->name, (const char *const *)assignments, &err))
        status = cli_reject(args->command, "", &err);
    for (int i = 0; assignments && i < n; i++)
        free(assignments[i]);
    free(assignments);
    return assignments ? status : cli_fail_memory();
}

static int sweep(const struct cli_args *args)
{
    struct sl_experiment *experiment;
    struct sl_error err = {0};
    char name[80];
    snprintf(name, sizeof name, "sweep-%.64s", args->word[0]);
    if (sl_experiment_new(name, &experiment, &err))
        return cli_fail(&err);
    int status = cli_set_options(args, experiment);
    if (!status)
        status = add_rows(args, experiment);
    if (!status)
        status = cli_run_experiment(args, experiment, remark);
    sl_experiment_free(experiment);
    return status;
}

const struct cli_command cli_sweep = {
    .name = "sweep",
    .summary = "one classifier over values of its hyperparameters",
    .synopsis = "CLASSIFIER PARAM[=VALUES]...",
    .description =
        "Fits one classifier with every value of a hyperparameter (with several hyperparameters: with\n"
        "every combination), prints the table, the best value and the values that are statistically\n"
        "tied with it.  VALUES is one value, a list (0.1,1,10) or a range (0.001:1000:log7, 1:9:2,\n"
        "0:1:lin5); PARAM alone takes the default grid ('shortlist list classifiers CLASSIFIER' shows\n"
        "it).  The study's name is sweep-CLASSIFIER unless --name gives another.  Use --folds: one\n"
        "split may favour a value by chance.",
    .examples = "  shortlist sweep logreg C=0.001:1000:log7 --folds 5\n"
                "      regularisation over six decades, 5-fold cross-validation\n"
                "  shortlist sweep knn n_neighbors weights --train 5000 --folds 5 --plots\n"
                "      every combination of two default grids, with the sweep's plot\n"
                "  shortlist sweep svm C=0.1,1,10 gamma=0.01,0.1,scale --jobs 2\n",
    .options = options,
    .least = 2,
    .most = -1,
    .run = sweep,
};
