/* bytegram.h - exact dot products between rows of bytes.
 *
 * One operand stays unsigned, the other is kept centred (its bytes minus 128, signed): the form that
 * integer GEMM instructions take, and the one that a model stores.  The true product follows from
 *     a.b = a.(b - 128) + 128 sum(a)
 * and a caller folds that correction into the pass that it makes over the block anyway. */
#ifndef SL_KERNELS_BYTEGRAM_H
#define SL_KERNELS_BYTEGRAM_H

#include <stddef.h>
#include <stdint.h>

/* Widest rows for which every quantity here, and a.b itself, fits in 32 bits: 33,000 * 255 * 255 < 2^31. */
enum { SL_BYTEGRAM_MAX_D = 33000 };

enum sl_bytegram_way {
    SL_BYTEGRAM_AUTO,  /* the fastest that is exact on this processor */
    SL_BYTEGRAM_VNNI,  /* 8-bit integer GEMM, where the processor accumulates it in 32 bits */
    SL_BYTEGRAM_AVX2,  /* 16-bit multiply-adds, where the processor has AVX2 */
    SL_BYTEGRAM_FLOAT, /* fp32 GEMM on centred bytes, at most 1,024 features at a time */
    SL_BYTEGRAM_PLAIN, /* the reference: one loop */
};

/* 1 if the 8-bit integer GEMM is exact here. */
int sl_bytegram_has_vnni(void);
/* 1 if it has AVX2, and is allowed to use it. */
int sl_bytegram_has_avx2(void);

/* p[i * ldp + j] = sum_t a[i, t] * b[j, t] for A (m, d) and centred B (n, d), exactly; ldp >= n and
 * d <= SL_BYTEGRAM_MAX_D.  Single-threaded inside a parallel region, and the same values in any way,
 * any order, any blocks.  SL_OK, SL_ENOMEM, or SL_EINTERNAL when oneDNN refuses. */
int sl_bytegram(enum sl_bytegram_way way, const uint8_t *a, size_t m, const int8_t *b, size_t n, size_t d,
                int32_t *p, size_t ldp);

/* Makes the first call of oneDNN, where sl_bytegram calls it on this processor. */
void sl_bytegram_warm_up(void);

/* sum_t a[t] * b[t], one pair of rows: what sl_bytegram gives for them. */
int32_t sl_byte_dot(const uint8_t *a, const int8_t *b, size_t d);

/* out[i] = x[i] - 128. */
void sl_bytes_centre(const uint8_t *x, size_t size, int8_t *out);
/* The way back. */
void sl_bytes_restore(const int8_t *x, size_t size, uint8_t *out);

/* sum[i] and norm[i]: sum and sum of squares of the bytes of row i of X (n, d), d <= SL_BYTEGRAM_MAX_D.
 * norm may be NULL. */
void sl_bytes_sums(const uint8_t *x, size_t n, size_t d, int32_t *sum, int32_t *norm);

#endif
