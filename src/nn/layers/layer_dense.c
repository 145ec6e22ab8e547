/* layer_dense.c - y = x W + b: every output sees every input; and flatten, which makes images rows.
 *
 * W is (in, out), as in scikit-learn and Keras: a forward tile is one product with some of its columns.
 * Cost O(rows in out) each for forward, backward and gradient. */
#include "kernels/dispatch.h"
#include "kernels/gemm.h"
#include "nn/layers/layer.h"
#include "nn/layers/words.h"
#include <string.h>

static int dense_parse(struct sl_words *words, struct sl_layer *layer, struct sl_error *err)
{
    if (sl_words_take(words, "classes"))
        return SL_OK;
    return sl_words_int(words, "the number of outputs (or 'classes')", 1, 1 << 20, &layer->units, err);
}

static int dense_shape(struct sl_layer *layer, struct sl_error *err)
{
    size_t in = sl_shape_size(layer->in), out = (size_t)layer->units;
    if (layer->in.h != 1 || layer->in.w != 1)
        return sl_fail(err, SL_EUSAGE, "takes a flat row, not %dx%dx%d: put 'flatten' before it", layer->in.h,
                       layer->in.w, layer->in.c);
    layer->out = (struct sl_shape){1, 1, layer->units};
    layer->weights = in * out;
    layer->biases = out;
    layer->fan_in = in;
    layer->fan_out = out;
    return SL_OK;
}

static int dense_forward(const struct sl_layer *layer, const struct sl_call *run, const float *w,
                         const float *x, float *y, int32_t *aux, struct sl_tile tile)
{
    size_t in = layer->fan_in, out = layer->fan_out;
    const float *bias = w + layer->weights + tile.col0;
    (void)run;
    (void)aux;
    y += tile.col0;
    for (size_t i = 0; i < tile.rows; i++)
        memcpy(y + i * out, bias, tile.cols * sizeof *y);
    return sl_gemm_one(0, 0, tile.rows, tile.cols, in, 1, x, in, w + tile.col0, out, 1, y, out);
}

/* dx = dy W' */
static int dense_backward(const struct sl_layer *layer, const struct sl_call *run, const float *w,
                          const float *dy, float *dx, const int32_t *aux, struct sl_tile tile)
{
    size_t in = layer->fan_in, out = layer->fan_out;
    (void)run;
    (void)aux;
    return sl_gemm_one(0, 1, tile.rows, tile.cols, out, 1, dy, out, w + tile.col0 * out, out, 0,
                       dx + tile.col0, in);
}

SL_CLONED_VOID(static, add_rows,
               (const float *restrict d, size_t ld, size_t rows, size_t cols, float scale, float keep,
                float *restrict sum),
               (d, ld, rows, cols, scale, keep, sum))
{
    enum { WIDTH = 64 };
    for (size_t j0 = 0; j0 < cols; j0 += WIDTH) {
        size_t n = cols - j0 < WIDTH ? cols - j0 : WIDTH;
        float part[WIDTH] = {0};
        for (size_t i = 0; i < rows; i++)
            for (size_t j = 0; j < n; j++)
                part[j] += d[i * ld + j0 + j];
        for (size_t j = 0; j < n; j++)
            sum[j0 + j] = scale * part[j] + (keep != 0 ? keep * sum[j0 + j] : 0);
    }
}

/* db = the sum of dy's rows */
static void dense_gradient_biases(const struct sl_layer *layer, const float *dy, size_t batch, float scale,
                                  float keep, float *dw, struct sl_tile tile)
{
    add_rows(dy + tile.col0, layer->fan_out, batch, tile.cols, scale, keep != 0,
             dw + layer->weights + tile.col0);
}

/* dW = x' dy */
static int dense_gradient_tile(const struct sl_layer *layer, const float *x, size_t ldx, const float *dy,
                               size_t batch, float scale, float keep, float *dw, struct sl_tile tile)
{
    size_t out = layer->fan_out;
    if (tile.row0 == 0)
        dense_gradient_biases(layer, dy, batch, scale, keep, dw, tile);
    return sl_gemm_one(1, 0, tile.rows, tile.cols, batch, scale, x + tile.row0, ldx, dy + tile.col0, out,
                       keep, dw + tile.row0 * out + tile.col0, out);
}

const struct sl_layer_type sl_layer_dense = {
    .name = "dense",
    .usage = "dense OUTPUTS|classes",
    .help = "every output is a weighted sum of all inputs, and a bias",
    .flags = SL_BY_COLUMNS | SL_AFFINE,
    .parse = dense_parse,
    .shape = dense_shape,
    .reach = sl_filters_reach,
    .forward = dense_forward,
    .backward = dense_backward,
    .gradient_tile = dense_gradient_tile,
    .gradient_biases = dense_gradient_biases,
};

static int flatten_shape(struct sl_layer *layer, struct sl_error *err)
{
    (void)err;
    layer->out = (struct sl_shape){1, 1, (int)sl_shape_size(layer->in)};
    return SL_OK;
}

const struct sl_layer_type sl_layer_flatten = {
    .name = "flatten",
    .usage = "flatten",
    .help = "an image as one flat row: by height, then width, then channel",
    .flags = SL_RESHAPE,
    .shape = flatten_shape,
};
