/* kernels_bytes.c - the kernels on bytes: exact products, distances, nearest neighbours, split scores.
 *
 * Each of these works on one thread inside a parallel region, so that every thread runs its own block. */
#include "kernel_bench.h"
#include "kernels/bytegram.h"
#include "kernels/distance.h"
#include "kernels/histogram.h"
#include "kernels/topk.h"
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

static double differences(const int32_t *a, const int32_t *b, size_t n)
{
    int64_t most = 0;
    for (size_t i = 0; i < n; i++) {
        int64_t difference = llabs((int64_t)a[i] - b[i]);
        if (difference > most)
            most = difference;
    }
    return (double)most;
}

/* Exact dot products -------------------------------------------------------------------------------*/

static double make_gram(struct bench_arrays *a)
{
    a->m = 256;
    a->n = 4000;
    a->d = 784;
    size_t threads = (size_t)a->threads;
    a->ua = bench_bytes(a, threads * a->m * a->d);
    a->ub = bench_bytes(a, a->n * a->d);
    a->ia = bench_take(a, a->n * a->d, 1);
    a->wa = bench_take(a, threads * a->m * a->n, sizeof *a->wa);
    a->wb = bench_take(a, a->m * a->n, sizeof *a->wb);
    if (!a->failed)
        sl_bytes_centre(a->ub, a->n * a->d, a->ia);
    return 2.0 * (double)(threads * a->m) * (double)a->n * (double)a->d;
}

static void run_gram(struct bench_arrays *a, enum sl_bytegram_way way)
{
#pragma omp parallel num_threads(a->threads)
    {
        size_t t = (size_t)omp_get_thread_num();
        sl_bytegram(way, a->ua + t * a->m * a->d, a->m, a->ia, a->n, a->d, a->wa + t * a->m * a->n, a->n);
    }
}

static double error_gram(struct bench_arrays *a, enum sl_bytegram_way way)
{
    run_gram(a, way);
    sl_bytegram(SL_BYTEGRAM_PLAIN, a->ua, a->m, a->ia, a->n, a->d, a->wb, a->n);
    return differences(a->wa, a->wb, a->m * a->n);
}

static void run_gram_auto(struct bench_arrays *a)
{
    run_gram(a, SL_BYTEGRAM_AUTO);
}
static void run_gram_float(struct bench_arrays *a)
{
    run_gram(a, SL_BYTEGRAM_FLOAT);
}
/* Where there is no AVX2: whatever is the way there, and no ceiling. */
static enum sl_bytegram_way avx2_way(void)
{
    return sl_bytegram_has_avx2() ? SL_BYTEGRAM_AVX2 : SL_BYTEGRAM_AUTO;
}
static void run_gram_avx2(struct bench_arrays *a)
{
    run_gram(a, avx2_way());
}
static double error_gram_auto(struct bench_arrays *a)
{
    return error_gram(a, SL_BYTEGRAM_AUTO);
}
static double error_gram_avx2(struct bench_arrays *a)
{
    return error_gram(a, avx2_way());
}
static double error_gram_float(struct bench_arrays *a)
{
    return error_gram(a, SL_BYTEGRAM_FLOAT);
}

/* Manhattan distances ------------------------------------------------------------------------------*/

static double make_manhattan(struct bench_arrays *a)
{
    a->m = 64;
    a->n = 1000;
    a->d = 784;
    size_t threads = (size_t)a->threads;
    a->ua = bench_bytes(a, threads * a->m * a->d);
    a->ub = bench_bytes(a, a->n * a->d);
    a->wa = bench_take(a, threads * a->m * a->n, sizeof *a->wa);
    a->wb = bench_take(a, a->m * a->n, sizeof *a->wb);
    return (double)(threads * a->m) * (double)a->n * (double)a->d; /* bytes of B */
}

static void run_manhattan(struct bench_arrays *a)
{
#pragma omp parallel num_threads(a->threads)
    {
        size_t t = (size_t)omp_get_thread_num();
        sl_manhattan_bytes(a->ua + t * a->m * a->d, a->m, a->ub, a->n, a->d, a->wa + t * a->m * a->n, a->n);
    }
}

static double error_manhattan(struct bench_arrays *a)
{
    run_manhattan(a);
    for (size_t i = 0; i < a->m; i++)
        for (size_t j = 0; j < a->n; j++) {
            int32_t sum = 0;
            for (size_t t = 0; t < a->d; t++)
                sum += abs(a->ua[i * a->d + t] - a->ub[j * a->d + t]);
            a->wb[i * a->n + j] = sum;
        }
    return differences(a->wa, a->wb, a->m * a->n);
}

/* The k smallest -----------------------------------------------------------------------------------*/

enum { NEAREST = 5, PASSES = 16 };

/* Keys of 64 queries and 2,000 rows: what k-NN scans while the products are still in cache. */
static double make_topk(struct bench_arrays *a)
{
    a->m = 64;
    a->n = 2000;
    size_t keys = a->m * a->n;
    a->fa = bench_floats(a, keys);
    a->wa = bench_take(a, keys, sizeof *a->wa);
    a->wb = bench_take(a, a->n, sizeof *a->wb);
    a->other = bench_take(a, (size_t)a->threads * a->m * NEAREST, sizeof(struct sl_neighbour));
    for (size_t i = 0; !a->failed && i < keys; i++)
        a->wa[i] = (int32_t)(1e6f * a->fa[i]);
    return (double)((size_t)a->threads * PASSES * keys) * sizeof *a->wa;
}

static void run_topk(struct bench_arrays *a)
{
#pragma omp parallel num_threads(a->threads)
    {
        struct sl_neighbour *heaps =
            (struct sl_neighbour *)a->other + (size_t)omp_get_thread_num() * a->m * NEAREST;
        for (size_t i = 0; i < PASSES * a->m; i++) {
            struct sl_topk top = {.heap = heaps + i % a->m * NEAREST, .k = NEAREST};
            sl_topk_scan_i32(&top, a->wa + i % a->m * a->n, -2, a->wb, a->n, 0);
        }
    }
}

static int by_key(const void *x, const void *y)
{
    const struct sl_neighbour *a = x, *b = y;
    return a->key != b->key ? (a->key > b->key) - (a->key < b->key) : (a->row > b->row) - (a->row < b->row);
}

static double error_topk(struct bench_arrays *a)
{
    struct sl_neighbour *all = malloc(a->n * sizeof *all), *heaps = a->other;
    double wrong = all ? 0 : NAN;
    run_topk(a);
    for (size_t i = 0; all && i < a->m; i++) {
        struct sl_topk top = {.heap = heaps + i * NEAREST, .k = NEAREST, .n = NEAREST};
        sl_topk_sort(&top);
        for (size_t j = 0; j < a->n; j++)
            all[j] = (struct sl_neighbour){.key = -2.0 * a->wa[i * a->n + j] + a->wb[j], .row = (uint32_t)j};
        qsort(all, a->n, sizeof *all, by_key);
        for (int j = 0; j < NEAREST; j++)
            wrong += top.heap[j].row != all[j].row || top.heap[j].key != all[j].key;
    }
    free(all);
    return wrong;
}

/* Splits of a tree ---------------------------------------------------------------------------------*/

enum { CLASSES = 10 };

struct splits {
    uint8_t *label;
    uint16_t *hist; /* (threads, CLASSES, SL_HIST_CLASS) */
    int16_t *keys;  /* (threads, n, SL_SORT_LANES) */
    uint32_t total[CLASSES];
    float *best; /* (threads, SL_SORT_LANES) */
};

enum { HIST_SIZE = CLASSES * SL_HIST_CLASS };

static void make_splits(struct bench_arrays *a, size_t n)
{
    struct splits *s = bench_take(a, 1, sizeof *s);
    size_t threads = (size_t)a->threads;
    if (!s)
        return;
    a->other = s;
    a->n = n;
    a->d = 784;
    a->ua = bench_bytes(a, n * a->d);
    a->ra = bench_take(a, n, sizeof *a->ra);
    s->label = bench_take(a, n, 1);
    s->hist = bench_take(a, threads * HIST_SIZE, sizeof *s->hist);
    s->keys = bench_take(a, threads * n * SL_SORT_LANES, sizeof *s->keys);
    s->best = bench_take(a, threads * SL_SORT_LANES, sizeof *s->best);
    for (size_t i = 0; !a->failed && i < n; i++) {
        a->ra[i] = (uint32_t)i;
        s->label[i] = (uint8_t)(i * CLASSES / n); /* class by class, as the kernel wants them */
        s->total[s->label[i]]++;
    }
}

static double make_hist(struct bench_arrays *a)
{
    make_splits(a, 10000);
    return (double)a->n * (double)a->d; /* bytes of pixels */
}

/* One block of features into the thread's own histogram. */
static void count_block(struct bench_arrays *a, size_t block)
{
    struct splits *s = a->other;
    uint16_t *hist = s->hist + (size_t)omp_get_thread_num() * HIST_SIZE;
    memset(hist, 0, HIST_SIZE * sizeof *hist);
    sl_hist_count(a->ua, a->d, a->ra, s->total, CLASSES, block * SL_HIST_LANES, SL_HIST_LANES, hist);
}

static void run_hist_count(struct bench_arrays *a)
{
#pragma omp parallel for num_threads(a->threads) schedule(static)
    for (size_t block = 0; block < a->d / SL_HIST_LANES; block++)
        count_block(a, block);
}

static double error_hist_count(struct bench_arrays *a)
{
    struct splits *s = a->other;
    double wrong = 0;
    count_block(a, 0);
    for (size_t lane = 0; lane < SL_HIST_LANES; lane++) {
        uint32_t count[256][CLASSES] = {{0}};
        for (size_t i = 0; i < a->n; i++)
            count[a->ua[i * a->d + lane]][s->label[i]]++;
        for (size_t v = 0; v < 256; v++)
            for (size_t c = 0; c < CLASSES; c++)
                wrong += s->hist[c * SL_HIST_CLASS + v * SL_HIST_LANES + lane] != count[v][c];
    }
    return wrong;
}

static double make_hist_gini(struct bench_arrays *a)
{
    make_hist(a);
    for (size_t t = 1; !a->failed && t < (size_t)a->threads; t++) {
        struct splits *s = a->other;
        count_block(a, 0);
        memcpy(s->hist + t * HIST_SIZE, s->hist, HIST_SIZE * sizeof *s->hist);
    }
    if (!a->failed)
        count_block(a, 0);
    return (double)(a->d / SL_HIST_LANES) * HIST_SIZE * sizeof(uint16_t);
}

static void run_hist_gini(struct bench_arrays *a)
{
    struct splits *s = a->other;
#pragma omp parallel for num_threads(a->threads) schedule(static)
    for (size_t block = 0; block < a->d / SL_HIST_LANES; block++) {
        size_t t = (size_t)omp_get_thread_num();
        sl_hist_gini(s->hist + t * HIST_SIZE, s->total, CLASSES, 1, s->best + t * SL_SORT_LANES);
    }
}

/* Relative to the plain score, which is in rows. */
static double error_best(struct bench_arrays *a, size_t lanes)
{
    struct splits *s = a->other;
    double most = 0;
    for (size_t lane = 0; lane < lanes; lane++) {
        double plain = sl_gini_plain(a->ua, a->d, a->ra, a->n, s->label, lane, CLASSES, 1);
        double difference = fabs((double)s->best[lane] - plain) / (plain > 0 ? plain : 1);
        if (!(difference <= most))
            most = difference;
    }
    return most;
}

static double error_hist_gini(struct bench_arrays *a)
{
    run_hist_gini(a);
    return error_best(a, SL_HIST_LANES);
}

static double make_sort(struct bench_arrays *a)
{
    make_splits(a, 150);
    return (double)a->n * (double)(a->d / SL_SORT_LANES * SL_SORT_LANES); /* bytes of pixels */
}

static void sort_block(struct bench_arrays *a, size_t block)
{
    struct splits *s = a->other;
    size_t t = (size_t)omp_get_thread_num();
    int16_t *keys = s->keys + t * a->n * SL_SORT_LANES;
    sl_sort_keys(a->ua, a->d, a->ra, a->n, s->label, block * SL_SORT_LANES, SL_SORT_LANES, keys);
    sl_sort_gini(keys, s->total, CLASSES, a->n, 1, s->best + t * SL_SORT_LANES);
}

/* Sorting and the pass over the sorted rows: what a small node costs. */
static void run_sort(struct bench_arrays *a)
{
#pragma omp parallel for num_threads(a->threads) schedule(static)
    for (size_t block = 0; block < a->d / SL_SORT_LANES; block++)
        sort_block(a, block);
}

static double error_sort(struct bench_arrays *a)
{
    sort_block(a, 0);
    return error_best(a, SL_SORT_LANES);
}

const struct bench_case bench_cases_bytes[] = {
    {"byte products", "256 x 4000 x 784 a thread", "GOP/s", BENCH_INT8, 0, make_gram, run_gram_auto,
     error_gram_auto, NULL, NULL},
    {"byte products (AVX2)", "256 x 4000 x 784 a thread", "GOP/s", BENCH_INT16, 0, make_gram, run_gram_avx2,
     error_gram_avx2, NULL, NULL},
    {"byte products (floats)", "256 x 4000 x 784 a thread", "GOP/s", BENCH_SGEMM, 0, make_gram,
     run_gram_float, error_gram_float, NULL, NULL},
    {"Manhattan distances", "64 x 1000 x 784 a thread", "GB/s", BENCH_L2, 0, make_manhattan, run_manhattan,
     error_manhattan, NULL, NULL},
    {"k smallest", "5 of 2000, 1024 times a thread", "GB/s", BENCH_L2, 0, make_topk, run_topk, error_topk,
     NULL, NULL},
    {"histogram, counting", "10000 x 784, 10 classes", "GB/s", BENCH_MEMORY, 0, make_hist, run_hist_count,
     error_hist_count, NULL, NULL},
    {"histogram, best split", "784 features, 10 classes", "GB/s", BENCH_L2, SL_GINI_SLACK, make_hist_gini,
     run_hist_gini, error_hist_gini, NULL, NULL},
    {"sorting, best split", "150 x 768, 10 classes", "GB/s", BENCH_L2, SL_GINI_SLACK, make_sort, run_sort,
     error_sort, NULL, NULL},
    {0},
};
