/* conv_plain.c - convolution by its definition: what conv.c is compared with, and what stands in where
 * oneDNN offers nothing.  Cost O(rows out_height out_width filters side^2 channels), unvectorised order. */
#include "kernels/conv/conv_plain.h"
#include <string.h>

/* Calls body for every window place that lies inside the image: image r, output (h, w), window (p, q),
 * input (ih, iw). */
#define FOR_TAPS(s, body)                                                                                    \
    do {                                                                                                     \
        int out_h = sl_conv_out((s)->height, (s)->side, (s)->stride, (s)->padding);                          \
        int out_w = sl_conv_out((s)->width, (s)->side, (s)->stride, (s)->padding);                           \
        for (size_t r = 0; r < (s)->rows; r++)                                                               \
            for (int h = 0; h < out_h; h++)                                                                  \
                for (int w = 0; w < out_w; w++)                                                              \
                    for (int p = 0; p < (s)->side; p++)                                                      \
                        for (int q = 0; q < (s)->side; q++) {                                                \
                            int ih = h * (s)->stride + p - (s)->padding;                                     \
                            int iw = w * (s)->stride + q - (s)->padding;                                     \
                            if (ih < 0 || ih >= (s)->height || iw < 0 || iw >= (s)->width)                   \
                                continue;                                                                    \
                            size_t to =                                                                      \
                                ((r * (size_t)out_h + (size_t)h) * (size_t)out_w + (size_t)w) * filters;     \
                            size_t from =                                                                    \
                                ((r * (size_t)(s)->height + (size_t)ih) * (size_t)(s)->width + (size_t)iw) * \
                                channels;                                                                    \
                            size_t tap = (size_t)(p * (s)->side + q) * channels * filters;                   \
                            for (size_t c = 0; c < channels; c++)                                            \
                                for (size_t f = 0; f < filters; f++)                                         \
                                    body;                                                                    \
                        }                                                                                    \
    } while (0)

static size_t outputs(const struct sl_conv_shape *s)
{
    return s->rows * (size_t)sl_conv_out(s->height, s->side, s->stride, s->padding) *
           (size_t)sl_conv_out(s->width, s->side, s->stride, s->padding);
}

void sl_conv_plain_forward(const struct sl_conv_shape *s, const float *weights, const float *bias,
                           const float *x, float *y)
{
    size_t filters = (size_t)s->filters, channels = (size_t)s->channels;
    for (size_t i = 0; i < outputs(s); i++)
        memcpy(y + i * filters, bias, filters * sizeof *y);
    FOR_TAPS(s, y[to + f] += x[from + c] * weights[tap + c * filters + f]);
}

void sl_conv_plain_backward(const struct sl_conv_shape *s, const float *weights, const float *dy, float *dx)
{
    size_t filters = (size_t)s->filters, channels = (size_t)s->channels;
    memset(dx, 0, s->rows * (size_t)s->height * (size_t)s->width * channels * sizeof *dx);
    FOR_TAPS(s, dx[from + c] += dy[to + f] * weights[tap + c * filters + f]);
}

void sl_conv_plain_gradient(const struct sl_conv_shape *s, const float *x, const float *dy, float *dw,
                            float *dbias)
{
    size_t filters = (size_t)s->filters, channels = (size_t)s->channels;
    for (size_t i = 0; i < outputs(s); i++)
        for (size_t f = 0; f < filters; f++)
            dbias[f] += dy[i * filters + f];
    FOR_TAPS(s, dw[tap + c * filters + f] += x[from + c] * dy[to + f]);
}
