/* costs.c - how time and memory of a unit grow with its rows.
 *
 * Time and memory follow power laws with a floor (measure/power_law.h), one for the fit, one for a scored
 * row, one for the peak of memory.  Where the classifier counts iterations up to a limit, these
 * have a law of their own, and so has the time of an iteration: their product bends where the limit is met.
 * Iterations without a limit are steps that touch a few rows, as an SVM's: there are the more of them the
 * more rows there are, by a steadier law than that of the time, which caches bend. Neither a pass nor a step
 * takes longer than in proportion to the rows.  A group is one unit whose scored rows shrink with those that
 * it fits, so that its score time has a law in the rows fitted, too. Laws are those of the largest sizes:
 * small ones cost mostly what does not grow, and fewer threads take part. Left out: caches that the samples
 * fit in and the whole does not. */
#include "study/costs.h"
#include <math.h>

enum { RECENT = 4 /* sizes that a law is fitted to */ };

#define BUSY 0.1    /* by what share another process changes a time */
#define PAGES 0.05  /* and a peak of memory: threads take theirs at other moments, */
#define ARENA 2.5e5 /* bytes at a time */

static const struct sl_law_bounds of_time = {0, 2, 1, BUSY, 0}, of_row = {0, 1, 0.5, BUSY, 0},
                                  of_bytes = {0, 2, 1, PAGES, ARENA}, of_passes = {-0.3, 0.3, 0, BUSY, 0},
                                  of_pass = {0, 1, 1, BUSY, 0}, of_steps = {0, 2, 1, BUSY, 0},
                                  of_step = {0, 1, 0.5, BUSY, 0};

/* Sizes ------------------------------------------------------------------------------------------- */

void sl_costs_add(struct sl_costs *costs, const struct sl_sample *sample)
{
    const size_t i = costs->count;
    if (i == SL_LAW_MOST || (i && (double)sample->n_fit <= costs->size[i - 1]))
        return;
    const double rows = costs->members > 1 || !sample->n_score ? 1 : (double)sample->n_score;
    costs->size[i] = (double)sample->n_fit;
    costs->fit[i] = sample->fit;
    costs->score[i] = sample->score / rows;
    costs->bytes[i] = fmax(sample->bytes, 0);
    costs->iterations[i] = sample->n_iter;
    costs->count++;
    for (size_t smaller = 0; smaller < i; smaller++) { /* fewer rows take no more: something disturbed them */
        costs->fit[smaller] = fmin(costs->fit[smaller], costs->fit[i]);
        costs->bytes[smaller] = fmin(costs->bytes[smaller], costs->bytes[i]);
    }
    if (costs->count >= SL_LAW_LEAST)
        costs->reason[0] = 0;
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

/* Did all samples count iterations? */
static int iterates(const struct sl_costs *costs)
{
    for (size_t i = 0; i < costs->count; i++)
        if (isnan(costs->cap) || !(costs->iterations[i] > 0))
            return 0;
    return costs->count > 0;
}

static int iterations_vary(const struct sl_costs *costs)
{
    for (size_t i = 1; i < costs->count; i++)
        if (costs->iterations[i] != costs->iterations[0])
            return 1;
    return 0;
}

static struct sl_law_bounds of_counts(const struct sl_costs *costs)
{
    return isinf(costs->cap) ? of_steps : of_passes;
}

double sl_costs_iterations(const struct sl_costs *costs, double n)
{
    if (!iterates(costs))
        return NAN;
    if (costs->count < SL_LAW_LEAST || !iterations_vary(costs))
        return costs->iterations[costs->count - 1];
    return fmin(follow(costs, costs->iterations, of_counts(costs), n), costs->cap);
}

static struct sl_law_bounds of_iteration(const struct sl_costs *costs)
{
    return isinf(costs->cap) ? of_step : of_pass;
}

/* Seconds of an iteration (count). */
static void divide_fits(const struct sl_costs *costs, double each[SL_LAW_MOST])
{
    for (size_t i = 0; i < costs->count; i++)
        each[i] = costs->fit[i] / costs->iterations[i];
}

static double follow_fit(const struct sl_costs *costs, double n)
{
    double each[SL_LAW_MOST];
    if (!iterates(costs))
        return follow(costs, costs->fit, of_time, n);
    divide_fits(costs, each);
    return follow(costs, each, of_iteration(costs), n) * sl_costs_iterations(costs, n);
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
    double each[SL_LAW_MOST];
    if (!iterates(costs))
        return error_of(costs, costs->fit, of_time, n);
    divide_fits(costs, each);
    const double of_each = error_of(costs, each, of_iteration(costs), n);
    return iterations_vary(costs) ? of_each * error_of(costs, costs->iterations, of_counts(costs), n)
                                  : of_each;
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
