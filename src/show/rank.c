/* rank.c - rows judged by a metric: the best, what is tied with it, their order, and how sure that is.
 *
 * tied_with_best, by accuracy: McNemar's test of the row against the most accurate row on the validation rows
 * that both scored, pooled over folds and averaged over repeats (so the difference of the two counts is that
 * of the mean accuracies).  By any other metric: the paired bootstrap (bootstrap.c).  Then Holm's correction
 * for the number of rows compared.  Tied means p >= 0.05: these rows do not tell the two apart.  The tests
 * take the fitted models as they are; how much they would differ on another training sample, the deviation
 * over folds shows. */
#include "show/rank.h"
#include "core/memory.h"
#include "show/outcomes.h"
#include "show/rules.h"
#include "show/verdict.h"
#include "show/warnings.h"
#include <math.h>
#include <shortlist/metrics.h>
#include <string.h>

static const double alpha = 0.05;

/* Accuracy ---------------------------------------------------------------------------------------- */

double sl_rows_mcnemar(const struct sl_study_row *a, const struct sl_study_row *b)
{
    uint64_t only_a, only_b;
    return sl_discordant(a, b, &only_a, &only_b) ? NAN : sl_mcnemar(only_a, only_b);
}

/* Of the difference between two accuracies on n rows, of which one alone or the other alone got so many. */
static double error_of_difference(uint64_t only_a, uint64_t only_b, size_t n)
{
    double a = (double)only_a, b = (double)only_b, size = (double)n;
    return sqrt(fmax(a + b - (a - b) * (a - b) / size, 0)) / size;
}

/* By accuracy: the interval that the row has already, and McNemar's test. */
static void compare_accuracies(struct sl_table *table, double *p)
{
    const struct sl_study_row *best = table->rows[table->best].row;
    for (size_t i = 0; i < table->n; i++) {
        struct sl_table_row *row = &table->rows[i];
        row->score_low = row->ci_low;
        row->score_high = row->ci_high;
        uint64_t only_best, only_row;
        if (i == table->best || row->status != SL_TRIAL_OK ||
            sl_discordant(best, row->row, &only_best, &only_row))
            continue;
        p[i] = sl_mcnemar(only_best, only_row);
        row->behind_error = error_of_difference(only_best, only_row, row->n_validation);
    }
}

/* Scores ------------------------------------------------------------------------------------------ */

/* The metric of one outcome; counts (k, k) is scratch. */
static int outcome_score(const struct sl_table *table, const struct sl_outcome *o, uint64_t *counts,
                         double *score, struct sl_error *err)
{
    const struct sl_measure_type *type = &sl_measure_types[table->metric];
    struct sl_metrics metrics;
    *score = sl_measure_get(type, o);
    if (type->member)
        return SL_OK;
    int code = sl_confusion(o->truth, o->predicted, o->n_validation, table->study->k, counts, err);
    if (code)
        return code;
    sl_metrics_compute(counts, table->study->k, &metrics, NULL);
    *score = type->compute(&(struct sl_scored){o, &metrics, counts, table->study->k});
    return SL_OK;
}

/* A row whose folds do not all have the metric has none. */
static int take_scores(const struct sl_table *table, struct sl_table_row *row, uint64_t *counts,
                       struct sl_error *err)
{
    size_t n = 0;
    int code = SL_OK, whole = row->status == SL_TRIAL_OK && row->n_scores;
    double *scores = sl_alloc(row->n_scores, sizeof *scores);
    if (!scores)
        return sl_fail_memory(err);
    free(row->scores);
    row->scores = scores;
    for (size_t i = 0; i < row->row->n_outcomes && !code; i++) {
        if (!sl_is_scored(&row->row->outcomes[i]))
            continue;
        code = outcome_score(table, &row->row->outcomes[i], counts, &scores[n], err);
        whole &= !isnan(scores[n++]);
    }
    row->score = whole ? row->measures[table->metric] : NAN;
    row->score_std = whole ? sl_sample_std(scores, n, row->score) : NAN;
    row->score_low = row->score_high = row->behind_error = NAN;
    row->rank_low = row->rank_high = row->p_best = NAN;
    row->tied_with_best = -1;
    return code;
}

static int take_all_scores(struct sl_table *table, struct sl_error *err)
{
    size_t k = table->study->k > 0 ? (size_t)table->study->k : 1;
    uint64_t *counts = sl_alloc(k * k, sizeof *counts);
    int code = counts ? SL_OK : sl_fail_memory(err);
    for (size_t i = 0; i < table->n && !code; i++)
        code = take_scores(table, &table->rows[i], counts, err);
    free(counts);
    return code;
}

/* Order ------------------------------------------------------------------------------------------- */

/* Merges the sorted halves of order[low ... high). */
static void merge(const struct sl_table *table, size_t low, size_t middle, size_t high, size_t *scratch)
{
    size_t *order = table->order, i = low, j = middle;
    for (size_t to = low; to < high; to++)
        scratch[to] = i == middle || (j < high && sl_table_is_better(table, order[j], order[i])) ? order[j++]
                                                                                                 : order[i++];
    for (size_t to = low; to < high; to++)
        order[to] = scratch[to];
}

static int put_in_order(struct sl_table *table, struct sl_error *err)
{
    size_t n = table->n, *scratch = sl_alloc(n, sizeof *scratch);
    if (!scratch)
        return sl_fail_memory(err);
    for (size_t i = 0; i < n; i++)
        table->order[i] = i;
    for (size_t width = 1; width < n && table->sorted; width *= 2)
        for (size_t low = 0; low + width < n; low += 2 * width)
            merge(table, low, low + width, low + 2 * width < n ? low + 2 * width : n, scratch);
    free(scratch);
    return SL_OK;
}

static void find_best(struct sl_table *table)
{
    table->best = table->n;
    for (size_t i = 0; i < table->n; i++)
        if (!isnan(table->rows[i].score) &&
            (table->best == table->n || sl_table_is_better(table, i, table->best)))
            table->best = i;
}

/* ------------------------------------------------------------------------------------------------- */

/* Predicting the most frequent class is no match for any row where that class is more than usually frequent,
 * even if accuracies do not differ. */
static int is_idle(const struct sl_table *table, size_t i)
{
    const double usual = 1.5;
    const struct sl_table_row *row = &table->rows[i];
    return sl_row_is_majority(row) && row->largest_share * table->study->k > usual;
}

/* p (n): NaN where a row is not compared. */
static void mark_ties(struct sl_table *table, double *p, size_t *which)
{
    size_t m = 0;
    for (size_t i = 0; i < table->n; i++)
        if (!isnan(p[i])) {
            which[m] = i;
            p[m++] = p[i];
        }
    sl_holm(p, m);
    for (size_t i = 0; i < m; i++)
        table->rows[which[i]].tied_with_best = p[i] >= alpha && !is_idle(table, which[i]);
    table->rows[table->best].tied_with_best = 1;
}

static int judge(struct sl_table *table, const char *out, struct sl_error *err)
{
    double *p = sl_alloc(table->n, sizeof *p);
    size_t *which = sl_alloc(table->n, sizeof *which);
    int code = p && which ? SL_OK : sl_fail_memory(err);
    for (size_t i = 0; i < table->n && !code; i++)
        p[i] = NAN;
    if (!code && table->metric == SL_MEASURE_accuracy)
        compare_accuracies(table, p);
    else if (!code)
        code = sl_resample_rows(table, out, p, err);
    if (!code)
        mark_ties(table, p, which);
    if (!code && table->metric == SL_MEASURE_accuracy)
        code = sl_rank_by_accuracy(table, err);
    free(p);
    free(which);
    return code;
}

int sl_table_rank(struct sl_table *table, int metric, const char *out, struct sl_error *err)
{
    if (metric >= SL_N_MEASURES || (metric >= 0 && sl_measure_types[metric].metric == SL_METRIC_NOT))
        return sl_fail(err, SL_EUSAGE, "rows can not be judged by the measure %s",
                       metric < SL_N_MEASURES ? sl_measure_types[metric].name : "of that number");
    table->metric = metric >= 0 ? (enum sl_measure_id)metric : SL_MEASURE_accuracy;
    table->sorted = metric >= 0;
    table->n_samples = 0;
    int code = take_all_scores(table, err);
    if (!code)
        code = put_in_order(table, err);
    find_best(table);
    if (!code && table->best < table->n)
        code = judge(table, out, err);
    if (!code)
        code = sl_table_warn(table, err);
    return code ? code : sl_table_verdict(table, err);
}
