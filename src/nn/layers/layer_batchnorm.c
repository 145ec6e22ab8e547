/* layer_batchnorm.c - batch normalisation: each channel gets mean 0 and variance 1 over the batch, then a
 * learnt scale and shift (Ioffe and Szegedy, ICML 2015).
 *
 * Prediction uses running means, kept beside the parameters: of the batches' means, and of their variances
 * with n - 1 in the denominator; the first steps' are their plain mean (norm.c).  The statistics are gathered
 * and combined in norm.c; a convolution before it takes them into its weights (pass.h). Single sums of a few
 * hundred floats go on in double; variances are summed about a pixel of the data, which is as near as the
 * mean needs to be.  Cost O(numbers), bound by memory. */
#include "kernels/dispatch.h"
#include "kernels/eight.h"
#include "nn/layers/batchnorm.h"
#include "nn/layers/layer.h"
#include "nn/layers/words.h"
#include <math.h>
#include <string.h>

enum { WIDTH = 16, CHUNK = 256, EIGHTS = WIDTH / 8 };

/* Sums ---------------------------------------------------------------------------------------------- */

/* s = the sums of x - pivot, q = of its squares, over some pixels of up to WIDTH channels. */
SL_CLONED_VOID(static, sum_moments,
               (const float *x, const float *pivot, size_t pixels, size_t channels, size_t width, float *s,
                float *q),
               (x, pivot, pixels, channels, width, s, q))
{
    if (width == WIDTH) {
        sl_eight sum[EIGHTS] = {{0}}, squares[EIGHTS] = {{0}}, a[EIGHTS];
        for (size_t i = 0; i < pixels; i++) {
            SL_UNROLL
            for (int v = 0; v < EIGHTS; v++) {
                a[v] = SL_EIGHT(x + i * channels + 8 * v) - SL_EIGHT(pivot + 8 * v);
                sum[v] += a[v];
                squares[v] += a[v] * a[v];
            }
        }
        memcpy(s, sum, sizeof sum);
        memcpy(q, squares, sizeof squares);
        return;
    }
    memset(s, 0, WIDTH * sizeof *s);
    memset(q, 0, WIDTH * sizeof *q);
    for (size_t i = 0; i < pixels; i++)
        for (size_t c = 0; c < width; c++) {
            float a = x[i * channels + c] - pivot[c];
            s[c] += a;
            q[c] += a * a;
        }
}

SL_CLONED_VOID(static, sum_products,
               (const float *x, const float *dy, const float *mean, size_t pixels, size_t channels,
                size_t width, float *s, float *q),
               (x, dy, mean, pixels, channels, width, s, q))
{
    if (width == WIDTH) {
        sl_eight sum[EIGHTS] = {{0}}, products[EIGHTS] = {{0}}, d[EIGHTS];
        for (size_t i = 0; i < pixels; i++) {
            SL_UNROLL
            for (int v = 0; v < EIGHTS; v++) {
                d[v] = SL_EIGHT(dy + i * channels + 8 * v);
                sum[v] += d[v];
                products[v] += d[v] * (SL_EIGHT(x + i * channels + 8 * v) - SL_EIGHT(mean + 8 * v));
            }
        }
        memcpy(s, sum, sizeof sum);
        memcpy(q, products, sizeof products);
        return;
    }
    memset(s, 0, WIDTH * sizeof *s);
    memset(q, 0, WIDTH * sizeof *q);
    for (size_t i = 0; i < pixels; i++)
        for (size_t c = 0; c < width; c++) {
            float d = dy[i * channels + c];
            s[c] += d;
            q[c] += d * (x[i * channels + c] - mean[c]);
        }
}

/* Both sums of all pixels, chunk by chunk; dy NULL: moments about mean, which then is a pivot. */
static void sum_chunks(const float *x, const float *dy, const float *mean, size_t pixels, size_t channels,
                       double *s, double *q)
{
    float chunk_s[WIDTH], chunk_q[WIDTH];
    memset(s, 0, channels * sizeof *s);
    memset(q, 0, channels * sizeof *q);
    for (size_t i = 0; i < pixels; i += CHUNK) {
        size_t n = pixels - i < CHUNK ? pixels - i : CHUNK;
        for (size_t c = 0; c < channels; c += WIDTH) {
            size_t width = channels - c < WIDTH ? channels - c : WIDTH, at = i * channels + c;
            if (dy)
                sum_products(x + at, dy + at, mean + c, n, channels, width, chunk_s, chunk_q);
            else
                sum_moments(x + at, mean + c, n, channels, width, chunk_s, chunk_q);
            for (size_t j = 0; j < width; j++) {
                s[c + j] += (double)chunk_s[j];
                q[c + j] += (double)chunk_q[j];
            }
        }
    }
}

void sl_norm_moments(const float *x, size_t pixels, size_t channels, double *mean, double *squares)
{
    sum_chunks(x, NULL, x, pixels, channels, mean, squares);
    for (size_t c = 0; c < channels; c++) {
        double shift = mean[c] / (double)pixels;
        squares[c] = fmax(0, squares[c] - shift * mean[c]);
        mean[c] = (double)x[c] + shift;
    }
}

void sl_norm_sums(const float *x, const float *dy, const float *mean, size_t pixels, size_t channels,
                  double *sum_d, double *sum_dx)
{
    sum_chunks(x, dy, mean, pixels, channels, sum_d, sum_dx);
}

/* The layer ----------------------------------------------------------------------------------------- */

static int norm_parse(struct sl_words *words, struct sl_layer *layer, struct sl_error *err)
{
    int code = SL_OK;
    layer->momentum = SL_NORM_MOMENTUM;
    layer->epsilon = SL_NORM_EPSILON;
    while (!code) {
        if (sl_words_take(words, "momentum"))
            code =
                sl_words_real(words, "the momentum of the running statistics", 0, 1, &layer->momentum, err);
        else if (sl_words_take(words, "epsilon"))
            code = sl_words_real(words, "what is added to the variance", 1e-12, 1, &layer->epsilon, err);
        else
            break;
    }
    return code;
}

/* The channel's scale and shift count as biases: the penalty leaves them alone. */
static int norm_shape(struct sl_layer *layer, struct sl_error *err)
{
    (void)err;
    layer->units = layer->in.c;
    layer->biases = 2 * (size_t)layer->in.c;
    layer->states = 2 * (size_t)layer->in.c;
    return SL_OK;
}

static void norm_init(const struct sl_layer *layer, float *w)
{
    size_t channels = (size_t)layer->in.c;
    memset(w, 0, 4 * channels * sizeof *w);
    for (size_t c = 0; c < channels; c++)
        w[c] = w[3 * channels + c] = 1;
}

static double norm_reach(const struct sl_layer *layer, const float *w, double in)
{
    size_t channels = (size_t)layer->in.c;
    const float *beta = w + channels, *mean = beta + channels, *variance = mean + channels;
    double largest = 0;
    for (size_t c = 0; c < channels; c++) {
        double scale = (double)w[c] / sqrt((double)variance[c] + (double)layer->epsilon);
        if (variance[c] < 0)
            return NAN;
        largest = fmax(largest, fabs(scale) * (in + fabs((double)mean[c])) + fabs((double)beta[c]));
    }
    return largest;
}

static int norm_recipe(const struct sl_layer *layer, size_t rows, int backward, void **recipe,
                       struct sl_recipe_sizes *sizes, struct sl_error *err)
{
    (void)rows;
    (void)backward;
    (void)err;
    *recipe = NULL;
    sizes->packed = 2 * (size_t)layer->in.c;
    return SL_OK;
}

/* The running statistics as a scale and a shift. */
static int norm_pack(const struct sl_layer *layer, const void *recipe, const float *w, float *packed,
                     float *scratch)
{
    size_t channels = (size_t)layer->in.c;
    const float *beta = w + channels, *mean = beta + channels, *variance = mean + channels;
    (void)recipe;
    (void)scratch;
    for (size_t c = 0; c < channels; c++) {
        packed[c] = w[c] / sqrtf(variance[c] + layer->epsilon);
        packed[channels + c] = beta[c] - packed[c] * mean[c];
    }
    return SL_OK;
}

/* y may be x. */
SL_CLONED_VOID(static, scale_pixels,
               (const float *x, const float *restrict scale, const float *restrict shift, size_t pixels,
                size_t channels, float *y),
               (x, scale, shift, pixels, channels, y))
{
    for (size_t i = 0; i < pixels; i++)
        SL_APART for (size_t c = 0; c < channels; c++) y[i * channels + c] =
            scale[c] * x[i * channels + c] + shift[c];
}

static int norm_forward(const struct sl_layer *layer, const struct sl_call *run, const float *w,
                        const float *x, float *y, int32_t *aux, struct sl_tile tile)
{
    size_t channels = (size_t)layer->in.c, pixels = tile.rows * sl_shape_size(layer->in) / channels;
    const float *norm = run->training ? run->norm : run->packed;
    (void)w;
    (void)aux;
    scale_pixels(x, norm + SL_NORM_SCALE * channels, norm + SL_NORM_SHIFT * channels, pixels, channels, y);
    return SL_OK;
}

SL_CLONED_VOID(static, derive_pixels,
               (const float *restrict x, const float *restrict dy, const float *restrict norm, size_t pixels,
                size_t channels, float *restrict dx),
               (x, dy, norm, pixels, channels, dx))
{
    const float *scale = norm + SL_NORM_SCALE * channels, *mean = norm + SL_NORM_MEAN * channels;
    const float *slope = norm + SL_NORM_SLOPE * channels, *level = norm + SL_NORM_LEVEL * channels;
    for (size_t i = 0; i < pixels; i++)
        for (size_t c = 0; c < channels; c++) {
            size_t at = i * channels + c;
            dx[at] = scale[c] * dy[at] - slope[c] * (x[at] - mean[c]) - level[c];
        }
}

/* With the running statistics y is linear in x, channel by channel. */
SL_CLONED_VOID(static, scale_back,
               (const float *restrict dy, const float *restrict scale, size_t pixels, size_t channels,
                float *restrict dx),
               (dy, scale, pixels, channels, dx))
{
    for (size_t i = 0; i < pixels; i++)
        for (size_t c = 0; c < channels; c++)
            dx[i * channels + c] = scale[c] * dy[i * channels + c];
}

/* Padding must stay without a gradient. */
static int norm_backward(const struct sl_layer *layer, const struct sl_call *run, const float *w,
                         const float *dy, float *dx, const int32_t *aux, struct sl_tile tile)
{
    size_t size = sl_shape_size(layer->in), channels = (size_t)layer->in.c;
    (void)w;
    (void)aux;
    if (run->training)
        derive_pixels(run->x, dy, run->norm, run->valid * size / channels, channels, dx);
    else
        scale_back(dy, run->packed + SL_NORM_SCALE * channels, run->valid * size / channels, channels, dx);
    memset(dx + run->valid * size, 0, (tile.rows - run->valid) * size * sizeof *dx);
    return SL_OK;
}

const struct sl_layer_type sl_layer_batchnorm = {
    .name = "batchnorm",
    .usage = "batchnorm [momentum M] [epsilon E]",
    .help = "gives each channel mean 0 and variance 1 over the batch, then a learnt scale and shift",
    .flags = SL_OVER_BATCH,
    .parse = norm_parse,
    .shape = norm_shape,
    .init = norm_init,
    .reach = norm_reach,
    .recipe = norm_recipe,
    .pack = norm_pack,
    .forward = norm_forward,
    .backward = norm_backward,
};
