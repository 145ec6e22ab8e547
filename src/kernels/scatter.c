/* scatter.c - sums of products.
 *
 * Bytes: a few rows at a time are turned over, so that features lie together, and the exact byte products
 * (kernels/bytegram.h) of blocks of features are added up in 64 bits.  Doubles: kernels/gemm_f64.h by blocks
 * of features.  Both sum in the order of the rows, whatever thread computes a block.  n d^2 / 2
 * multiply-adds. */
#include "kernels/scatter.h"
#include "core/memory.h"
#include "core/threads.h"
#include "kernels/bytegram.h"
#include "kernels/gemm_f64.h"
#include <shortlist/error.h>
#include <string.h>

enum {
    ROWS = 2048, /* of bytes at a time */
    TILE = 112,  /* features, or rows, of a block of products */
};

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* The upper triangle of C (d, d) += X' X, X (n, d). */
void sl_scatter_f64(const double *X, size_t n, size_t d, int threads, double *C)
{
    threads = sl_threads_for((double)n * (double)d * (double)d / 2, threads);
#pragma omp parallel for num_threads(threads) schedule(dynamic)
    for (size_t i = 0; i < d; i += TILE)
        sl_gemm_f64(least(d - i, TILE), d - i, n, X + i, 1, d, X + i, d, C + i * d + i, d);
}

/* Blocks of products of the m rows of a (m, d), b the same centred. */
struct byte_products {
    const uint8_t *a;
    const int8_t *b;
    const int32_t *sums; /* (m): of the bytes of a row */
    size_t m, d;
    int64_t *sum; /* (m, m): the blocks from the diagonal on are added to */
};

/* Adds the block of rows i and j. */
static int add_byte_block(const struct byte_products *p, size_t i, size_t j, int32_t *block)
{
    const size_t rows = least(p->m - i, TILE), cols = least(p->m - j, TILE);
    int code = sl_bytegram(SL_BYTEGRAM_AUTO, p->a + i * p->d, rows, p->b + j * p->d, cols, p->d, block, TILE);
    for (size_t r = 0; r < rows && !code; r++)
        for (size_t c = 0; c < cols; c++)
            p->sum[(i + r) * p->m + j + c] += block[r * TILE + c] + 128 * (int64_t)p->sums[i + r];
    return code;
}

static int add_byte_products(const struct byte_products *p, int threads)
{
    const size_t tiles = (p->m + TILE - 1) / TILE;
    int worst = SL_OK;
    threads = sl_threads_for((double)p->m * (double)p->m * (double)p->d / 4, threads);
#pragma omp parallel num_threads(threads) reduction(max : worst)
    {
        int32_t *block = sl_alloc(TILE * TILE, sizeof *block);
#pragma omp for schedule(dynamic)
        for (size_t t = 0; t < tiles * tiles; t++)
            if (t / tiles <= t % tiles) {
                const size_t i = t / tiles * TILE, j = t % tiles * TILE;
                const int code = block ? add_byte_block(p, i, j, block) : SL_ENOMEM;
                worst = code > worst ? code : worst;
            }
        free(block);
    }
    return worst;
}

enum { SIDE = 16 }; /* bytes of a register */

typedef uint8_t sixteen __attribute__((vector_size(SIDE)));

/* x (16, stride) turned over, a (16, n): row i and row i + 8 byte by byte in turn, four times. */
static void turn_square(const uint8_t *x, size_t stride, uint8_t *a, size_t n)
{
    sixteen row[2][SIDE];
    for (size_t i = 0; i < SIDE; i++)
        memcpy(&row[0][i], x + i * stride, SIDE);
    for (int round = 0; round < 4; round++) {
        const sixteen *from = row[round % 2];
        sixteen *to = row[1 - round % 2];
        for (size_t i = 0; i < SIDE / 2; i++) {
            const sixteen p = from[i], q = from[i + SIDE / 2];
            to[2 * i] = __builtin_shufflevector(p, q, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
            to[2 * i + 1] =
                __builtin_shufflevector(p, q, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
        }
    }
    for (size_t j = 0; j < SIDE; j++)
        memcpy(a + j * n, &row[0][j], SIDE);
}

/* The same of a part (rows, columns) at an edge. */
static void turn_edge(const uint8_t *x, size_t stride, size_t rows, size_t columns, uint8_t *a, size_t n)
{
    for (size_t j = 0; j < columns; j++)
        for (size_t i = 0; i < rows; i++)
            a[j * n + i] = x[i * stride + j];
}

/* x (n, d) turned over: a (d, n), and b the same centred.  A square's lines of a, which are as far apart as a
 * power of two, would not all stay in the nearest cache if they were many; 64 rows fill them. */
static void turn_bytes(const uint8_t *x, size_t n, size_t d, int threads, uint8_t *a, int8_t *b)
{
    enum { WIDTH = 64 };
    threads = sl_threads_for((double)n * (double)d * 8, threads);
#pragma omp parallel for num_threads(threads)
    for (size_t j0 = 0; j0 < d; j0 += WIDTH) {
        const size_t width = least(d - j0, WIDTH);
        for (size_t i0 = 0; i0 < n; i0 += WIDTH)
            for (size_t j = j0; j < j0 + width; j += SIDE)
                for (size_t i = i0; i < least(i0 + WIDTH, n); i += SIDE) {
                    const size_t rows = least(n - i, SIDE), columns = least(j0 + width - j, SIDE);
                    if (rows == SIDE && columns == SIDE)
                        turn_square(x + i * d + j, d, a + j * n + i, n);
                    else
                        turn_edge(x + i * d + j, d, rows, columns, a + j * n + i, n);
                }
        sl_bytes_centre(a + j0 * n, width * n, b + j0 * n);
    }
}

int sl_products_bytes(const uint8_t *x, size_t n, size_t d, int threads, int64_t *sum)
{
    int8_t *b = sl_alloc(n * d, 1);
    int32_t *sums = sl_alloc(n, sizeof *sums);
    int refused = b && sums ? SL_OK : SL_ENOMEM;
    if (!refused) {
        const struct byte_products p = {x, b, sums, n, d, sum};
        sl_bytes_centre(x, n * d, b);
        sl_bytes_sums(x, n, d, sums, NULL);
        refused = add_byte_products(&p, threads);
    }
    free(b);
    free(sums);
    return refused;
}

int sl_scatter_bytes(const uint8_t *x, size_t n, size_t d, int threads, int64_t *sum, int64_t *ones)
{
    uint8_t *a = sl_alloc(least(n, ROWS) * d, 1);
    int8_t *b = sl_alloc(least(n, ROWS) * d, 1);
    int32_t *sums = sl_alloc(d, sizeof *sums);
    int refused = a && b && sums ? SL_OK : SL_ENOMEM;
    for (size_t at = 0; at < n && !refused; at += ROWS) {
        const size_t m = least(n - at, ROWS);
        const struct byte_products p = {a, b, sums, d, m, sum};
        turn_bytes(x + at * d, m, d, threads, a, b);
        sl_bytes_sums(a, d, m, sums, NULL);
        for (size_t j = 0; j < d; j++)
            ones[j] += sums[j];
        refused = add_byte_products(&p, threads);
    }
    free(a);
    free(b);
    free(sums);
    return refused;
}
