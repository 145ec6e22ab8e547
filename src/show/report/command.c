/* command.c - the command that makes a row again.
 *
 * It is that of a sweep over one value: what the store keeps of the study's settings, and the row's
 * hyperparameters that are not the defaults.  Rows of a classifier without hyperparameters are run's. */
#include "core/memory.h"
#include "show/json.h"
#include "show/report/report.h"
#include <shortlist/classifier.h>
#include <shortlist/plan.h>
#include <string.h>

void sl_report_quote(struct sl_string *command, const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-+,:/=@%";
    if (*word && !word[strspn(word, plain)]) {
        sl_string_add(command, "%s", word);
        return;
    }
    sl_string_add(command, "'");
    for (; *word; word++)
        sl_string_add(command, *word == '\'' ? "'\\''" : "%c", *word);
    sl_string_add(command, "'");
}

static void add_option(struct sl_string *command, const char *name, const char *value)
{
    sl_string_add(command, " --");
    for (; *name; name++)
        sl_string_add(command, "%c", *name == '_' ? '-' : *name);
    if (!value)
        return;
    sl_string_add(command, " ");
    sl_report_quote(command, value);
}

static int is_among(const char *const *names, const char *name)
{
    for (; names && *names; names++)
        if (strcmp(*names, name) == 0)
            return 1;
    return 0;
}

static void add_number(struct sl_string *command, const char *name, uint64_t value, const char *const *except)
{
    if (!is_among(except, name))
        sl_string_add(command, " --%s %llu", name, (unsigned long long)value);
}

/* Of a store that did not keep the settings: what is known. */
static void add_known(const struct sl_study *study, const char *const *except, struct sl_string *command)
{
    add_number(command, "train", study->n_train, except);
    add_number(command, "validation", study->n_validation, except);
    if (study->seed != 42)
        add_number(command, "seed", study->seed, except);
    if (study->folds > 1)
        add_number(command, "folds", (uint64_t)study->folds, except);
    if (study->repeats > 1)
        add_number(command, "repeats", (uint64_t)study->repeats, except);
    if (study->final && !is_among(except, "final"))
        sl_string_add(command, " --final");
}

void sl_report_options(const struct sl_study *study, const char *const *except, struct sl_string *command)
{
    static const char *const flags[] = {"final", "label_numeric", "missing_indicators", "evaluate_train",
                                        NULL};
    const char *name;
    json_t *value, *settings = sl_json_parse(study->settings, &command->failed);
    if (strcmp(study->data, "fashion-mnist") != 0)
        add_option(command, "data", study->data);
    if (!study->settings)
        add_known(study, except, command);
    json_object_foreach(settings, name, value)
    {
        if (!is_among(except, name) && json_is_string(value))
            add_option(command, name, is_among(flags, name) ? NULL : json_string_value(value));
    }
    json_decref(settings);
}

/* " C=10 kernel=rbf"; what is not the default, or, where all is, the first that a sweep can take. */
static void add_params(const struct sl_classifier_type *type, const struct sl_study_row *row,
                       struct sl_string *command)
{
    const char *params = row->params ? row->params : "";
    size_t before = command->size;
    while (*params) {
        char *word = NULL;
        size_t n = strcspn(params, " ");
        if ((word = sl_format("%.*s", (int)n, params))) {
            sl_string_add(command, " ");
            sl_report_quote(command, word);
        }
        command->failed |= !word;
        free(word);
        params += n;
        params += strspn(params, " ");
    }
    if (command->size == before && type && type->params->name)
        sl_string_add(command, " %s=%s", type->params->name, type->params->def);
}

/* Rows that fitted fewer rows than others: a point of a learning curve. */
static void add_size(const struct sl_study *study, const struct sl_study_row *row, struct sl_string *command)
{
    json_t *settings = sl_json_parse(study->settings, &command->failed);
    if (json_object_get(settings, "train_sizes") && row->n_outcomes)
        sl_string_add(command, " --train-sizes %zu", row->outcomes[0].n_train);
    json_decref(settings);
}

void sl_report_command(const struct sl_study *study, const struct sl_study_row *row,
                       struct sl_string *command)
{
    static const char *const except[] = {"scale", "search", "trials", "train_sizes", NULL};
    const struct sl_classifier_type *type = sl_classifier_find(row->classifier, NULL);
    int has_params = type && type->params->name;
    sl_string_add(command, has_params ? "shortlist sweep " : "shortlist run --models ");
    sl_report_quote(command, row->classifier);
    if (has_params)
        add_params(type, row, command);
    sl_report_options(study, except, command);
    if (strcmp(row->scaling, "minmax") != 0)
        add_option(command, "scale", row->scaling);
    add_size(study, row, command);
    sl_string_add(command, " --name again");
}

void sl_report_commands(struct sl_report *report)
{
    const struct sl_study *study = report->table->study;
    struct sl_grid grid = {0};
    struct sl_html_look look = {.header = 0, .caption = "The command that makes each row again"};
    sl_report_section(report, "commands", "Commands");
    sl_page_text(
        report->page,
        "Each command makes one row again, by itself, in a study called again. In the same store it fits "
        "nothing: the outcome is there. Scores are the same, digit for digit, on the same kind of "
        "processor.");
    if (study->final == SL_FINAL_TRAIN)
        sl_page_text(report->page,
                     "The study fits the training rows only and scores the test file (final: train "
                     "in an experiment file), which no option says; --final fits the validation rows, too.");
    if (!study->settings)
        sl_page_text(report->page,
                     "The store is of a version that did not keep how the data's files were read: add "
                     "--label and the like.");
    sl_grid_column(&grid, "row", 0, 0);
    sl_grid_column(&grid, "command", 0, 0);
    for (size_t i = 0; i < report->table->n; i++) {
        struct sl_string command = {0};
        const struct sl_study_row *row = report->table->rows[report->ranked[i]].row;
        sl_report_command(study, row, &command);
        sl_grid_add(&grid, "%s", row->name);
        sl_grid_add(&grid, "%s", command.text ? command.text : "");
        grid.failed |= command.failed;
        sl_string_release(&command);
    }
    sl_page_table(report->page, &grid, &look);
}
