/* kernels_passes.c - the kernels that pass over numbers in cache: few weight vectors, losses, kernel maps,
 * the optimiser's step, dropout.
 *
 * Each works on one thread inside a parallel region, on its own slice; slices together fit in the caches
 * that the classifiers cut their blocks for. */
#include "kernel_bench.h"
#include "kernels/kernel_map.h"
#include "kernels/skinny.h"
#include "kernels/softmax.h"
#include "kernels/sparse_bytes.h"
#include "nn/layers/layer.h"
#include "nn/train/optimiser.h"
#include <math.h>
#include <omp.h>
#include <string.h>

/* Largest |a - b|, or of it over |b| where b is larger than 1. */
static double largest_error(const float *a, const double *b, size_t n)
{
    double most = 0;
    for (size_t i = 0; i < n; i++) {
        double error = fabs((double)a[i] - b[i]) / fmax(1, fabs(b[i]));
        if (!(error <= most))
            most = error;
    }
    return most;
}

static double against_floats(const float *a, const float *b, size_t n)
{
    double most = 0;
    for (size_t i = 0; i < n; i++) {
        double error = fabs((double)a[i] - (double)b[i]);
        if (!(error <= most))
            most = error;
    }
    return most;
}

/* Rows by a few weight vectors ---------------------------------------------------------------------*/

enum { ROWS = 64, VECTORS = 10, BLOCKS = 32 }; /* rows of a block; blocks of a thread in a run */

/* fa: X (threads, BLOCKS, ROWS, ld); fb: W (VECTORS, ld); fc: Z (threads, VECTORS, ROWS); fd: plain. */
static double make_skinny(struct bench_arrays *a)
{
    size_t threads = (size_t)a->threads;
    a->m = (size_t)BLOCKS * ROWS;
    a->d = sl_lanes(784);
    a->fa = bench_floats(a, threads * a->m * a->d);
    a->fb = bench_floats(a, VECTORS * a->d);
    a->fc = bench_floats(a, threads * VECTORS * ROWS);
    a->fd = bench_take(a, VECTORS * (a->d > ROWS ? a->d : ROWS), sizeof(float));
    a->other = bench_take(a, threads * VECTORS * a->d, sizeof(float)); /* G */
    return 2.0 * (double)(threads * a->m) * VECTORS * (double)a->d;
}

static void run_skinny_dot(struct bench_arrays *a)
{
#pragma omp parallel num_threads(a->threads)
    {
        size_t t = (size_t)omp_get_thread_num();
        for (size_t b = 0; b < BLOCKS; b++)
            sl_skinny_dot(a->fa + (t * a->m + b * ROWS) * a->d, ROWS, a->fb, VECTORS, a->d,
                          a->fc + t * VECTORS * ROWS, ROWS);
    }
}

static double error_skinny_dot(struct bench_arrays *a)
{
    sl_skinny_dot(a->fa, ROWS, a->fb, VECTORS, a->d, a->fc, ROWS);
    sl_skinny_dot_plain(a->fa, ROWS, a->fb, VECTORS, a->d, a->fd, ROWS);
    return against_floats(a->fc, a->fd, VECTORS * ROWS);
}

static void run_skinny_sum(struct bench_arrays *a)
{
#pragma omp parallel num_threads(a->threads)
    {
        size_t t = (size_t)omp_get_thread_num();
        float *sum = (float *)a->other + t * VECTORS * a->d;
        memset(sum, 0, VECTORS * a->d * sizeof *sum);
        for (size_t b = 0; b < BLOCKS; b++)
            sl_skinny_sum(a->fc + t * VECTORS * ROWS, ROWS, a->fa + (t * a->m + b * ROWS) * a->d, ROWS,
                          VECTORS, a->d, sum);
    }
}

static double error_skinny_sum(struct bench_arrays *a)
{
    float *sum = a->other;
    memset(sum, 0, VECTORS * a->d * sizeof *sum);
    memset(a->fd, 0, VECTORS * a->d * sizeof *a->fd);
    sl_skinny_sum(a->fc, ROWS, a->fa, ROWS, VECTORS, a->d, sum);
    sl_skinny_sum_plain(a->fc, ROWS, a->fa, ROWS, VECTORS, a->d, a->fd);
    return against_floats(sum, a->fd, VECTORS * a->d);
}

/* Bytes, half of them 0, by floats ------------------------------------------------------------------*/

enum { IMAGES = 200, PIXELS = 392, HIDDEN = 100 };

/* ua: X (threads, IMAGES, padded PIXELS); fa: W (PIXELS, HIDDEN); fb: Y (threads, IMAGES, HIDDEN); fc:
 * plain; fd: values, then panels (threads, SL_SPARSE_PANEL). */
static double make_sparse(struct bench_arrays *a)
{
    size_t ld = sl_sparse_padded(PIXELS), threads = (size_t)a->threads, left = 0;
    a->ua = bench_bytes(a, threads * IMAGES * ld);
    a->fa = bench_floats(a, (size_t)PIXELS * HIDDEN);
    a->fb = bench_take(a, threads * IMAGES * HIDDEN, sizeof(float));
    a->fc = bench_take(a, (size_t)IMAGES * HIDDEN, sizeof(float));
    a->fd = bench_take(a, 256 + threads * SL_SPARSE_PANEL, sizeof(float));
    if (a->failed)
        return 0;
    for (int b = 0; b < 256; b++)
        a->fd[b] = (float)b / 255;
    for (size_t i = 0; i < threads * IMAGES * ld; i++) {
        a->ua[i] = i % ld < PIXELS ? a->ua[i] : 0;
        left += a->ua[i] != 0;
    }
    return 2.0 * HIDDEN * (double)left;
}

static void run_sparse(struct bench_arrays *a)
{
#pragma omp parallel num_threads(a->threads)
    {
        size_t t = (size_t)omp_get_thread_num(), ld = sl_sparse_padded(PIXELS);
        sl_sparse_product(a->ua + t * IMAGES * ld, IMAGES, PIXELS, ld, a->fd, a->fa, HIDDEN, HIDDEN, 0,
                          a->fb + t * IMAGES * HIDDEN, HIDDEN, a->fd + 256 + t * SL_SPARSE_PANEL);
    }
}

static double error_sparse(struct bench_arrays *a)
{
    sl_sparse_product_plain(a->ua, IMAGES, PIXELS, sl_sparse_padded(PIXELS), a->fd, a->fa, HIDDEN, HIDDEN, 0,
                            a->fc, HIDDEN);
    return against_floats(a->fb, a->fc, (size_t)IMAGES * HIDDEN);
}

/* Softmax loss -------------------------------------------------------------------------------------*/

enum { CALLS = 512 }; /* of a thread, in a run */

/* fa: scores (threads, VECTORS, ROWS), which the loss turns into derivatives and fb restores. */
static double make_softmax(struct bench_arrays *a)
{
    size_t size = VECTORS * ROWS;
    a->fa = bench_floats(a, (size_t)a->threads * size);
    a->fb = bench_floats(a, size);
    a->fc = bench_take(a, size, sizeof(float));
    a->fd = bench_take(a, ROWS, sizeof(float)); /* weights of the rows */
    a->wa = bench_take(a, ROWS, sizeof *a->wa);
    for (size_t i = 0; !a->failed && i < ROWS; i++) {
        a->fd[i] = 1;
        a->wa[i] = (int32_t)(i % VECTORS);
    }
    return (double)((size_t)a->threads * CALLS * size) * sizeof(float);
}

static void run_softmax(struct bench_arrays *a)
{
    size_t size = VECTORS * ROWS;
#pragma omp parallel num_threads(a->threads)
    {
        float *scores = a->fa + (size_t)omp_get_thread_num() * size;
        for (int i = 0; i < CALLS; i++) {
            memcpy(scores, a->fb, size * sizeof *scores);
            sl_softmax_loss(scores, ROWS, ROWS, VECTORS, a->wa, a->fd);
        }
    }
}

static double error_softmax(struct bench_arrays *a)
{
    size_t size = VECTORS * ROWS;
    memcpy(a->fa, a->fb, size * sizeof *a->fa);
    memcpy(a->fc, a->fb, size * sizeof *a->fc);
    double loss = sl_softmax_loss(a->fa, ROWS, ROWS, VECTORS, a->wa, a->fd);
    double plain = sl_softmax_loss_plain(a->fc, ROWS, ROWS, VECTORS, a->wa, a->fd);
    return fmax(fabs(loss - plain) / plain, against_floats(a->fa, a->fc, size));
}

/* Kernel values from products ----------------------------------------------------------------------*/

enum { PRODUCTS = 4096, MAPS = 256 }; /* of a thread; times they are mapped in a run */

static double make_map(struct bench_arrays *a)
{
    size_t threads = (size_t)a->threads;
    a->n = PRODUCTS;
    a->wa = bench_take(a, PRODUCTS, sizeof *a->wa); /* products */
    a->wb = bench_take(a, PRODUCTS, sizeof *a->wb); /* squared norms */
    a->fa = bench_take(a, threads * PRODUCTS, sizeof *a->fa);
    a->other = bench_take(a, PRODUCTS, sizeof(double));
    for (int32_t i = 0; !a->failed && i < PRODUCTS; i++) {
        a->wa[i] = 3000 * i;
        a->wb[i] = 40000000 - 5000 * i;
    }
    return (double)(threads * MAPS * PRODUCTS) * (2 * sizeof(int32_t) + sizeof(float));
}

/* exp(-gamma |a - b|^2): the RBF kernel of bytes. */
static void map_rbf(struct bench_arrays *a, float *z)
{
    sl_map_byte_squares(a->wa, a->n, 10000000, a->wb, -1e-7f, z);
    sl_map_exp(z, a->n);
}

static void run_map(struct bench_arrays *a)
{
#pragma omp parallel num_threads(a->threads)
    {
        float *z = a->fa + (size_t)omp_get_thread_num() * PRODUCTS;
        for (int i = 0; i < MAPS; i++)
            map_rbf(a, z);
    }
}

static double error_map(struct bench_arrays *a)
{
    double *plain = a->other;
    for (size_t i = 0; i < a->n; i++)
        plain[i] = exp((double)-1e-7f * (10000000.0 + a->wb[i] - 2.0 * a->wa[i]));
    map_rbf(a, a->fa);
    return largest_error(a->fa, plain, a->n);
}

/* Adam ---------------------------------------------------------------------------------------------*/

enum { PARAMETERS = 1 << 16, UPDATES = 8 }; /* of a thread; steps of a run */

static double make_adam(struct bench_arrays *a)
{
    struct sl_optimiser *adam = bench_take(a, 1, sizeof *adam);
    const struct sl_optimiser_options options = {
        .kind = SL_ADAM, .beta_1 = 0.9, .beta_2 = 0.999, .epsilon = 1e-8};
    a->n = (size_t)a->threads * PARAMETERS;
    a->fa = bench_floats(a, a->n);
    a->fb = bench_floats(a, a->n);
    a->fc = bench_take(a, PARAMETERS, sizeof(float));
    a->ra = bench_take(a, PARAMETERS, sizeof(double)); /* the plain result */
    a->other = adam;
    if (!a->failed && sl_optimiser_init(adam, &options, a->n, NULL) != SL_OK)
        a->failed = 1;
    return (double)a->n * UPDATES * 7 * sizeof(float); /* w, g, m, v read; w, m, v written */
}

static void release_adam(struct bench_arrays *a)
{
    if (a->other)
        sl_optimiser_release(a->other);
}

static void run_adam(struct bench_arrays *a)
{
    struct sl_optimiser *adam = a->other;
    sl_optimiser_begin(adam, 1e-6);
#pragma omp parallel num_threads(a->threads)
    {
        size_t at = (size_t)omp_get_thread_num() * PARAMETERS;
        for (int i = 0; i < UPDATES; i++)
            sl_optimiser_update(adam, a->fa + at, a->fb + at, at, PARAMETERS, 0);
    }
}

/* The first step from moments of 0, by the formula in double. */
static double error_adam(struct bench_arrays *a)
{
    struct sl_optimiser *adam = a->other;
    double *plain = (double *)a->ra;
    memset(adam->m, 0, a->n * sizeof *adam->m);
    memset(adam->v, 0, a->n * sizeof *adam->v);
    adam->step = 0;
    for (size_t i = 0; i < PARAMETERS; i++) {
        double g = (double)a->fb[i], m = (1 - 0.9) * g / (1 - 0.9), v = (1 - 0.999) * g * g / (1 - 0.999);
        plain[i] = (double)a->fa[i] - 0.01 * m / (sqrt(v) + 1e-8 / sqrt(1 - 0.999));
    }
    sl_optimiser_begin(adam, 0.01);
    sl_optimiser_update(adam, a->fa, a->fb, 0, PARAMETERS, 0);
    return largest_error(a->fa, plain, PARAMETERS);
}

/* Dropout ------------------------------------------------------------------------------------------*/

enum { DROP_ROWS = 64, DROP_COLS = 1152, DROPS = 8 }; /* of a thread; times a run */

static double make_dropout(struct bench_arrays *a)
{
    a->n = DROP_ROWS * DROP_COLS;
    a->fa = bench_take(a, (size_t)a->threads * a->n, sizeof(float));
    for (size_t i = 0; !a->failed && i < (size_t)a->threads * a->n; i++)
        a->fa[i] = 1;
    return (double)((size_t)a->threads * DROPS * a->n) * 2 * sizeof(float);
}

static void drop(float *rows, uint64_t key)
{
    const struct sl_layer layer = {.type = &sl_layer_dropout, .rate = 0.25f};
    const struct sl_call run = {.training = 1, .key = key};
    const struct sl_tile tile = {.rows = DROP_ROWS, .cols = DROP_COLS};
    sl_layer_dropout.apply(&layer, &run, rows, DROP_COLS, tile);
}

static void run_dropout(struct bench_arrays *a)
{
#pragma omp parallel num_threads(a->threads)
    {
        float *rows = a->fa + (size_t)omp_get_thread_num() * a->n;
        for (uint64_t i = 0; i < DROPS; i++)
            drop(rows, i);
    }
}

/* Of ones each must become 0 or 1 / (1 - rate), and about a quarter of them 0 (within 5 deviations). */
static double error_dropout(struct bench_arrays *a)
{
    double most = 0, zeros = 0, n = (double)a->n;
    for (size_t i = 0; i < a->n; i++)
        a->fa[i] = 1;
    drop(a->fa, 99);
    for (size_t i = 0; i < a->n; i++) {
        zeros += a->fa[i] == 0;
        most = fmax(most, a->fa[i] == 0 ? 0 : fabs((double)a->fa[i] - 1 / 0.75));
    }
    return fabs(zeros / n - 0.25) < 5 * sqrt(0.25 * 0.75 / n) ? most : INFINITY;
}

const struct bench_case bench_cases_passes[] = {
    {"rows by few weights", "2048 x 784 x 10 a thread", "GFLOP/s", BENCH_SGEMM, 2e-4, make_skinny,
     run_skinny_dot, error_skinny_dot, NULL, NULL},
    {"sums of rows", "2048 x 784 x 10 a thread", "GFLOP/s", BENCH_SGEMM, 2e-4, make_skinny, run_skinny_sum,
     error_skinny_sum, NULL, NULL},
    {"bytes, half of them 0", "200 x 392 x 100 a thread", "GFLOP/s", BENCH_SGEMM, 1e-4, make_sparse,
     run_sparse, error_sparse, NULL, NULL},
    {"softmax loss", "64 x 10", "GB/s", BENCH_L2, 1e-5, make_softmax, run_softmax, error_softmax, NULL, NULL},
    {"RBF of byte products", "4096", "GB/s", BENCH_L2, 2e-6, make_map, run_map, error_map, NULL, NULL},
    {"Adam", "65536 a thread", "GB/s", BENCH_L2, 1e-6, make_adam, run_adam, error_adam, release_adam, NULL},
    {"dropout", "64 x 1152 a thread", "GB/s", BENCH_L2, 1e-6, make_dropout, run_dropout, error_dropout, NULL,
     NULL},
    {0},
};
