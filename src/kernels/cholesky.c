/* cholesky.c - A = U'U by blocks of rows: factor the block on the diagonal and the rows to its right by plain
 * loops along rows, subtract their products from what remains by sgemm.
 *
 * Golub and Van Loan, "Matrix computations" (2013), 4.2.  n^3 / 3 multiply-adds, all but n^2 BLOCK / 2 of
 * them in sgemm; solving takes n^2. */
#include "kernels/cholesky.h"
#include "core/memory.h"
#include "kernels/dispatch.h"
#include "kernels/gemm.h"
#include <float.h>
#include <math.h>
#include <string.h>

enum {
    BLOCK = 64, /* rows factored by plain loops */
    TILE = 256, /* rows updated by one product */
};

#define PIVOT_MIN (32 * FLT_EPSILON) /* of the diagonal element */

/* y -= a x. */
SL_CLONED_VOID(static, subtract, (float *restrict y, float a, const float *restrict x, size_t n),
               (y, a, x, n))
{
    for (size_t j = 0; j < n; j++)
        y[j] -= a * x[j];
}

static void multiply(float *x, float a, size_t n)
{
    for (size_t j = 0; j < n; j++)
        x[j] *= a;
}

/* Rows first ... end - 1 become rows of U, columns first ... n - 1; diagonal (n) of A as it was.  A row
 * without a pivot stands alone: what rounding has left of it would grow from row to row. */
static void factor_rows(float *A, size_t first, size_t end, size_t n, size_t lda, const float *diagonal)
{
    for (size_t i = first; i < end; i++) {
        float *row = A + i * lda, least = PIVOT_MIN * diagonal[i];
        if (!(row[i] > least)) {
            row[i] = sqrtf(least > 0 ? least : FLT_MIN);
            memset(row + i + 1, 0, (n - i - 1) * sizeof *row);
            continue;
        }
        row[i] = sqrtf(row[i]);
        multiply(row + i + 1, 1 / row[i], n - i - 1);
        for (size_t j = i + 1; j < end; j++)
            subtract(A + j * lda + j, row[j], row + j, n - j);
    }
}

/* Subtracts the products of U's rows first ... end - 1 from what stands below and right of them. */
static int update(float *A, size_t first, size_t end, size_t n, size_t lda, int threads)
{
    const float *U = A + first * lda;
    int code = 0;
    for (size_t i = end; i < n && !code; i += TILE) {
        size_t rows = n - i < TILE ? n - i : TILE;
        code = sl_gemm(1, 0, rows, n - i, end - first, -1, U + i, lda, U + i, lda, 1, A + i * lda + i, lda,
                       threads);
    }
    return code;
}

int sl_cholesky(float *A, size_t n, size_t lda, int threads)
{
    float *diagonal = sl_alloc(n, sizeof *diagonal);
    int code = diagonal ? SL_OK : SL_ENOMEM;
    for (size_t i = 0; i < n && !code; i++)
        diagonal[i] = A[i * lda + i];
    for (size_t first = 0; first < n && !code; first += BLOCK) {
        size_t end = n - first < BLOCK ? n : first + BLOCK;
        factor_rows(A, first, end, n, lda, diagonal);
        code = update(A, first, end, n, lda, threads);
    }
    free(diagonal);
    return code;
}

void sl_cholesky_plain(float *A, size_t n, size_t lda)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = i; j < n; j++) {
            double sum = (double)A[i * lda + j];
            for (size_t p = 0; p < i; p++)
                sum -= (double)A[p * lda + i] * (double)A[p * lda + j];
            A[i * lda + j] = i == j ? (float)sqrt(sum) : (float)(sum / (double)A[i * lda + i]);
        }
}

enum { LANES = 16 };

/* x . y, the sums side by side in a fixed order. */
SL_CLONED(static, float, dot, (const float *x, const float *y, size_t n), (x, y, n))
{
    float sum[LANES] = {0}, total = 0;
    size_t j = 0;
    for (; j + LANES <= n; j += LANES)
        for (size_t l = 0; l < LANES; l++)
            sum[l] += x[j + l] * y[j + l];
    for (size_t l = 0; l < LANES; l++)
        total += sum[l];
    for (; j < n; j++)
        total += x[j] * y[j];
    return total;
}

void sl_cholesky_solve(const float *U, size_t n, size_t lda, float *x)
{
    for (size_t i = 0; i < n; i++) { /* U'y = x */
        x[i] /= U[i * lda + i];
        subtract(x + i + 1, x[i], U + i * lda + i + 1, n - i - 1);
    }
    for (size_t i = n; i-- > 0;) { /* U x = y */
        const float *row = U + i * lda;
        x[i] = (x[i] - dot(row + i + 1, x + i + 1, n - i - 1)) / row[i];
    }
}
