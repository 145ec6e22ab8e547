/* test_row.c - products of one row with one vector, and Cholesky factors, against their plain versions. */
#include "core/memory.h"
#include "kernels/cholesky.h"
#include "kernels/row.h"
#include "kernels/skinny.h"
#include <math.h>
#include <setjmp.h>
#include <shortlist/error.h>
#include <shortlist/rng.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* Rows of bytes and of floats, at any place in memory. */
static void products(void **state)
{
    static const size_t widths[] = {16, 32, 48, 64, 112, 784, 800};
    struct sl_rng *rng = sl_rng_new(1, "row");
    enum { WIDEST = 800, OFFSET = 1 };
    uint8_t bytes[WIDEST + OFFSET];
    float floats[WIDEST + OFFSET];
    double w[WIDEST], sum[WIDEST], squares[WIDEST];
    (void)state;
    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++)
        for (int kind = 0; kind < 2; kind++) {
            size_t ld = widths[i];
            const void *x = kind ? (const void *)(bytes + OFFSET) : (const void *)(floats + OFFSET);
            for (size_t j = 0; j < ld; j++) {
                bytes[j + OFFSET] = (uint8_t)sl_rng_below(rng, 256);
                floats[j + OFFSET] = (float)sl_rng_normal(rng);
                sum[j] = squares[j] = w[j] = sl_rng_normal(rng);
            }
            double wanted = sl_row_dot_f64_plain(x, kind, w, ld), size = kind ? 255 : 4;
            assert_true(fabs(sl_row_dot_f64(x, kind, w, ld) - wanted) < 1e-13 * size * (double)ld);
            sl_row_add_f64(sum, 0.3, x, kind, ld);
            sl_row_add_squares_f64(squares, 0.3, x, kind, ld);
            for (size_t j = 0; j < ld; j++) {
                double v = kind ? (double)bytes[j + OFFSET] : (double)floats[j + OFFSET];
                assert_true(fabs(sum[j] - (w[j] + 0.3 * v)) < 1e-13 * size);
                assert_true(fabs(squares[j] - (w[j] + 0.3 * v * v)) < 1e-13 * size * size);
            }
        }
    sl_rng_free(rng);
}

/* A (n, lda) = B'B + shift with B (depth, n) normal. */
static float *positive_matrix(size_t n, size_t lda, size_t depth, double shift)
{
    struct sl_rng *rng = sl_rng_new(2, "matrix");
    float *A = sl_alloc_zero(n * lda, sizeof *A), *b = sl_alloc(n, sizeof *b);
    for (size_t l = 0; l < depth; l++) {
        for (size_t i = 0; i < n; i++)
            b[i] = (float)sl_rng_normal(rng);
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++)
                A[i * lda + j] += b[i] * b[j];
    }
    for (size_t i = 0; i < n; i++)
        A[i * lda + i] += (float)shift;
    free(b);
    sl_rng_free(rng);
    return A;
}

static void factors(void **state)
{
    static const size_t sizes[] = {1, 2, 63, 64, 65, 130, 400};
    (void)state;
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        size_t n = sizes[s], lda = n + 3;
        float *A = positive_matrix(n, lda, n, 10), *U = positive_matrix(n, lda, n, 10),
              *two = positive_matrix(n, lda, n, 10), *plain = positive_matrix(n, lda, n, 10);
        float *x = sl_alloc(n, sizeof *x);
        assert_int_equal(sl_cholesky(U, n, lda, 1), SL_OK);
        assert_int_equal(sl_cholesky(two, n, lda, 2), SL_OK);
        sl_cholesky_plain(plain, n, lda);
        for (size_t i = 0; i < n; i++) {
            assert_memory_equal(U + i * lda + i, two + i * lda + i, (n - i) * sizeof *U);
            for (size_t j = i; j < n; j++)
                assert_true(fabsf(U[i * lda + j] - plain[i * lda + j]) < 1e-4f * sqrtf((float)n));
            x[i] = (float)sin((double)i);
        }
        sl_cholesky_solve(U, n, lda, x);
        for (size_t i = 0; i < n; i++) { /* A x is what x was */
            double sum = 0;
            for (size_t j = 0; j < n; j++)
                sum += (double)A[i * lda + j] * (double)x[j];
            assert_true(fabs(sum - sin((double)i)) < 1e-4 * sqrt((double)n));
        }
        free(A);
        free(U);
        free(two);
        free(plain);
        free(x);
    }
}

/* Of rank 5, and with a row of zeros: a finite factor all the same, and a positive product x.A^-1 x. */
static void singular_matrices(void **state)
{
    enum { N = 70 };
    float *A = positive_matrix(N, N, 5, 0), x[N];
    double sum = 0;
    (void)state;
    for (size_t i = 0; i < N; i++) {
        A[i * N + 7] = A[7 * N + i] = 0;
        x[i] = (float)cos((double)i);
    }
    assert_int_equal(sl_cholesky(A, N, N, 1), SL_OK);
    for (size_t i = 0; i < N; i++)
        for (size_t j = i; j < N; j++)
            assert_true(isfinite(A[i * N + j]) && (i != j || A[i * N + j] > 0));
    sl_cholesky_solve(A, 7, N, x); /* what stands before the row of zeros */
    for (size_t i = 0; i < 7; i++)
        sum += (double)x[i] * cos((double)i);
    assert_true(isfinite(sum) && sum > 0);
    free(A);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(products),
        cmocka_unit_test(factors),
        cmocka_unit_test(singular_matrices),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
