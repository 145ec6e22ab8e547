/* inverse.h - the inverse of a covariance matrix, or its pseudo-inverse where features depend on each other.
 */
#ifndef SL_DENSITIES_INVERSE_H
#define SL_DENSITIES_INVERSE_H

#include <shortlist/error.h>
#include <stddef.h>

/* Owns its arrays. */
struct sl_inverse {
    size_t n;
    double *factor;     /* (n, n) lower Cholesky factor, row-major, or NULL */
    double *vectors;    /* (n, n) eigenvectors, a column each, where factor is NULL */
    double *reciprocal; /* (n) 1 / eigenvalue; 0 of directions that are left out */
    size_t rank;        /* n, or how many directions are kept */
};

/* Of the symmetric A (n, n), which is used up; NULL after the call: it belongs to out.  Directions whose
 * eigenvalue is not above least are left out.  SL_ENOMEM, SL_EDIVERGED (nothing held). */
int sl_inverse_init(double *A, size_t n, double least, struct sl_inverse *out, struct sl_error *err);
void sl_inverse_release(struct sl_inverse *inverse);

/* x (n) becomes inverse x; scratch (n). */
void sl_inverse_apply(const struct sl_inverse *inverse, double *x, double *scratch);

/* values (n) and vectors (n, n), a column each, of the symmetric A (n, n), which is used up; work (4 n). */
void sl_eigenvectors(double *A, size_t n, double *values, double *vectors, double *work);

/* A = L L', A (n, n) row-major: its lower triangle becomes L, what is above is kept.  0 where
 * of a pivot only rounding is left. */
int sl_cholesky_f64(double *A, size_t n);
/* x (n) becomes L^-1 x. */
void sl_forward_f64(const double *L, size_t n, double *x);

#endif
