/* kernel_bench.h - the parts of the kernel benchmark: ceilings, cases, and the loop that times both. */
#ifndef BENCH_KERNEL_BENCH_H
#define BENCH_KERNEL_BENCH_H

#include <stddef.h>
#include <stdint.h>

/* What a kernel could reach at best: measured in the same run, on the same threads. */
enum bench_ceiling {
    BENCH_SGEMM,  /* GFLOP/s of oneDNN's sgemm on large squares */
    BENCH_INT8,   /* GOP/s of oneDNN's 8-bit integer GEMM; 0 where the processor has none that is exact */
    BENCH_INT16,  /* GOP/s of AVX2's 16-bit multiply-adds on registers; 0 where there is no AVX2 */
    BENCH_BF16,   /* GFLOP/s of AVX-512's products of bf16 on registers; 0 where the processor has none */
    BENCH_MEMORY, /* GB/s read from memory by a plain loop */
    BENCH_L2,     /* GB/s read by the same loop from half of each core's second-level cache */
    BENCH_CEILINGS,
};

struct bench_setting {
    int threads;
    int quick;
    double seconds; /* spent on each figure, about */
};

/* rates (BENCH_CEILINGS) in the units above; 0 when it fails.  -1 when out of memory. */
int bench_ceilings(const struct bench_setting *setting, double *rates);

/* Two of them (ceilings_registers.c). */
double bench_int16(const struct bench_setting *setting);
double bench_bf16(const struct bench_setting *setting);

/* Arrays of one case: whatever it needs of these, released together. */
struct bench_arrays {
    size_t m, n, d;
    int threads;
    void *block[16]; /* owned */
    int blocks;
    int failed; /* an allocation failed */
    float *fa, *fb, *fc, *fd;
    uint8_t *ua, *ub;
    int8_t *ia, *ib;
    int32_t *wa, *wb, *wc;
    uint16_t *ha;
    uint32_t *ra;
    void *other;
    const struct bench_case *of;
};

void *bench_take(struct bench_arrays *a, size_t n, size_t size);
float *bench_floats(struct bench_arrays *a, size_t n);  /* in [-1, 1) */
uint8_t *bench_bytes(struct bench_arrays *a, size_t n); /* half of them 0, as in images */

struct bench_case {
    const char *kernel, *shape, *unit; /* unit: "GFLOP/s", "GOP/s" or "GB/s" */
    enum bench_ceiling ceiling;
    double tolerance;                        /* of error; 0 for integers */
    double (*make)(struct bench_arrays *a);  /* fills the arrays; work of one run: operations or bytes */
    void (*run)(struct bench_arrays *a);     /* on a->threads threads */
    double (*error)(struct bench_arrays *a); /* largest difference from the plain reference */
    void (*release)(struct bench_arrays *a); /* NULL, or frees a->other */
    const void *about;                       /* what make has to know, or NULL */
};

/* Tables of cases, each ending with a zeroed one. */
extern const struct bench_case bench_cases_dense[], bench_cases_conv[], bench_cases_bytes[],
    bench_cases_passes[];

/* Of two arrays (n), element by element; NaN where there is one. */
double bench_difference(const float *a, const float *b, size_t n);

/* Seconds of one run: the shortest of several, each long enough for the clock. */
double bench_time(void (*run)(void *arg), void *arg, double seconds);

#endif
