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
 * Cost: O(rows * samples * n) for labels, k times that for rankings. */
#include "core/memory.h"
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
    struct sl_resampled *one; /* scratch */
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
static int resample_scores(struct bootstrap *b, const struct sl_outcome *o, int *has)
{
    struct sl_scores s;
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
        if (!scores || sl_resample_scores(b->table->metric, o->truth, scores, s.n, s.k,
                                          seed_of(b->table->study, o), b->one))
            code = sl_fail_memory(b->err);
        free(scores);
    }
    sl_scores_free(&s);
    return code;
}

static int resample_outcome(struct bootstrap *b, const struct sl_outcome *o, int *has)
{
    const struct sl_table *table = b->table;
    if (sl_measure_types[table->metric].metric != SL_METRIC_LABELS)
        return resample_scores(b, o, has);
    *has = 1;
    return sl_resample_labels(table->metric, o->truth, o->predicted, o->n_validation, table->study->k,
                              seed_of(table->study, o), b->one)
               ? sl_fail_memory(b->err)
               : SL_OK;
}

/* Adds a fold's part of the mean. */
static void add_part(struct sl_resampled *mean, const struct sl_resampled *one, double part)
{
    mean->value += part * one->value;
    for (int i = 0; i < SL_RESAMPLES; i++)
        mean->at[i] += part * one->at[i];
}

/* Of a row that ended well: all folds of all repeats are there. */
static int take_samples(struct bootstrap *b, const struct sl_study_row *row, struct samples *samples)
{
    size_t repeats = sl_count_repeats(row);
    const double part = (double)repeats / (double)row->n_outcomes;
    int code = SL_OK, has = 1, last = -1;
    *samples = (struct samples){.of = sl_alloc_zero(repeats, sizeof *samples->of)};
    if (!samples->of)
        return sl_fail_memory(b->err);
    for (size_t i = 0; i < row->n_outcomes && !code && has; i++) {
        const struct sl_outcome *o = &row->outcomes[i];
        samples->n += o->repeat != last;
        last = o->repeat;
        code = resample_outcome(b, o, &has);
        if (!code && has)
            add_part(&samples->of[samples->n - 1], b->one, part);
    }
    samples->n = has ? samples->n : 0;
    return code;
}

/* Intervals --------------------------------------------------------------------------------------- */

static int upwards(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

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
    qsort(scratch, n, sizeof *scratch, upwards);
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

static double compare(const struct samples *best, const struct samples *other, double apart)
{
    size_t repeats = best->n > other->n ? best->n : other->n;
    double mean = 0;
    for (size_t r = 0; r < repeats; r++)
        mean += variance(&best->of[best->n > 1 ? r : 0], &other->of[other->n > 1 ? r : 0]) / (double)repeats;
    if (mean == 0)
        return apart == 0;
    return erfc(fabs(apart) / sqrt(2 * mean));
}

/* ------------------------------------------------------------------------------------------------- */

static int resample_row(struct bootstrap *b, const struct samples *best, size_t i, double *p)
{
    struct sl_table_row *row = &b->table->rows[i], *first = &b->table->rows[b->table->best];
    struct samples samples;
    int code = take_samples(b, row->row, &samples);
    if (!code) {
        set_interval(b, &samples, row);
        if (best->n && samples.n && sl_all_same_rows(first->row, row->row))
            *p = compare(best, &samples, first->score - row->score);
    }
    free(samples.of);
    return code;
}

int sl_resample_rows(struct sl_table *table, const char *out, double *p, struct sl_error *err)
{
    struct sl_error unread;
    struct bootstrap b = {.table = table, .out = out, .err = err ? err : &unread};
    struct samples best = {0};
    b.one = sl_alloc(1, sizeof *b.one);
    int code = b.one ? take_samples(&b, table->rows[table->best].row, &best) : sl_fail_memory(err);
    if (!code)
        set_interval(&b, &best, &table->rows[table->best]);
    for (size_t i = 0; i < table->n && !code; i++)
        if (i != table->best && !isnan(table->rows[i].score))
            code = resample_row(&b, &best, i, &p[i]);
    free(best.of);
    free(b.one);
    return code;
}

int sl_resample_pair(const struct sl_row_of *x, const struct sl_row_of *y, double *p, struct sl_error *err)
{
    struct sl_error unread;
    struct bootstrap b[2] = {{.table = x->table, .out = x->out, .err = err ? err : &unread},
                             {.table = y->table, .out = y->out, .err = err ? err : &unread}};
    struct samples first = {0}, second = {0};
    b[0].one = b[1].one = sl_alloc(1, sizeof *b[0].one);
    int code = b[0].one ? take_samples(&b[0], x->row->row, &first) : sl_fail_memory(err);
    if (!code)
        code = take_samples(&b[1], y->row->row, &second);
    if (!code && first.n && second.n)
        *p = compare(&first, &second, x->row->score - y->row->score);
    free(first.of);
    free(second.of);
    free(b[0].one);
    return code;
}
