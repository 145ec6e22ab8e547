/* kernels_dense.c - the floating-point kernels: matrix products, conversion, convolution.
 *
 * Shapes are those the classifiers use.  Errors are taken on a slice, because the plain references are a
 * thousand times slower. */
#include "kernel_bench.h"
#include "kernels/conv/conv.h"
#include "kernels/conv/conv_plain.h"
#include "kernels/convert.h"
#include "kernels/gemm.h"
#include <math.h>
#include <omp.h>
#include <string.h>

static double largest_difference(const float *a, const float *b, size_t n)
{
    double most = 0;
    for (size_t i = 0; i < n; i++) {
        double difference = fabs((double)a[i] - (double)b[i]);
        if (!(difference <= most)) /* NaN too */
            most = difference;
    }
    return most;
}

/* Matrix products ----------------------------------------------------------------------------------*/

enum { SLICE = 64 }; /* rows of C that are compared */

static double make_gemm(struct bench_arrays *a, size_t m, size_t n, size_t d)
{
    a->m = m;
    a->n = n;
    a->d = d;
    a->fa = bench_floats(a, m * d);
    a->fb = bench_floats(a, n * d);
    a->fc = bench_take(a, m * n, sizeof *a->fc);
    a->fd = bench_take(a, m * n, sizeof *a->fd);
    return 2.0 * (double)m * (double)n * (double)d;
}

static double make_square(struct bench_arrays *a)
{
    return make_gemm(a, 2048, 2048, 2048);
}
static double make_forward(struct bench_arrays *a)
{
    return make_gemm(a, 200, 100, 784);
}
static double make_gradient(struct bench_arrays *a)
{
    return make_gemm(a, 784, 100, 200);
}
static double make_classes(struct bench_arrays *a)
{
    return make_gemm(a, 10000, 10, 784);
}
static double make_gram(struct bench_arrays *a)
{
    return make_gemm(a, 2000, 10000, 784);
}

/* C = A B */
static void run_nn(struct bench_arrays *a)
{
    sl_gemm(0, 0, a->m, a->n, a->d, 1, a->fa, a->d, a->fb, a->n, 0, a->fc, a->n, a->threads);
}

static double error_nn(struct bench_arrays *a)
{
    size_t m = a->m < SLICE ? a->m : SLICE;
    run_nn(a);
    sl_gemm_plain(0, 0, m, a->n, a->d, 1, a->fa, a->d, a->fb, a->n, 0, a->fd, a->n);
    return largest_difference(a->fc, a->fd, m * a->n);
}

/* C = A B' */
static void run_nt(struct bench_arrays *a)
{
    sl_gemm(0, 1, a->m, a->n, a->d, 1, a->fa, a->d, a->fb, a->d, 0, a->fc, a->n, a->threads);
}

static double error_nt(struct bench_arrays *a)
{
    size_t m = a->m < SLICE ? a->m : SLICE;
    run_nt(a);
    sl_gemm_plain(0, 1, m, a->n, a->d, 1, a->fa, a->d, a->fb, a->d, 0, a->fd, a->n);
    return largest_difference(a->fc, a->fd, m * a->n);
}

/* C = A' B */
static void run_tn(struct bench_arrays *a)
{
    sl_gemm(1, 0, a->m, a->n, a->d, 1, a->fa, a->m, a->fb, a->n, 0, a->fc, a->n, a->threads);
}

static double error_tn(struct bench_arrays *a)
{
    size_t m = a->m < SLICE ? a->m : SLICE;
    run_tn(a);
    sl_gemm_plain(1, 0, m, a->n, a->d, 1, a->fa, a->m, a->fb, a->n, 0, a->fd, a->n);
    return largest_difference(a->fc, a->fd, m * a->n);
}

/* Bytes to floats ----------------------------------------------------------------------------------*/

static double make_floats(struct bench_arrays *a)
{
    a->n = 10000;
    a->d = 784;
    a->ua = bench_bytes(a, a->n * a->d);
    a->fa = bench_take(a, a->n * a->d, sizeof *a->fa);
    a->fb = bench_take(a, a->n * a->d, sizeof *a->fb);
    return (double)(a->n * a->d) * (1 + sizeof(float));
}

static void run_floats(struct bench_arrays *a)
{
    enum { BLOCK = 64 }; /* rows */
    const struct sl_view view = {.dtype = SL_U8, .n = a->n, .d = a->d, .x = a->ua, .scale = 1 / 255.0f};
#pragma omp parallel for num_threads(a->threads) schedule(static)
    for (size_t first = 0; first < a->n; first += BLOCK)
        sl_view_block(&view, first, first + BLOCK < a->n ? BLOCK : a->n - first, a->fa + first * a->d);
}

static double error_floats(struct bench_arrays *a)
{
    run_floats(a);
    sl_bytes_to_floats_plain(a->ua, a->n * a->d, 1 / 255.0f, 0, a->fb);
    return largest_difference(a->fa, a->fb, a->n * a->d);
}

/* Convolution --------------------------------------------------------------------------------------*/

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

static double make_conv(struct bench_arrays *a, struct sl_conv_shape shape, enum sl_conv_way way)
{
    struct convolution *c = bench_take(a, 1, sizeof *c);
    struct sl_error err;
    if (!c)
        return 0;
    a->other = c;
    shape.rows = IMAGES;
    c->shape = shape;
    if (sl_conv_new(&shape, 1, way, &c->recipe, &err) != SL_OK) {
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

#define SHAPES(name, ...)                                                                                    \
    static double make_##name##_direct(struct bench_arrays *a)                                               \
    {                                                                                                        \
        return make_conv(a, (struct sl_conv_shape){__VA_ARGS__, 0, 0}, SL_CONV_DIRECT);                      \
    }                                                                                                        \
    static double make_##name##_winograd(struct bench_arrays *a)                                             \
    {                                                                                                        \
        return make_conv(a, (struct sl_conv_shape){__VA_ARGS__, 0, 0}, SL_CONV_WINOGRAD);                    \
    }
SHAPES(conv1, 0, 28, 28, 1, 32, 3, 1, 0)
SHAPES(conv2, 0, 13, 13, 32, 64, 3, 1, 0)
SHAPES(conv2_read, 0, 12, 12, 32, 64, 3, 1, 0) /* what conv2 computes before a pooling by 2 */
SHAPES(conv3, 0, 5, 5, 64, 128, 3, 1, 0)
SHAPES(residual, 0, 14, 14, 64, 64, 3, 1, 1)

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
    return largest_difference(a->fb, c->y_plain, c->y);
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
    return largest_difference(a->fc, c->x_plain, c->x);
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
    return largest_difference(c->dw, c->dw_plain, c->w + (size_t)c->shape.filters);
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
    return largest_difference(c->dw, c->dw_plain, c->w + (size_t)c->shape.filters);
}

/* Tolerances: sums of K products of numbers in [-1, 1) err by about sqrt(K) roundings of their size. */
#define GEMM(label, shape_, make_, way)                                                                      \
    {                                                                                                        \
        label, shape_, "GFLOP/s", BENCH_SGEMM, 2e-4, make_, run_##way, error_##way, NULL                     \
    }
#define CONV(label, shape_, make_, way, tolerance_)                                                          \
    {                                                                                                        \
        label, shape_, "GFLOP/s", BENCH_SGEMM, tolerance_, make_, run_conv_##way, error_conv_##way,          \
            release_conv                                                                                     \
    }

const struct bench_case bench_cases_dense[] = {
    GEMM("gemm", "2048 x 2048 x 2048", make_square, nn),
    GEMM("gemm (A B')", "2000 x 10000 x 784", make_gram, nt),
    GEMM("gemm (A B')", "10000 x 10 x 784", make_classes, nt),
    GEMM("gemm", "200 x 100 x 784", make_forward, nn),
    GEMM("gemm (A' B)", "784 x 100 x 200", make_gradient, tn),
    {"bytes to floats", "10000 x 784", "GB/s", BENCH_MEMORY, 0, make_floats, run_floats, error_floats, NULL},
    CONV("convolution", "28x28x1 -> 26x26x32", make_conv1_direct, forward, 1e-5),
    CONV("convolution, dw", "28x28x1 -> 26x26x32", make_conv1_direct, gradient, 2e-2),
    CONV("convolution", "13x13x32 -> 11x11x64", make_conv2_direct, forward, 1e-4),
    CONV("convolution, dx", "13x13x32 <- 11x11x64", make_conv2_direct, backward, 1e-4),
    CONV("convolution, dw", "13x13x32 -> 11x11x64", make_conv2_direct, gradient, 2e-2),
    CONV("convolution", "12x12x32 -> 10x10x64", make_conv2_read_direct, forward, 1e-4),
    CONV("convolution", "5x5x64 -> 3x3x128", make_conv3_direct, forward, 1e-4),
    CONV("convolution, dx", "5x5x64 <- 3x3x128", make_conv3_direct, backward, 1e-4),
    CONV("convolution, dw", "5x5x64 -> 3x3x128", make_conv3_direct, gradient, 2e-2),
    CONV("convolution", "14x14x64 -> 14x14x64", make_residual_direct, forward, 1e-4),
    CONV("convolution, dx", "14x14x64 <- 14x14x64", make_residual_direct, backward, 1e-4),
    CONV("convolution, dw", "14x14x64 -> 14x14x64", make_residual_direct, gradient, 2e-2),
    CONV("grey convolution, dw", "28x28x1 -> 26x26x32", make_conv1_winograd, gradient, 2e-2),
    CONV("grey, pooled by 2", "28x28x1 -> 26x26x32", make_conv1_winograd, pooled, 1e-5),
    CONV("grey, pooled by 2, dw", "28x28x1 -> 26x26x32", make_conv1_winograd, gradient_pooled, 2e-2),
    CONV("Winograd convolution", "13x13x32 -> 11x11x64", make_conv2_winograd, forward, 1e-3),
    CONV("Winograd convolution, dx", "13x13x32 <- 11x11x64", make_conv2_winograd, backward, 1e-3),
    CONV("Winograd convolution, dw", "13x13x32 -> 11x11x64", make_conv2_winograd, gradient, 2e-2),
    CONV("Winograd convolution", "12x12x32 -> 10x10x64", make_conv2_read_winograd, forward, 1e-3),
    CONV("Winograd convolution, dx", "12x12x32 <- 10x10x64", make_conv2_read_winograd, backward, 1e-3),
    CONV("Winograd convolution, dw", "12x12x32 -> 10x10x64", make_conv2_read_winograd, gradient, 2e-2),
    CONV("Winograd convolution", "5x5x64 -> 3x3x128", make_conv3_winograd, forward, 1e-3),
    CONV("Winograd convolution, dx", "5x5x64 <- 3x3x128", make_conv3_winograd, backward, 1e-3),
    CONV("Winograd convolution, dw", "5x5x64 -> 3x3x128", make_conv3_winograd, gradient, 2e-2),
    CONV("Winograd convolution", "14x14x64 -> 14x14x64", make_residual_winograd, forward, 1e-3),
    CONV("Winograd convolution, dx", "14x14x64 <- 14x14x64", make_residual_winograd, backward, 1e-3),
    CONV("Winograd convolution, dw", "14x14x64 -> 14x14x64", make_residual_winograd, gradient, 2e-2),
    {0},
};
