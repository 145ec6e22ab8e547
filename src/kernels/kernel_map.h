/* kernel_map.h - from dot products to kernel values, row by row: the elementwise half of a Gram matrix. */
#ifndef SL_KERNELS_KERNEL_MAP_H
#define SL_KERNELS_KERNEL_MAP_H

#include <stddef.h>
#include <stdint.h>

/* z[j] = factor * (p[j] + add) + bias + slope * sum[j]: dot products of affinely scaled bytes. */
void sl_map_byte_dots(const int32_t *p, size_t n, int32_t add, float factor, float bias, float slope,
                      const int32_t *sum, float *z);

/* z[j] = factor * (add + norm[j] - 2 p[j]): squared distances of bytes.  The sum is exact when it, not
 * necessarily its parts, fits in 31 bits. */
void sl_map_byte_squares(const int32_t *p, size_t n, int32_t add, const int32_t *norm, float factor,
                         float *z);

/* z[j] = factor * z[j] + bias. */
void sl_map_affine(float *z, size_t n, float factor, float bias);

/* z[j] = factor * max(0, add + norm[j] - 2 z[j]). */
void sl_map_float_squares(float *z, size_t n, float add, const float *norm, float factor);

/* z[j] = exp(z[j]), relative error below 2e-7; arguments beyond +-87 count as +-87; NaN stays NaN. */
void sl_map_exp(float *z, size_t n);

/* z[j] = tanh(z[j]), relative error below 3e-7. */
void sl_map_tanh(float *z, size_t n);

/* z[j] = z[j]^degree, degree >= 0, by squaring. */
void sl_map_power(float *z, size_t n, int degree);

#endif
