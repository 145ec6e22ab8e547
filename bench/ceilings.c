/* ceilings.c - what this machine can do at best, measured beside the kernels.
 *
 * Matrix products are oneDNN's on 2048 x 2048 squares (17 GFLOP: large enough to hide packing and the
 * waking of threads).  Multiply-adds on registers alone: ceilings_registers.c.  Reading adds up 64-bit words,
 * eight sums at a time, on every thread: from an array larger than the last cache, and from half of a core's
 * second-level cache. */
#include "core/memory.h"
#include "kernel_bench.h"
#include "kernels/bytegram.h"
#include "kernels/dispatch.h"
#include <dnnl.h>
#include <omp.h>
#include <string.h>
#include <unistd.h>

enum { SIDE = 2048, SIDE_QUICK = 1024, SUMS = 8 };

struct squares {
    dnnl_dim_t n;
    float *a, *b, *c;
    uint8_t *u;
    int8_t *s;
    int32_t *p;
};

static void run_sgemm(void *arg)
{
    struct squares *q = arg;
    dnnl_sgemm('N', 'N', q->n, q->n, q->n, 1.0f, q->a, q->n, q->b, q->n, 0.0f, q->c, q->n);
}

static void run_int8(void *arg)
{
    struct squares *q = arg;
    const int32_t zero = 0;
    dnnl_gemm_u8s8s32('N', 'T', 'F', q->n, q->n, q->n, 1.0f, q->u, q->n, 0, q->s, q->n, 0, 0.0f, q->p, q->n,
                      &zero);
}

static int measure_products(const struct bench_setting *setting, double *rates)
{
    struct bench_arrays arrays = {0};
    struct squares q = {.n = setting->quick ? SIDE_QUICK : SIDE};
    size_t size = (size_t)q.n * (size_t)q.n;
    q.a = bench_floats(&arrays, size);
    q.b = bench_floats(&arrays, size);
    q.c = bench_take(&arrays, size, sizeof *q.c);
    q.u = bench_bytes(&arrays, size);
    q.s = (int8_t *)bench_bytes(&arrays, size);
    q.p = bench_take(&arrays, size, sizeof *q.p);
    if (!arrays.failed) {
        double work = 2e-9 * (double)q.n * (double)size;
        rates[BENCH_SGEMM] = work / bench_time(run_sgemm, &q, setting->seconds);
        rates[BENCH_INT8] = sl_bytegram_has_vnni() ? work / bench_time(run_int8, &q, setting->seconds) : 0;
    }
    while (arrays.blocks > 0)
        free(arrays.block[--arrays.blocks]);
    return arrays.failed ? -1 : 0;
}

struct reading {
    const uint64_t *words;
    size_t per_thread, passes; /* words; times they are read in a run */
    int threads;
    uint64_t sink;
};

SL_CLONED(static, uint64_t, add_up, (const uint64_t *words, size_t n), (words, n))
{
    uint64_t sum[SUMS] = {0}, total = 0;
    for (size_t i = 0; i + SUMS <= n; i += SUMS)
        for (int j = 0; j < SUMS; j++)
            sum[j] += words[i + (size_t)j];
    for (int j = 0; j < SUMS; j++)
        total += sum[j];
    return total;
}

static void run_reading(void *arg)
{
    struct reading *r = arg;
    uint64_t sink = 0;
#pragma omp parallel num_threads(r->threads) reduction(+ : sink)
    {
        const uint64_t *own = r->words + (size_t)omp_get_thread_num() * r->per_thread;
        for (size_t pass = 0; pass < r->passes; pass++) {
            sink += add_up(own, r->per_thread);
            __asm__ volatile("" ::: "memory"); /* each pass reads again */
        }
    }
    r->sink += sink;
}

/* GB/s of all threads, each reading its own `bytes`. */
static double measure_reading(const struct bench_setting *setting, size_t bytes, size_t passes)
{
    struct reading r = {
        .per_thread = bytes / sizeof(uint64_t), .passes = passes, .threads = setting->threads};
    size_t total = r.per_thread * (size_t)setting->threads;
    uint64_t *words = sl_alloc(total, sizeof *words);
    if (!words)
        return 0;
#pragma omp parallel for num_threads(setting->threads) schedule(static)
    for (size_t i = 0; i < total; i++)
        words[i] = i; /* touched by the thread that reads it */
    r.words = words;
    double work = 1e-9 * (double)(total * sizeof *words * passes);
    double rate = work / bench_time(run_reading, &r, setting->seconds);
    free(words);
    return rate;
}

static size_t cache_size(int name, size_t otherwise)
{
    long size = sysconf(name);
    return size > 0 ? (size_t)size : otherwise;
}

int bench_ceilings(const struct bench_setting *setting, double *rates)
{
    memset(rates, 0, BENCH_CEILINGS * sizeof *rates);
    if (measure_products(setting, rates) != 0)
        return -1;
    rates[BENCH_INT16] = bench_int16(setting);
    rates[BENCH_BF16] = bench_bf16(setting);
    size_t l2 = cache_size(_SC_LEVEL2_CACHE_SIZE, 512 << 10),
           l3 = cache_size(_SC_LEVEL3_CACHE_SIZE, 32 << 20);
    size_t large = setting->quick ? 128 << 20 : 4 * l3;
    if (large > (size_t)2 << 30)
        large = (size_t)2 << 30;
    rates[BENCH_L2] = measure_reading(setting, l2 / 2, 50);
    rates[BENCH_MEMORY] = measure_reading(setting, large / (size_t)setting->threads, 1);
    return rates[BENCH_L2] > 0 && rates[BENCH_MEMORY] > 0 ? 0 : -1;
}
