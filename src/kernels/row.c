/* row.c - one row and a vector.  O(ld); how a product is summed depends on ld alone.
 * The loops stand in row_tile.h, compiled for AVX2 and for any processor; the choice is made at run time. */
#include "kernels/row.h"
#include "kernels/dispatch.h"
#include <stdint.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h> /* compilers do not see through a generic conversion of bytes */
#endif

typedef float floats4 __attribute__((vector_size(16)));
typedef double doubles4 __attribute__((vector_size(32)));
typedef double doubles4_unaligned __attribute__((vector_size(32), aligned(8)));

enum { STEP = 4, SUMS = 4 }; /* doubles in a vector; sums side by side, to hide the latency of additions */

#if defined(__x86_64__)
#define NAME(f) f##_avx2
#define TARGET SL_TARGET_AVX2
#define AVX2 1
#include "kernels/row_tile.h"
#endif

#define NAME(f) f##_any
#define TARGET
#define AVX2 0
#include "kernels/row_tile.h"

/* AVX-512 takes the loops of AVX2: rows come from memory, and registers of twice the width do not hasten
 * that. */
#if defined(__x86_64__)
#define CHOOSE(f, args) (sl_cpu_kind >= SL_CPU_AVX2 ? f##_avx2 args : f##_any args)
#else
#define CHOOSE(f, args) f##_any args
#endif

double sl_row_dot_f64(const void *x, int bytes, const double *w, size_t ld)
{
    return CHOOSE(dot, (x, bytes, w, ld));
}

void sl_row_add_f64(double *w, double a, const void *x, int bytes, size_t ld)
{
    CHOOSE(add, (w, a, x, bytes, ld));
}

void sl_row_add_squares_f64(double *w, double a, const void *x, int bytes, size_t ld)
{
    CHOOSE(add_squares, (w, a, x, bytes, ld));
}

double sl_row_dot_f64_plain(const void *x, int bytes, const double *w, size_t ld)
{
    double sum = 0;
    for (size_t j = 0; j < ld; j++)
        sum += w[j] * (bytes ? (double)((const uint8_t *)x)[j] : (double)((const float *)x)[j]);
    return sum;
}
