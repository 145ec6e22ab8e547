/* sparse_bytes.h - a matrix of bytes, many of them 0, times a matrix of floats: an image's background costs
 * nothing. */
#ifndef SL_KERNELS_SPARSE_BYTES_H
#define SL_KERNELS_SPARSE_BYTES_H

#include <stddef.h>
#include <stdint.h>

enum {
    SL_SPARSE_STEP = 64,       /* rows of bytes are padded with zeros to a multiple of this */
    SL_SPARSE_MIN_WIDTH = 16,  /* columns of the other matrix at least */
    SL_SPARSE_PANEL = 1 << 13, /* floats of scratch */
};

/* The padded length of a row of n bytes. */
size_t sl_sparse_padded(size_t n);

/* Share of the n bytes that are not 0, in [0, 1]. */
double sl_sparse_density(const uint8_t *x, size_t n);

/* The density under which the product takes less time than a dense one of floats, on this instruction set. */
double sl_sparse_worth(void);

/* Y (m, width; ldy) = value[X] B, or Y + value[X] B when add is not 0, for X (m, n; ldx) and
 * B (n, width; ldb), n >= 1.  value[0] is taken for 0.  X's rows are padded.  width >= SL_SPARSE_MIN_WIDTH.
 * panel (SL_SPARSE_PANEL) is scratch, on a 64-byte boundary.  On the calling thread; a row of Y depends on
 * that row of X alone. */
void sl_sparse_product(const uint8_t *X, size_t m, size_t n, size_t ldx, const float value[256],
                       const float *B, size_t ldb, size_t width, int add, float *Y, size_t ldy, float *panel);

/* out (n, ldo) = X' for X (m, n; ldx), its rows padded with zeros up to ldo >= m; ldx and ldo are padded
 * lengths, and bytes of X between n and ldx may be anything. */
void sl_sparse_transpose(const uint8_t *X, size_t m, size_t n, size_t ldx, uint8_t *out, size_t ldo);

/* The product by the definition, in double precision: what tests compare with. */
void sl_sparse_product_plain(const uint8_t *X, size_t m, size_t n, size_t ldx, const float value[256],
                             const float *B, size_t ldb, size_t width, int add, float *Y, size_t ldy);

#endif
