/* cv_results.c - a cross-validated table as scikit-learn's cv_results_: a row for each row of the study, in
 * its order, with the names of its columns.
 *
 * Deviations are those of all folds, not of a sample (numpy's std), as there.  A hyperparameter has a column
 * where the rows differ in it.  Scores are the table's metric as it is: a loss is not negated, and ranked
 * from below.  Training rows have accuracy alone, by --evaluate-train: a table by accuracy shows it. */
#include "core/json_text.h"
#include "core/memory.h"
#include "show/columns.h"
#include "show/outcomes.h"
#include <math.h>
#include <string.h>

struct writer {
    const struct sl_table *table;
    struct sl_grid *grid;
    json_t **params; /* (n) */
    json_t *varied;  /* object: names of the columns */
    size_t n_splits;
    int trains; /* there are scores of training rows */
};

static void add_number(struct sl_grid *grid, double value)
{
    if (isnan(value))
        sl_grid_add(grid, "%s", "");
    else
        sl_grid_add(grid, "%.12g", value);
}

static double mean_of(const double *x, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i];
    return n ? sum / (double)n : NAN;
}

static double std_of(const double *x, size_t n)
{
    double mean = mean_of(x, n), sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (x[i] - mean) * (x[i] - mean);
    return n ? sqrt(sum / (double)n) : NAN;
}

/* Mean and deviation of a time over a row's outcomes. */
static void add_times(struct writer *w, const struct sl_study_row *row, enum sl_measure_id id)
{
    double *times = sl_alloc(row->n_outcomes, sizeof *times);
    size_t n = 0;
    w->grid->failed |= !times;
    for (size_t i = 0; times && i < row->n_outcomes; i++)
        if (row->outcomes[i].status == SL_TRIAL_OK)
            times[n++] = sl_measure_get(&sl_measure_types[id], &row->outcomes[i]);
    add_number(w->grid, times ? mean_of(times, n) : NAN);
    add_number(w->grid, times ? std_of(times, n) : NAN);
    free(times);
}

static void add_json(struct writer *w, const json_t *value)
{
    if (!value || json_is_string(value)) {
        sl_grid_add(w->grid, "%s", value ? json_string_value(value) : "");
        return;
    }
    char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(12));
    w->grid->failed |= !text;
    sl_grid_add(w->grid, "%s", text ? text : "");
    free(text);
}

/* The accuracy on the training rows of a split; NaN: unknown. */
static double train_score(const struct sl_table_row *row, size_t split)
{
    return split < row->row->n_outcomes && row->row->outcomes[split].status == SL_TRIAL_OK
               ? row->row->outcomes[split].train_accuracy
               : NAN;
}

static void find_train_scores(struct writer *w)
{
    for (size_t i = 0; i < w->table->n && w->table->metric == SL_MEASURE_accuracy; i++)
        for (size_t s = 0; s < w->n_splits; s++)
            w->trains |= !isnan(train_score(&w->table->rows[i], s));
}

/* Which hyperparameters differ from those of the first row. */
static void find_varied(struct writer *w)
{
    const char *key;
    json_t *value;
    w->varied = json_object();
    for (size_t i = 1; i < w->table->n; i++) {
        json_object_foreach(w->params[i], key, value)
        {
            if (!json_equal(value, json_object_get(w->params[0], key)))
                w->grid->failed |= json_object_set_new(w->varied, key, json_true()) != 0;
        }
    }
    w->grid->failed |= !w->varied;
}

/* 1 for the best; equal scores share the better rank, and rows without one the last. */
static size_t rank_of(const struct sl_table *table, size_t row)
{
    size_t rank = 1;
    double score = table->rows[row].score;
    for (size_t i = 0; i < table->n; i++) {
        double other = table->rows[i].score;
        if (isnan(other))
            continue;
        rank += isnan(score) || (sl_metric_rises(table->metric) ? other > score : other < score);
    }
    return rank;
}

static void add_score_head(struct writer *w, const char *rows)
{
    char name[64];
    for (size_t s = 0; s < w->n_splits; s++) {
        snprintf(name, sizeof name, "split%zu_%s_score", s, rows);
        sl_grid_column(w->grid, name, 1, 0);
    }
    snprintf(name, sizeof name, "mean_%s_score", rows);
    sl_grid_column(w->grid, name, 1, 0);
    snprintf(name, sizeof name, "std_%s_score", rows);
    sl_grid_column(w->grid, name, 1, 0);
}

static void add_head(struct writer *w)
{
    static const char *const times[] = {"mean_fit_time", "std_fit_time", "mean_score_time", "std_score_time"};
    const char *key;
    json_t *unused;
    char name[160];
    for (int i = 0; i < 4; i++)
        sl_grid_column(w->grid, times[i], 1, 0);
    json_object_foreach(w->varied, key, unused)
    {
        snprintf(name, sizeof name, "param_%s", key);
        sl_grid_column(w->grid, name, 1, 0);
    }
    sl_grid_column(w->grid, "params", 0, 0);
    add_score_head(w, "test");
    sl_grid_column(w->grid, "rank_test_score", 1, 0);
    if (w->trains)
        add_score_head(w, "train");
}

static void add_params(struct writer *w, size_t i)
{
    json_t *chosen = json_object(), *unused;
    const char *key;
    json_object_foreach(w->varied, key, unused)
    {
        json_t *value = json_object_get(w->params[i], key);
        add_json(w, value);
        if (value)
            w->grid->failed |= json_object_set(chosen, key, value) != 0;
    }
    add_json(w, chosen);
    w->grid->failed |= !chosen;
    json_decref(chosen);
}

/* Of all splits; a mean of some of them only would be no mean of the row. */
static void add_train_scores(struct writer *w, const struct sl_table_row *row)
{
    double *scores = sl_alloc(w->n_splits, sizeof *scores);
    w->grid->failed |= !scores;
    for (size_t s = 0; s < w->n_splits; s++) {
        const double score = train_score(row, s);
        add_number(w->grid, score);
        if (scores)
            scores[s] = score;
    }
    add_number(w->grid, scores ? mean_of(scores, w->n_splits) : NAN);
    add_number(w->grid, scores ? std_of(scores, w->n_splits) : NAN);
    free(scores);
}

static void add_row(struct writer *w, size_t i)
{
    const struct sl_table_row *row = &w->table->rows[i];
    add_times(w, row->row, SL_MEASURE_fit_time);
    add_times(w, row->row, SL_MEASURE_score_time);
    add_params(w, i);
    int whole = !isnan(row->score);
    for (size_t s = 0; s < w->n_splits; s++)
        add_number(w->grid, s < row->n_scores ? row->scores[s] : NAN);
    add_number(w->grid, row->score);
    add_number(w->grid, whole ? std_of(row->scores, row->n_scores) : NAN);
    sl_grid_add(w->grid, "%zu", rank_of(w->table, i));
    if (w->trains)
        add_train_scores(w, row);
}

int sl_cv_results_grid(const struct sl_table *table, struct sl_grid *grid, struct sl_error *err)
{
    struct writer w = {.table = table, .grid = grid};
    w.params = sl_alloc_zero(table->n ? table->n : 1, sizeof *w.params);
    if (!w.params)
        return sl_fail_memory(err);
    for (size_t i = 0; i < table->n; i++) {
        w.params[i] = sl_json_parse(table->rows[i].row->params_json, &grid->failed);
        if (table->rows[i].n_scores > w.n_splits)
            w.n_splits = table->rows[i].n_scores;
    }
    find_varied(&w);
    find_train_scores(&w);
    add_head(&w);
    for (size_t i = 0; i < table->n; i++)
        add_row(&w, i);
    for (size_t i = 0; i < table->n; i++)
        json_decref(w.params[i]);
    json_decref(w.varied);
    free(w.params);
    return SL_OK;
}
