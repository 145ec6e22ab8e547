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

struct state {
    const struct sl_lbfgs *problem;
    double *memory;      /* all arrays below */
    double *g;           /* (n) gradient at x */
    double *direction;   /* (n) */
    double *x0, *g0;     /* (n) where the line search started */
    double *S, *Y;       /* (HISTORY, n) steps and gradient changes, a ring */
    double rho[HISTORY]; /* 1 / (s . y) */
    int stored, newest;
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
static void find_direction(struct state *st)
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
static void remember(struct state *st, const double *x)
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

/* One line search from x along the direction; 0 if no step lowers f enough: then x, g and f are as before. */
static int search(struct state *st, double *x)
{
    enum { EVALUATIONS_MAX = 20 };
    const struct sl_lbfgs *problem = st->problem;
    size_t n = problem->n;
    double f0 = st->report->f, slope0 = sl_dot(st->g, st->direction, n);
    double first = st->stored ? 1 : fmin(1, 1 / sqrt(sl_dot(st->direction, st->direction, n)));
    struct sl_line_search line;
    memcpy(st->x0, x, n * sizeof *x);
    memcpy(st->g0, st->g, n * sizeof *x);
    if (slope0 < 0 && sl_line_search_begin(&line, f0, slope0, first)) {
        for (int tries = 0; tries < EVALUATIONS_MAX; tries++) {
            for (size_t i = 0; i < n; i++)
                x[i] = st->x0[i] + line.step * st->direction[i];
            double f = problem->function(problem->arg, x, st->g);
            st->report->evaluations++;
            enum sl_line_verdict verdict = sl_line_search_next(&line, f, sl_dot(st->g, st->direction, n));
            if (verdict == SL_LINE_FOUND || (verdict == SL_LINE_ROUNDING && f < f0)) {
                st->report->f = f;
                return 1;
            }
            if (verdict != SL_LINE_TRY)
                break;
        }
    }
    memcpy(x, st->x0, n * sizeof *x);
    memcpy(st->g, st->g0, n * sizeof *x);
    return 0;
}

/* Iterations ---------------------------------------------------------------------------------------*/

static enum sl_lbfgs_stop iterate(struct state *st, double *x)
{
    const struct sl_lbfgs *problem = st->problem;
    struct sl_lbfgs_report *report = st->report;
    while (report->largest_gradient > problem->gradient_tolerance) {
        if (report->iterations >= problem->max_iter)
            return SL_LBFGS_LIMIT;
        double before = report->f;
        find_direction(st);
        if (!search(st, x)) {
            double promise = -sl_dot(st->g, st->direction, problem->n) / 2;
            if (promise <= problem->precision * fmax(fabs(before), 1))
                return SL_LBFGS_DECREASE;
            if (!st->stored)
                return SL_LBFGS_STUCK;
            st->stored = 0; /* once more, down the gradient */
            continue;
        }
        report->iterations++;
        remember(st, x);
        report->largest_gradient = largest(st->g, problem->n);
        if (problem->on_iteration && problem->on_iteration(problem->arg, report->iterations, report->f))
            return SL_LBFGS_CALLER;
        double scale = fmax(fmax(fabs(before), fabs(report->f)), 1);
        if (report->largest_gradient > problem->gradient_tolerance &&
            before - report->f <= problem->decrease_tolerance * scale)
            return SL_LBFGS_DECREASE;
    }
    return SL_LBFGS_GRADIENT;
}

int sl_lbfgs_minimise(const struct sl_lbfgs *problem, double *x, struct sl_lbfgs_report *report,
                      struct sl_error *err)
{
    size_t n = problem->n;
    struct state st = {.problem = problem, .newest = HISTORY - 1, .report = report};
    *report = (struct sl_lbfgs_report){0};
    st.memory =
        n <= SIZE_MAX / 32 / sizeof *st.memory ? sl_alloc(n * (4 + 2 * HISTORY), sizeof *st.memory) : NULL;
    if (!st.memory)
        return sl_fail_memory(err);
    st.g = st.memory;
    st.direction = st.g + n;
    st.x0 = st.direction + n;
    st.g0 = st.x0 + n;
    st.S = st.g0 + n;
    st.Y = st.S + HISTORY * n;
    report->f = problem->function(problem->arg, x, st.g);
    report->evaluations = 1;
    report->largest_gradient = largest(st.g, n);
    int finite = isfinite(report->f) && isfinite(report->largest_gradient);
    if (finite)
        report->stop = iterate(&st, x);
    free(st.memory);
    return finite ? SL_OK : sl_fail(err, SL_EDIVERGED, "the loss is not finite: scale the features");
}
