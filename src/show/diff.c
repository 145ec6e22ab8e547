/* diff.c - two studies side by side: rows matched, and what changed from the first to the second beyond
 * noise.
 *
 * Scores of the same rows: McNemar's test by accuracy, else the paired bootstrap (bootstrap.c).  Of other
 * rows: the two 95 % intervals; the standard error of the difference is that of the two distances from the
 * scores to the ends of their intervals that face each other (Newcombe 1998, method 10), taken as normal.
 * Then Holm's correction for all rows; p < 0.05 is beyond noise.  A time, memory or size changes where its
 * ratio is beyond a factor.
 *
 * Cost: O(rows^2) names, and what the tests take. */
#include "show/diff.h"
#include "core/memory.h"
#include "show/outcomes.h"
#include "show/rank.h"
#include "show/rules.h"
#include <math.h>
#include <shortlist/metrics.h>
#include <string.h>

static const double alpha = 0.05;

const struct sl_cost sl_costs[SL_N_COSTS] = {
    [SL_COST_FIT_TIME] = {SL_MEASURE_fit_time, 1.5, 0.01, "fits faster", "fits slower"},
    [SL_COST_SCORE_TIME] = {SL_MEASURE_score_time, 1.5, 0.01, "predicts faster", "predicts slower"},
    [SL_COST_MEMORY] = {SL_MEASURE_peak_memory, 1.1, 1 << 20, "less memory", "more memory"},
    [SL_COST_MODEL] = {SL_MEASURE_model_bytes, 1.01, 0, "smaller model", "larger model"},
};

const double sl_runs_noise = 1.1;

const char *sl_change_name(enum sl_change change)
{
    static const char *const names[] = {"unknown", "none", "better", "worse"};
    return names[change];
}

int sl_cost_is_time(int id)
{
    return sl_measure_types[sl_costs[id].measure].unit == SL_MEASURED_SECONDS;
}

/* Rows that belong together -------------------------------------------------------------------------- */

static int same_name(const struct sl_study_row *a, const struct sl_study_row *b)
{
    return strcmp(a->name, b->name) == 0;
}

static int same_configuration(const struct sl_study_row *a, const struct sl_study_row *b)
{
    return strcmp(a->classifier, b->classifier) == 0 && strcmp(a->params_json, b->params_json) == 0 &&
           strcmp(a->scaling, b->scaling) == 0;
}

/* Gives rows of the second study that have no partner yet the first free one that is alike. */
static void match(struct sl_diff *diff, char *taken,
                  int (*alike)(const struct sl_study_row *a, const struct sl_study_row *b))
{
    const struct sl_table *before = diff->before.table;
    for (size_t i = 0; i < diff->n; i++)
        for (size_t j = 0; j < before->n && !diff->rows[i].before; j++)
            if (!taken[j] && alike(before->rows[j].row, diff->rows[i].after->row)) {
                diff->rows[i].before = &before->rows[j];
                taken[j] = 1;
            }
}

static int pair_rows(struct sl_diff *diff, struct sl_error *err)
{
    const struct sl_table *before = diff->before.table, *after = diff->after.table;
    char *taken = sl_alloc_zero(before->n, 1);
    diff->rows = sl_alloc_zero(before->n + after->n, sizeof *diff->rows);
    if (!taken || !diff->rows) {
        free(taken);
        return sl_fail_memory(err);
    }
    for (size_t i = 0; i < after->n; i++)
        diff->rows[diff->n++].after = &after->rows[after->order[i]];
    match(diff, taken, same_name);
    match(diff, taken, same_configuration);
    for (size_t j = 0; j < before->n; j++)
        if (!taken[before->order[j]])
            diff->rows[diff->n++].before = &before->rows[before->order[j]];
    free(taken);
    return SL_OK;
}

static int same_number(double x, double y)
{
    return x == y || (isnan(x) && isnan(y));
}

/* The same trials have the same keys; that times are the same, too, tells that they ran once. */
static int is_same_outcome(const struct sl_study_row *a, const struct sl_study_row *b)
{
    if (a->n_outcomes != b->n_outcomes || !a->n_outcomes)
        return 0;
    for (size_t i = 0; i < a->n_outcomes; i++) {
        const struct sl_outcome *x = &a->outcomes[i], *y = &b->outcomes[i];
        if (!*x->key || strcmp(x->key, y->key) != 0 || !same_number(x->fit_time, y->fit_time) ||
            !same_number(x->score_time, y->score_time) || !same_number(x->cpu_time, y->cpu_time))
            return 0;
    }
    return 1;
}

/* Scores --------------------------------------------------------------------------------------------- */

/* By the ends of the two intervals that face each other. */
static double compare_intervals(const struct sl_table_row *a, const struct sl_table_row *b)
{
    double apart = b->score - a->score;
    double reach = apart > 0 ? hypot(b->score - b->score_low, a->score_high - a->score)
                             : hypot(b->score_high - b->score, a->score - a->score_low);
    if (apart == 0)
        return isnan(reach) ? NAN : 1;
    return isnan(reach) || reach == 0 ? NAN : erfc(fabs(apart) / reach * 1.959964 / M_SQRT2);
}

static int compare_scores(const struct sl_diff *diff, struct sl_diff_row *row, struct sl_error *err)
{
    const struct sl_diff_side *before = &diff->before, *after = &diff->after;
    uint64_t only_before, only_after;
    int code = SL_OK;
    row->change = row->after->score - row->before->score;
    row->paired = sl_all_same_rows(row->before->row, row->after->row);
    if (isnan(row->change))
        return SL_OK;
    if (!row->paired)
        row->p = compare_intervals(row->before, row->after);
    else if (after->table->metric != SL_MEASURE_accuracy)
        code = sl_resample_pair(&(struct sl_row_of){before->table, row->before, before->out},
                                &(struct sl_row_of){after->table, row->after, after->out}, &row->p, err);
    else if (!sl_discordant(row->before->row, row->after->row, &only_before, &only_after))
        row->p = sl_mcnemar(only_before, only_after);
    return code;
}

static enum sl_change direction(const struct sl_diff *diff, double change)
{
    return (change > 0) == sl_metric_rises(diff->after.table->metric) ? SL_CHANGE_BETTER : SL_CHANGE_WORSE;
}

/* Corrects the p of all rows, and says what is beyond noise. */
static int judge_scores(struct sl_diff *diff, struct sl_error *err)
{
    double *p = sl_alloc(diff->n, sizeof *p);
    size_t m = 0;
    if (!p)
        return sl_fail_memory(err);
    for (size_t i = 0; i < diff->n; i++)
        if (!isnan(diff->rows[i].p))
            p[m++] = diff->rows[i].p;
    sl_holm(p, m);
    diff->n_compared = m;
    m = 0;
    for (size_t i = 0; i < diff->n; i++) {
        struct sl_diff_row *row = &diff->rows[i];
        if (isnan(row->p))
            continue;
        row->p = p[m++];
        row->score = row->p < alpha && row->change != 0 ? direction(diff, row->change) : SL_CHANGE_NONE;
    }
    free(p);
    return SL_OK;
}

/* Costs ---------------------------------------------------------------------------------------------- */

/* The standard error of a time over timing runs, as a part of it.  NaN: too few runs to tell. */
static double error_of_time(const struct sl_table_row *row, int id)
{
    enum { ENOUGH = 3 };
    int fit = id == SL_COST_FIT_TIME;
    double time = fit ? row->fit_time : row->score_time, std = fit ? row->fit_time_std : row->score_time_std;
    double runs = fit ? row->fit_runs : row->score_runs;
    return runs >= ENOUGH && time > 0 ? sl_error_of_median(std, runs) / time : NAN;
}

/* Of the ratio of two times that were measured several times; NaN: they were not. */
static double error_of_ratio(const struct sl_diff_row *row, int id)
{
    return sl_cost_is_time(id) ? hypot(error_of_time(row->before, id), error_of_time(row->after, id)) : NAN;
}

/* The factor beyond which a cost has changed: that of a single measurement, or by the spread of several. */
static double noise_of(const struct sl_diff_row *row, int id)
{
    double error = error_of_ratio(row, id);
    return isnan(error) ? sl_costs[id].noise : fmax(sl_runs_noise, exp(2 * error));
}

double sl_counted_ratio(const struct sl_diff_row *row, int id)
{
    const struct sl_diff_cost *c = &row->costs[id];
    const double least = isnan(error_of_ratio(row, id)) ? fmax(sl_costs[id].least, 1e-9) : 1e-9;
    if (isnan(c->before) || isnan(c->after)) /* fmax takes the other one */
        return NAN;
    return fmax(c->after, least) / fmax(c->before, least);
}

static void compare_cost(const struct sl_diff *diff, struct sl_diff_row *row, int id)
{
    const struct sl_cost *cost = &sl_costs[id];
    struct sl_diff_cost *c = &row->costs[id];
    c->before = row->before->measures[cost->measure];
    c->after = row->after->measures[cost->measure];
    if (isnan(c->before) || isnan(c->after))
        return;
    c->ratio = c->after > 0 && c->before > 0 ? c->after / c->before : NAN;
    if (sl_cost_is_time(id) && !diff->times_compare && !row->same_outcome)
        return;
    double apart = sl_counted_ratio(row, id), noise = noise_of(row, id);
    c->change = apart > noise ? SL_CHANGE_WORSE : apart < 1 / noise ? SL_CHANGE_BETTER : SL_CHANGE_NONE;
}

/* Regressions ---------------------------------------------------------------------------------------- */

static int is_ok(const struct sl_table_row *row)
{
    return row->status == SL_TRIAL_OK;
}

static int score_regressed(const struct sl_diff *diff, const struct sl_diff_row *row)
{
    const double points = 100, rounding = 1e-9;
    if (is_ok(row->before) && !is_ok(row->after))
        return 1;
    if (isnan(diff->options.tolerance))
        return row->score == SL_CHANGE_WORSE;
    return fabs(row->change) * points > diff->options.tolerance + rounding &&
           direction(diff, row->change) == SL_CHANGE_WORSE;
}

static int time_regressed(const struct sl_diff *diff, const struct sl_diff_row *row)
{
    int regressed = 0;
    for (int id = 0; id < SL_N_COSTS && !isnan(diff->options.time_tolerance); id++)
        regressed |= sl_cost_is_time(id) && sl_counted_ratio(row, id) > diff->options.time_tolerance;
    return regressed;
}

/* ------------------------------------------------------------------------------------------------- */

static int check_sides(const struct sl_table *before, const struct sl_table *after, struct sl_error *err)
{
    const struct sl_study *a = before->study, *b = after->study;
    int same = a->k == b->k;
    for (int c = 0; c < a->k && same; c++)
        same = strcmp(a->classes[c], b->classes[c]) == 0;
    if (!same)
        return sl_fail(
            err, SL_EUSAGE,
            "study %s is of the data set %.200s, study %s of %.200s, which has other classes: they do "
            "not compare",
            a->name, a->data, b->name, b->data);
    if (before->metric != after->metric)
        return sl_fail(
            err, SL_EUSAGE, "study %s is judged by %s, study %s by %s: name one metric for both (--metric)",
            a->name, sl_measure_types[before->metric].name, b->name, sl_measure_types[after->metric].name);
    return SL_OK;
}

static int compare_row(struct sl_diff *diff, struct sl_diff_row *row, struct sl_error *err)
{
    row->change = row->p = NAN;
    for (int id = 0; id < SL_N_COSTS; id++)
        row->costs[id] = (struct sl_diff_cost){NAN, NAN, NAN, SL_CHANGE_UNKNOWN};
    if (!row->before || !row->after) {
        row->settings = sl_strdup("");
        return row->settings ? SL_OK : sl_fail_memory(err);
    }
    row->same_outcome = is_same_outcome(row->before->row, row->after->row);
    int code = sl_diff_row_settings(row, err);
    if (!code)
        code = compare_scores(diff, row, err);
    for (int id = 0; id < SL_N_COSTS; id++)
        compare_cost(diff, row, id);
    return code;
}

static void find_regressions(struct sl_diff *diff)
{
    for (size_t i = 0; i < diff->n; i++) {
        struct sl_diff_row *row = &diff->rows[i];
        if (!row->before || !row->after)
            continue;
        row->score_regressed = score_regressed(diff, row);
        row->time_regressed = time_regressed(diff, row);
        diff->n_regressed += row->score_regressed || row->time_regressed;
    }
}

int sl_diff_make(const struct sl_diff_side *before, const struct sl_diff_side *after,
                 const struct sl_diff_options *options, struct sl_diff **out, struct sl_error *err)
{
    *out = NULL;
    int code = check_sides(before->table, after->table, err);
    if (code)
        return code;
    struct sl_diff *diff = sl_alloc_zero(1, sizeof *diff);
    if (!diff)
        return sl_fail_memory(err);
    *diff = (struct sl_diff){.before = *before, .after = *after, .options = *options};
    code = pair_rows(diff, err);
    if (!code)
        code = sl_diff_study_settings(diff, err);
    for (size_t i = 0; i < diff->n && !code; i++)
        code = compare_row(diff, &diff->rows[i], err);
    if (!code)
        code = judge_scores(diff, err);
    if (code) {
        sl_diff_free(diff);
        return code;
    }
    find_regressions(diff);
    *out = diff;
    return SL_OK;
}

void sl_diff_free(struct sl_diff *diff)
{
    if (!diff)
        return;
    for (size_t i = 0; diff->rows && i < diff->n; i++)
        free(diff->rows[i].settings);
    for (size_t i = 0; i < diff->n_settings; i++)
        free(diff->settings[i]);
    free(diff->settings);
    free(diff->rows);
    free(diff);
}
