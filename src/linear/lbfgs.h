/* lbfgs.h - minimises a smooth function of many variables by limited-memory BFGS: Nocedal and Wright,
 * "Numerical optimization" (2006). */
#ifndef SL_LINEAR_LBFGS_H
#define SL_LINEAR_LBFGS_H

#include <shortlist/error.h>
#include <stddef.h>

/* f(x), and its gradient in g (n). */
typedef double sl_function(void *arg, const double *x, double *g);

struct sl_lbfgs {
    size_t n;
    sl_function *function;
    /* NULL, or called after every iteration with f; a return value other than 0 stops there. */
    int (*on_iteration)(void *arg, int iteration, double f);
    void *arg;
    int max_iter;
    double gradient_tolerance; /* converged when max |g| is at most this */
    double decrease_tolerance; /* ... or f fell by at most this share of max(|f before|, |f|, 1) */
    double precision;          /* ... or no step lowers f, and the direction promises less than this share:
                                  what f is rounded to */
};

enum sl_lbfgs_stop {
    SL_LBFGS_GRADIENT, /* gradient_tolerance met */
    SL_LBFGS_DECREASE, /* decrease_tolerance met */
    SL_LBFGS_LIMIT,    /* max_iter */
    SL_LBFGS_STUCK,    /* no step lowers f: rounding, or a function and a gradient that do not agree */
    SL_LBFGS_CALLER,   /* on_iteration asked */
};

struct sl_lbfgs_report {
    enum sl_lbfgs_stop stop;
    int iterations, evaluations;
    double f, largest_gradient; /* at x */
};

/* Starts at x (n) and leaves the best point there.  SL_ENOMEM; SL_EDIVERGED when f is not finite at
 * the start. */
int sl_lbfgs_minimise(const struct sl_lbfgs *problem, double *x, struct sl_lbfgs_report *report,
                      struct sl_error *err);

#endif
