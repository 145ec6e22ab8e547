/* convert.h - rows of a view as floats: scale * byte + offset, the floats themselves, or the floats nearest
 * to doubles; features of one type as another; are they finite? */
#ifndef SL_KERNELS_CONVERT_H
#define SL_KERNELS_CONVERT_H

#include <float.h>
#include <shortlist/view.h>

/* out[i] = scale * x[i] + offset for n elements, on the calling thread. */
void sl_bytes_to_floats(const uint8_t *x, size_t n, float scale, float offset, float *out);
/* The same by the definition: what tests compare with. */
void sl_bytes_to_floats_plain(const uint8_t *x, size_t n, float scale, float offset, float *out);

/* out (n, d): rows first ... first + n - 1, on the calling thread. */
void sl_view_block(const struct sl_view *view, size_t first, size_t n, float *out);

/* out (n, d): the rows with these numbers, in that order, on the calling thread. */
void sl_view_gather(const struct sl_view *view, const uint32_t *rows, size_t n, float *out);

/* out (n, count): of each of these rows the features first ... first + count - 1. */
void sl_view_gather_part(const struct sl_view *view, const uint32_t *rows, size_t n, size_t first,
                         size_t count, float *out);

/* The index of the first of n floats or doubles (n bytes are finite) that is NaN or infinite, or n; on the
 * calling thread. */
size_t sl_first_nonfinite(enum sl_dtype dtype, const void *x, size_t n);

/* The nearest float: a value beyond float's range is cut to it, never infinite. */
static inline float sl_cut(double value)
{
    return (float)(value > FLT_MAX ? FLT_MAX : value < -FLT_MAX ? -FLT_MAX : value);
}

/* Converts n features, scale and offset left aside.  To bytes: returns the index of the first that is no
 * whole number 0 ... 255, and stops there; else n.  Doubles beyond float's range are cut to it. */
size_t sl_convert(enum sl_dtype from, const void *x, size_t n, enum sl_dtype to, void *out);

#endif
