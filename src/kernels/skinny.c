/* skinny.c - products of a block of rows with a few weight vectors.
 *
 * X W^T with four rows and a few weight vectors at a time, each sum a register over the features; and
 * P^T X with the sums over the rows in registers.  O(n d k); X is read once a pass where k is small.
 * The tiles stand in skinny_tile.h, compiled for the widest registers that the machine may have; the
 * choice is made at run time.  Rows are meant to be few enough to stay in the second-level cache. */
#include "kernels/skinny.h"
#include "kernels/convert.h"
#include "kernels/dispatch.h"
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h> /* compilers do not see through a generic conversion of bytes */
#endif

#if defined(__clang__) && defined(SL_SANITIZED)
#define UNROLL SL_UNROLL
#elif defined(__clang__)
#define UNROLL _Pragma("unroll")
#else
#define UNROLL _Pragma("GCC unroll 8")
#endif

enum { CLASSES = 5 }; /* weight vectors taken together */

/* Loads it once: compilers fold a load into each product that uses it, and loads are what is scarce. */
#if defined(__x86_64__) && !defined(SL_WIDE_ON_AVX2)
#define IN_REGISTER(v) __asm__("" : "+v"(v))
#else
#define IN_REGISTER(v) (void)(v)
#endif

typedef float four __attribute__((vector_size(16)));
typedef float four_unaligned __attribute__((vector_size(16), aligned(4)));

#if defined(__x86_64__)
#define NAME(f) f##_avx512
#define TARGET SL_TARGET_AVX512
#define LANES 16
#define ROWS 4
#include "kernels/skinny_tile.h"

#define NAME(f) f##_avx2
#define TARGET SL_TARGET_AVX2
#define LANES 8
#define ROWS 2
#include "kernels/skinny_tile.h"
#endif

#define NAME(f) f##_any
#define TARGET
#define LANES 4
#define ROWS 2
#include "kernels/skinny_tile.h"

size_t sl_lanes(size_t d)
{
    return (d + SL_LANES - 1) / SL_LANES * SL_LANES;
}

int sl_skinny_takes_bytes(const struct sl_view *view)
{
    int plain = view->dtype == SL_U8 && view->offset == 0 && view->d % SL_LANES == 0;
    /* Multipliers of 512 bits share a port with conversions: a pass that converts once is faster. */
    return plain && sl_cpu_kind != SL_CPU_AVX512;
}

static void dot(const void *X, int bytes, size_t n, const float *W, size_t k, size_t ld, float *Z, size_t ldz)
{
    SL_BY_CPU(dot, (X, bytes, n, W, k, ld, Z, ldz));
}

void sl_skinny_dot(const float *X, size_t n, const float *W, size_t k, size_t ld, float *Z, size_t ldz)
{
    dot(X, 0, n, W, k, ld, Z, ldz);
}

void sl_skinny_dot_bytes(const uint8_t *X, size_t n, const float *W, size_t k, size_t ld, float *Z,
                         size_t ldz)
{
    dot(X, 1, n, W, k, ld, Z, ldz);
}

static void sum(const float *P, size_t ldp, const void *X, int bytes, size_t n, size_t k, size_t ld, float *G)
{
    SL_BY_CPU(sum, (P, ldp, X, bytes, n, k, ld, G));
}

void sl_skinny_sum(const float *P, size_t ldp, const float *X, size_t n, size_t k, size_t ld, float *G)
{
    sum(P, ldp, X, 0, n, k, ld, G);
}

void sl_skinny_sum_bytes(const float *P, size_t ldp, const uint8_t *X, size_t n, size_t k, size_t ld,
                         float *G)
{
    sum(P, ldp, X, 1, n, k, ld, G);
}

static void row_dot(const void *x, int bytes, const float *const *w, size_t k, size_t ld, float *z)
{
    SL_BY_CPU(row_dot, (x, bytes, w, k, ld, z));
}

void sl_skinny_row_dot(const float *x, const float *const *w, size_t k, size_t ld, float *z)
{
    row_dot(x, 0, w, k, ld, z);
}

void sl_skinny_row_dot_bytes(const uint8_t *x, const float *const *w, size_t k, size_t ld, float *z)
{
    row_dot(x, 1, w, k, ld, z);
}

void sl_skinny_block_dot(const void *const *x, int bytes, const float *const *w, size_t k, size_t ld,
                         float *z)
{
    SL_BY_CPU(block, (x, bytes, w, k, ld, z));
}

/* The next n features, a multiple of SL_LANES and so few that a sum in 32 bits is exact. */
#if defined(__x86_64__)
SL_TARGET_AVX2 static uint32_t byte_product_avx2(const uint8_t *x, const uint8_t *y, size_t n)
{
    __m256i sum = _mm256_setzero_si256();
    for (size_t j = 0; j < n; j += 16) {
        __m256i a = _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)(x + j)));
        __m256i b = _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)(y + j)));
        sum = _mm256_add_epi32(sum, _mm256_madd_epi16(a, b));
    }
    uint32_t lanes[8], total = 0;
    memcpy(lanes, &sum, sizeof lanes);
    for (int l = 0; l < 8; l++)
        total += lanes[l];
    return total;
}
#endif

static uint32_t byte_product(const uint8_t *x, const uint8_t *y, size_t n)
{
#if defined(__x86_64__)
    if (sl_cpu_kind >= SL_CPU_AVX2)
        return byte_product_avx2(x, y, n);
#endif
    uint32_t total = 0;
    for (size_t j = 0; j < n; j++)
        total += (uint32_t)x[j] * y[j];
    return total;
}

double sl_skinny_product(const void *x, const void *y, int bytes, size_t ld)
{
    enum { EXACT = 1 << 15 }; /* features: 2^15 * 255^2 < 2^31 */
    double total = 0;
    float z;
    if (!bytes) {
        const float *w = y;
        row_dot(x, 0, &w, 1, ld, &z);
        return (double)z;
    }
    for (size_t j = 0; j < ld; j += EXACT)
        total +=
            byte_product((const uint8_t *)x + j, (const uint8_t *)y + j, ld - j < EXACT ? ld - j : EXACT);
    return total;
}

SL_CLONED_VOID(extern, sl_skinny_row_add, (float *restrict w, float a, const float *restrict x, size_t ld),
               (w, a, x, ld))
{
    for (size_t j = 0; j < ld; j++)
        w[j] += a * x[j];
}

SL_CLONED_VOID(extern, sl_skinny_row_add_bytes,
               (float *restrict w, float a, const uint8_t *restrict x, size_t ld), (w, a, x, ld))
{
    for (size_t j = 0; j < ld; j++)
        w[j] += a * (float)x[j];
}

/* w += the sum of a[r] x[r] over four rows, in one pass over w. */
SL_CLONED_VOID(static, add_four_bytes,
               (float *restrict w, const float *a, const uint8_t *restrict x0, const uint8_t *restrict x1,
                const uint8_t *restrict x2, const uint8_t *restrict x3, size_t ld),
               (w, a, x0, x1, x2, x3, ld))
{
    for (size_t j = 0; j < ld; j++)
        w[j] += (a[0] * (float)x0[j] + a[1] * (float)x1[j]) + (a[2] * (float)x2[j] + a[3] * (float)x3[j]);
}

SL_CLONED_VOID(static, add_four,
               (float *restrict w, const float *a, const float *restrict x0, const float *restrict x1,
                const float *restrict x2, const float *restrict x3, size_t ld),
               (w, a, x0, x1, x2, x3, ld))
{
    for (size_t j = 0; j < ld; j++)
        w[j] += (a[0] * x0[j] + a[1] * x1[j]) + (a[2] * x2[j] + a[3] * x3[j]);
}

void sl_skinny_block_add(float *w, const float *a, const void *const *x, int bytes, size_t ld)
{
    int rows = 0;
    for (int r = 0; r < SL_ROWS_STEP; r++)
        rows += a[r] != 0;
    if (rows > 2 && bytes)
        add_four_bytes(w, a, x[0], x[1], x[2], x[3], ld);
    else if (rows > 2)
        add_four(w, a, x[0], x[1], x[2], x[3], ld);
    else
        for (int r = 0; r < SL_ROWS_STEP; r++) {
            if (a[r] == 0)
                continue;
            if (bytes)
                sl_skinny_row_add_bytes(w, a[r], x[r], ld);
            else
                sl_skinny_row_add(w, a[r], x[r], ld);
        }
}

void sl_skinny_dot_plain(const float *X, size_t n, const float *W, size_t k, size_t ld, float *Z, size_t ldz)
{
    for (size_t c = 0; c < k; c++)
        for (size_t i = 0; i < n; i++) {
            double total = 0;
            for (size_t j = 0; j < ld; j++)
                total += (double)X[i * ld + j] * (double)W[c * ld + j];
            Z[c * ldz + i] = (float)total;
        }
}

void sl_skinny_sum_plain(const float *P, size_t ldp, const float *X, size_t n, size_t k, size_t ld, float *G)
{
    for (size_t c = 0; c < k; c++)
        for (size_t j = 0; j < ld; j++) {
            double total = G[c * ld + j];
            for (size_t i = 0; i < n; i++)
                total += (double)P[c * ldp + i] * (double)X[i * ld + j];
            G[c * ld + j] = (float)total;
        }
}

double sl_product_f64(const float *x, const float *y, size_t d)
{
    double sum = 0;
    for (size_t j = 0; j < d; j++)
        sum += (double)x[j] * (double)y[j];
    return sum;
}

void sl_skinny_rows(const struct sl_view *view, size_t first, size_t n, size_t ld, float *X)
{
    if (ld == view->d) {
        sl_view_block(view, first, n, X);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        sl_view_block(view, first + i, 1, X + i * ld);
        memset(X + i * ld + view->d, 0, (ld - view->d) * sizeof *X);
    }
}
