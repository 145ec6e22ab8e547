/* bootstrap.c - intervals and comparisons by any metric but accuracy: the bootstrap over the scored rows.
 *
 * The rows of each outcome are drawn anew SL_RESAMPLES times (measure/resample.c).  The metric of a repeat is
 * its mean over the folds, whose rows are drawn apart.  The interval is that of the percentiles of the
 * samples around the sample of all rows; a row is compared with the best one by the difference of the two in
 * the same samples: p is that of the difference over its standard deviation (normal approximation).  Repeats
 * score the same rows again and add no evidence about unseen ones, so that intervals and variances are
 * averaged over them.  Scores are those that the store keeps, of 16 bits: the value itself is the one of the
 * whole scores.
 *
 * Cost: O(rows * samples * n) for labels, whose samples are drawn once for all rows, k times that for
 * rankings. */
#include "core/memory.h"
#include "core/order.h"
#include "measure/resample.h"
#include "show/outcomes.h"
#include "show/rank.h"
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The samples of one row, by repeat. */
struct samples {
    size_t n; /* repeats; 0: there are none */
    struct sl_resampled *of;
};

struct bootstrap {
    const struct sl_table *table;
    const char *out;
    struct sl_resampled *one; /* scratch: of scores */
    struct sl_error *err;
};

/* Samples ----------------------------------------------------------------------------------------- */

/* The same for all outcomes of the same rows: folds are drawn anew in each repeat. */
static uint64_t seed_of(const struct sl_study *study, const struct sl_outcome *o)
{
    uint64_t repeat = study->folds > 1 ? (uint64_t)o->repeat : 0;
    return (repeat << 32 | (uint64_t)o->fold) * SL_RESAMPLES;
}

/* What probabilities of the true class that were stored as 0 were: with them, the mean loss is that of the
 * whole probabilities. */
static double zero_probability(const struct sl_outcome *o, const struct sl_scores *s)
{
    const double least = log(2.0 * UINT16_MAX), most = -log(DBL_EPSILON);
    double sum = 0, zeros = 0;
    for (size_t i = 0; i < s->n; i++) {
        double p = o->truth[i] < s->k ? sl_scores_value(s, i, o->truth[i]) : DBL_EPSILON;
        zeros += p == 0;
        sum -= p > 0 ? log(p) : 0;
    }
    return exp(-fmin(fmax(((double)s->n * o->log_loss - sum) / fmax(zeros, 1), least), most));
}

/* *has: those of all classes were kept. */
static int resample_scores(struct bootstrap *b, const struct sl_outcome *o, uint64_t seed, int *has)
{
    struct sl_scores s;
    *has = 0;
    int code = sl_study_scores(b->out, b->table->study, o, &s, b->err);
    if (code)
        return code;
    *has = s.n && !s.classes;
    if (*has) {
        float *scores = sl_alloc(s.n * (size_t)s.k, sizeof *scores);
        double zero = s.probabilities ? zero_probability(o, &s) : 0;
        for (size_t i = 0; scores && i < s.n; i++)
            for (int c = 0; c < s.k; c++) {
                double score = sl_scores_value(&s, i, c);
                scores[i * (size_t)s.k + (size_t)c] = (float)(s.probabilities && score == 0 ? zero : score);
            }
        if (!scores || sl_resample_scores(b->table->metric, o->truth, scores, s.n, s.k, seed, b->one))
            code = sl_fail_memory(b->err);
        free(scores);
    }
    sl_scores_free(&s);
    return code;
}

/* Adds a fold's part of the mean. */
static void add_part(struct sl_resampled *mean, const struct sl_resampled *one, double part)
{
    mean->value += part * one->value;
    for (int i = 0; i < SL_RESAMPLES; i++)
        mean->at[i] += part * one->at[i];
}

/* An outcome, and where its samples go. */
struct entry {
    const struct sl_outcome *outcome;
    uint64_t seed;
    size_t row, repeat;
    double part; /* of the mean of a repeat */
};

/* Outcomes of the same rows stand together, a row's folds in their order. */
static int by_seed(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    if (x->seed != y->seed)
        return x->seed < y->seed ? -1 : 1;
    if (x->outcome->truth != y->outcome->truth)
        return (uintptr_t)x->outcome->truth < (uintptr_t)y->outcome->truth ? -1 : 1;
    if (x->row != y->row)
        return x->row < y->row ? -1 : 1;
    return (x->repeat > y->repeat) - (x->repeat < y->repeat);
}

/* n entries of the same rows. */
static int resample_labels(struct bootstrap *b, const struct entry *entries, size_t n, struct samples *all)
{
    const struct sl_table *table = b->table;
    const struct sl_outcome *first = entries[0].outcome;
    const int32_t **predicted = sl_alloc(n, sizeof *predicted);
    struct sl_resampled *found = sl_alloc(n, sizeof *found);
    int code = predicted && found ? SL_OK : SL_ENOMEM;
    for (size_t i = 0; i < n && !code; i++)
        predicted[i] = entries[i].outcome->predicted;
    if (!code)
        code = sl_resample_labels(table->metric, first->truth, predicted, n, first->n_validation,
                                  table->study->k, entries[0].seed, found);
    for (size_t i = 0; i < n && !code; i++)
        add_part(&all[entries[i].row].of[entries[i].repeat], &found[i], entries[i].part);
    free(predicted);
    free(found);
    return code ? sl_fail_memory(b->err) : SL_OK;
}

/* All samples of a row, or none. */
static int resample_entry(struct bootstrap *b, const struct entry *e, struct samples *all)
{
    int has, code = resample_scores(b, e->outcome, e->seed, &has);
    if (!code && has)
        add_part(&all[e->row].of[e->repeat], b->one, e->part);
    if (!has)
        all[e->row].n = 0;
    return code;
}

static int resample_entries(struct bootstrap *b, const struct entry *entries, size_t n, struct samples *all)
{
    const int of_labels = sl_measure_types[b->table->metric].metric == SL_METRIC_LABELS;
    int code = SL_OK;
    for (size_t i = 0, same; i < n && !code; i += same) {
        const struct entry *e = entries + i;
        same = 1;
        while (of_labels && i + same < n && e[same].seed == e->seed &&
               sl_same_rows(e[same].outcome, e->outcome))
            same++;
        if (of_labels)
            code = resample_labels(b, e, same, all);
        else if (all[e->row].n)
            code = resample_entry(b, e, all);
    }
    return code;
}

/* Of a row that ended well: all folds of all repeats are there. */
static size_t add_entries(const struct bootstrap *b, size_t row, struct entry *entries)
{
    const struct sl_study_row *from = b->table->rows[row].row;
    const double part = (double)sl_count_repeats(from) / (double)from->n_outcomes;
    size_t n = 0, repeat = 0;
    int last = -1;
    for (size_t i = 0; i < from->n_outcomes; i++) {
        const struct sl_outcome *o = &from->outcomes[i];
        if (!sl_is_scored(o))
            continue;
        repeat += last >= 0 && o->repeat != last;
        last = o->repeat;
        entries[n++] = (struct entry){o, seed_of(b->table->study, o), row, repeat, part};
    }
    return n;
}

/* all (table->n): the samples of the rows from first to end that have a score. */
static int take_samples(struct bootstrap *b, size_t first, size_t end, struct samples *all)
{
    const struct sl_table *table = b->table;
    size_t n = 0, most = 0;
    int code = SL_OK;
    for (size_t i = first; i < end; i++)
        most += table->rows[i].row->n_outcomes;
    struct entry *entries = sl_alloc(most, sizeof *entries);
    for (size_t i = first; i < end && entries && !code; i++) {
        if (isnan(table->rows[i].score))
            continue;
        all[i].n = sl_count_repeats(table->rows[i].row);
        all[i].of = sl_alloc_zero(all[i].n, sizeof *all[i].of);
        code = all[i].of ? SL_OK : sl_fail_memory(b->err);
        n += add_entries(b, i, entries + n);
    }
    if (!entries)
        code = sl_fail_memory(b->err);
    if (!code && n) {
        qsort(entries, n, sizeof *entries, by_seed);
        code = resample_entries(b, entries, n, all);
    }
    free(entries);
    return code;
}

/* Intervals --------------------------------------------------------------------------------------- */

/* How far below and above the value the middle 95 % of the samples reach; scratch is sorted. */
static void reach(const struct sl_resampled *r, double *scratch, double *below, double *above)
{
    size_t n = 0;
    for (int i = 0; i < SL_RESAMPLES; i++)
        if (!isnan(r->at[i]))
            scratch[n++] = r->at[i];
    *below = *above = NAN;
    if (2 * n < SL_RESAMPLES)
        return;
    qsort(scratch, n, sizeof *scratch, sl_by_real);
    *below = scratch[(size_t)lround(0.025 * (double)(n - 1))] - r->value;
    *above = scratch[(size_t)lround(0.975 * (double)(n - 1))] - r->value;
}

static void set_interval(const struct bootstrap *b, const struct samples *samples, struct sl_table_row *row)
{
    const enum sl_measure_unit unit = sl_measure_types[b->table->metric].unit;
    const double least = unit == SL_MEASURED_COEFFICIENT ? -1 : 0;
    const double most = unit == SL_MEASURED_LOSS ? INFINITY : 1;
    double low = 0, high = 0;
    for (size_t r = 0; r < samples->n; r++) {
        double below, above;
        reach(&samples->of[r], b->one->at, &below, &above);
        low += below / (double)samples->n;
        high += above / (double)samples->n;
    }
    if (!samples->n || isnan(low) || isnan(high))
        return;
    row->score_low = fmax(row->score + fmin(low, 0), least);
    row->score_high = fmin(row->score + fmax(high, 0), most);
}

/* Comparisons ------------------------------------------------------------------------------------- */

/* The variance of the difference over the samples; NaN where most have none. */
static double variance(const struct sl_resampled *x, const struct sl_resampled *y)
{
    double sum = 0, squares = 0, n = 0;
    for (int i = 0; i < SL_RESAMPLES; i++) {
        double difference = (x->at[i] - y->at[i]) - (x->value - y->value);
        if (isnan(difference))
            continue;
        sum += difference;
        squares += difference * difference;
        n++;
    }
    return 2 * n < SL_RESAMPLES ? NAN : fmax(squares - sum * sum / n, 0) / (n - 1);
}

/* The standard error of the difference between two rows. */
static double error_of_difference(const struct samples *best, const struct samples *other)
{
    size_t repeats = best->n > other->n ? best->n : other->n;
    double mean = 0;
    for (size_t r = 0; r < repeats; r++)
        mean += variance(&best->of[best->n > 1 ? r : 0], &other->of[other->n > 1 ? r : 0]) / (double)repeats;
    return sqrt(mean);
}

static double compare(double apart, double error)
{
    return error == 0 ? apart == 0 : erfc(fabs(apart) / (sqrt(2) * error));
}

/* Ranks ------------------------------------------------------------------------------------------- */

/* The row's score in a sample, the larger the better.  Repeats take turns: a mean over them would have less
 * variance than one of them, as if they scored other rows. */
static double ranked_value(const struct bootstrap *b, size_t i, const struct samples *samples, int sample,
                           size_t repeats)
{
    const struct sl_resampled *of = &samples->of[samples->n > 1 ? (size_t)sample % repeats : 0];
    double value = b->table->rows[i].score + (of->at[sample] - of->value);
    return sl_metric_rises(b->table->metric) ? value : -value;
}

/* all (table->n): the samples of each row; which (m): those that are compared. */
static int rank_rows(const struct bootstrap *b, struct sl_table *table, const struct samples *all,
                     const size_t *which, size_t m)
{
    size_t repeats = 1;
    double *values = sl_alloc(m * SL_RESAMPLES, sizeof *values);
    if (!values)
        return sl_fail_memory(b->err);
    for (size_t i = 0; i < m; i++)
        repeats = all[which[i]].n > repeats ? all[which[i]].n : repeats;
    for (int s = 0; s < SL_RESAMPLES; s++)
        for (size_t i = 0; i < m; i++)
            values[(size_t)s * m + i] = ranked_value(b, which[i], &all[which[i]], s, repeats);
    int code = sl_rank_by_values(table, values, SL_RESAMPLES, which, m, b->err);
    free(values);
    return code;
}

/* ------------------------------------------------------------------------------------------------- */

static void compare_row(struct sl_table *table, const struct samples *all, size_t i, double *p)
{
    struct sl_table_row *row = &table->rows[i];
    const struct sl_table_row *first = &table->rows[table->best];
    const struct samples *best = &all[table->best];
    if (!best->n || !all[i].n || !sl_all_same_rows(first->row, row->row))
        return;
    row->behind_error = error_of_difference(best, &all[i]);
    *p = compare(first->score - row->score, row->behind_error);
}

static int compare_rows(const struct bootstrap *b, struct sl_table *table, const struct samples *all,
                        double *p)
{
    size_t m = 0, *which = sl_alloc(table->n, sizeof *which);
    if (!which)
        return sl_fail_memory(b->err);
    for (size_t i = 0; i < table->n; i++) {
        if (i != table->best && all[i].n)
            compare_row(table, all, i, &p[i]);
        if (i == table->best || !isnan(p[i]))
            which[m++] = i;
    }
    int code = m > 1 ? rank_rows(b, table, all, which, m) : SL_OK;
    free(which);
    return code;
}

int sl_resample_rows(struct sl_table *table, const char *out, double *p, struct sl_error *err)
{
    struct sl_error unread;
    struct bootstrap b = {.table = table, .out = out, .err = err ? err : &unread};
    struct samples *all = sl_alloc_zero(table->n, sizeof *all);
    b.one = sl_alloc(1, sizeof *b.one);
    int code = all && b.one ? SL_OK : sl_fail_memory(err);
    if (!code)
        code = take_samples(&b, 0, table->n, all);
    for (size_t i = 0; i < table->n && !code; i++)
        set_interval(&b, &all[i], &table->rows[i]);
    if (!code)
        code = compare_rows(&b, table, all, p);
    for (size_t i = 0; all && i < table->n; i++)
        free(all[i].of);
    free(all);
    free(b.one);
    return code;
}

/* The samples of one row. */
static int take_row(const struct sl_row_of *of, struct sl_resampled *scratch, struct samples *samples,
                    struct sl_error *err)
{
    struct bootstrap b = {.table = of->table, .out = of->out, .one = scratch, .err = err};
    const size_t i = (size_t)(of->row - of->table->rows);
    struct samples *all = sl_alloc_zero(of->table->n, sizeof *all);
    const int code = all ? take_samples(&b, i, i + 1, all) : sl_fail_memory(err);
    if (all)
        *samples = all[i];
    free(all);
    return code;
}

int sl_resample_pair(const struct sl_row_of *x, const struct sl_row_of *y, double *p, struct sl_error *err)
{
    struct sl_error unread;
    struct samples first = {0}, second = {0};
    struct sl_resampled *scratch = sl_alloc(1, sizeof *scratch);
    err = err ? err : &unread;
    int code = scratch ? take_row(x, scratch, &first, err) : sl_fail_memory(err);
    if (!code)
        code = take_row(y, scratch, &second, err);
    if (!code && first.n && second.n)
        *p = compare(x->row->score - y->row->score, error_of_difference(&first, &second));
    free(first.of);
    free(second.of);
    free(scratch);
    return code;
}
