/* layer_residual.c - residual blocks, which net.c writes out, and the sum that ends them. */
#include "kernels/dispatch.h"
#include "nn/layer.h"
#include "nn/words.h"

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

const struct sl_layer_type sl_layer_residual = {
    .name = "residual",
    .usage = "residual FILTERS [stride N] [relu|elu|tanh|sigmoid]",
    .help = "two convolutions of 3x3 with batchnorm, to which what came in is added",
    .flags = SL_SPATIAL | SL_BLOCK,
    .parse = residual_parse,
};

SL_CLONES
static void add_rows(float *restrict a, const float *restrict b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        a[i] += b[i];
}

/* Nets with it run whole rows.  Its derivative is 1 both ways: stage.c hands the gradient on. */
static void add_apply(const struct sl_layer *layer, const struct sl_run *run, float *a, size_t ld, struct sl_tile tile)
{
    (void)layer;
    add_rows(a, run->added, tile.rows * ld);
}

const struct sl_layer_type sl_layer_add = {
    .name = "add",
    .usage = "add",
    .help = "the sum with an earlier layer's output",
    .flags = SL_IN_PLACE,
    .apply = add_apply,
};
