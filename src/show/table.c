/* table.c - from the outcomes of a study to the rows of a table.
 *
 * Scores are means over the folds and repeats that ended well.  The 95 % interval of the accuracy is Wilson's
 * (1927) on the validation rows of one repeat: folds are pooled, since each scores other rows, but repeats
 * score the same rows again (in other folds, where there are folds) and add no evidence about unseen ones, so
 * their counts are averaged.  rank.c judges the rows by a metric.
 *
 * Cost: O(rows * (n + k^2)) for n predictions a row. */
#include "core/memory.h"
#include "show/outcomes.h"
#include "show/verdict.h"
#include "show/warnings.h"
#include <math.h>
#include <shortlist/metrics.h>
#include <shortlist/show.h>
#include <string.h>

static const double level = 0.95;

/* A failure says more than an outcome that is only missing yet. */
static void take_status(const struct sl_study_row *row, struct sl_table_row *out)
{
    out->status = row->n_outcomes ? SL_TRIAL_OK : SL_TRIAL_MISSING;
    out->reason = "";
    for (size_t i = 0; i < row->n_outcomes; i++) {
        const struct sl_outcome *o = &row->outcomes[i];
        if (o->status == SL_TRIAL_OK)
            continue;
        if (out->status == SL_TRIAL_OK || out->status == SL_TRIAL_MISSING) {
            out->status = o->status;
            out->reason = o->reason;
        }
    }
}

/* Measures ---------------------------------------------------------------------------------------- */

struct gathered {
    struct sl_scored scored;
    double sum[SL_N_MEASURES]; /* or the largest, or the least */
    size_t n[SL_N_MEASURES];   /* outcomes that have the measure */
};

static void gather(struct gathered *g, int id, double value)
{
    double *sum = &g->sum[id];
    if (isnan(value))
        return;
    switch (sl_measure_types[id].over) {
    case SL_OVER_MEAN:
        *sum += value;
        break;
    case SL_OVER_LARGEST:
        *sum = g->n[id] ? fmax(*sum, value) : value;
        break;
    case SL_OVER_LEAST:
        *sum = g->n[id] ? fmin(*sum, value) : value;
        break;
    }
    g->n[id]++;
}

static void gather_all(struct gathered *g)
{
    for (int id = 0; id < SL_N_MEASURES; id++) {
        const struct sl_measure_type *type = &sl_measure_types[id];
        gather(g, id, type->compute ? type->compute(&g->scored) : sl_measure_get(type, g->scored.outcome));
    }
}

static void finish(const struct gathered *g, struct sl_table_row *out)
{
    for (int id = 0; id < SL_N_MEASURES; id++) {
        int is_mean = sl_measure_types[id].over == SL_OVER_MEAN;
        out->measures[id] = !g->n[id] ? NAN : is_mean ? g->sum[id] / (double)g->n[id] : g->sum[id];
    }
}

/* Rows of the most frequent true class. */
static uint64_t most_frequent(const uint64_t *counts, int k)
{
    uint64_t most = 0;
    for (int c = 0; c < k; c++) {
        uint64_t n = 0;
        for (int p = 0; p < k; p++)
            n += counts[(size_t)c * (size_t)k + (size_t)p];
        most = n > most ? n : most;
    }
    return most;
}

/* Measures, accuracies and interval; counts (k, k) is scratch. */
static int take_measures(const struct sl_study_row *row, int k, uint64_t *counts, struct sl_table_row *out,
                         struct sl_error *err)
{
    uint64_t right = 0, total = 0, most = 0;
    struct gathered g = {.scored.k = k};
    out->accuracies = sl_alloc(row->n_outcomes, sizeof *out->accuracies);
    if (!out->accuracies)
        return sl_fail_memory(err);
    for (size_t i = 0; i < row->n_outcomes; i++) {
        const struct sl_outcome *o = &row->outcomes[i];
        struct sl_metrics metrics;
        if (o->status != SL_TRIAL_OK)
            continue;
        g.scored = (struct sl_scored){.outcome = o, .k = k};
        out->n_train = o->n_train;
        if (sl_is_scored(o)) {
            int code = sl_confusion(o->truth, o->predicted, o->n_validation, k, counts, err);
            if (code)
                return sl_fail_prefix(err, "row %s", row->name);
            sl_metrics_compute(counts, k, &metrics, NULL);
            g.scored.metrics = &metrics;
            g.scored.counts = counts;
            most += most_frequent(counts, k);
            for (int c = 0; c < k; c++)
                right += counts[(size_t)c * (size_t)k + (size_t)c];
            total += o->n_validation;
            out->accuracies[out->n_scores++] = metrics.accuracy;
        }
        gather_all(&g);
    }
    finish(&g, out);
    if (!out->n_scores)
        return SL_OK;
    size_t repeats = sl_count_repeats(row);
    out->largest_share = (double)most / (double)total;
    out->accuracy_std = sl_sample_std(out->accuracies, out->n_scores, out->accuracy);
    out->n_validation = sl_per_repeat(total, repeats);
    sl_wilson(sl_per_repeat(right, repeats), out->n_validation, level, &out->ci_low, &out->ci_high);
    return SL_OK;
}

/* The store may hold outcomes of runs with other options: what their times are is told with them. */
static void take_conditions(const struct sl_study_row *row, struct sl_table_row *out)
{
    for (size_t i = 0; i < row->n_outcomes; i++) {
        const struct sl_outcome *o = &row->outcomes[i];
        if (o->status != SL_TRIAL_OK)
            continue;
        out->shared |= o->shared;
        if (!out->threads_least || o->threads < out->threads_least)
            out->threads_least = o->threads;
        if (o->threads > out->threads_most)
            out->threads_most = o->threads;
    }
}

static int make_row(const struct sl_study_row *row, int k, uint64_t *counts, struct sl_table_row *out,
                    struct sl_error *err)
{
    *out = (struct sl_table_row){.row = row, .tied_with_best = -1};
    out->largest_share = out->accuracy_std = out->ci_low = out->ci_high = NAN;
    out->score = out->score_std = out->score_low = out->score_high = out->behind_error = NAN;
    take_status(row, out);
    take_conditions(row, out);
    return take_measures(row, k, counts, out, err);
}

int sl_table_make(const struct sl_study *study, struct sl_table **out, struct sl_error *err)
{
    int code = SL_OK;
    struct sl_table *table = sl_alloc_zero(1, sizeof *table);
    size_t k = study->k > 0 ? (size_t)study->k : 1;
    uint64_t *counts = sl_alloc(k * k, sizeof *counts);
    *out = NULL;
    if (table) {
        table->rows = sl_alloc_zero(study->n_rows, sizeof *table->rows);
        table->order = sl_alloc_zero(study->n_rows, sizeof *table->order);
    }
    if (!table || !table->rows || !table->order || !counts)
        code = sl_fail_memory(err);
    else
        table->study = study;
    for (size_t i = 0; i < study->n_rows && !code; i++) {
        table->n = i + 1;
        code = make_row(&study->rows[i], (int)k, counts, &table->rows[i], err);
    }
    if (!code)
        code = sl_table_rank(table, -1, NULL, err);
    free(counts);
    if (code) {
        sl_table_free(table);
        return code;
    }
    *out = table;
    return SL_OK;
}

void sl_table_free(struct sl_table *table)
{
    if (!table)
        return;
    for (size_t i = 0; table->rows && i < table->n; i++) {
        free(table->rows[i].accuracies);
        free(table->rows[i].scores);
    }
    free(table->order);
    free(table->rows);
    sl_warnings_release(&table->warnings);
    sl_verdict_release(&table->verdict);
    free(table);
}
