/* ceilings_registers.c - multiply-adds from registers to registers: what a kernel made of one instruction
 * could reach.
 *
 * Twelve sums, so that no multiply-add waits for the one before it. */
#include "kernel_bench.h"
#include "kernels/bytegram.h"
#include <stdint.h>

#ifdef __x86_64__
#include <immintrin.h>

enum { CHAINS = 12, ROUNDS = 100000 };

typedef int16_t short_lanes __attribute__((vector_size(32)));
typedef int32_t int_lanes __attribute__((vector_size(32)));

__attribute__((target("avx2"))) static void multiply_shorts(void)
{
    int_lanes sum[CHAINS] = {{0}};
    short_lanes x = {1, 2, 3};
    for (int i = 0; i < ROUNDS; i++) {
        __asm__ volatile("" : "+x"(x)); /* another product each time, for all that the compiler knows */
#pragma GCC unroll 12
        for (int j = 0; j < CHAINS; j++) {
            int_lanes product = __builtin_ia32_pmaddwd256(x, x);
            __asm__ volatile("" : "+x"(product));
            sum[j] += product;
            __asm__ volatile("" : "+x"(sum[j]));
        }
    }
}

/* Pairs of numbers of 16 bits, added up as floats. */
__attribute__((target("avx512f,avx512bf16"))) static void multiply_halves(void)
{
    __m512 sum[CHAINS];
    __m512i x = _mm512_set1_epi16(0x3f80); /* 1 */
#pragma GCC unroll 12
    for (int j = 0; j < CHAINS; j++)
        sum[j] = _mm512_setzero_ps();
    for (int i = 0; i < ROUNDS; i++) {
        __asm__ volatile("" : "+v"(x));
#pragma GCC unroll 12
        for (int j = 0; j < CHAINS; j++) {
            sum[j] = _mm512_dpbf16_ps(sum[j], (__m512bh)x, (__m512bh)x);
            __asm__ volatile("" : "+v"(sum[j]));
        }
    }
}

struct multiplying {
    void (*once)(void);
    int threads;
};

static void run_all(void *arg)
{
    const struct multiplying *m = arg;
#pragma omp parallel num_threads(m->threads)
    m->once();
}

/* Operations by 1e9 and second, lanes of them in a multiply-add. */
static double measure(const struct bench_setting *setting, void (*once)(void), int lanes)
{
    struct multiplying m = {once, setting->threads};
    double work = 2e-9 * lanes * CHAINS * (double)ROUNDS * setting->threads;
    return work / bench_time(run_all, &m, setting->seconds);
}

double bench_int16(const struct bench_setting *setting)
{
    return sl_bytegram_has_avx2() ? measure(setting, multiply_shorts, 16) : 0;
}

double bench_bf16(const struct bench_setting *setting)
{
    return __builtin_cpu_supports("avx512bf16") ? measure(setting, multiply_halves, 32) : 0;
}
#else
double bench_int16(const struct bench_setting *setting)
{
    (void)setting;
    return 0;
}

double bench_bf16(const struct bench_setting *setting)
{
    (void)setting;
    return 0;
}
#endif
