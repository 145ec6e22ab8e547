/* convert.c - bytes to floats, by blocks or by row numbers; the search for NaN.
 *
 * O(1) an element and bound by memory; 16 elements an instruction where the machine has AVX-512. */
#include "kernels/convert.h"
#include "kernels/dispatch.h"
#include <math.h>
#include <string.h>

SL_CLONED_VOID(extern, sl_bytes_to_floats,
               (const uint8_t *restrict x, size_t n, float scale, float offset, float *restrict out),
               (x, n, scale, offset, out))
{
    for (size_t i = 0; i < n; i++)
        out[i] = scale * (float)x[i] + offset;
}

void sl_bytes_to_floats_plain(const uint8_t *x, size_t n, float scale, float offset, float *out)
{
    for (size_t i = 0; i < n; i++)
        out[i] = (float)((double)scale * x[i] + (double)offset);
}

/* count of a view's values from `at` on; doubles as the nearest floats. */
static void take(const struct sl_view *view, size_t at, size_t count, float *out)
{
    if (view->dtype == SL_U8)
        sl_bytes_to_floats((const uint8_t *)view->x + at, count, view->scale, view->offset, out);
    else if (view->dtype == SL_F64)
        sl_convert(SL_F64, (const double *)view->x + at, count, SL_F32, out);
    else if (count)
        memcpy(out, (const float *)view->x + at, count * sizeof *out);
}

void sl_view_block(const struct sl_view *view, size_t first, size_t n, float *out)
{
    take(view, first * view->d, n * view->d, out);
}

void sl_view_gather(const struct sl_view *view, const uint32_t *rows, size_t n, float *out)
{
    for (size_t i = 0; i < n; i++)
        sl_view_block(view, rows[i], 1, out + i * view->d);
}

void sl_view_gather_part(const struct sl_view *view, const uint32_t *rows, size_t n, size_t first,
                         size_t count, float *out)
{
    for (size_t i = 0; i < n; i++, out += count)
        take(view, rows[i] * view->d + first, count, out);
}

/* The exponent's bits are all set in NaN and infinities only. */
SL_CLONED(static, int, has_nonfinite, (const float *x, size_t n), (x, n))
{
    uint32_t bad = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t bits;
        memcpy(&bits, x + i, sizeof bits);
        bad |= (bits & 0x7f800000u) == 0x7f800000u;
    }
    return bad != 0;
}

static size_t first_nonfinite_float(const float *x, size_t n)
{
    enum { BLOCK = 4096 };
    size_t i = 0;
    while (i < n && !has_nonfinite(x + i, n - i < BLOCK ? n - i : BLOCK))
        i += n - i < BLOCK ? n - i : BLOCK;
    while (i < n && isfinite(x[i]))
        i++;
    return i;
}

size_t sl_first_nonfinite(enum sl_dtype dtype, const void *x, size_t n)
{
    const double *doubles = x;
    size_t i = 0;
    if (dtype == SL_F32)
        return first_nonfinite_float(x, n);
    if (dtype == SL_U8)
        return n;
    while (i < n && isfinite(doubles[i]))
        i++;
    return i;
}

/* From one type to another -------------------------------------------------------------------------*/

static inline double element(enum sl_dtype dtype, const void *x, size_t i)
{
    return dtype == SL_U8    ? ((const uint8_t *)x)[i]
           : dtype == SL_F32 ? ((const float *)x)[i]
                             : ((const double *)x)[i];
}

static size_t to_bytes(enum sl_dtype from, const void *x, size_t n, uint8_t *out)
{
    for (size_t i = 0; i < n; i++) {
        double value = element(from, x, i);
        if (!(value >= 0 && value <= 255 && value == floor(value)))
            return i;
        out[i] = (uint8_t)value;
    }
    return n;
}

size_t sl_convert(enum sl_dtype from, const void *x, size_t n, enum sl_dtype to, void *out)
{
    if (to == SL_U8)
        return to_bytes(from, x, n, out);
    for (size_t i = 0; i < n; i++) {
        double value = element(from, x, i);
        if (to == SL_F64)
            ((double *)out)[i] = value;
        else
            ((float *)out)[i] = sl_cut(value);
    }
    return n;
}
