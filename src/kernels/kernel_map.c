/* kernel_map.c - elementwise maps of Gram blocks, written so that a compiler turns them into vectors. */
#include "kernels/kernel_map.h"
#include "kernels/dispatch.h"
#include "kernels/exp.h"
#include <string.h>

SL_CLONED_VOID(extern, sl_map_byte_dots,
               (const int32_t *restrict p, size_t n, int32_t add, float factor, float bias, float slope,
                const int32_t *restrict sum, float *restrict z),
               (p, n, add, factor, bias, slope, sum, z))
{
    if (slope == 0) {
        for (size_t j = 0; j < n; j++)
            z[j] = factor * (float)(p[j] + add) + bias;
        return;
    }
    for (size_t j = 0; j < n; j++)
        z[j] = factor * (float)(p[j] + add) + (bias + slope * (float)sum[j]);
}

SL_CLONED_VOID(extern, sl_map_byte_squares,
               (const int32_t *restrict p, size_t n, int32_t add, const int32_t *restrict norm, float factor,
                float *restrict z),
               (p, n, add, norm, factor, z))
{
    /* Unsigned, so that parts may wrap. */
    for (size_t j = 0; j < n; j++)
        z[j] = factor * (float)(int32_t)((uint32_t)add + (uint32_t)norm[j] - 2u * (uint32_t)p[j]);
}

SL_CLONED_VOID(extern, sl_map_affine, (float *z, size_t n, float factor, float bias), (z, n, factor, bias))
{
    for (size_t j = 0; j < n; j++)
        z[j] = factor * z[j] + bias;
}

SL_CLONED_VOID(extern, sl_map_float_squares,
               (float *restrict z, size_t n, float add, const float *restrict norm, float factor),
               (z, n, add, norm, factor))
{
    for (size_t j = 0; j < n; j++) {
        const float square = add + norm[j] - 2 * z[j];
        z[j] = factor * (square > 0 ? square : 0);
    }
}

SL_CLONED_VOID(extern, sl_map_exp, (float *z, size_t n), (z, n))
{
    for (size_t j = 0; j < n; j++)
        z[j] = sl_exp_cut(z[j]);
}

SL_CLONED_VOID(extern, sl_map_tanh, (float *z, size_t n), (z, n))
{
    for (size_t j = 0; j < n; j++)
        z[j] = sl_tanh(z[j]);
}

SL_CLONED_VOID(extern, sl_map_power, (float *z, size_t n, int degree), (z, n, degree))
{
    enum { CHUNK = 256 };
    float base[CHUNK];
    for (size_t at = 0; at < n; at += CHUNK) {
        const size_t m = n - at < CHUNK ? n - at : CHUNK;
        float *out = z + at;
        memcpy(base, out, m * sizeof *base);
        for (size_t j = 0; j < m; j++)
            out[j] = 1;
        for (int rest = degree; rest > 0; rest /= 2) {
            if (rest % 2)
                for (size_t j = 0; j < m; j++)
                    out[j] *= base[j];
            for (size_t j = 0; j < m; j++)
                base[j] *= base[j];
        }
    }
}
