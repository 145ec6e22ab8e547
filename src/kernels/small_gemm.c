/* small_gemm.c - matrix products whose right factor stays in a core's cache.
 *
 * Tiles of small_products.c run over B as it lies, or, where it is transposed or scaled, over a copy in rows.
 * The columns that do not fill a tile go by a copy of their own, filled up, and through a strip of results.
 * O(M N K), and O(N K) for the copy. */
#include "kernels/small_gemm.h"
#include "core/memory.h"
#include "kernels/dispatch.h"
#include "kernels/eight.h"
#include "kernels/small_products.h"
#include <shortlist/error.h>
#include <string.h>

enum {
    EIGHT = 8,
    WIDTH = 2 * EIGHT, /* of a tile of results */
    SMALL_B =
        1 << 15, /* floats of B: from here on oneDNN is faster by more than its start costs a short fit */
    STRIP = 96,  /* rows of results whose last columns are copied */
};

#define SMALL_WORK 0x1p22 /* multiplications */

int sl_gemm_is_small(int trans_a, size_t M, size_t N, size_t K)
{
    return N <= SMALL_B && K <= SMALL_B && (N + EIGHT) * K <= SMALL_B &&
           (!trans_a || (double)M * (double)N * (double)K <= SMALL_WORK);
}

/* Copies of B --------------------------------------------------------------------------------------*/

#define PAIRS(a, b, half)                                                                                    \
    __builtin_shufflevector(a, b, half, 8 + half, half + 1, 9 + half, half + 4, 12 + half, half + 5,         \
                            13 + half)
#define QUADS(a, b, half)                                                                                    \
    __builtin_shufflevector(a, b, half, half + 1, 8 + half, 9 + half, half + 4, half + 5, 12 + half,         \
                            13 + half)
#define HALVES(a, b, half)                                                                                   \
    __builtin_shufflevector(a, b, half, half + 1, half + 2, half + 3, 8 + half, 9 + half, 10 + half,         \
                            11 + half)

/* out[k * ld + j] = alpha row[j][k], j, k < 8. */
SL_INLINE void transpose_eight(const float *const *row, size_t at, float alpha, float *out, size_t ld)
{
    sl_eight a[EIGHT], b[EIGHT];
    SL_UNROLL
    for (int j = 0; j < EIGHT; j++)
        a[j] = alpha * SL_EIGHT(row[j] + at);
    SL_UNROLL
    for (int j = 0; j < EIGHT; j += 2) {
        b[j] = PAIRS(a[j], a[j + 1], 0);
        b[j + 1] = PAIRS(a[j], a[j + 1], 2);
    }
    SL_UNROLL
    for (int j = 0; j < EIGHT; j += 4) {
        a[j] = QUADS(b[j], b[j + 2], 0);
        a[j + 1] = QUADS(b[j], b[j + 2], 2);
        a[j + 2] = QUADS(b[j + 1], b[j + 3], 0);
        a[j + 3] = QUADS(b[j + 1], b[j + 3], 2);
    }
    SL_UNROLL
    for (int j = 0; j < 4; j++) {
        SL_EIGHT_AT(out + (size_t)j * ld) = HALVES(a[j], a[j + 4], 0);
        SL_EIGHT_AT(out + (size_t)(j + 4) * ld) = HALVES(a[j], a[j + 4], 4);
    }
}

/* out (K, ld) = alpha times the n <= 8 rows of B (n, K), transposed; the columns beyond n are the first one
 * again, which nobody reads. */
SL_CLONED_VOID(static, transpose_strip,
               (const float *B, size_t ldb, size_t n, size_t K, float alpha, float *out, size_t ld),
               (B, ldb, n, K, alpha, out, ld))
{
    const float *row[EIGHT];
    size_t k = 0;
    for (size_t j = 0; j < EIGHT; j++)
        row[j] = B + (j < n ? j : 0) * ldb;
    for (; k + EIGHT <= K; k += EIGHT)
        transpose_eight(row, k, alpha, out + k * ld, ld);
    for (; k < K; k++)
        for (size_t j = 0; j < EIGHT; j++)
            out[k * ld + j] = alpha * row[j][k];
}

/* out (K, ld) = alpha times n columns of op(B); those beyond them may be anything that B holds, or 0. */
static void copy_columns(int trans_b, const float *B, size_t ldb, size_t n, size_t K, float alpha, float *out,
                         size_t ld)
{
    if (trans_b) {
        for (size_t j = 0; j < ld; j += EIGHT)
            transpose_strip(B + (j < n ? j : 0) * ldb, ldb,
                            j + EIGHT <= n ? EIGHT
                            : j < n        ? n - j
                                           : 1,
                            K, alpha, out + j, ld);
        return;
    }
    for (size_t k = 0; k < K; k++) {
        for (size_t j = 0; j < n; j++)
            out[k * ld + j] = alpha * B[k * ldb + j];
        memset(out + k * ld + n, 0, (ld - n) * sizeof *out);
    }
}

/* Products -----------------------------------------------------------------------------------------*/

static void scale(float *C, size_t M, size_t N, size_t ldc, float beta)
{
    for (size_t i = 0; i < M && beta != 1 && beta != 0; i++)
        for (size_t j = 0; j < N; j++)
            C[i * ldc + j] *= beta;
}

/* The last n columns, in tiles that are wider: B (K, width), results (STRIP, width). */
static void multiply_rest(const struct sl_small_products *all, size_t n, size_t width, float *results)
{
    struct sl_small_products p = *all;
    p.cols = p.c_row = width;
    p.C = results;
    p.add = 0;
    for (size_t i = 0; i < all->rows; i += STRIP) {
        float *C = all->C + i * all->c_row;
        p.rows = all->rows - i < STRIP ? all->rows - i : STRIP;
        p.A = all->A + i * all->a_row;
        sl_small_products(&p);
        for (size_t r = 0; r < p.rows; r++)
            for (size_t j = 0; j < n; j++)
                C[r * all->c_row + j] = results[r * width + j] + (all->add ? C[r * all->c_row + j] : 0);
    }
}

int sl_small_gemm(int trans_a, int trans_b, size_t M, size_t N, size_t K, float alpha, const float *A,
                  size_t lda, const float *B, size_t ldb, float beta, float *C, size_t ldc)
{
    const size_t over = N % WIDTH, rest = over == EIGHT ? 0 : over, even = N - rest;
    const size_t width = rest > EIGHT ? WIDTH : rest ? EIGHT : 0;
    const int copy = trans_b || alpha != 1;
    const size_t ld = (copy ? even : 0) + width;
    float *own = ld ? sl_alloc(K * ld + STRIP * width, sizeof *own) : NULL;
    if (ld && !own)
        return SL_ENOMEM;
    struct sl_small_products p = {.n = 1,
                                  .rows = M,
                                  .cols = even,
                                  .depth = K,
                                  .A = A,
                                  .B = copy ? own : B,
                                  .C = C,
                                  .a_row = trans_a ? 1 : lda,
                                  .a_col = trans_a ? lda : 1,
                                  .b_row = copy ? ld : ldb,
                                  .c_row = ldc,
                                  .add = beta != 0};
    if (copy)
        copy_columns(trans_b, B, ldb, N, K, alpha, own, ld);
    else if (rest)
        copy_columns(0, B + even, ldb, rest, K, 1, own, ld);
    scale(C, M, N, ldc, beta);
    sl_small_products(&p);
    if (rest) {
        p.B = own + (copy ? even : 0);
        p.b_row = ld;
        p.C = C + even;
        multiply_rest(&p, rest, width, own + K * ld);
    }
    free(own);
    return SL_OK;
}
