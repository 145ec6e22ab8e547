/* layer_conv.c - convolution: every filter is multiplied with each square window of all channels.
 *
 * A thin layer over kernels/conv/conv.h.  Cost O(rows out_height out_width filters side^2 channels) each for
 * forward, backward and gradient. */
#include "kernels/conv/conv.h"
#include "nn/layers/layer.h"
#include "nn/layers/words.h"

enum { FILTERS_MAX = 1 << 16 };
static float no_bias[FILTERS_MAX]; /* zeros; never written */

static int conv_parse(struct sl_words *words, struct sl_layer *layer, struct sl_error *err)
{
    const char *padding = NULL; /* where it is said */
    layer->stride = 1;
    int code = sl_words_int(words, "the number of filters", 1, FILTERS_MAX, &layer->units, err);
    if (!code)
        code = sl_words_window(words, &layer->size, err);
    while (!code) {
        const char *at = sl_words_peek(words);
        if (sl_words_take(words, "same"))
            layer->same = 1;
        else if (sl_words_take(words, "valid"))
            layer->same = 0;
        else if (sl_words_take(words, "nobias"))
            layer->nobias = 1;
        else if (sl_words_take(words, "stride"))
            code = sl_words_int(words, "the stride", 1, 255, &layer->stride, err);
        else if (sl_words_take(words, "padding")) {
            padding = at;
            code = sl_words_int(words, "the padding", 0, 255, &layer->padding, err);
        } else
            break;
    }
    if (!code && padding && layer->same)
        return sl_words_fail(words, padding, err, "'same' says what the padding is: leave out one of them");
    return code;
}

static int conv_shape(struct sl_layer *layer, struct sl_error *err)
{
    struct sl_shape in = layer->in;
    if (layer->same && layer->size % 2 == 0)
        return sl_fail(err, SL_EUSAGE, "'same' needs a window of odd size, not %dx%d", layer->size,
                       layer->size);
    if (layer->same)
        layer->padding = layer->size / 2;
    if (in.h + 2 * layer->padding < layer->size || in.w + 2 * layer->padding < layer->size)
        return sl_fail(err, SL_EUSAGE, "a window of %dx%d does not fit into an image of %dx%d", layer->size,
                       layer->size, in.h, in.w);
    if (layer->padding >= layer->size)
        return sl_fail(err, SL_EUSAGE, "padding %d is not less than the window's size %d", layer->padding,
                       layer->size);
    layer->out =
        (struct sl_shape){sl_conv_out(in.h, layer->size, layer->stride, layer->padding),
                          sl_conv_out(in.w, layer->size, layer->stride, layer->padding), layer->units};
    layer->fan_in = (size_t)layer->size * (size_t)layer->size * (size_t)in.c;
    layer->fan_out = (size_t)layer->size * (size_t)layer->size * (size_t)layer->units;
    layer->weights = layer->fan_in * (size_t)layer->units;
    layer->biases = layer->nobias ? 0 : (size_t)layer->units;
    return SL_OK;
}

static int conv_recipe(const struct sl_layer *layer, size_t rows, int backward, void **recipe,
                       struct sl_recipe_sizes *sizes, struct sl_error *err)
{
    const struct sl_conv_shape shape = {
        .rows = rows,
        .height = layer->in.h,
        .width = layer->in.w,
        .channels = layer->in.c,
        .filters = layer->units,
        .side = layer->size,
        .stride = layer->stride,
        .padding = layer->padding,
        .read_height = layer->read_h,
        .read_width = layer->read_w,
    };
    struct sl_conv *conv;
    int code = sl_conv_new(&shape, backward, SL_CONV_BEST, &conv, err);
    *recipe = conv;
    if (!code)
        *sizes = (struct sl_recipe_sizes){sl_conv_scratch_size(conv), sl_conv_packed_size(conv),
                                          sl_conv_sum_size(conv)};
    return code;
}

static void conv_recipe_free(void *recipe)
{
    sl_conv_free(recipe);
}

static int conv_pack(const struct sl_layer *layer, const void *recipe, const float *w, float *packed,
                     float *scratch)
{
    (void)layer;
    return sl_conv_pack(recipe, w, packed, scratch);
}

static void conv_fold(const struct sl_layer *layer, const float *w, const float *scale, const float *shift,
                      float *folded)
{
    const size_t filters = (size_t)layer->units;
    const float *biases = layer->nobias ? no_bias : w + layer->weights;
    for (size_t i = 0; i < layer->weights; i += filters)
        for (size_t f = 0; f < filters; f++)
            folded[i + f] = w[i + f] * scale[f];
    for (size_t f = 0; f < filters; f++)
        folded[layer->weights + f] = scale[f] * biases[f] + shift[f];
}

/* What is added to each filter's outputs. */
static const float *biases_of(const struct sl_layer *layer, const struct sl_call *run, const float *w)
{
    if (run->biases)
        return run->biases;
    return layer->nobias ? no_bias : w + layer->weights;
}

static int conv_forward(const struct sl_layer *layer, const struct sl_call *run, const float *w,
                        const float *x, float *y, int32_t *aux, struct sl_tile tile)
{
    (void)aux;
    (void)tile;
    return sl_conv_forward(run->recipe, run->packed, biases_of(layer, run, w), x, y, run->scratch);
}

static int conv_backward(const struct sl_layer *layer, const struct sl_call *run, const float *w,
                         const float *dy, float *dx, const int32_t *aux, struct sl_tile tile)
{
    (void)layer;
    (void)w;
    (void)aux;
    (void)tile;
    return sl_conv_backward(run->recipe, run->packed, dy, dx, run->scratch);
}

static int conv_gradient(const struct sl_layer *layer, const struct sl_call *run, const float *x,
                         const float *dy, size_t rows, float *sum)
{
    (void)layer;
    (void)rows;
    return sl_conv_gradient(run->recipe, x, dy, sum, run->scratch);
}

static int conv_pools(const struct sl_layer *layer, const struct sl_layer *pool, const void *recipe)
{
    (void)layer;
    const unsigned maximum = SL_MAXIMUM | SL_WINDOWS;
    return (pool->type->flags & maximum) == maximum && pool->size == 2 && pool->stride == 2 &&
           sl_conv_pools(recipe);
}

static void conv_forward_pooled(const struct sl_layer *layer, const struct sl_call *run, const float *w,
                                const float *x, float *y, int32_t *aux)
{
    sl_conv_pooled(run->recipe, w, biases_of(layer, run, w), x, y, aux, run->scratch);
}

static void conv_gradient_pooled(const struct sl_layer *layer, const struct sl_call *run, const float *x,
                                 const float *dy, const int32_t *aux, float *sum)
{
    (void)layer;
    sl_conv_gradient_pooled(run->recipe, x, dy, aux, sum, run->scratch);
}

static int conv_unpack(const struct sl_layer *layer, const struct sl_call *run, const float *sum, float *dw)
{
    return sl_conv_unpack(run->recipe, sum, dw, layer->nobias ? NULL : dw + layer->weights, run->scratch);
}

const struct sl_layer_type sl_layer_conv = {
    .name = "conv",
    .usage = "conv FILTERS SIDExSIDE [same|valid] [padding N] [stride N] [nobias]",
    .help = "convolution of an image, with a bias for each filter unless nobias is said (a batchnorm behind "
            "it has one)",
    .flags = SL_SPATIAL,
    .parse = conv_parse,
    .shape = conv_shape,
    .reach = sl_filters_reach,
    .recipe = conv_recipe,
    .recipe_free = conv_recipe_free,
    .pack = conv_pack,
    .fold = conv_fold,
    .forward = conv_forward,
    .backward = conv_backward,
    .gradient = conv_gradient,
    .pools = conv_pools,
    .forward_pooled = conv_forward_pooled,
    .gradient_pooled = conv_gradient_pooled,
    .unpack = conv_unpack,
};
