/* gemm_f64.h - double-precision matrix product on the calling thread: for covariances and the subspaces of
 * eigenvectors, whose small directions floats would lose. */
#ifndef SL_KERNELS_GEMM_F64_H
#define SL_KERNELS_GEMM_F64_H

#include <stddef.h>

/* C += A B: C (M, N) of rows ldc, B (K, N) of rows ldb; element (i, t) of A (M, K) is A[i * a_row + t *
 * a_col], so that a transposed matrix is one, too.  Each element is summed in the order of t, in pieces that
 * depend on t alone: not on M and N. */
void sl_gemm_f64(size_t M, size_t N, size_t K, const double *A, size_t a_row, size_t a_col, const double *B,
                 size_t ldb, double *C, size_t ldc);

/* The same by the definition: what tests compare with. */
void sl_gemm_f64_plain(size_t M, size_t N, size_t K, const double *A, size_t a_row, size_t a_col,
                       const double *B, size_t ldb, double *C, size_t ldc);

#endif
