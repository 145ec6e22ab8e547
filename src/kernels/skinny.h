/* skinny.h - products of a block of rows with a few weight vectors: the two passes of every linear
 * classifier.  Where there are a dozen classes, a general matrix product spends its time packing.
 *
 * Rows and weights are padded: leading dimensions are multiples of SL_LANES floats on 64-byte
 * boundaries, and what stands between d and the leading dimension is zero. */
#ifndef SL_KERNELS_SKINNY_H
#define SL_KERNELS_SKINNY_H

#include <shortlist/view.h>
#include <stddef.h>

enum {
    SL_LANES = 16,    /* floats that rows are padded to */
    SL_ROWS_STEP = 4, /* sl_skinny_dot works on this many rows at a time */
};

/* The leading dimension for d features. */
size_t sl_lanes(size_t d);

/* Z[c * ldz + i] = X[i] . W[c] for n rows of X (n, ld) and k vectors of W (k, ld).  Z (k, ldz) must have
 * room for n rounded up to SL_ROWS_STEP columns, which are written.  A row's result depends on that row
 * alone: not on n, nor on its place in the block. */
void sl_skinny_dot(const float *X, size_t n, const float *W, size_t k, size_t ld, float *Z, size_t ldz);

/* G[c] += sum over i of P[c * ldp + i] X[i], G (k, ld). */
void sl_skinny_sum(const float *P, size_t ldp, const float *X, size_t n, size_t k, size_t ld, float *G);

/* The same for rows of ld bytes on any boundary, converted on the way: equal to the last bit. */
void sl_skinny_dot_bytes(const uint8_t *X, size_t n, const float *W, size_t k, size_t ld, float *Z,
                         size_t ldz);
void sl_skinny_sum_bytes(const float *P, size_t ldp, const uint8_t *X, size_t n, size_t k, size_t ld,
                         float *G);

/* Are the two better given the view's bytes, and its scale applied to W and G, than rows of floats?  Only
 * where bytes fill whole registers and have no offset. */
int sl_skinny_takes_bytes(const struct sl_view *view);

/* z[c] = x . w[c] for one row x (ld) and k weight vectors, each (ld). */
void sl_skinny_row_dot(const float *x, const float *const *w, size_t k, size_t ld, float *z);

/* w += a x, (ld). */
void sl_skinny_row_add(float *w, float a, const float *x, size_t ld);

/* The same two for a row of ld bytes. */
void sl_skinny_row_dot_bytes(const uint8_t *x, const float *const *w, size_t k, size_t ld, float *z);
void sl_skinny_row_add_bytes(float *w, float a, const uint8_t *x, size_t ld);

/* z[c * SL_ROWS_STEP + r] = x[r] . w[c] for SL_ROWS_STEP rows (ld) anywhere, of bytes or of floats: as many
 * products as sl_skinny_row_dot, with fewer loads.  A row's result depends on that row alone. */
void sl_skinny_block_dot(const void *const *x, int bytes, const float *const *w, size_t k, size_t ld,
                         float *z);

/* w += the sum of a[r] x[r] over the same rows; those with a[r] = 0 cost little. */
void sl_skinny_block_add(float *w, const float *a, const void *const *x, int bytes, size_t ld);

/* x . y of two rows (ld): exact for bytes. */
double sl_skinny_product(const void *x, const void *y, int bytes, size_t ld);

/* x . y of d floats, in double: for values whose products are beyond the range of floats. */
double sl_product_f64(const float *x, const float *y, size_t d);

/* The first two by the definition: what tests compare with. */
void sl_skinny_dot_plain(const float *X, size_t n, const float *W, size_t k, size_t ld, float *Z, size_t ldz);
void sl_skinny_sum_plain(const float *P, size_t ldp, const float *X, size_t n, size_t k, size_t ld, float *G);

/* Rows first ... first + n - 1 as padded floats. */
void sl_skinny_rows(const struct sl_view *view, size_t first, size_t n, size_t ld, float *X);

#endif
