/* cholesky.h - Cholesky factors of symmetric matrices in single precision, for preconditioners. */
#ifndef SL_KERNELS_CHOLESKY_H
#define SL_KERNELS_CHOLESKY_H

#include <stddef.h>

/* A = U'U: the upper triangle of A (n, lda), row-major, becomes U; what is below is neither read nor kept.
 * Where rounding has left of a pivot only a few units in the last place of its diagonal element, or nothing,
 * the pivot is raised to that, and its row is 0 beyond it: the factor is always one of a positive definite
 * matrix.  The same bit for bit on any number of threads.  SL_OK, SL_ENOMEM, or SL_EINTERNAL when oneDNN
 * refuses. */
int sl_cholesky(float *A, size_t n, size_t lda, int threads);

/* The same by the definition, in double: what tests compare with. */
void sl_cholesky_plain(float *A, size_t n, size_t lda);

/* x (n) <- (U'U)^-1 x, on the calling thread. */
void sl_cholesky_solve(const float *U, size_t n, size_t lda, float *x);

#endif
