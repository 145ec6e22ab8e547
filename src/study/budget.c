/* budget.c - what a run with a budget of time runs.
 *
 * A row is behind when over three trials or more, paired by fold and repeat with those of the row that leads,
 * it loses by more than the 99.5 % quantile of the corrected resampled t-test allows (Nadeau and Bengio,
 * Machine Learning 52, 2003): three folds with much noise cut nothing.  What the store held counts, too.
 * Cost: for each unit, the trials of two rows; all rows where the leader's mean falls. */
#include "study/budget.h"
#include "core/memory.h"
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <shortlist/measures.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAIRS_LEAST = 3 };
static const double sure = 0.995;

int sl_budget_make(const struct sl_plan *plan, double seconds, int metric, struct sl_budget **out,
                   struct sl_error *err)
{
    struct sl_budget *b = *out = sl_alloc_zero(1, sizeof *b);
    if (!b)
        return sl_fail_memory(err);
    b->seconds = seconds;
    b->plan = plan;
    b->metric = metric < 0 ? sl_measure_find("accuracy") : metric;
    b->rises = sl_metric_rises((enum sl_measure_id)b->metric);
    b->scores = sl_alloc(plan->n_trials, sizeof *b->scores);
    b->cut = sl_alloc_zero(plan->n_trials, 1);
    b->rows = sl_alloc_zero(plan->n_rows, sizeof *b->rows);
    if (!b->scores || !b->cut || !b->rows) {
        sl_budget_free(b);
        *out = NULL;
        return sl_fail_memory(err);
    }
    b->leader = plan->n_rows;
    for (size_t i = plan->n_trials; i-- > 0;) {
        struct sl_budget_row *row = &b->rows[plan->trials[i].row];
        b->scores[i] = NAN;
        row->first = i;
        row->n++;
    }
    return SL_OK;
}

void sl_budget_free(struct sl_budget *budget)
{
    if (!budget)
        return;
    free(budget->scores);
    free(budget->cut);
    free(budget->rows);
    free(budget);
}

/* Order ------------------------------------------------------------------------------------------- */

struct place {
    struct sl_unit unit;
    int round; /* repeat and fold of its first trial, as one number */
    double seconds;
};

static double seconds_of(const struct sl_unit *unit, const double *seconds)
{
    double sum = 0;
    for (size_t m = 0; m < unit->n; m++)
        sum += seconds[unit->trials[m]];
    return sum;
}

static int by_round(const void *va, const void *vb)
{
    const struct place *a = va, *b = vb;
    if (a->round != b->round)
        return a->round < b->round ? -1 : 1;
    if (a->seconds != b->seconds)
        return a->seconds < b->seconds ? -1 : 1;
    return (a->unit.trials[0] > b->unit.trials[0]) - (a->unit.trials[0] < b->unit.trials[0]);
}

/* Without memory they stay as they are: the order is for the better. */
void sl_budget_order(const struct sl_budget *budget, struct sl_units *units, const double *seconds)
{
    struct place *places = sl_alloc(units->n, sizeof *places);
    for (size_t u = 0; places && u < units->n; u++) {
        const struct sl_trial *t = &budget->plan->trials[units->units[u].trials[0]];
        places[u] = (struct place){units->units[u], t->repeat * (t->folds > 0 ? t->folds : 1) + t->fold,
                                   seconds_of(&units->units[u], seconds)};
    }
    if (places && units->n)
        qsort(places, units->n, sizeof *places, by_round);
    for (size_t u = 0; places && u < units->n; u++)
        units->units[u] = places[u].unit;
    free(places);
}

/* Behind ------------------------------------------------------------------------------------------ */

/* Of labels, which are counted by class; k: one more than the largest label. */
static double score_labels(const struct sl_measure_type *type, const struct sl_outcome *o)
{
    int32_t k = 1;
    double score = NAN;
    for (size_t i = 0; i < o->n_validation; i++) {
        k = o->truth[i] >= k ? o->truth[i] + 1 : k;
        k = o->predicted[i] >= k ? o->predicted[i] + 1 : k;
    }
    uint64_t *counts = sl_alloc_zero((size_t)k * (size_t)k, sizeof *counts);
    struct sl_metrics metrics;
    if (!counts)
        return NAN;
    for (size_t i = 0; i < o->n_validation; i++)
        counts[(size_t)o->truth[i] * (size_t)k + (size_t)o->predicted[i]]++;
    sl_metrics_compute(counts, k, &metrics, NULL);
    score = type->compute(&(struct sl_scored){o, &metrics, counts, k});
    free(counts);
    return score;
}

static double mean_of(const struct sl_budget_row *row)
{
    return row->sum / (double)row->count;
}

static int is_ahead(const struct sl_budget *b, size_t row, size_t other)
{
    const double mean = mean_of(&b->rows[row]), than = mean_of(&b->rows[other]);
    return mean == than ? row < other : b->rises ? mean > than : mean < than;
}

static void find_leader(struct sl_budget *b)
{
    b->leader = b->plan->n_rows;
    for (size_t r = 0; r < b->plan->n_rows; r++)
        if (b->rows[r].count >= PAIRS_LEAST && (b->leader == b->plan->n_rows || is_ahead(b, r, b->leader)))
            b->leader = r;
}

/* The leader's own mean may have fallen; any other row can only take its place. */
static void add_score(struct sl_budget *b, size_t trial, double score)
{
    const size_t r = b->plan->trials[trial].row;
    struct sl_budget_row *row = &b->rows[r];
    if (isnan(score) || !isnan(b->scores[trial]))
        return;
    b->scores[trial] = score;
    row->sum += score;
    row->count++;
    if (r == b->leader)
        find_leader(b);
    else if (row->count >= PAIRS_LEAST && (b->leader == b->plan->n_rows || is_ahead(b, r, b->leader)))
        b->leader = r;
}

void sl_budget_count(struct sl_budget *budget, size_t trial, const struct sl_outcome *outcome)
{
    const struct sl_measure_type *type = &sl_measure_types[budget->metric];
    if (outcome->status != SL_TRIAL_OK)
        return;
    if (!type->compute)
        add_score(budget, trial, sl_measure_get(type, outcome));
    else if (outcome->predicted && outcome->truth)
        add_score(budget, trial, score_labels(type, outcome));
}

static int is_same_part(const struct sl_trial *a, const struct sl_trial *b)
{
    return a->repeat == b->repeat && a->fold == b->fold;
}

static int is_behind(const struct sl_budget *b, size_t trial)
{
    const size_t row = b->plan->trials[trial].row;
    size_t count = 0;
    double sum = 0, squares = 0;
    if (b->leader == b->plan->n_rows || b->leader == row)
        return 0;
    const size_t first = b->rows[row].first, n = b->rows[row].n;
    const size_t leader = b->rows[b->leader].first, n_leader = b->rows[b->leader].n;
    for (size_t i = 0; i < n && i < n_leader; i++) {
        if (!is_same_part(&b->plan->trials[first + i], &b->plan->trials[leader + i]))
            continue;
        double less = b->scores[leader + i] - b->scores[first + i];
        if (isnan(less))
            continue;
        less = b->rises ? less : -less;
        sum += less;
        squares += less * less;
        count++;
    }
    if (count < PAIRS_LEAST || !(sum > 0))
        return 0;
    const double mean = sum / (double)count;
    const double variance = fmax(squares - sum * mean, 0) / (double)(count - 1);
    const int folds = b->plan->trials[trial].folds;
    const double spread = sqrt(variance * (1 / (double)count + (folds > 1 ? 1 / (double)(folds - 1) : 0)));
    return mean > gsl_cdf_tdist_Pinv(sure, (double)(count - 1)) * spread;
}

/* Cuts -------------------------------------------------------------------------------------------- */

static int are_all_behind(const struct sl_budget *b, const struct sl_unit *unit)
{
    for (size_t m = 0; m < unit->n; m++)
        if (!is_behind(b, unit->trials[m]))
            return 0;
    return 1;
}

int sl_budget_cuts(struct sl_budget *b, const struct sl_unit *unit, double left, const double *seconds)
{
    const enum sl_cut why = left <= 0                          ? SL_CUT_TIME
                            : seconds_of(unit, seconds) > left ? SL_CUT_LONG
                            : are_all_behind(b, unit)          ? SL_CUT_BEHIND
                                                               : SL_CUT_NONE;
    for (size_t m = 0; m < unit->n; m++)
        b->cut[unit->trials[m]] = (unsigned char)why;
    return why != SL_CUT_NONE;
}

/* Telling ----------------------------------------------------------------------------------------- */

/* Of the n missing trials of a row, in words; the reason of the first. */
static void tell_row(const struct sl_budget *b, size_t first, size_t n, const unsigned char *missing,
                     char *text, size_t size)
{
    static const char *const why[] = {[SL_CUT_NONE] = "not in time",
                                      [SL_CUT_BEHIND] = "clearly behind the best",
                                      [SL_CUT_LONG] = "too long by its estimate",
                                      [SL_CUT_TIME] = "not in time"};
    size_t count = 0, reason = SL_CUT_NONE;
    for (size_t i = first; i < first + n; i++)
        if (missing[i]) {
            reason = count ? reason : b->cut[i];
            count++;
        }
    snprintf(text, size, "%s%.60s (%zu of %zu, %s)", *text ? ", " : "",
             b->plan->rows[b->plan->trials[first].row].name, count, n, why[reason]);
}

size_t sl_budget_tell(const struct sl_budget *b, const unsigned char *missing, char *text, size_t size)
{
    size_t total = 0, n, used = 0, untold = 0;
    char rows[320] = "";
    for (size_t i = 0; i < b->plan->n_trials; i += n) {
        size_t here = 0;
        char one[160];
        n = b->rows[b->plan->trials[i].row].n;
        for (size_t t = i; t < i + n; t++)
            here += missing[t] != 0;
        total += here;
        if (!here)
            continue;
        one[0] = used ? ',' : 0;
        one[1] = 0;
        tell_row(b, i, n, missing, one, sizeof one);
        if (untold || used + strlen(one) >= sizeof rows - 1)
            untold++;
        else
            used += (size_t)snprintf(rows + used, sizeof rows - used, "%s", one);
    }
    text[0] = 0;
    char more[48] = "";
    if (untold)
        snprintf(more, sizeof more, " and %zu rows more", untold);
    if (total)
        snprintf(text, size, "the budget of %.4g s left out %zu of %zu trials: %s%s", b->seconds, total,
                 b->plan->n_trials, rows, more);
    return total;
}
