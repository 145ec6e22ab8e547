/* scatter.h - sums of products: of features over rows (X'X), of rows over features (X X').  Symmetric: blocks
 * from the diagonal on are written, which hold all elements on and above it.  The same on any number of
 * threads. */
#ifndef SL_KERNELS_SCATTER_H
#define SL_KERNELS_SCATTER_H

#include <stddef.h>
#include <stdint.h>

/* sum (d, d) += x'x, exactly, and ones (d) += the sums of the columns, of bytes x (n, d).  SL_ENOMEM, or what
 * sl_bytegram refuses with. */
int sl_scatter_bytes(const uint8_t *x, size_t n, size_t d, int threads, int64_t *sum, int64_t *ones);

/* sum (n, n) += x x', exactly, of bytes x (n, d), d at most SL_BYTEGRAM_MAX_D.  Likewise. */
int sl_products_bytes(const uint8_t *x, size_t n, size_t d, int threads, int64_t *sum);

/* C (d, d) += X'X, X (n, d). */
void sl_scatter_f64(const double *X, size_t n, size_t d, int threads, double *C);

#endif
