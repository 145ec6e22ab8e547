/* bytegram_avx2.c - exact byte products by 16-bit multiply-adds.
 *
 * vpmaddwd multiplies 16 pairs of 16-bit numbers and adds neighbours in 32 bits, without saturation: two
 * features of eight columns an instruction, twice the rate of fp32's multiply-add.  As in any blocked
 * product (Goto and van de Geijn, Anatomy of high-performance matrix multiplication, ACM TOMS 34, 2008) a
 * panel of B, here 16 rows of it with pairs of features interleaved, stays in the nearest cache while all of
 * A, widened and row-major, passes from the next.  A tile of the product, six rows by two registers, fills
 * the registers: 12 sums, two of B, one of A, one product.
 * Cost m n d / 32 cycles at best; scratch memory O(m min(d, DEPTH)). */
#include "kernels/bytegram_avx2.h"
#include "core/memory.h"
#include <shortlist/error.h>
#include <string.h>

#ifdef __x86_64__
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2")))

enum {
    ROWS = 6,     /* of A in a tile */
    COLUMNS = 16, /* rows of B in a panel */
    STEP = 16,    /* features that are packed at a time */
    DEPTH = 512,  /* features of a panel: 16 KB of int16 */
};

/* Features at ... at + w of A (m, d) to out (m, ld), zero up to ld. */
AVX2 static void widen(const uint8_t *a, size_t m, size_t d, size_t at, size_t w, int16_t *out, size_t ld)
{
    for (size_t i = 0; i < m; i++) {
        const uint8_t *from = a + i * d + at;
        int16_t *to = out + i * ld;
        size_t t = 0;
        for (; t + STEP <= w; t += STEP)
            _mm256_storeu_si256((__m256i *)(to + t),
                                _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)(from + t))));
        for (; t < w; t++)
            to[t] = from[t];
        for (; t < ld; t++)
            to[t] = 0;
    }
}

/* Eight rows of eight 32-bit words to eight columns of them; column t to out + t * COLUMNS * 2. */
AVX2 static inline void transpose(const __m256i *row, int16_t *out)
{
    __m256i pair[8], four[8];
    for (int i = 0; i < 8; i += 2) {
        pair[i] = _mm256_unpacklo_epi32(row[i], row[i + 1]);
        pair[i + 1] = _mm256_unpackhi_epi32(row[i], row[i + 1]);
    }
    for (int i = 0; i < 8; i += 4)
        for (int h = 0; h < 2; h++) {
            four[i + 2 * h] = _mm256_unpacklo_epi64(pair[i + h], pair[i + 2 + h]);
            four[i + 2 * h + 1] = _mm256_unpackhi_epi64(pair[i + h], pair[i + 2 + h]);
        }
    for (int t = 0; t < 4; t++) {
        _mm256_store_si256((__m256i *)(out + t * COLUMNS * 2),
                           _mm256_permute2x128_si256(four[t], four[t + 4], 0x20));
        _mm256_store_si256((__m256i *)(out + (t + 4) * COLUMNS * 2),
                           _mm256_permute2x128_si256(four[t], four[t + 4], 0x31));
    }
}

/* Features at ... at + w of n <= COLUMNS rows of B (.., d) to panel (w / 2 up, COLUMNS, 2); what is missing
 * is 0. */
AVX2 static void pack(const int8_t *b, size_t n, size_t d, size_t at, size_t w, int16_t *panel)
{
    for (size_t t = 0; t < w; t += STEP)
        for (size_t j0 = 0; j0 < COLUMNS; j0 += 8) {
            __m256i row[8];
            for (size_t j = 0; j < 8; j++) {
                __m128i bytes = _mm_setzero_si128();
                const int8_t *from = b + (j0 + j) * d + at + t;
                if (j0 + j < n && t + STEP <= w)
                    bytes = _mm_loadu_si128((const __m128i *)from);
                else if (j0 + j < n)
                    memcpy(&bytes, from, w - t);
                row[j] = _mm256_cvtepi8_epi16(bytes);
            }
            transpose(row, panel + t * COLUMNS + j0 * 2);
        }
}

/* sum0 and sum1 += two features of a row times those of the panel.  The instructions are spelt out because
 * a tile takes every register there is: compilers load all six rows first and spill sums to memory, which
 * halves the rate. */
#define ADD_ROW(i, from)                                                                                     \
    do {                                                                                                     \
        __m256i x_, y_;                                                                                      \
        __asm__("vpbroadcastd %[pair], %[x]\n\t"                                                             \
                "vpmaddwd %[b0], %[x], %[y]\n\t"                                                             \
                "vpaddd %[y], %[s0], %[s0]\n\t"                                                              \
                "vpmaddwd %[b1], %[x], %[x]\n\t"                                                             \
                "vpaddd %[x], %[s1], %[s1]"                                                                  \
                : [s0] "+x"(sum[i][0]), [s1] "+x"(sum[i][1]), [x] "=&x"(x_), [y] "=&x"(y_)                   \
                : [b0] "x"(b0), [b1] "x"(b1), [pair] "m"(*(const pair *)(from)));                            \
    } while (0)

typedef int32_t pair __attribute__((may_alias, aligned(4))); /* two features */

/* p (ROWS, COLUMNS) = or += ROWS rows of A (.., ld) times a panel, w features. */
AVX2 static inline void tile(const int16_t *a, size_t ld, const int16_t *panel, size_t w, int first,
                             int32_t *p, size_t ldp)
{
    const int16_t *a3 = a + 3 * ld;
    __m256i sum[ROWS][2];
#pragma GCC unroll 6
    for (int i = 0; i < ROWS; i++)
        sum[i][0] = sum[i][1] = _mm256_setzero_si256();
    for (size_t t = 0; t < w; t += 2) {
        const __m256i b0 = _mm256_load_si256((const __m256i *)(panel + t * COLUMNS));
        const __m256i b1 = _mm256_load_si256((const __m256i *)(panel + t * COLUMNS + COLUMNS));
        ADD_ROW(0, a + t);
        ADD_ROW(1, a + ld + t);
        ADD_ROW(2, a + 2 * ld + t);
        ADD_ROW(3, a3 + t);
        ADD_ROW(4, a3 + ld + t);
        ADD_ROW(5, a3 + 2 * ld + t);
    }
#pragma GCC unroll 6
    for (int i = 0; i < ROWS; i++)
#pragma GCC unroll 2
        for (int h = 0; h < 2; h++) {
            __m256i *to = (__m256i *)(p + (size_t)i * ldp + (size_t)h * 8);
            _mm256_storeu_si256(to, first ? sum[i][h] : _mm256_add_epi32(sum[i][h], _mm256_loadu_si256(to)));
        }
}

/* The same of m <= ROWS rows and n <= COLUMNS columns, by way of a whole tile. */
AVX2 static void edge_tile(const int16_t *a, size_t ld, const int16_t *panel, size_t w, int first, size_t m,
                           size_t n, int32_t *p, size_t ldp)
{
    int32_t whole[ROWS * COLUMNS];
    tile(a, ld, panel, w, 1, whole, COLUMNS);
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++)
            p[i * ldp + j] = whole[i * COLUMNS + j] + (first ? 0 : p[i * ldp + j]);
}

AVX2 static void multiply_panel(const int16_t *a, size_t m, size_t ld, const int16_t *panel, size_t n,
                                size_t w, int first, int32_t *p, size_t ldp)
{
    for (size_t i = 0; i < m; i += ROWS) {
        const size_t rows = m - i < ROWS ? m - i : ROWS;
        if (rows == ROWS && n == COLUMNS)
            tile(a + i * ld, ld, panel, w, first, p + i * ldp, ldp);
        else
            edge_tile(a + i * ld, ld, panel, w, first, rows, n, p + i * ldp, ldp);
    }
}

int sl_bytegram_avx2(const uint8_t *a, size_t m, const int8_t *b, size_t n, size_t d, int32_t *p, size_t ldp)
{
    /* Pieces of equal width, a multiple of STEP. */
    const size_t pieces = (d + DEPTH - 1) / DEPTH;
    const size_t depth = ((d + pieces - 1) / pieces + STEP - 1) / STEP * STEP;
    const size_t rows = (m + ROWS - 1) / ROWS * ROWS;
    int16_t *panel = sl_alloc_zero(COLUMNS * DEPTH + rows * depth, sizeof *panel);
    if (!panel)
        return SL_ENOMEM;
    int16_t *wide = panel + COLUMNS * DEPTH;
    for (size_t at = 0; at < d; at += depth) {
        const size_t w = d - at < depth ? d - at : depth;
        widen(a, m, d, at, w, wide, depth);
        for (size_t j = 0; j < n; j += COLUMNS) {
            const size_t columns = n - j < COLUMNS ? n - j : COLUMNS;
            pack(b + j * d, columns, d, at, w, panel);
            multiply_panel(wide, m, depth, panel, columns, w + w % 2, at == 0, p + j, ldp);
        }
    }
    free(panel);
    return 0;
}

AVX2 int32_t sl_byte_dot_avx2(const uint8_t *a, const int8_t *b, size_t d)
{
    __m256i sum[2] = {_mm256_setzero_si256(), _mm256_setzero_si256()};
    size_t t = 0;
    for (; t + 2 * STEP <= d; t += 2 * STEP)
        for (size_t h = 0; h < 2; h++) {
            const __m256i x = _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)(a + t + h * STEP)));
            const __m256i y = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(b + t + h * STEP)));
            sum[h] = _mm256_add_epi32(sum[h], _mm256_madd_epi16(x, y));
        }
    sum[0] = _mm256_add_epi32(sum[0], sum[1]);
    __m128i four = _mm_add_epi32(_mm256_castsi256_si128(sum[0]), _mm256_extracti128_si256(sum[0], 1));
    four = _mm_add_epi32(four, _mm_shuffle_epi32(four, 0x4e));
    four = _mm_add_epi32(four, _mm_shuffle_epi32(four, 0xb1));
    int32_t s = _mm_cvtsi128_si32(four);
    for (; t < d; t++)
        s += a[t] * b[t];
    return s;
}

#else

int32_t sl_byte_dot_avx2(const uint8_t *a, const int8_t *b, size_t d)
{
    int32_t s = 0;
    for (size_t t = 0; t < d; t++)
        s += a[t] * b[t];
    return s;
}

int sl_bytegram_avx2(const uint8_t *a, size_t m, const int8_t *b, size_t n, size_t d, int32_t *p, size_t ldp)
{
    (void)a, (void)m, (void)b, (void)n, (void)d, (void)p, (void)ldp;
    return SL_EINTERNAL;
}

#endif
