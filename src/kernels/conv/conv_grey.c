/* conv_grey.c - a first layer's weights see one channel: for each line of the window
 *     dw (side, filters) += X' dy,  X (pixels of a line of outputs, side),  dy (pixels, filters),
 * where the columns of X are the line of the image, each one pixel further.  The products keep dw's line in
 * registers, so that dy, by far the largest array, is read side times and nothing else much.
 * O(rows out_height out_width filters side^2). */
#include "kernels/conv/conv_grey.h"
#include "kernels/small_products.h"
#include <string.h>

int sl_conv_grey_suits(const struct sl_conv_shape *s)
{
    return s->channels == 1 && s->filters % 8 == 0;
}

size_t sl_conv_grey_scratch_size(const struct sl_conv_shape *s)
{
    return (size_t)(s->height + 2 * s->padding) * (size_t)(s->width + 2 * s->padding);
}

const float *sl_conv_grey_padded(const struct sl_conv_shape *s, const float *x, float *scratch)
{
    size_t width = (size_t)s->width, line = width + 2 * (size_t)s->padding, edge = (size_t)s->padding;
    if (s->padding == 0)
        return x;
    memset(scratch, 0, sl_conv_grey_scratch_size(s) * sizeof *scratch);
    for (size_t i = 0; i < (size_t)s->height; i++)
        memcpy(scratch + (i + edge) * line + edge, x + i * width, width * sizeof *x);
    return scratch;
}

void sl_conv_grey_gradient(const struct sl_conv_shape *s, const float *x, const float *dy, float *dw,
                           float *dbias, float *scratch)
{
    size_t out_h = (size_t)sl_conv_out(s->height, s->side, s->stride, s->padding);
    size_t out_w = (size_t)sl_conv_out(s->width, s->side, s->stride, s->padding);
    size_t line = (size_t)(s->width + 2 * s->padding), side = (size_t)s->side, filters = (size_t)s->filters;
    struct sl_small_products lines = {
        .n = side,
        .rows = side,
        .cols = filters,
        .depth = out_w,
        .a_next = line,
        .a_row = 1,
        .a_col = (size_t)s->stride,
        .b_row = filters,
        .c_next = side * filters,
        .c_row = filters,
        .C = dw,
        .add = 1,
    };
    for (size_t i = 0; i < s->rows; i++) {
        const float *image = sl_conv_grey_padded(s, x + i * (size_t)(s->height * s->width), scratch);
        for (size_t h = 0; h < out_h; h++) {
            lines.A = image + h * (size_t)s->stride * line;
            lines.B = dy + (i * out_h + h) * out_w * filters;
            sl_small_products(&lines);
        }
    }
    sl_add_rows(dy, s->rows * out_h * out_w, filters, dbias);
}
