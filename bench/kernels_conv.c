/* kernels_conv.c - convolutions: every shape of the nets that `shortlist list nets` names, by oneDNN and,
 * where the shape suits it, our own way; forward, the images' gradient (dx) and the weights' (dw).  A net
 * takes our way where there is one (src/kernels/conv/conv.c), so that every pair of lines here is a test of
 * that rule.
 *
 * Rates count the definition's multiplications, whatever the way: Winograd's may stand above the ceiling. */
#include "kernel_bench.h"
#include "kernels/conv/conv.h"
#include "kernels/conv/conv_plain.h"
#include <math.h>
#include <omp.h>
#include <string.h>

enum { IMAGES = 16 }; /* of a thread, in a run */

struct convolution {
    struct sl_conv *recipe;
    struct sl_conv_shape shape;
    size_t x, w, y; /* floats of each array; x and y of one thread */
    size_t scratch, sum;
    float *packed, *weights, *bias, *dw, *dw_plain; /* dw (w + filters) */
    float *sums;                                    /* (threads, sum): gradients as oneDNN arranges them */
    float *x_plain, *y_plain, *scratches;
};

/* What a case computes, and how. */
struct task {
    struct sl_conv_shape shape;
    enum sl_conv_way way;
};

static double make_conv(struct bench_arrays *a)
{
    const struct task *task = a->of->about;
    struct sl_conv_shape shape = task->shape;
    struct convolution *c = bench_take(a, 1, sizeof *c);
    struct sl_error err;
    if (!c)
        return 0;
    a->other = c;
    shape.rows = IMAGES;
    c->shape = shape;
    if (sl_conv_new(&shape, 1, task->way, &c->recipe, &err) != SL_OK) {
        a->failed = 1;
        return 0;
    }
    size_t threads = (size_t)a->threads, side = (size_t)shape.side;
    size_t high = (size_t)sl_conv_out(shape.height, shape.side, shape.stride, shape.padding);
    size_t wide = (size_t)sl_conv_out(shape.width, shape.side, shape.stride, shape.padding);
    c->x = shape.rows * (size_t)(shape.height * shape.width * shape.channels);
    c->w = side * side * (size_t)(shape.channels * shape.filters);
    c->y = shape.rows * high * wide * (size_t)shape.filters;
    c->scratch = (sl_conv_scratch_size(c->recipe) + 15) / 16 * 16;
    c->sum = (sl_conv_sum_size(c->recipe) + 15) / 16 * 16;
    a->fa = bench_floats(a, threads * c->x);
    a->fb = bench_floats(a, threads * c->y); /* y, and dL/dy */
    a->fc = bench_take(a, threads * c->x, sizeof(float));
    a->wa = bench_take(a, threads * c->y / 4, sizeof *a->wa); /* places of maxima of 2 x 2 */
    c->weights = bench_floats(a, c->w);
    c->bias = bench_floats(a, (size_t)shape.filters);
    c->packed = bench_take(a, sl_conv_packed_size(c->recipe), sizeof(float));
    c->scratches = bench_take(a, threads * c->scratch, sizeof(float));
    c->sums = bench_take(a, threads * c->sum, sizeof(float));
    c->dw = bench_take(a, c->w + (size_t)shape.filters, sizeof(float));
    c->dw_plain = bench_take(a, c->w + (size_t)shape.filters, sizeof(float));
    c->x_plain = bench_take(a, c->x, sizeof(float));
    c->y_plain = bench_take(a, c->y, sizeof(float));
    if (!a->failed && sl_conv_pack(c->recipe, c->weights, c->packed, c->scratches) != SL_OK)
        a->failed = 1;
    return 2.0 * (double)(threads * c->y) * (double)(side * side) * shape.channels;
}

static void release_conv(struct bench_arrays *a)
{
    struct convolution *c = a->other;
    if (c)
        sl_conv_free(c->recipe);
}

static void run_conv_forward(struct bench_arrays *a)
{
    struct convolution *c = a->other;
#pragma omp parallel num_threads(a->threads)
    {
        size_t t = (size_t)omp_get_thread_num();
        sl_conv_forward(c->recipe, c->packed, c->bias, a->fa + t * c->x, a->fb + t * c->y,
                        c->scratches + t * c->scratch);
    }
}

static double error_conv_forward(struct bench_arrays *a)
{
    struct convolution *c = a->other;
    run_conv_forward(a);
    sl_conv_plain_forward(&c->shape, c->weights, c->bias, a->fa, c->y_plain);
    return bench_difference(a->fb, c->y_plain, c->y);
}

static void run_conv_backward(struct bench_arrays *a)
{
    struct convolution *c = a->other;
#pragma omp parallel num_threads(a->threads)
    {
        size_t t = (size_t)omp_get_thread_num();
        sl_conv_backward(c->recipe, c->packed, a->fb + t * c->y, a->fc + t * c->x,
                         c->scratches + t * c->scratch);
    }
}

static double error_conv_backward(struct bench_arrays *a)
{
    struct convolution *c = a->other;
    run_conv_backward(a);
    sl_conv_plain_backward(&c->shape, c->weights, a->fb, c->x_plain);
    return bench_difference(a->fc, c->x_plain, c->x);
}

static void run_conv_gradient(struct bench_arrays *a)
{
    struct convolution *c = a->other;
#pragma omp parallel num_threads(a->threads)
    {
        size_t t = (size_t)omp_get_thread_num();
        float *sum = c->sums + t * c->sum;
        memset(sum, 0, c->sum * sizeof *sum);
        sl_conv_gradient(c->recipe, a->fa + t * c->x, a->fb + t * c->y, sum, c->scratches + t * c->scratch);
    }
}

static double error_conv_gradient(struct bench_arrays *a)
{
    struct convolution *c = a->other;
    run_conv_gradient(a);
    sl_conv_unpack(c->recipe, c->sums, c->dw, c->dw + c->w, c->scratches);
    memset(c->dw_plain, 0, (c->w + (size_t)c->shape.filters) * sizeof *c->dw_plain);
    sl_conv_plain_gradient(&c->shape, a->fa, a->fb, c->dw_plain, c->dw_plain + c->w);
    return bench_difference(c->dw, c->dw_plain, c->w + (size_t)c->shape.filters);
}

/* With the maximum of 2 x 2 behind it: a quarter of y, and of its gradient. */
static void run_conv_pooled(struct bench_arrays *a)
{
    struct convolution *c = a->other;
#pragma omp parallel num_threads(a->threads)
    {
        size_t t = (size_t)omp_get_thread_num();
        sl_conv_pooled(c->recipe, c->weights, c->bias, a->fa + t * c->x, a->fb + t * c->y,
                       a->wa + t * c->y / 4, c->scratches + t * c->scratch);
    }
}

/* A place (0 ... 3) of pooled element i's window, in y. */
static size_t window_at(const struct convolution *c, size_t i, size_t place)
{
    size_t filters = (size_t)c->shape.filters, pixel = i / filters;
    size_t high = (size_t)sl_conv_out(c->shape.height, 3, 1, 0),
           wide = (size_t)sl_conv_out(c->shape.width, 3, 1, 0);
    size_t line = pixel / (wide / 2), image = line / (high / 2);
    line = image * high + line % (high / 2) * 2 + place / 2;
    return (line * wide + pixel % (wide / 2) * 2 + place % 2) * filters + i % filters;
}

static double error_conv_pooled(struct bench_arrays *a)
{
    struct convolution *c = a->other;
    double most = 0;
    run_conv_pooled(a);
    sl_conv_plain_forward(&c->shape, c->weights, c->bias, a->fa, c->y_plain);
    for (size_t i = 0; i < c->y / 4; i++) {
        float best = c->y_plain[window_at(c, i, 0)];
        for (size_t place = 1; place < 4; place++)
            best = fmaxf(best, c->y_plain[window_at(c, i, place)]);
        most = fmax(most, (double)fabsf(best - a->fb[i]));
    }
    return most;
}

static void run_conv_gradient_pooled(struct bench_arrays *a)
{
    struct convolution *c = a->other;
#pragma omp parallel num_threads(a->threads)
    {
        size_t t = (size_t)omp_get_thread_num();
        float *sum = c->sums + t * c->sum;
        memset(sum, 0, c->sum * sizeof *sum);
        sl_conv_gradient_pooled(c->recipe, a->fa + t * c->x, a->fb + t * c->y, a->wa + t * c->y / 4, sum,
                                c->scratches + t * c->scratch);
    }
}

/* wa: places, which are 0 unless they were computed. */
static double error_conv_gradient_pooled(struct bench_arrays *a)
{
    struct convolution *c = a->other;
    run_conv_gradient_pooled(a);
    sl_conv_unpack(c->recipe, c->sums, c->dw, c->dw + c->w, c->scratches);
    memset(c->y_plain, 0, c->y * sizeof *c->y_plain);
    for (size_t i = 0; i < c->y / 4; i++)
        c->y_plain[window_at(c, i, (size_t)a->wa[i])] = a->fb[i];
    memset(c->dw_plain, 0, (c->w + (size_t)c->shape.filters) * sizeof *c->dw_plain);
    sl_conv_plain_gradient(&c->shape, a->fa, c->y_plain, c->dw_plain, c->dw_plain + c->w);
    return bench_difference(c->dw, c->dw_plain, c->w + (size_t)c->shape.filters);
}

/* Tolerances: sums of K products of numbers in [-1, 1) err by about sqrt(K) roundings of their size, those of
 * dw run over all images. */
#define CASE(label, shape_, way_, what, tolerance_, ...)                                                     \
    {                                                                                                        \
        label, shape_, "GFLOP/s", BENCH_SGEMM, tolerance_, make_conv, run_conv_##what, error_conv_##what,    \
            release_conv, &(const struct task)                                                               \
        {                                                                                                    \
            {__VA_ARGS__, 0, 0}, way_                                                                        \
        }                                                                                                    \
    }
#define ONEDNN(shape_, ...)                                                                                  \
    CASE("convolution, oneDNN", shape_, SL_CONV_DIRECT, forward, 1e-4, __VA_ARGS__),                         \
        CASE("convolution, oneDNN, dx", shape_, SL_CONV_DIRECT, backward, 1e-4, __VA_ARGS__),                \
        CASE("convolution, oneDNN, dw", shape_, SL_CONV_DIRECT, gradient, 2e-2, __VA_ARGS__)
#define WINOGRAD(shape_, ...)                                                                                \
    ONEDNN(shape_, __VA_ARGS__),                                                                             \
        CASE("convolution, Winograd", shape_, SL_CONV_WINOGRAD, forward, 1e-3, __VA_ARGS__),                 \
        CASE("convolution, Winograd, dx", shape_, SL_CONV_WINOGRAD, backward, 1e-3, __VA_ARGS__),            \
        CASE("convolution, Winograd, dw", shape_, SL_CONV_WINOGRAD, gradient, 2e-2, __VA_ARGS__)
/* No gradient of a first layer's images is wanted. */
#define GREY(shape_, ...)                                                                                    \
    CASE("convolution, oneDNN", shape_, SL_CONV_DIRECT, forward, 1e-4, __VA_ARGS__),                         \
        CASE("convolution, oneDNN, dw", shape_, SL_CONV_DIRECT, gradient, 2e-2, __VA_ARGS__),                \
        CASE("convolution, grey, dw", shape_, SL_CONV_WINOGRAD, gradient, 2e-2, __VA_ARGS__)

/* rows (0: IMAGES), height, width, channels, filters, side, stride, padding */
const struct bench_case bench_cases_conv[] = {
    GREY("28x28x1 -> 26x26x32", 0, 28, 28, 1, 32, 3, 1, 0), /* cnn1, cnn2, cnn3, slides */
    CASE("convolution, grey, pooled", "28x28x1 -> 13x13x32", SL_CONV_WINOGRAD, pooled, 1e-5, 0, 28, 28, 1, 32,
         3, 1, 0),
    CASE("convolution, grey, pooled, dw", "28x28x1 -> 13x13x32", SL_CONV_WINOGRAD, gradient_pooled, 2e-2, 0,
         28, 28, 1, 32, 3, 1, 0),
    WINOGRAD("13x13x32 -> 11x11x64", 0, 13, 13, 32, 64, 3, 1, 0),
    WINOGRAD("12x12x32 -> 10x10x64", 0, 12, 12, 32, 64, 3, 1, 0), /* what of it a pooling by 2 reads */
    WINOGRAD("5x5x64 -> 3x3x128", 0, 5, 5, 64, 128, 3, 1, 0),
    GREY("28x28x1 -> 28x28x16", 0, 28, 28, 1, 16, 3, 1, 1), /* Mini ResNet, of 16 filters and of 32 */
    GREY("28x28x1 -> 28x28x32", 0, 28, 28, 1, 32, 3, 1, 1),
    WINOGRAD("28x28x16 -> 28x28x16", 0, 28, 28, 16, 16, 3, 1, 1),
    WINOGRAD("28x28x32 -> 28x28x32", 0, 28, 28, 32, 32, 3, 1, 1),
    WINOGRAD("14x14x32 -> 14x14x32", 0, 14, 14, 32, 32, 3, 1, 1),
    WINOGRAD("14x14x64 -> 14x14x64", 0, 14, 14, 64, 64, 3, 1, 1),
    WINOGRAD("7x7x64 -> 7x7x64", 0, 7, 7, 64, 64, 3, 1, 1),
    WINOGRAD("7x7x128 -> 7x7x128", 0, 7, 7, 128, 128, 3, 1, 1),
    ONEDNN("28x28x16 -> 14x14x32, by 2", 0, 28, 28, 16, 32, 3, 2, 1),
    ONEDNN("28x28x32 -> 14x14x64, by 2", 0, 28, 28, 32, 64, 3, 2, 1),
    ONEDNN("14x14x32 -> 7x7x64, by 2", 0, 14, 14, 32, 64, 3, 2, 1),
    ONEDNN("14x14x64 -> 7x7x128, by 2", 0, 14, 14, 64, 128, 3, 2, 1),
    ONEDNN("28x28x16 -> 14x14x32, 1x1", 0, 28, 28, 16, 32, 1, 2, 0),
    ONEDNN("28x28x32 -> 14x14x64, 1x1", 0, 28, 28, 32, 64, 1, 2, 0),
    ONEDNN("14x14x32 -> 7x7x64, 1x1", 0, 14, 14, 32, 64, 1, 2, 0),
    ONEDNN("14x14x64 -> 7x7x128, 1x1", 0, 14, 14, 64, 128, 1, 2, 0),
    {0},
};
