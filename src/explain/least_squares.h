/* least_squares.h - weighted least squares on rows of zeros and ones, of which many right-hand sides are
 * solved: what LIME and Kernel SHAP come to.  Solved by GSL. */
#ifndef SL_EXPLAIN_LEAST_SQUARES_H
#define SL_EXPLAIN_LEAST_SQUARES_H

#include <shortlist/error.h>
#include <stddef.h>

/* (A'WA + ridge I)^-1, factored; owned by whoever made it. */
struct sl_normal {
    size_t p;
    double *factor; /* (p, p) Cholesky's */
};

/* a (n, p), weight (n) >= 0.  ridge > 0, or 0: as little as the rounding of the matrix needs.  SL_ENOMEM. */
int sl_normal_make(const double *a, const double *weight, size_t n, size_t p, double ridge,
                   struct sl_normal *normal);
void sl_normal_release(struct sl_normal *normal);

/* x (p) becomes (A'WA + ridge I)^-1 x. */
void sl_normal_solve(const struct sl_normal *normal, double *x);
/* out (p) = A'W y. */
void sl_normal_right(const double *a, const double *weight, const double *y, size_t n, size_t p, double *out);

#endif
