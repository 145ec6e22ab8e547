/* gemm.h - single-precision matrix product, the same bit for bit on any number of threads. */
#ifndef SL_KERNELS_GEMM_H
#define SL_KERNELS_GEMM_H

#include <shortlist/error.h>
#include <stddef.h>

/* C = alpha op(A) op(B) + beta C, row-major, C (M, N), op(A) (M, K), op(B) (K, N); op transposes where
 * trans is not 0, so that A is stored (M, K) or (K, M).  lda, ldb, ldc: elements from one stored row to
 * the next.  beta 0: C is only written.  May be called from several threads, and inside a parallel
 * region (there it runs on the calling thread alone).  SL_OK, SL_ENOMEM, or SL_EINTERNAL when oneDNN refuses.
 */
int sl_gemm(int trans_a, int trans_b, size_t M, size_t N, size_t K, float alpha, const float *A, size_t lda,
            const float *B, size_t ldb, float beta, float *C, size_t ldc, int threads);

/* The same in one piece on the calling thread, for callers that divide the work themselves. */
int sl_gemm_one(int trans_a, int trans_b, size_t M, size_t N, size_t K, float alpha, const float *A,
                size_t lda, const float *B, size_t ldb, float beta, float *C, size_t ldc);

/* Calls oneDNN once, if a product of this shape needs it: the first call makes its kernels. */
void sl_gemm_warm_up(int trans_a, size_t M, size_t N, size_t K);

/* The same by the definition, summed in double: what tests compare with. */
void sl_gemm_plain(int trans_a, int trans_b, size_t M, size_t N, size_t K, float alpha, const float *A,
                   size_t lda, const float *B, size_t ldb, float beta, float *C, size_t ldc);

/* Tells why a product failed (not SL_OK), for callers that have an error to fill; returns the code. */
int sl_product_fail(int code, struct sl_error *err);

#endif
