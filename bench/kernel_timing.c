/* kernel_timing.c - arrays for kernels to work on, and the loop that times them. */
#include "core/clock.h"
#include "core/memory.h"
#include "kernel_bench.h"
#include <math.h>
#include <shortlist/rng.h>

void *bench_take(struct bench_arrays *a, size_t n, size_t size)
{
    void *p = a->blocks < (int)(sizeof a->block / sizeof *a->block) ? sl_alloc_zero(n, size) : NULL;
    if (p)
        a->block[a->blocks++] = p;
    else
        a->failed = 1;
    return p;
}

float *bench_floats(struct bench_arrays *a, size_t n)
{
    float *x = bench_take(a, n, sizeof *x);
    struct sl_rng *rng = sl_rng_new((uint64_t)a->blocks, "floats");
    for (size_t i = 0; x && rng && i < n; i++)
        x[i] = (float)(2 * sl_rng_uniform(rng) - 1);
    sl_rng_free(rng);
    return x;
}

uint8_t *bench_bytes(struct bench_arrays *a, size_t n)
{
    uint8_t *x = bench_take(a, n, 1);
    struct sl_rng *rng = sl_rng_new((uint64_t)a->blocks, "bytes");
    for (size_t i = 0; x && rng && i < n; i++) {
        uint64_t bits = sl_rng_bits(rng);
        x[i] = bits >> 63 ? (uint8_t)bits : 0;
    }
    sl_rng_free(rng);
    return x;
}

double bench_time(void (*run)(void *arg), void *arg, double seconds)
{
    run(arg); /* wakes threads, fills caches */
    double begun = sl_now(), best = INFINITY;
    size_t repeats = 1;
    do {
        double start = sl_now();
        for (size_t i = 0; i < repeats; i++)
            run(arg);
        double took = (sl_now() - start) / (double)repeats;
        if (took < best)
            best = took;
        if (took * (double)repeats < seconds / 20)
            repeats *= 2;
    } while (sl_now() - begun < seconds);
    return best;
}

double bench_difference(const float *a, const float *b, size_t n)
{
    double most = 0;
    for (size_t i = 0; i < n; i++) {
        double difference = fabs((double)a[i] - (double)b[i]);
        if (!(difference <= most)) /* NaN too */
            most = difference;
    }
    return most;
}
