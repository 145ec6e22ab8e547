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
    sl_function *function; /* of sl_lbfgs_minimise alone */
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
    SL_LBFGS_DIVERGED, /* f is not finite at the start */
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

/* SL_EDIVERGED with its text. */
int sl_lbfgs_fail_diverged(struct sl_error *err);

/* The same a step at a time, for a caller that evaluates several functions at once: f and its gradient are
 * asked for at x (n), which the descent moves.  Both structs stay the caller's.  NULL: no memory. */
struct sl_descent *sl_descent_new(const struct sl_lbfgs *problem, double *x, struct sl_lbfgs_report *report);
/* (n) where the gradient at x is to be put. */
double *sl_descent_gradient(struct sl_descent *descent);
/* f at x, the gradient in its place: 1 when both are asked for at the new x; 0 when the descent has ended at
 * x, for the reason in the report. */
int sl_descent_next(struct sl_descent *descent, double f);
void sl_descent_free(struct sl_descent *descent);
/* What one takes, or SIZE_MAX. */
size_t sl_descent_bytes(size_t n);

#endif
