/* logistic_loss.h - the objective of logistic regression, as a function to minimise. */
#ifndef SL_LINEAR_LOGISTIC_LOSS_H
#define SL_LINEAR_LOGISTIC_LOSS_H

#include "kernels/team.h"
#include <shortlist/error.h>
#include <shortlist/view.h>
#include <stdatomic.h>

/* Sum over the rows of s_i loss_i, plus penalty / 2 times the squared weights (not the intercepts).
 * Variables: W (vectors, ld), padded as in kernels/skinny.h, then b (vectors). */
struct sl_logistic {
    const struct sl_view *view;
    int vectors;       /* 1: binary, with signs; else multinomial, with classes */
    const int32_t *y;  /* (n) class numbers 0 ... vectors - 1, where vectors > 1 */
    const float *sign; /* (n) -1 or +1, where vectors == 1 */
    const float *s;    /* (n) weights of the rows */
    double penalty;    /* 1 / C in scikit-learn's terms */
    int fit_intercept;
    int threads; /* at most; sl_logistic_init leaves as many as the rows are worth */

    struct sl_team *team; /* of at most that many: set before the objective is asked for */
    size_t ld, variables;
    double loss; /* of the last evaluation, without the penalty */
    /* the function's own */
    int sparse;          /* W and the chunks' G are (ld, vectors): see logistic_sparse.c */
    int bytes;           /* rows are multiplied as bytes, and scaled in W and in the sums: */
    double scale;        /* of those bytes, or 1 */
    size_t chunks;       /* parts of the rows, each with sums of its own; they depend on the shape only */
    float *W;            /* (vectors, ld) */
    float *G;            /* (chunks, vectors, ld) */
    double *gb, *losses; /* (chunks, vectors), (chunks) */
    double *halves;      /* (vectors) half the squared norms */
    float *scratch;      /* (threads, ...) */
    size_t scratch_size;
    _Atomic size_t next; /* chunk of this evaluation */
    const double *x;     /* of this evaluation */
    double *g;
};

/* Takes memory; the fields before ld are set.  SL_ENOMEM. */
int sl_logistic_init(struct sl_logistic *logistic, struct sl_error *err);
void sl_logistic_release(struct sl_logistic *logistic);

/* The objective at x, its gradient in g; arg is a struct sl_logistic. */
double sl_logistic_objective(void *arg, const double *x, double *g);

#endif
