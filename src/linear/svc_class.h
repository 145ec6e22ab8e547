/* svc_class.h - one class against the rest, as a solver of linear SVMs is given it and leaves it. */
#ifndef SL_LINEAR_SVC_CLASS_H
#define SL_LINEAR_SVC_CLASS_H

#include "linear/svc_options.h"
#include "linear/svc_rows.h"
#include <signal.h>

struct sl_svc_class {
    const struct sl_svc_options *options;
    const struct sl_svc_rows *rows;
    const int32_t *number; /* (n) the rows' classes */
    int own;               /* the class */
    double C_own, C_rest;  /* C of its rows and of the others: C times the classes' weights */
    const double *weight;  /* (n): what multiplies each row's C, or NULL: all 1 */
    int threads;           /* for loops over rows */
    const volatile sig_atomic_t *cancel;
    /* What comes out. */
    double *w; /* (rows->size), of the rows as they are stored; zeros before */
    double objective;
    int n_iter, converged;
};

/* y_i: +1 for a row of the class, -1 for the rest. */
static inline double sl_svc_sign(const struct sl_svc_class *p, size_t i)
{
    return p->number[i] == p->own ? 1 : -1;
}

static inline double sl_svc_C(const struct sl_svc_class *p, size_t i)
{
    double C = p->number[i] == p->own ? p->C_own : p->C_rest;
    return p->weight ? C * p->weight[i] : C;
}

static inline int sl_svc_cancelled(const struct sl_svc_class *p)
{
    return p->cancel && *p->cancel;
}

#endif
