/* sparse_bytes.c - a matrix of bytes, many of them 0, times a matrix of floats.
 *
 * Row by row: 64 rows of B, as many columns of them as the registers hold sums, are copied to a panel that
 * stays in the nearest cache; a row's bytes that are not 0 are found by comparing 64 at once, and each adds a
 * multiple of one row of the panel.  The same as Gustavson's sparse product (ACM TOMS 4, 1978) with a row's
 * pattern made on the way, so that no list of it is written.
 * Cost: 2 width flops for each byte that is not 0, at close to the rate of a dense product; O(m n) bytes. */
#include "kernels/sparse_bytes.h"
#include "kernels/dispatch.h"
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#if defined(__x86_64__)
#define OPAQUE(n) __asm__("" : "+r"(n))
#else
#define OPAQUE(n) (void)(n)
#endif

#if defined(__x86_64__)
#define NAME(f) f##_avx512
#define TARGET SL_TARGET_AVX512
#define LANES 16
#define VECTORS 8
#include "kernels/sparse_tile.h"

#define NAME(f) f##_avx2
#define TARGET SL_TARGET_AVX2
#define LANES 8
#define VECTORS 13
#include "kernels/sparse_tile.h"
#endif

#define NAME(f) f##_any
#define TARGET
#define LANES 4
#define VECTORS 13
#include "kernels/sparse_tile.h"

size_t sl_sparse_padded(size_t n)
{
    return (n + SL_SPARSE_STEP - 1) / SL_SPARSE_STEP * SL_SPARSE_STEP;
}

SL_CLONED(extern, double, sl_sparse_density, (const uint8_t *x, size_t n), (x, n))
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += x[i] != 0;
    return n ? (double)count / (double)n : 0;
}

double sl_sparse_worth(void)
{
    return sl_cpu_kind == SL_CPU_AVX512 ? 0.6
                                        : 0.75; /* sums are few there, so that finding bytes weighs more */
}

void sl_sparse_product(const uint8_t *X, size_t m, size_t n, size_t ldx, const float value[256],
                       const float *B, size_t ldb, size_t width, int add, float *Y, size_t ldy, float *panel)
{
    SL_BY_CPU(product, (X, m, n, ldx, value, B, ldb, width, add, Y, ldy, panel));
}

/* Sixteen rows of sixteen bytes to sixteen columns: to interleave the first eight rows with the others, four
 * times over, is to transpose. */
typedef uint8_t sixteen __attribute__((vector_size(16)));

static void transpose_tile(const uint8_t *x, size_t ldx, size_t rows, uint8_t *out, size_t ldo,
                           size_t columns)
{
    sixteen a[16], b[16];
    for (size_t i = 0; i < 16; i++) {
        a[i] = (sixteen){0};
        if (i < rows)
            memcpy(&a[i], x + i * ldx, sizeof a[i]);
    }
    for (int round = 0; round < 4; round++) {
        for (int i = 0; i < 8; i++) {
            b[2 * i] = __builtin_shufflevector(a[i], a[i + 8], 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6,
                                               22, 7, 23);
            b[2 * i + 1] = __builtin_shufflevector(a[i], a[i + 8], 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13,
                                                   29, 14, 30, 15, 31);
        }
        memcpy(a, b, sizeof a);
    }
    for (size_t j = 0; j < columns; j++)
        memcpy(out + j * ldo, &a[j], sizeof a[j]);
}

void sl_sparse_transpose(const uint8_t *X, size_t m, size_t n, size_t ldx, uint8_t *out, size_t ldo)
{
    for (size_t i = 0; i < ldo; i += 16)
        for (size_t j = 0; j < n; j += 16)
            transpose_tile(X + i * ldx + j, ldx, i < m ? m - i : 0, out + j * ldo + i, ldo,
                           n - j < 16 ? n - j : 16);
}

void sl_sparse_product_plain(const uint8_t *X, size_t m, size_t n, size_t ldx, const float value[256],
                             const float *B, size_t ldb, size_t width, int add, float *Y, size_t ldy)
{
    for (size_t i = 0; i < m; i++)
        for (size_t c = 0; c < width; c++) {
            double sum = add ? (double)Y[i * ldy + c] : 0;
            for (size_t j = 0; j < n; j++)
                sum += X[i * ldx + j] ? (double)value[X[i * ldx + j]] * (double)B[j * ldb + c] : 0;
            Y[i * ldy + c] = (float)sum;
        }
}
