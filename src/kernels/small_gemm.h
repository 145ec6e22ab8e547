/* small_gemm.h - matrix products so small that a library's preparations would cost more than they save: no
 * product of these calls oneDNN. */
#ifndef SL_KERNELS_SMALL_GEMM_H
#define SL_KERNELS_SMALL_GEMM_H

#include <stddef.h>

/* Is the product op(A) (M, K) times op(B) (K, N) one of these?  Where A's rows are samples, which are not
 * transposed, M has no say in it: a row of C does not depend on how many come with it. */
int sl_gemm_is_small(int trans_a, size_t M, size_t N, size_t K);

/* As sl_gemm, in one piece on the calling thread.  Each sum runs over the depth in order, whatever the other
 * rows and columns are.  SL_OK or SL_ENOMEM. */
int sl_small_gemm(int trans_a, int trans_b, size_t M, size_t N, size_t K, float alpha, const float *A,
                  size_t lda, const float *B, size_t ldb, float beta, float *C, size_t ldc);

#endif
