/* table.c - from the outcomes of a study to the rows of a table.
 *
 * Scores are means over the folds and repeats that ended well.  The 95 % interval is Wilson's (1927) on
 * the validation rows of one repeat: folds are pooled, since each scores other rows, but repeats score
 * the same rows again (in other folds, where there are folds) and add no evidence about unseen ones, so
 * their counts are averaged.
 *
 * tied_with_best: McNemar's test of the row against the most accurate row on the validation rows that
 * both scored, pooled over folds and averaged over repeats for the same reason (so the difference of the
 * two counts is that of the mean accuracies), then Holm's correction for the number of rows compared.
 * Tied means p >= 0.05: these rows do not tell the two apart.  The test takes the fitted models as they
 * are; how much they would differ on another training sample, the deviation over folds shows.
 *
 * Cost: O(rows * (n + k^2)) for n predictions a row. */
#include "core/memory.h"
#include "show/warnings.h"
#include <math.h>
#include <shortlist/metrics.h>
#include <shortlist/show.h>
#include <string.h>

static const double level = 0.95, alpha = 0.05;

static int scored(const struct sl_outcome *o)
{
    return o->status == SL_TRIAL_OK && o->predicted && o->truth && o->n_validation;
}

static double sample_std(const double *x, size_t n, double mean_x)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (x[i] - mean_x) * (x[i] - mean_x);
    return n > 1 ? sqrt(sum / (double)(n - 1)) : NAN;
}

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

static size_t count_repeats(const struct sl_study_row *row)
{
    int last = -1;
    size_t n = 0;
    for (size_t i = 0; i < row->n_outcomes; i++) {
        if (!scored(&row->outcomes[i]) || row->outcomes[i].repeat == last)
            continue;
        last = row->outcomes[i].repeat; /* outcomes stand by repeat, then fold */
        n++;
    }
    return n;
}

static uint64_t per_repeat(uint64_t count, size_t repeats)
{
    return (count + repeats / 2) / repeats;
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
        gather(g, id, type->member ? sl_measure_get(type, g->scored.outcome) : type->compute(&g->scored));
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
        if (scored(o)) {
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
            out->n_train = o->n_train;
        }
        gather_all(&g);
    }
    finish(&g, out);
    if (!out->n_scores)
        return SL_OK;
    size_t repeats = count_repeats(row);
    out->largest_share = (double)most / (double)total;
    out->accuracy_std = sample_std(out->accuracies, out->n_scores, out->accuracy);
    out->n_validation = per_repeat(total, repeats);
    sl_wilson(per_repeat(right, repeats), out->n_validation, level, &out->ci_low, &out->ci_high);
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
    take_status(row, out);
    take_conditions(row, out);
    return take_measures(row, k, counts, out, err);
}

/* The outcome of a row that stands against one of the same fold and repeat.  Without folds, a row of a
 * classifier without a random part has one repeat only, which stands against each. */
static const struct sl_outcome *partner(const struct sl_study_row *row, const struct sl_outcome *of)
{
    for (size_t i = 0; i < row->n_outcomes; i++) {
        const struct sl_outcome *o = &row->outcomes[i];
        if (o->fold == of->fold && (o->repeat == of->repeat || count_repeats(row) == 1))
            return o;
    }
    return NULL;
}

/* Rows that only one of the two got right, per repeat.  -1 where they did not score the same rows. */
static int discordant(const struct sl_study_row *a, const struct sl_study_row *b, uint64_t *only_a,
                      uint64_t *only_b)
{
    *only_a = *only_b = 0;
    if (a->n_outcomes < b->n_outcomes)
        return discordant(b, a, only_b, only_a);
    for (size_t i = 0; i < a->n_outcomes; i++) {
        const struct sl_outcome *x = &a->outcomes[i], *y = partner(b, x);
        /* Outcomes of the same split share truth: another address, other rows. */
        if (!y || !scored(x) || !scored(y) || x->truth != y->truth || x->n_validation != y->n_validation)
            return -1;
        for (size_t j = 0; j < x->n_validation; j++) {
            int right_a = x->predicted[j] == x->truth[j], right_b = y->predicted[j] == y->truth[j];
            *only_a += right_a && !right_b;
            *only_b += right_b && !right_a;
        }
    }
    size_t repeats = count_repeats(a);
    *only_a = per_repeat(*only_a, repeats);
    *only_b = per_repeat(*only_b, repeats);
    return 0;
}

static void find_best(struct sl_table *table)
{
    table->best = table->n;
    for (size_t i = 0; i < table->n; i++) {
        const struct sl_table_row *row = &table->rows[i];
        if (row->status != SL_TRIAL_OK || !row->n_scores)
            continue;
        if (table->best == table->n || row->accuracy > table->rows[table->best].accuracy)
            table->best = i;
    }
}

/* Predicting the most frequent class is no match for any row where that class is more than usually frequent,
 * even if accuracies do not differ. */
static int is_idle(const struct sl_table *table, size_t i)
{
    const double usual = 1.5;
    const struct sl_table_row *row = &table->rows[i];
    return strcmp(row->row->classifier, "majority") == 0 && row->largest_share * table->study->k > usual;
}

static int mark_ties(struct sl_table *table, struct sl_error *err)
{
    size_t m = 0;
    if (table->best == table->n)
        return SL_OK;
    double *p = sl_alloc(table->n, sizeof *p);
    size_t *which = sl_alloc(table->n, sizeof *which);
    if (!p || !which) {
        free(p);
        free(which);
        return sl_fail_memory(err);
    }
    const struct sl_study_row *best = table->rows[table->best].row;
    for (size_t i = 0; i < table->n; i++) {
        uint64_t only_best, only_row;
        if (i == table->best || table->rows[i].status != SL_TRIAL_OK)
            continue;
        if (discordant(best, table->rows[i].row, &only_best, &only_row))
            continue;
        which[m] = i;
        p[m++] = sl_mcnemar(only_best, only_row);
    }
    sl_holm(p, m);
    for (size_t i = 0; i < m; i++)
        table->rows[which[i]].tied_with_best = p[i] >= alpha && !is_idle(table, which[i]);
    table->rows[table->best].tied_with_best = 1;
    free(p);
    free(which);
    return SL_OK;
}

int sl_table_make(const struct sl_study *study, struct sl_table **out, struct sl_error *err)
{
    int code = SL_OK;
    struct sl_table *table = sl_alloc_zero(1, sizeof *table);
    size_t k = study->k > 0 ? (size_t)study->k : 1;
    uint64_t *counts = sl_alloc(k * k, sizeof *counts);
    *out = NULL;
    if (table)
        table->rows = sl_alloc_zero(study->n_rows, sizeof *table->rows);
    if (!table || !table->rows || !counts)
        code = sl_fail_memory(err);
    else
        table->study = study;
    for (size_t i = 0; i < study->n_rows && !code; i++) {
        table->n = i + 1;
        code = make_row(&study->rows[i], (int)k, counts, &table->rows[i], err);
    }
    if (!code) {
        find_best(table);
        code = mark_ties(table, err);
    }
    if (!code)
        code = sl_table_warn(table, err);
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
    for (size_t i = 0; table->rows && i < table->n; i++)
        free(table->rows[i].accuracies);
    free(table->rows);
    sl_warnings_release(&table->warnings);
    free(table);
}
