/* layer_denseblock.c - dense blocks, written as the layers they stand for, and the placing of channels by
 * which outputs are joined.
 *
 * G. Huang, Z. Liu, L. van der Maaten and K. Weinberger, "Densely connected convolutional networks" (2017):
 * each layer takes all outputs before it, side by side.  Joined are two outputs by a sum: either stands at
 * its place among zeros.  O(pixels channels) a joint, little beside a convolution. */
#include "kernels/dispatch.h"
#include "nn/layers/batchnorm.h"
#include "nn/layers/layer.h"
#include "nn/layers/words.h"
#include <string.h>

static int denseblock_parse(struct sl_words *words, struct sl_layer *layer, struct sl_error *err)
{
    int code = sl_words_int(words, "the number of layers", 1, 32, &layer->size, err);
    return code ? code
                : sl_words_int(words, "the growth (filters of each layer)", 1, 1 << 12, &layer->units, err);
}

/* What output `from` gives, at channel `offset` of `channels`. */
static int append_place(struct sl_layer_sink *sink, int channels, int offset, size_t from, size_t *output)
{
    const struct sl_layer place = {.type = &sl_layer_place, .units = channels, .offset = offset};
    return sink->append(sink, &place, from, output);
}

/* *at: all outputs so far; then the new one beside them. */
static int append_layer(const struct sl_layer *block, struct sl_layer_sink *sink, size_t *at)
{
    const struct sl_layer norm = {
        .type = &sl_layer_batchnorm, .momentum = SL_NORM_MOMENTUM, .epsilon = SL_NORM_EPSILON};
    const struct sl_layer relu = {.type = &sl_layer_relu};
    const struct sl_layer conv = {
        .type = &sl_layer_conv, .units = block->units, .size = 3, .stride = 1, .same = 1, .nobias = 1};
    const int before = sink->shape(sink, *at).c, channels = before + block->units;
    size_t made = *at, first, last = 0;
    int code = sink->append(sink, &norm, made, &made);
    if (!code)
        code = sink->append(sink, &relu, made, &made);
    if (!code)
        code = sink->append(sink, &conv, made, &made);
    if (!code)
        code = append_place(sink, channels, before, made, &last);
    if (!code)
        code = append_place(sink, channels, 0, *at, &first);
    const struct sl_layer add = {.type = &sl_layer_add, .plus = last};
    return code ? code : sink->append(sink, &add, first, at);
}

static int denseblock_expand(const struct sl_layer *block, size_t from, struct sl_layer_sink *sink)
{
    size_t at = from;
    int code = SL_OK;
    for (int i = 0; i < block->size && !code; i++)
        code = append_layer(block, sink, &at);
    return code;
}

const struct sl_layer_type sl_layer_denseblock = {
    .name = "denseblock",
    .usage = "denseblock LAYERS GROWTH",
    .help =
        "layers of batchnorm, relu and a convolution of 3x3, whose outputs are all joined to what came in",
    .parse = denseblock_parse,
    .expand = denseblock_expand,
};

static int place_shape(struct sl_layer *layer, struct sl_error *err)
{
    (void)err;
    layer->out = (struct sl_shape){layer->in.h, layer->in.w, layer->units};
    return SL_OK;
}

static size_t pixels_of(const struct sl_layer *layer)
{
    return (size_t)layer->in.h * (size_t)layer->in.w;
}

SL_CLONED_VOID(static, place_channels,
               (const float *restrict x, size_t n, float *restrict y, size_t wide, size_t offset,
                size_t pixels),
               (x, n, y, wide, offset, pixels))
{
    for (size_t p = 0; p < pixels; p++, x += n, y += wide) {
        for (size_t c = 0; c < offset; c++)
            y[c] = 0;
        for (size_t c = 0; c < n; c++)
            y[offset + c] = x[c];
        for (size_t c = offset + n; c < wide; c++)
            y[c] = 0;
    }
}

static int place_forward(const struct sl_layer *layer, const struct sl_call *run, const float *w,
                         const float *x, float *y, int32_t *aux, struct sl_tile tile)
{
    (void)run;
    (void)w;
    (void)aux;
    place_channels(x, (size_t)layer->in.c, y, (size_t)layer->units, (size_t)layer->offset,
                   tile.rows * pixels_of(layer));
    return SL_OK;
}

static int place_backward(const struct sl_layer *layer, const struct sl_call *run, const float *w,
                          const float *dy, float *dx, const int32_t *aux, struct sl_tile tile)
{
    const size_t pixels = tile.rows * pixels_of(layer), n = (size_t)layer->in.c, wide = (size_t)layer->units;
    (void)run;
    (void)w;
    (void)aux;
    for (size_t p = 0; p < pixels; p++)
        memcpy(dx + p * n, dy + p * wide + (size_t)layer->offset, n * sizeof *dx);
    return SL_OK;
}

const struct sl_layer_type sl_layer_place = {
    .name = "place",
    .usage = "place",
    .help = "its channels among others, which are 0",
    .flags = SL_SPATIAL,
    .shape = place_shape,
    .forward = place_forward,
    .backward = place_backward,
};
