/* svc_vector.h - weights that coordinate descent in the dual changes row by row: floats as long as their
 * rounding stays below the tolerance, else doubles.  Floats gather rounding errors from one step to the next:
 * they are to be made anew from the multipliers every few passes. */
#ifndef SL_LINEAR_SVC_VECTOR_H
#define SL_LINEAR_SVC_VECTOR_H

#include "linear/svc_rows.h"

enum {
    SL_SVC_GROUP = 5,  /* vectors that kernels/skinny.h takes together */
    SL_SVC_RENEW = 32, /* passes with the same floats */
    SL_SVC_AHEAD = 2   /* dense rows that memory is asked for before they are visited */
};

#define SL_SVC_STEP_MIN 1e-12 /* violations of optimality below it are left */

struct sl_svc_vector {
    double *w;     /* (rows->size), of the rows as they are stored */
    float *floats; /* (rows->size) */
    int precise;   /* w, else floats, takes the steps */
};

/* w holds the sum of the rows as they are stored, each times its multiplier: makes weights of it, and their
 * floats.  longest: the largest of the rows' squares, as sl_svc_square has them. */
void sl_svc_vector_renew(struct sl_svc_vector *v, const struct sl_svc_rows *rows, double longest, double tol);

/* The multiplier of row i grows by a. */
void sl_svc_vector_add(struct sl_svc_vector *v, const struct sl_svc_rows *rows, size_t i, double a);

/* scores[c] of row i with each of n vectors, n <= SL_SVC_GROUP. */
void sl_svc_vector_scores(const struct sl_svc_vector *const *v, size_t n, const struct sl_svc_rows *rows,
                          size_t i, double *scores);

/* Asks memory for the dense row i. */
void sl_svc_vector_prefetch(const struct sl_svc_rows *rows, size_t i);

#endif
