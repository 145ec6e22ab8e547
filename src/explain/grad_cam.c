/* grad_cam.c - where a convolution layer sees what speaks for a class.
 *
 * Selvaraju et al., ICCV 2017: the layer's channels are summed with the mean gradients of the score as
 * weights, what is negative is cut off, and the map is enlarged to the image, bilinearly, pixel centres on
 * pixel centres; its sum stays about what it was.  The layer is the last convolution, behind what works in
 * place on its output (batch normalisation, activation).  Cost: a forward pass, and a backward one down to
 * the layer. */
#include "core/memory.h"
#include "core/threads.h"
#include "explain/method.h"
#include <math.h>
#include <string.h>

struct state {
    size_t output; /* of the net */
    struct sl_shape shape;
};

/* The output behind the layers that follow this one number by number. */
static size_t behind(const struct sl_net *net, size_t output)
{
    for (size_t i = output; i < net->n_layers; i++) {
        const struct sl_layer *layer = &net->layers[i];
        const int in_place = layer->type->flags & (SL_IN_PLACE | SL_OVER_BATCH);
        if (layer->from != output || !in_place)
            break;
        output = i + 1;
    }
    return output;
}

/* The last layer of windows that gives an image, or 0. */
static size_t last_convolution(const struct sl_net *net)
{
    size_t found = 0;
    for (size_t i = 0; i < net->n_layers; i++)
        if (strcmp(net->layers[i].type->name, "conv") == 0)
            found = i + 1;
    return found ? behind(net, found) : 0;
}

static int refuse(const struct sl_explainer *e, struct sl_error *err)
{
    int code = sl_refuse_but_networks(e, err);
    if (!code && !last_convolution(e->scorer.network->net))
        code = sl_fail(err, SL_EUSAGE, "it needs a convolution layer, and this network has none");
    return code;
}

static int begin(struct sl_explainer *e, struct sl_error *err)
{
    const struct sl_net *net = e->scorer.network->net;
    struct state *state = sl_alloc_zero(1, sizeof *state);
    e->state = state;
    if (!state)
        return sl_fail_memory(err);
    state->output = last_convolution(net);
    int code = e->options.layer ? sl_net_output(net, e->options.layer, &state->output, err) : SL_OK;
    state->shape = sl_net_shape(net, state->output);
    if (!code && (state->output == 0 || state->shape.h * state->shape.w < 2))
        code =
            sl_fail(err, SL_EUSAGE,
                    "layer '%s' gives no image of several pixels, which grad-cam needs: take a convolution "
                    "or a pooling",
                    e->options.layer);
    return code;
}

static void end(struct sl_explainer *e)
{
    free(e->state);
}

/* The layer's map (h, w) from its activations and their gradient (h, w, c); weight (c) is scratch. */
static void make_map(struct sl_shape s, const float *activations, const float *gradient, double *weight,
                     float *map)
{
    const size_t pixels = (size_t)s.h * (size_t)s.w, channels = (size_t)s.c;
    memset(weight, 0, channels * sizeof *weight);
    for (size_t i = 0; i < pixels; i++)
        for (size_t c = 0; c < channels; c++)
            weight[c] += (double)gradient[i * channels + c] / (double)pixels;
    for (size_t i = 0; i < pixels; i++) {
        double sum = 0;
        for (size_t c = 0; c < channels; c++)
            sum += weight[c] * (double)activations[i * channels + c];
        map[i] = sum > 0 ? (float)sum : 0;
    }
}

/* Where pixel i of `of` lies among n pixels: between low and low + 1. */
static size_t place(int i, int of, int n, float *share)
{
    double at = ((double)i + .5) * n / of - .5;
    at = at < 0 ? 0 : at > n - 1 ? n - 1 : at;
    const size_t low = (size_t)at;
    *share = (float)(at - (double)low);
    return low;
}

/* values (H, W, C) of the image from the map, shared by its channels. */
static void enlarge(struct sl_shape s, const float *map, struct sl_shape image, float *values)
{
    const float scale = (float)((double)s.h * s.w / ((double)image.h * image.w * image.c));
    for (int y = 0; y < image.h; y++) {
        float down, right;
        const size_t top = place(y, image.h, s.h, &down), w = (size_t)s.w;
        const size_t bottom = top + 1 < (size_t)s.h ? top + 1 : top;
        for (int x = 0; x < image.w; x++) {
            const size_t left = place(x, image.w, s.w, &right), next = left + 1 < w ? left + 1 : left;
            const float above = map[top * w + left] * (1 - right) + map[top * w + next] * right;
            const float below = map[bottom * w + left] * (1 - right) + map[bottom * w + next] * right;
            for (int c = 0; c < image.c; c++)
                *values++ = scale * (above * (1 - down) + below * down);
        }
    }
}

static int is_blank(const float *map, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (map[i] > 0)
            return 0;
    return 1;
}

/* Maps of the rows for their class number `which`. */
static int map_class(struct sl_explainer *e, const struct sl_explain_block *b, size_t which, int32_t *classes,
                     float *activations, float *gradient, struct sl_error *err)
{
    const struct state *state = e->state;
    const struct sl_shape s = state->shape, image = e->scorer.network->net->in;
    const size_t size = sl_shape_size(s), pixels = (size_t)s.h * (size_t)s.w;
    const struct sl_tap_wanted wanted = {
        .output = state->output, .scores = classes, .activations = activations, .gradient = gradient};
    for (size_t i = 0; i < b->n; i++)
        classes[i] = b->classes[i * b->m + which];
    int code = sl_tap_read(e->tap, &b->prepared, &wanted, err), failed = 0;
    int threads = sl_threads_for(16 * (double)b->n * (double)(size + e->width), e->options.threads);
#pragma omp parallel for num_threads(threads) reduction(| : failed)
    for (size_t i = 0; i < b->n; i++) {
        double *weight = sl_alloc((size_t)s.c, sizeof *weight);
        float *map = sl_alloc(pixels, sizeof *map);
        const size_t item = i * b->m + which;
        failed |= !weight || !map;
        if (weight && map) {
            make_map(s, activations + i * size, gradient + i * size, weight, map);
            b->score[item].blank = is_blank(map, pixels);
            b->score[item].base = e->baseline_scores[classes[i]];
            enlarge(s, map, image, b->values + item * e->width);
        }
        free(weight);
        free(map);
    }
    return !code && failed ? sl_fail_memory(err) : code;
}

static int run(struct sl_explainer *e, const struct sl_explain_block *b, struct sl_error *err)
{
    const struct state *state = e->state;
    const size_t size = sl_shape_size(state->shape);
    float *activations = sl_alloc(b->n, size * sizeof *activations);
    float *gradient = sl_alloc(b->n, size * sizeof *gradient);
    int32_t *classes = sl_alloc(b->n, sizeof *classes);
    int code = activations && gradient && classes ? SL_OK : sl_fail_memory(err);
    for (size_t which = 0; which < b->m && !code; which++)
        code = map_class(e, b, which, classes, activations, gradient, err);
    free(activations);
    free(gradient);
    free(classes);
    return code;
}

const struct sl_method sl_method_grad_cam = {
    .about = {.name = "grad-cam",
              .title = "Grad-CAM",
              .needs = "a network with a convolution layer",
              .help = "where the layer (--layer) sees what speaks for the class",
              .reference = "Selvaraju et al., ICCV 2017"},
    .flags = SL_METHOD_FEATURES | SL_METHOD_TAPS,
    .refuse = refuse,
    .begin = begin,
    .end = end,
    .run = run,
};
