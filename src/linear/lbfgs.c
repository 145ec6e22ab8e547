/* lbfgs.c - limited-memory BFGS.
 *
 * Nocedal and Wright, "Numerical optimization" (2006), algorithms 7.4 (two-loop recursion), 7.5 and the
 * scaling (7.20); line search of Moré and Thuente, ACM TOMS 20 (1994), with the constants of L-BFGS-B
 * (Zhu, Byrd, Lu, Nocedal 1997), as SciPy and so scikit-learn use it: sufficient decrease 1e-3, curvature
 * 0.9, first step 1 / |g|, then 1.  The same stopping rules: largest gradient element, and relative decrease
 * of f.  The history is longer than SciPy's 10: where neither converges in the iterations allowed, ours
 * should be no further from the minimum, whatever rounding makes of the path; 15 gives 0.5 to 3 % on images.
 * One or two evaluations of f an iteration, and 60 n multiplications beside them.  No bounds. */
#include "linear/lbfgs.h"
#include "core/memory.h"
#include "kernels/dispatch.h"
#include "kernels/dot.h"
#include "linear/line_search.h"
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

enum { HISTORY = 15 };

struct sl_descent {
    const struct sl_lbfgs *problem;
    double *x;           /* (n) the caller's */
    double *memory;      /* all arrays below */
    double *g;           /* (n) gradient at x */
    double *direction;   /* (n) */
    double *x0, *g0;     /* (n) where the line search started */
    double *S, *Y;       /* (HISTORY, n) steps and gradient changes, a ring */
    double rho[HISTORY]; /* 1 / (s . y) */
    int stored, newest;
    struct sl_line_search line;
    double before; /* f where the search began */
    int tries;     /* evaluations of the search */
    struct sl_lbfgs_report *report;
};

/* Vectors ------------------------------------------------------------------------------------------*/

SL_CLONED_VOID(static, add, (double *restrict a, double factor, const double *restrict b, size_t n),
               (a, factor, b, n))
{
    for (size_t i = 0; i < n; i++)
        a[i] += factor * b[i];
}

SL_CLONED(static, double, largest, (const double *a, size_t n), (a, n))
{
    double most = 0;
    for (size_t i = 0; i < n; i++)
        most = fmax(most, fabs(a[i]));
    return most;
}

/* Directions ---------------------------------------------------------------------------------------*/

/* direction = -H g by the two-loop recursion. */
static void find_direction(struct sl_descent *st)
{
    size_t n = st->problem->n;
    double alpha[HISTORY], *q = st->direction;
    for (size_t i = 0; i < n; i++)
        q[i] = -st->g[i];
    for (int age = 0; age < st->stored; age++) {
        int h = (st->newest - age + HISTORY) % HISTORY;
        alpha[h] = st->rho[h] * sl_dot(st->S + (size_t)h * n, q, n);
        add(q, -alpha[h], st->Y + (size_t)h * n, n);
    }
    if (st->stored) {
        const double *y = st->Y + (size_t)st->newest * n;
        double gamma = 1 / (st->rho[st->newest] * sl_dot(y, y, n)); /* (7.20) */
        for (size_t i = 0; i < n; i++)
            q[i] *= gamma;
    }
    for (int age = st->stored - 1; age >= 0; age--) {
        int h = (st->newest - age + HISTORY) % HISTORY;
        double beta = st->rho[h] * sl_dot(st->Y + (size_t)h * n, q, n);
        add(q, alpha[h] - beta, st->S + (size_t)h * n, n);
    }
}

/* Keeps the pair of the step from x0 to x unless its curvature is lost in rounding. */
static void remember(struct sl_descent *st, const double *x)
{
    size_t n = st->problem->n;
    int h = (st->newest + 1) % HISTORY;
    double *s = st->S + (size_t)h * n, *y = st->Y + (size_t)h * n;
    for (size_t i = 0; i < n; i++) {
        s[i] = x[i] - st->x0[i];
        y[i] = st->g[i] - st->g0[i];
    }
    double curvature = sl_dot(s, y, n);
    if (!(curvature > DBL_EPSILON * -sl_dot(st->g0, s, n)))
        return;
    st->rho[h] = 1 / curvature;
    st->newest = h;
    if (st->stored < HISTORY)
        st->stored++;
}

/* Where the search along the direction is to be tried next. */
static void set_point(struct sl_descent *st)
{
    for (size_t i = 0; i < st->problem->n; i++)
        st->x[i] = st->x0[i] + st->line.step * st->direction[i];
}

/* 0: the direction does not lead down. */
static int begin_search(struct sl_descent *st)
{
    const size_t n = st->problem->n;
    const double slope0 = sl_dot(st->g, st->direction, n);
    const double first = st->stored ? 1 : fmin(1, 1 / sqrt(sl_dot(st->direction, st->direction, n)));
    memcpy(st->x0, st->x, n * sizeof *st->x);
    memcpy(st->g0, st->g, n * sizeof *st->g);
    st->before = st->report->f;
    st->tries = 0;
    if (!(slope0 < 0) || !sl_line_search_begin(&st->line, st->before, slope0, first))
        return 0;
    set_point(st);
    return 1;
}

/* Iterations ---------------------------------------------------------------------------------------*/

static int stop(struct sl_descent *st, enum sl_lbfgs_stop why)
{
    st->report->stop = why;
    return 0;
}

/* No step lowers f enough: back to where the search began, and perhaps once more, down the gradient.  A
 * convex f has its minimum along the direction within the bracket, or else near step 1, and half the slope
 * until there is what it falls by: with no more than rounding left to gain, this is the minimum. */
static int search_failed(struct sl_descent *st)
{
    const struct sl_lbfgs *problem = st->problem;
    memcpy(st->x, st->x0, problem->n * sizeof *st->x);
    memcpy(st->g, st->g0, problem->n * sizeof *st->g);
    const double reach = st->line.bracketed ? fmin(st->line.high, 1) : 1;
    const double promise = -sl_dot(st->g, st->direction, problem->n) / 2 * reach;
    if (promise <= problem->precision * fmax(fabs(st->before), 1))
        return stop(st, SL_LBFGS_DECREASE);
    if (!st->stored)
        return stop(st, SL_LBFGS_STUCK);
    st->stored = 0;
    return 1;
}

/* To the first point of the next search, unless x is to stay. */
static int begin_iteration(struct sl_descent *st)
{
    for (;;) {
        if (!(st->report->largest_gradient > st->problem->gradient_tolerance))
            return stop(st, SL_LBFGS_GRADIENT);
        if (st->report->iterations >= st->problem->max_iter)
            return stop(st, SL_LBFGS_LIMIT);
        find_direction(st);
        if (begin_search(st))
            return 1;
        if (!search_failed(st))
            return 0;
    }
}

static int end_iteration(struct sl_descent *st, double f)
{
    const struct sl_lbfgs *problem = st->problem;
    struct sl_lbfgs_report *report = st->report;
    report->f = f;
    report->iterations++;
    remember(st, st->x);
    report->largest_gradient = largest(st->g, problem->n);
    if (problem->on_iteration && problem->on_iteration(problem->arg, report->iterations, f))
        return stop(st, SL_LBFGS_CALLER);
    const double scale = fmax(fmax(fabs(st->before), fabs(f)), 1);
    if (report->largest_gradient > problem->gradient_tolerance &&
        st->before - f <= problem->decrease_tolerance * scale)
        return stop(st, SL_LBFGS_DECREASE);
    return begin_iteration(st);
}

static int next_try(struct sl_descent *st, double f)
{
    enum { EVALUATIONS_MAX = 20 };
    const double slope = sl_dot(st->g, st->direction, st->problem->n);
    const enum sl_line_verdict verdict = sl_line_search_next(&st->line, f, slope);
    if (verdict == SL_LINE_FOUND || (verdict == SL_LINE_ROUNDING && f < st->before))
        return end_iteration(st, f);
    if (verdict == SL_LINE_TRY && ++st->tries < EVALUATIONS_MAX) {
        set_point(st);
        return 1;
    }
    return search_failed(st) && begin_iteration(st);
}

int sl_descent_next(struct sl_descent *st, double f)
{
    struct sl_lbfgs_report *report = st->report;
    if (report->evaluations++)
        return next_try(st, f);
    report->f = f;
    report->largest_gradient = largest(st->g, st->problem->n);
    if (!isfinite(f) || !isfinite(report->largest_gradient))
        return stop(st, SL_LBFGS_DIVERGED);
    return begin_iteration(st);
}

/* Lifecycle ----------------------------------------------------------------------------------------*/

size_t sl_descent_bytes(size_t n)
{
    enum { VECTORS = 4 + 2 * HISTORY };
    return n <= SIZE_MAX / 64 / sizeof(double) ? n * VECTORS * sizeof(double) : SIZE_MAX;
}

struct sl_descent *sl_descent_new(const struct sl_lbfgs *problem, double *x, struct sl_lbfgs_report *report)
{
    const size_t n = problem->n;
    struct sl_descent *st = sl_alloc_zero(1, sizeof *st);
    if (!st)
        return NULL;
    *st = (struct sl_descent){.problem = problem, .x = x, .newest = HISTORY - 1, .report = report};
    *report = (struct sl_lbfgs_report){0};
    st->memory = sl_alloc(sl_descent_bytes(n), 1);
    if (!st->memory) {
        free(st);
        return NULL;
    }
    st->g = st->memory;
    st->direction = st->g + n;
    st->x0 = st->direction + n;
    st->g0 = st->x0 + n;
    st->S = st->g0 + n;
    st->Y = st->S + HISTORY * n;
    return st;
}

double *sl_descent_gradient(struct sl_descent *st)
{
    return st->g;
}

void sl_descent_free(struct sl_descent *st)
{
    if (!st)
        return;
    free(st->memory);
    free(st);
}

int sl_lbfgs_minimise(const struct sl_lbfgs *problem, double *x, struct sl_lbfgs_report *report,
                      struct sl_error *err)
{
    struct sl_descent *st = sl_descent_new(problem, x, report);
    if (!st)
        return sl_fail_memory(err);
    while (sl_descent_next(st, problem->function(problem->arg, x, st->g)))
        ;
    sl_descent_free(st);
    return report->stop == SL_LBFGS_DIVERGED ? sl_lbfgs_fail_diverged(err) : SL_OK;
}

int sl_lbfgs_fail_diverged(struct sl_error *err)
{
    return sl_fail(err, SL_EDIVERGED, "the loss is not finite: scale the features");
}
