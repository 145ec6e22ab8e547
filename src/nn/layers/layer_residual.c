/* layer_residual.c - residual blocks, written as the layers they stand for, and the sum that ends them. */
#include "kernels/dispatch.h"
#include "nn/layers/batchnorm.h"
#include "nn/layers/layer.h"
#include "nn/layers/words.h"

static int residual_parse(struct sl_words *words, struct sl_layer *layer, struct sl_error *err)
{
    static const struct sl_layer_type *const activations[] = {&sl_layer_relu, &sl_layer_elu, &sl_layer_tanh,
                                                              &sl_layer_sigmoid};
    layer->stride = 1;
    layer->activation = &sl_layer_relu;
    int code = sl_words_int(words, "the number of filters", 1, 1 << 16, &layer->units, err);
    if (!code && sl_words_take(words, "stride"))
        code = sl_words_int(words, "the stride", 1, 255, &layer->stride, err);
    for (size_t i = 0; !code && i < sizeof activations / sizeof *activations; i++)
        if (sl_words_take(words, activations[i]->name)) {
            layer->activation = activations[i];
            break;
        }
    return code;
}

/* A convolution of size x size, which keeps the image's size where the stride is 1, and its normalisation;
 * *at: the output it takes, then its own. */
static int append_conv(const struct sl_layer *block, int size, int stride, struct sl_layer_sink *sink,
                       size_t *at)
{
    const struct sl_layer conv = {.type = &sl_layer_conv,
                                  .units = block->units,
                                  .size = size,
                                  .stride = stride,
                                  .same = 1,
                                  .nobias = 1};
    const struct sl_layer norm = {
        .type = &sl_layer_batchnorm, .momentum = SL_NORM_MOMENTUM, .epsilon = SL_NORM_EPSILON};
    int code = sink->append(sink, &conv, *at, at);
    return code ? code : sink->append(sink, &norm, *at, at);
}

static int same_shape(struct sl_shape a, struct sl_shape b)
{
    return a.h == b.h && a.w == b.w && a.c == b.c;
}

/* Two convolutions, and beside them the block's input as it is, or where they change its shape a convolution
 * of single pixels: He et al., "Deep Residual Learning for Image Recognition" (2016), Figure 2 and option B.
 */
static int residual_expand(const struct sl_layer *block, size_t from, struct sl_layer_sink *sink)
{
    const struct sl_layer activation = {.type = block->activation};
    size_t at = from, plus = from, last;
    int code = append_conv(block, 3, block->stride, sink, &at);
    if (!code)
        code = sink->append(sink, &activation, at, &at);
    if (!code)
        code = append_conv(block, 3, 1, sink, &at);
    last = at;
    if (!code && !same_shape(sink->shape(sink, from), sink->shape(sink, at))) {
        plus = at;
        last = from;
        code = append_conv(block, 1, block->stride, sink, &last);
    }
    const struct sl_layer add = {.type = &sl_layer_add, .plus = plus};
    if (!code)
        code = sink->append(sink, &add, last, &at);
    return code ? code : sink->append(sink, &activation, at, &at);
}

const struct sl_layer_type sl_layer_residual = {
    .name = "residual",
    .usage = "residual FILTERS [stride N] [relu|elu|tanh|sigmoid]",
    .help = "two convolutions of 3x3 with batchnorm, to which what came in is added",
    .parse = residual_parse,
    .expand = residual_expand,
};

SL_CLONED_VOID(static, add_rows, (float *restrict a, const float *restrict b, size_t n), (a, b, n))
{
    for (size_t i = 0; i < n; i++)
        a[i] += b[i];
}

/* Nets with it run whole rows.  Its derivative is 1 both ways: it needs no derive (SL_ADDS). */
static void add_apply(const struct sl_layer *layer, const struct sl_call *run, float *a, size_t ld,
                      struct sl_tile tile)
{
    (void)layer;
    add_rows(a, run->added, tile.rows * ld);
}

const struct sl_layer_type sl_layer_add = {
    .name = "add",
    .usage = "add",
    .help = "the sum with an earlier layer's output",
    .flags = SL_IN_PLACE | SL_ADDS,
    .apply = add_apply,
};
