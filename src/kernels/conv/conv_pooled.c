/* conv_pooled.c - a first layer's images have one channel, and its outputs are the largest array of a net: 32
 * filters of 28 x 28 bytes make 86 KB of an image, of which a pooling leaves a quarter.  Here the four
 * outputs of a pooling's window are summed in registers, and only their maximum is written; the gradient goes
 * from the maximum's place straight to the weights.  Where all pixels that a window sees are 0, as in the
 * background of half an image, there is nothing to sum. O(rows out_height out_width filters side^2). */
#include "kernels/conv/conv_pooled.h"
#include "kernels/conv/conv_grey.h"
#include "kernels/eight.h"
#include "kernels/small_products.h"
#include <string.h>

enum { PLACES = 4 }; /* of a window */

typedef int32_t eight_ints __attribute__((vector_size(32)));
typedef int32_t eight_ints_unaligned __attribute__((vector_size(32), aligned(4), may_alias));
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

/* The four sums of a window for 16 filters, and the largest of each; from may be NULL. */
SL_INLINE void window(const float *x, size_t line, const float *w, size_t filters, const float *bias,
                      float *y, int32_t *from)
{
    const float *lines[4] = {x, x + line, x + 2 * line, x + 3 * line};
    sl_eight sum[PLACES][2];
    SL_UNROLL
    for (size_t i = 0; i < PLACES; i++) {
        sum[i][0] = SL_EIGHT(bias);
        sum[i][1] = SL_EIGHT(bias + 8);
    }
    SL_UNROLL
    for (size_t k = 0; k < 9; k++) {
        sl_eight a = SL_EIGHT(w + k * filters), b = SL_EIGHT(w + k * filters + 8);
        SL_UNROLL
        for (size_t i = 0; i < PLACES; i++) {
            float pixel = lines[k / 3 + i / 2][k % 3 + i % 2];
            sum[i][0] += pixel * a;
            sum[i][1] += pixel * b;
        }
    }
    SL_UNROLL
    for (size_t v = 0; v < 2; v++) {
        sl_eight best = sum[0][v];
        eight_ints place = {0};
        SL_UNROLL
        for (int32_t i = 1; i < PLACES; i++) {
            eight_ints larger = sum[i][v] > best;
            best = (sl_eight)((larger & (eight_ints)sum[i][v]) | (~larger & (eight_ints)best));
            place = (larger & i) | (~larger & place);
        }
        SL_EIGHT_AT(y + 8 * v) = best;
        if (from)
            *(eight_ints_unaligned *)(from + 8 * v) = place;
    }
}

SL_INLINE void forward_image(struct sizes z, const float *x, const float *w, const float *bias, float *y,
                             int32_t *from)
{
    for (size_t h = 0; h < z.high; h++)
        for (size_t j = 0; j < z.wide; j++, y += z.filters, from = from ? from + z.filters : NULL) {
            const float *corner = x + 2 * (h * z.line + j);
            if (is_blank(corner, z.line)) {
                memcpy(y, bias, z.filters * sizeof *y);
                if (from)
                    memset(from, 0, z.filters * sizeof *from);
                continue;
            }
            for (size_t f = 0; f < z.filters; f += 16)
                window(corner, z.line, w + f, z.filters, bias + f, y + f, from ? from + f : NULL);
        }
}

SL_CLONED_VOID(static, forward_placed,
               (struct sizes z, const float *x, const float *w, const float *bias, float *y, int32_t *from),
               (z, x, w, bias, y, from))
{
    forward_image(z, x, w, bias, y, from);
}

SL_CLONED_VOID(static, forward_only,
               (struct sizes z, const float *x, const float *w, const float *bias, float *y),
               (z, x, w, bias, y))
{
    forward_image(z, x, w, bias, y, NULL);
}

void sl_conv_pooled_forward(const struct sl_conv_shape *s, const float *w, const float *bias, const float *x,
                            float *y, int32_t *from, float *scratch)
{
    struct sizes z = sizes_of(s);
    size_t size = z.high * z.wide * z.filters;
    for (size_t i = 0; i < s->rows; i++, y += size) {
        const float *image = sl_conv_grey_padded(s, x + i * (size_t)(s->height * s->width), scratch);
        if (from)
            forward_placed(z, image, w, bias, y, from + i * size);
        else
            forward_only(z, image, w, bias, y);
    }
}

/* dw of eight filters from one image, summed in registers. */
SL_CLONED_VOID(static, gradient_image,
               (struct sizes z, const float *x, const float *dy, const int32_t *from, float *dw),
               (z, x, dy, from, dw))
{
    sl_eight sum[9];
    SL_UNROLL
    for (size_t k = 0; k < 9; k++)
        sum[k] = SL_EIGHT(dw + k * z.filters);
    for (size_t h = 0; h < z.high; h++)
        for (size_t j = 0; j < z.wide; j++, dy += z.filters, from += z.filters) {
            const float *corner = x + 2 * (h * z.line + j);
            const float *lines[4] = {corner, corner + z.line, corner + 2 * z.line, corner + 3 * z.line};
            if (is_blank(corner, z.line))
                continue;
            eight_ints place = *(const eight_ints_unaligned *)from, d = (eight_ints)SL_EIGHT(dy);
            SL_UNROLL
            for (int32_t i = 0; i < PLACES; i++) {
                sl_eight here = (sl_eight)(d & (place == i));
                SL_UNROLL
                for (size_t k = 0; k < 9; k++)
                    sum[k] += lines[k / 3 + (size_t)i / 2][k % 3 + (size_t)i % 2] * here;
            }
        }
    SL_UNROLL
    for (size_t k = 0; k < 9; k++)
        SL_EIGHT_AT(dw + k * z.filters) = sum[k];
}

void sl_conv_pooled_gradient(const struct sl_conv_shape *s, const float *x, const float *dy,
                             const int32_t *from, float *dw, float *dbias, float *scratch)
{
    struct sizes z = sizes_of(s);
    size_t size = z.high * z.wide * z.filters;
    for (size_t i = 0; i < s->rows; i++) {
        const float *image = sl_conv_grey_padded(s, x + i * (size_t)(s->height * s->width), scratch);
        for (size_t f = 0; f < z.filters; f += 8)
            gradient_image(z, image, dy + i * size + f, from + i * size + f, dw + f);
    }
    sl_add_rows(dy, s->rows * z.high * z.wide, z.filters, dbias);
}
