/* costs.c - how time and memory of a unit grow with its rows.
 *
 * Time and memory follow power laws with a floor (measure/power_law.h), one for the fit, one for a scored
 * row, one for the peak of memory.  Where the classifier counts iterations up to a limit, and the samples
 * stopped at different numbers, these have a law of their own, and so has the time of an iteration: their
 * product bends where the limit is met.  A group is one unit whose scored rows shrink with those that it
 * fits, so that its score time has a law in the rows fitted, too.
 * Laws are those of the largest sizes: small ones cost mostly what does not grow, and fewer threads take
 * part. Left out: caches that the samples fit in and the whole does not. */
#include "study/costs.h"
#include "core/memory.h"
#include "core/text.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { SCORED = 4000, FIRST = 100, SHARE = 64, RECENT = 4 /* sizes that a law is fitted to */, BRIEF = 5 };

static const struct sl_law_bounds of_time = {0, 2, 1}, of_row = {0, 1, 0.5}, of_bytes = {0, 2, 1},
                                  of_iterations = {-0.3, 0.3, 0};

/* Measuring --------------------------------------------------------------------------------------- */

static double cap_of(const struct sl_trial *trial)
{
    static const char *const names[] = {"max_iter", "epochs"};
    for (const struct sl_param *p = trial->type->params; p->name; p++)
        for (size_t i = 0; i < sizeof names / sizeof *names; i++)
            if (strcmp(p->name, names[i]) == 0) {
                char text[SL_TEXT_MAX];
                double value;
                sl_param_print(p, trial->config, text, sizeof text);
                return sl_parse_real(text, &value) == 0 && value > 0 ? value : NAN;
            }
    return NAN;
}

/* The smallest sample has some rows of each class, more rows than features where all have far more
 * (methods choose their way by that), and leaves room for three. */
static size_t first_size(size_t n, const struct sl_view *shape)
{
    const size_t k = (size_t)shape->k, d = (size_t)shape->d;
    size_t wanted = 4 * k > FIRST ? 4 * k : FIRST;
    wanted = n / SHARE > wanted ? n / SHARE : wanted;
    wanted = n / 8 > d && wanted <= d ? d + 1 : wanted;
    return wanted < n / 4 ? wanted : n / 4;
}

static size_t rows_to_score(const struct sl_costs *costs, size_t n)
{
    if (costs->members > 1)
        return (size_t)ceil((double)costs->n_score * (double)n / (double)costs->n_fit);
    return costs->n_score < SCORED ? costs->n_score : SCORED;
}

static void add_size(struct sl_costs *costs, const struct sl_sample *sample)
{
    const size_t i = costs->count;
    if (i == SL_LAW_MOST)
        return;
    const double rows = costs->members > 1 || !sample->n_score ? 1 : (double)sample->n_score;
    costs->size[i] = (double)sample->n_fit;
    costs->fit[i] = sample->fit;
    costs->score[i] = sample->score / rows;
    costs->bytes[i] = fmax(sample->bytes, 0);
    costs->iterations[i] = sample->n_iter;
    costs->count++;
    for (size_t smaller = 0; smaller < i; smaller++) /* fewer rows take no longer: something disturbed them */
        costs->fit[smaller] = fmin(costs->fit[smaller], sample->fit);
}

void sl_costs_add_whole(struct sl_costs *costs, const struct sl_sample *sample)
{
    if (costs->count && (double)sample->n_fit <= costs->size[costs->count - 1])
        return;
    add_size(costs, sample);
    if (costs->count >= SL_LAW_LEAST)
        costs->reason[0] = 0;
}

double sl_costs_share(double patience, size_t kinds)
{
    static const double least = 0.15, most = 2;
    return fmin(fmax(patience / (double)(kinds ? kinds : 1), least), most);
}

static int is_enough(const struct sl_costs *costs, size_t n, double spent, double last, double seconds)
{
    if (n > costs->n_fit || costs->count == SL_LAW_MOST)
        return 1;
    return costs->count >= SL_LAW_LEAST && (n > costs->n_fit / 2 || spent + 3 * last > seconds);
}

/* What is brief is run twice: another process may have taken the machine for a while.  Of both the lesser. */
static int run_sample(const struct sl_site *site, const struct sl_unit *unit, size_t n, double seconds,
                      double limit, const volatile sig_atomic_t *cancel, const struct sl_costs *costs,
                      struct sl_sample *sample, struct sl_error *err)
{
    struct sl_sample again;
    const size_t n_score = rows_to_score(costs, n);
    int code = sl_sample_run(site, unit, n, n_score, limit, cancel, sample, err);
    if (code || *sample->reason || BRIEF * sample->took > seconds)
        return code;
    code = sl_sample_run(site, unit, n, n_score, limit, cancel, &again, err);
    if (code || *again.reason)
        return code;
    sample->fit = fmin(sample->fit, again.fit);
    sample->score = fmin(sample->score, again.score);
    return SL_OK;
}

/* Sizes grow fourfold while that costs little, up to half of the rows, else twofold. */
static size_t next_size(const struct sl_costs *costs, size_t n, double spent, double last, double seconds)
{
    return 4 * n <= costs->n_fit / 2 && spent + 10 * last <= seconds ? 4 * n : 2 * n;
}

static int measure_sizes(const struct sl_site *site, const struct sl_unit *unit, double seconds, double limit,
                         const volatile sig_atomic_t *cancel, struct sl_costs *costs, struct sl_error *err)
{
    struct sl_sample sample = {.took = 0};
    double spent = 0;
    int code = SL_OK;
    const struct sl_view shape = sl_dataset_view(site->data);
    size_t n = first_size(costs->n_fit, &shape);
    while (n && !code && !is_enough(costs, n, spent, sample.took, seconds)) {
        code = run_sample(site, unit, n, seconds, limit, cancel, costs, &sample, err);
        if (code || *sample.reason)
            break;
        spent += sample.took;
        if (!costs->count)
            costs->overhead = fmax(sample.took - sample.fit - sample.score, 0);
        if (!costs->count || (double)sample.n_fit > costs->size[costs->count - 1])
            add_size(costs, &sample);
        n = next_size(costs, n, spent, sample.took, seconds);
    }
    if (!code && costs->count < SL_LAW_LEAST)
        snprintf(costs->reason, sizeof costs->reason, "%.200s%s", sample.reason,
                 *sample.reason ? ", on a sample" : "too few rows for three samples");
    return code;
}

int sl_costs_measure(const struct sl_site *site, const struct sl_unit *unit, double seconds, double limit,
                     const volatile sig_atomic_t *cancel, struct sl_costs *costs, struct sl_error *err)
{
    *costs = (struct sl_costs){.members = unit->n, .cap = cap_of(&site->plan->trials[unit->trials[0]])};
    int code = sl_sample_whole(site, unit, &costs->n_fit, &costs->n_score, err);
    if (!code)
        code = measure_sizes(site, unit, seconds, limit, cancel, costs, err);
    if (code != SL_EUSAGE && code != SL_EDATA)
        return code;
    snprintf(costs->reason, sizeof costs->reason, "%.255s", err->text); /* rows that no sample can have */
    return SL_OK;
}

/* Estimating -------------------------------------------------------------------------------------- */

/* The first of the sizes that laws are fitted to. */
static size_t first_recent(const struct sl_costs *costs)
{
    return costs->count > RECENT ? costs->count - RECENT : 0;
}

static double follow(const struct sl_costs *costs, const double *cost, struct sl_law_bounds bounds, double n)
{
    const size_t from = first_recent(costs);
    struct sl_power_law law;
    if (sl_power_law_fit(costs->size + from, cost + from, costs->count - from, bounds, &law))
        return NAN;
    return sl_power_law_at(&law, n);
}

static double error_of(const struct sl_costs *costs, const double *cost, struct sl_law_bounds bounds,
                       double n)
{
    const size_t from = first_recent(costs);
    return sl_power_law_error(costs->size + from, cost + from, costs->count - from, bounds, n);
}

/* Did the samples stop at different numbers of iterations, below a limit? */
static int iterations_vary(const struct sl_costs *costs)
{
    int vary = 0;
    for (size_t i = 0; i < costs->count; i++) {
        if (isnan(costs->cap) || !(costs->iterations[i] > 0))
            return 0;
        vary |= costs->iterations[i] != costs->iterations[0];
    }
    return vary;
}

static double follow_fit(const struct sl_costs *costs, double n)
{
    double each[SL_LAW_MOST];
    if (!iterations_vary(costs))
        return follow(costs, costs->fit, of_time, n);
    for (size_t i = 0; i < costs->count; i++)
        each[i] = costs->fit[i] / costs->iterations[i];
    return follow(costs, each, of_time, n) *
           fmin(follow(costs, costs->iterations, of_iterations, n), costs->cap);
}

double sl_costs_fit(const struct sl_costs *costs, double n)
{
    return follow_fit(costs, n) / (double)costs->members;
}

double sl_costs_score(const struct sl_costs *costs, double n, double n_score)
{
    if (costs->members > 1)
        return follow(costs, costs->score, of_time, n) / (double)costs->members;
    return follow(costs, costs->score, of_row, n) * n_score;
}

double sl_costs_bytes(const struct sl_costs *costs, double n)
{
    return follow(costs, costs->bytes, of_bytes, n);
}

double sl_costs_bytes_error(const struct sl_costs *costs, double n)
{
    return error_of(costs, costs->bytes, of_bytes, n);
}

double sl_costs_fit_error(const struct sl_costs *costs, double n)
{
    return error_of(costs, costs->fit, of_time, n);
}

double sl_costs_score_error(const struct sl_costs *costs, double n)
{
    return error_of(costs, costs->score, costs->members > 1 ? of_time : of_row, n);
}

/* The larger part of the time decides. */
double sl_costs_error(const struct sl_costs *costs, double n)
{
    const double fit = sl_costs_fit(costs, n), score = sl_costs_score(costs, n, (double)costs->n_score);
    const double of_fit = sl_costs_fit_error(costs, n), of_score = sl_costs_score_error(costs, n);
    return fit + score > 0 ? (fit * of_fit + score * of_score) / (fit + score) : fmax(of_fit, of_score);
}
