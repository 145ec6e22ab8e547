/* test_small_gemm.c - small matrix products against their plain version, and what a row of theirs depends on.
 */
#include "core/memory.h"
#include "kernels/gemm.h"
#include "kernels/small_gemm.h"
#include <math.h>
#include <setjmp.h>
#include <shortlist/rng.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static float *random_floats(struct sl_rng *rng, size_t n)
{
    float *a = sl_alloc(n, sizeof *a);
    assert_non_null(a);
    for (size_t i = 0; i < n; i++)
        a[i] = (float)sl_rng_normal(rng);
    return a;
}

static void compare(struct sl_rng *rng, int trans, size_t M, size_t N, size_t K, float alpha, float beta)
{
    enum { PAD = 3 };
    const int trans_a = trans & 1, trans_b = trans >> 1;
    const size_t lda = (trans_a ? M : K) + PAD, ldb = (trans_b ? K : N) + PAD, ldc = N + PAD;
    /* No more than there must be, so that a sanitizer sees what is read beyond it. */
    float *A = random_floats(rng, ((trans_a ? K : M) - 1) * lda + lda - PAD);
    float *B = random_floats(rng, ((trans_b ? N : K) - 1) * ldb + ldb - PAD);
    float *plain = random_floats(rng, M * ldc), *start = sl_alloc(M * ldc, sizeof *start),
          *C = sl_alloc(M * ldc, sizeof *C);
    memcpy(start, plain, M * ldc * sizeof *C);
    memcpy(C, plain, M * ldc * sizeof *C);
    sl_gemm_plain(trans_a, trans_b, M, N, K, alpha, A, lda, B, ldb, beta, plain, ldc);
    assert_int_equal(sl_small_gemm(trans_a, trans_b, M, N, K, alpha, A, lda, B, ldb, beta, C, ldc), 0);
    for (size_t i = 0; i < M; i++) {
        for (size_t j = 0; j < N; j++)
            assert_true(fabs((double)C[i * ldc + j] - (double)plain[i * ldc + j]) <= 4e-7 * ((double)K + 10));
        assert_memory_equal(C + i * ldc + N, start + i * ldc + N, PAD * sizeof *C);
    }
    free(A);
    free(B);
    free(C);
    free(plain);
    free(start);
}

static void as_defined(void **state)
{
    static const size_t rows[] = {1, 2, 5, 6, 7, 13, 96, 97, 200}, depths[] = {1, 7, 8, 9, 33};
    struct sl_rng *rng = sl_rng_new(1, "small");
    (void)state;
    for (size_t m = 0; m < sizeof rows / sizeof *rows; m++)
        for (size_t N = 1; N <= 35; N++)
            for (size_t k = 0; k < sizeof depths / sizeof *depths; k++)
                for (int trans = 0; trans < 4; trans++) {
                    compare(rng, trans, rows[m], N, depths[k], 1, 0);
                    compare(rng, trans, rows[m], N, depths[k], -0.5f, (float)trans / 2);
                }
    sl_rng_free(rng);
}

/* C is only written where beta is 0. */
static void beta_zero(void **state)
{
    enum { N = 11 };
    float A[] = {1, 2}, B[2 * N], C[N];
    (void)state;
    for (int j = 0; j < N; j++) {
        B[j] = B[N + j] = (float)j;
        C[j] = NAN;
    }
    assert_int_equal(sl_small_gemm(0, 0, 1, N, 2, 1, A, 2, B, N, 0, C, N), 0);
    for (int j = 0; j < N; j++)
        assert_true(C[j] == 3 * (float)j);
}

/* What a row gives does not depend on how many come with it, nor a column on the others. */
static void rows_alone(void **state)
{
    enum { M = 77, N = 45, K = 30 };
    struct sl_rng *rng = sl_rng_new(2, "rows");
    float *A = random_floats(rng, M * K), *B = random_floats(rng, N * K), all[M * N], one[N];
    (void)state;
    assert_true(sl_gemm_is_small(0, M, N, K) && sl_gemm_is_small(0, 1, N, K));
    assert_int_equal(sl_gemm(0, 1, M, N, K, 1, A, K, B, K, 0, all, N, 3), 0);
    for (size_t i = 0; i < M; i++) {
        assert_int_equal(sl_gemm_one(0, 1, 1, N, K, 1, A + i * K, K, B, K, 0, one, N), 0);
        assert_memory_equal(all + i * N, one, sizeof one);
    }
    for (size_t j = 0; j < N; j++) {
        float column[M];
        assert_int_equal(sl_gemm_one(0, 1, M, 1, K, 1, A, K, B + j * K, K, 0, column, 1), 0);
        for (size_t i = 0; i < M; i++)
            assert_memory_equal(&column[i], &all[i * N + j], sizeof *column);
    }
    free(A);
    free(B);
    sl_rng_free(rng);
}

/* On both sides of the border between a product of ours and oneDNN's: the same on any number of threads. */
static void at_the_border(void **state)
{
    enum { M = 300, K = 64 };
    struct sl_rng *rng = sl_rng_new(3, "border");
    size_t N = 1;
    (void)state;
    while (sl_gemm_is_small(0, M, N, K))
        N++;
    for (size_t n = N - 2; n <= N + 2; n++) {
        float *A = random_floats(rng, M * K), *B = random_floats(rng, n * K), *C[4];
        for (int t = 0; t < 4; t++) {
            C[t] = sl_alloc(M * n, sizeof **C);
            assert_int_equal(sl_gemm(0, 1, M, n, K, 1, A, K, B, K, 0, C[t], n, t + 1), 0);
            assert_memory_equal(C[0], C[t], M * n * sizeof **C);
        }
        for (int t = 0; t < 4; t++)
            free(C[t]);
        free(A);
        free(B);
    }
    sl_rng_free(rng);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_defined),
        cmocka_unit_test(beta_zero),
        cmocka_unit_test(rows_alone),
        cmocka_unit_test(at_the_border),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
