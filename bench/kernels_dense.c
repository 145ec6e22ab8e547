/* kernels_dense.c - the floating-point kernels: matrix products, conversion.
 *
 * Shapes are those the classifiers use.  Errors are taken on a slice, because the plain references are a
 * thousand times slower. */
#include "kernel_bench.h"
#include "kernels/convert.h"
#include "kernels/gemm.h"
#include <math.h>
#include <omp.h>
#include <string.h>

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
    return bench_difference(a->fc, a->fd, m * a->n);
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
    return bench_difference(a->fc, a->fd, m * a->n);
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
    return bench_difference(a->fc, a->fd, m * a->n);
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
    return bench_difference(a->fa, a->fb, a->n * a->d);
}

/* Tolerances: sums of K products of numbers in [-1, 1) err by about sqrt(K) roundings of their size. */
#define GEMM(label, shape_, make_, way)                                                                      \
    {                                                                                                        \
        label, shape_, "GFLOP/s", BENCH_SGEMM, 2e-4, make_, run_##way, error_##way, NULL, NULL               \
    }
const struct bench_case bench_cases_dense[] = {
    GEMM("gemm", "2048 x 2048 x 2048", make_square, nn),
    GEMM("gemm (A B')", "2000 x 10000 x 784", make_gram, nt),
    GEMM("gemm (A B')", "10000 x 10 x 784", make_classes, nt),
    GEMM("gemm", "200 x 100 x 784", make_forward, nn),
    GEMM("gemm (A' B)", "784 x 100 x 200", make_gradient, tn),
    {"bytes to floats", "10000 x 784", "GB/s", BENCH_MEMORY, 0, make_floats, run_floats, error_floats, NULL,
     NULL},
    {0},
};
