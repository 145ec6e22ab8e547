/* study_rows.c - which rows of its data a study's outcomes scored.
 *
 * The store keeps no data and no row numbers: the data is read again with the study's own settings, and is
 * only used where its hash is the study's; split and folds follow from the seed, and are compared with the
 * labels that the store has.  It leaves out searches' rungs and nested cross-validation, whose rows are
 * others. Cost: reading the data, and a split. */
#include "core/json_text.h"
#include "core/memory.h"
#include "study/execution.h"
#include "study/rows.h"
#include <shortlist/study.h>
#include <string.h>

struct sl_study_rows {
    struct sl_experiment *experiment;
    struct sl_run_options options;
    struct sl_execution run;
    struct sl_error err; /* the execution's */
};

void sl_study_rows_close(struct sl_study_rows *rows)
{
    if (!rows)
        return;
    if (rows->run.err)
        sl_execution_release(&rows->run);
    sl_experiment_free(rows->experiment);
    free(rows);
}

const struct sl_dataset *sl_study_rows_data(const struct sl_study_rows *rows)
{
    return rows->run.test ? rows->run.test : rows->run.data;
}

const struct sl_dataset *sl_study_rows_train(const struct sl_study_rows *rows)
{
    return rows->run.data;
}

struct sl_dataset *sl_study_rows_take(struct sl_study_rows *rows)
{
    struct sl_dataset **from = rows->run.test ? &rows->run.test : &rows->run.data, *taken = *from;
    *from = NULL;
    return taken;
}

/* What tells the rows, of a store that did not keep the settings. */
static int set_known(struct sl_study_rows *rows, const struct sl_study *study)
{
    static const char *const finals[] = {"false", "true", "train"};
    const struct {
        const char *name;
        uint64_t value;
        int given;
    } numbers[] = {{"train", study->n_train, 1},
                   {"validation", study->n_validation, 1},
                   {"seed", study->seed, 1},
                   {"folds", (uint64_t)study->folds, study->folds > 1},
                   {"repeats", (uint64_t)study->repeats, study->repeats > 1}};
    char text[32];
    int code = sl_experiment_set(rows->experiment, "final", finals[study->final], &rows->err);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers && !code; i++) {
        snprintf(text, sizeof text, "%llu", (unsigned long long)numbers[i].value);
        if (numbers[i].given)
            code = sl_experiment_set(rows->experiment, numbers[i].name, text, &rows->err);
    }
    return code;
}

static int set_settings(struct sl_study_rows *rows, const struct sl_study *study, const char *data)
{
    static const char *const others[] = {"search",      "trials", "train_sizes", "metric",
                                         "timing_runs", "scale",  NULL};
    const char *name;
    json_t *value;
    int no_memory = 0;
    int code = sl_experiment_set(rows->experiment, "data", data, &rows->err);
    if (!code && !study->settings)
        return set_known(rows, study);
    json_t *settings = sl_json_parse(study->settings, &no_memory);
    json_object_foreach(settings, name, value)
    {
        int skipped = !json_is_string(value);
        for (size_t i = 0; others[i]; i++)
            skipped |= strcmp(others[i], name) == 0;
        if (!skipped && !code)
            code = sl_experiment_set(rows->experiment, name, json_string_value(value), &rows->err);
    }
    json_decref(settings);
    return no_memory ? sl_fail_memory(&rows->err) : code;
}

/* One row stands for all: its trials have the study's split and folds. */
static int open_rows(struct sl_study_rows *rows, const struct sl_study *study, const char *data)
{
    static const char *const none[] = {NULL};
    int code = sl_experiment_new(study->name, &rows->experiment, &rows->err);
    if (!code)
        code = set_settings(rows, study, data);
    if (!code)
        code = sl_experiment_add(rows->experiment, "majority", none, &rows->err);
    if (code)
        return code;
    rows->options.save_models = !study->folds; /* a study may have kept models only */
    sl_execution_begin(&rows->run, rows->experiment, &rows->options, &rows->err);
    return sl_execution_plan(&rows->run);
}

int sl_study_rows_open(const struct sl_study *study, const char *data, struct sl_study_rows **out,
                       char *reason, size_t size, struct sl_error *err)
{
    struct sl_study_rows *rows = sl_alloc_zero(1, sizeof *rows);
    const char *spec = data ? data : study->data;
    *out = NULL;
    *reason = 0;
    int code = rows ? open_rows(rows, study, spec) : SL_ENOMEM;
    /* Other data may also be too few for the split: that they are others says more. */
    if (rows && rows->run.data && strcmp(sl_dataset_hash(rows->run.data), study->data_hash) != 0)
        snprintf(reason, size, "its data are others now at %.100s: --data says where they are", spec);
    else if (code)
        snprintf(reason, size, "its data can not be read (%.160s): --data says where they are now",
                 rows ? rows->err.text : "");
    if (!*reason) {
        *out = rows;
        return SL_OK;
    }
    sl_study_rows_close(rows);
    return code == SL_ENOMEM ? sl_fail_memory(err) : SL_OK;
}

/* Of its fold and repeat; NULL: the study has another plan. */
static const struct sl_trial *find_trial(const struct sl_study_rows *rows, const struct sl_outcome *o)
{
    const struct sl_plan *plan = rows->run.plan;
    for (size_t i = 0; i < plan->n_trials; i++)
        if (plan->trials[i].fold == o->fold &&
            (!plan->trials[i].folds || plan->trials[i].repeat == o->repeat))
            return &plan->trials[i];
    return NULL;
}

int sl_study_rows_scored(struct sl_study_rows *rows, const struct sl_outcome *o, uint32_t *row, int *known,
                         struct sl_error *err)
{
    struct sl_rows *here = NULL;
    const struct sl_trial *trial = find_trial(rows, o);
    *known = 0;
    if (!trial || !o->truth)
        return SL_OK;
    int code = sl_rows_make(rows->run.partition, trial, &here, err);
    if (code)
        return code;
    *known = here->n_score == o->n_validation;
    for (size_t i = 0; i < o->n_validation && *known; i++) {
        row[i] = here->score ? here->score[i] : (uint32_t)i;
        *known = here->truth[i] == o->truth[i];
    }
    sl_rows_free(here);
    return SL_OK;
}

/* All rows that the folds share: each is scored once, and trains in the other folds. */
static int use_folds(struct sl_study_rows *rows, const struct sl_trial *trial, uint32_t **fitted,
                     size_t *n_fitted, uint32_t **scored, size_t *n_scored, struct sl_error *err)
{
    int code = sl_rows_all(rows->run.partition, trial, fitted, n_fitted, err);
    return code ? code : sl_rows_all(rows->run.partition, trial, scored, n_scored, err);
}

/* The first rows, all in their order: those of a test file. */
static uint32_t *number_all(size_t n)
{
    uint32_t *row = sl_alloc(n, sizeof *row);
    for (size_t i = 0; i < n && row; i++)
        row[i] = (uint32_t)i;
    return row;
}

int sl_study_rows_used(struct sl_study_rows *rows, uint32_t **fitted, size_t *n_fitted, uint32_t **scored,
                       size_t *n_scored, struct sl_error *err)
{
    const struct sl_trial *trial = &rows->run.plan->trials[0];
    struct sl_rows *here = NULL;
    *fitted = *scored = NULL;
    *n_fitted = *n_scored = 0;
    if (trial->folds && !trial->final)
        return use_folds(rows, trial, fitted, n_fitted, scored, n_scored, err);
    int code = sl_rows_make(rows->run.partition, trial, &here, err);
    if (code)
        return code;
    *n_fitted = here->n_fit;
    *n_scored = here->n_score;
    *fitted = here->fit;
    *scored = here->score ? here->score : number_all(here->n_score);
    here->fit = here->score = NULL;
    sl_rows_free(here);
    return *scored ? SL_OK : sl_fail_memory(err);
}
