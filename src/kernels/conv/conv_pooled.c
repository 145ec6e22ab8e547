/* conv_pooled.c - a first layer's images have one channel, and its outputs are the largest array of a net: 32
 * filters of 28 x 28 bytes make 86 KB of an image, of which a pooling leaves a quarter.  Here the four
 * outputs of a pooling's window are summed in registers, and only their maximum is written; the gradient goes
 * from the maximum's place straight to the weights.  Where all pixels that a window sees are 0, as in the
 * background of half an image, there is nothing to sum. O(rows out_height out_width filters side^2). */
#include "kernels/conv/conv_pooled.h"
#include "kernels/conv/conv_grey.h"
#include "kernels/dispatch.h"
#include "kernels/small_products.h"
#include <string.h>

enum { PLACES = 4 }; /* of a window */

typedef int32_t four_ints __attribute__((vector_size(16), aligned(4), may_alias));

int sl_conv_pooled_suits(const struct sl_conv_shape *s)
{
    return s->channels == 1 && s->filters % 16 == 0 && s->stride == 1 && s->side == 3 &&
           s->height + 2 * s->padding > s->side && s->width + 2 * s->padding > s->side;
}

/* Of an image with its padding, and of what comes of it. */
struct sizes {
    size_t line, high, wide, filters;
};

static struct sizes sizes_of(const struct sl_conv_shape *s)
{
    return (struct sizes){.line = (size_t)(s->width + 2 * s->padding),
                          .high = (size_t)sl_conv_out(s->height, s->side, 1, s->padding) / 2,
                          .wide = (size_t)sl_conv_out(s->width, s->side, 1, s->padding) / 2,
                          .filters = (size_t)s->filters};
}

/* Whether all 4 x 4 pixels that a pooling's window sees are 0. */
SL_INLINE int is_blank(const float *x, size_t line)
{
    four_ints any = {0};
    SL_UNROLL
    for (size_t h = 0; h < 4; h++)
        any |= *(const four_ints *)(const void *)(x + h * line);
    return (any[0] | any[1] | any[2] | any[3]) == 0;
}

#if defined(__x86_64__)
#define NAME(f) f##_avx512
#define TARGET SL_TARGET_AVX512
#define LANES 16
#include "kernels/conv/conv_pooled_tile.h"

#define NAME(f) f##_avx2
#define TARGET SL_TARGET_AVX2
#define LANES 8
#include "kernels/conv/conv_pooled_tile.h"
#endif

#define NAME(f) f##_any
#define TARGET
#define LANES 8
#include "kernels/conv/conv_pooled_tile.h"

void sl_conv_pooled_forward(const struct sl_conv_shape *s, const float *w, const float *bias, const float *x,
                            float *y, int32_t *from, float *scratch)
{
    struct sizes z = sizes_of(s);
    size_t size = z.high * z.wide * z.filters;
    for (size_t i = 0; i < s->rows; i++, y += size) {
        const float *image = sl_conv_grey_padded(s, x + i * (size_t)(s->height * s->width), scratch);
        if (from)
            SL_BY_WIDTH(z.filters, 32, forward_placed, (z, image, w, bias, y, from + i * size));
        else
            SL_BY_WIDTH(z.filters, 32, forward_only, (z, image, w, bias, y));
    }
}

void sl_conv_pooled_gradient(const struct sl_conv_shape *s, const float *x, const float *dy,
                             const int32_t *from, float *dw, float *dbias, float *scratch)
{
    struct sizes z = sizes_of(s);
    size_t size = z.high * z.wide * z.filters;
    for (size_t i = 0; i < s->rows; i++) {
        const float *image = sl_conv_grey_padded(s, x + i * (size_t)(s->height * s->width), scratch);
        SL_BY_WIDTH(z.filters, 32, gradient_image, (z, image, dy + i * size, from + i * size, dw));
    }
    sl_add_rows(dy, s->rows * z.high * z.wide, z.filters, dbias);
}
