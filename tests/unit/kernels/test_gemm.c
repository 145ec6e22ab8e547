/* test_gemm.c - the matrix product and the byte conversion against their plain versions, and their
 * independence of the number of threads. */
#include "core/memory.h"
#include "kernels/convert.h"
#include "kernels/gemm.h"
#include <float.h>
#include <math.h>
#include <omp.h>
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

struct shape {
    size_t M, N, K;
};

static void compare(struct sl_rng *rng, struct shape s, int trans_a, int trans_b, float alpha, float beta)
{
    enum { PAD = 3 }; /* leading dimensions longer than the rows */
    size_t lda = (trans_a ? s.M : s.K) + PAD, ldb = (trans_b ? s.K : s.N) + PAD, ldc = s.N + PAD;
    float *A = random_floats(rng, (trans_a ? s.K : s.M) * lda + 1);
    float *B = random_floats(rng, (trans_b ? s.N : s.K) * ldb + 1);
    float *start = random_floats(rng, s.M * ldc + 1);
    float *C[4];
    for (int t = 0; t < 4; t++) {
        C[t] = sl_alloc(s.M * ldc + 1, sizeof *C[t]);
        memcpy(C[t], start, s.M * ldc * sizeof *start);
    }
    sl_gemm_plain(trans_a, trans_b, s.M, s.N, s.K, alpha, A, lda, B, ldb, beta, C[0], ldc);
    for (int t = 1; t < 4; t++)
        assert_int_equal(sl_gemm(trans_a, trans_b, s.M, s.N, s.K, alpha, A, lda, B, ldb, beta, C[t], ldc, t),
                         0);
    /* Rounding of a sum of K products of unit variance. */
    double tolerance = 4e-7 * ((double)s.K + 10);
    for (size_t i = 0; i < s.M; i++)
        for (size_t j = 0; j < s.N; j++)
            assert_true(fabs((double)C[1][i * ldc + j] - (double)C[0][i * ldc + j]) <= tolerance);
    /* The padding included: nothing else is written. */
    assert_memory_equal(C[1], C[2], s.M * ldc * sizeof *start);
    assert_memory_equal(C[1], C[3], s.M * ldc * sizeof *start);
    for (size_t i = 0; i < s.M; i++)
        assert_memory_equal(C[1] + i * ldc + s.N, start + i * ldc + s.N, PAD * sizeof *start);
    for (int t = 0; t < 4; t++)
        free(C[t]);
    free(A);
    free(B);
    free(start);
}

static void test_product(void **state)
{
    static const struct shape shapes[] = {{1, 1, 1},      {3, 5, 7},       {200, 100, 784}, {100, 784, 200},
                                          {10, 784, 999}, {2000, 10, 784}, {333, 17, 65},   {1, 300, 64},
                                          {64, 1, 300},   {513, 257, 129}, {4, 4, 0}};
    struct sl_rng *rng = sl_rng_new(1, "gemm");
    (void)state;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        for (int t = 0; t < 4; t++) {
            compare(rng, shapes[i], t & 1, t >> 1, 1, 0);
            compare(rng, shapes[i], t & 1, t >> 1, -0.5f, 0.25f);
        }
    sl_rng_free(rng);
}

/* beta 0 means that C's old content, NaN included, is not read. */
static void test_beta_zero(void **state)
{
    float A[] = {1, 2}, B[] = {3, 4}, C[] = {NAN};
    (void)state;
    assert_int_equal(sl_gemm(0, 0, 1, 1, 2, 1, A, 2, B, 1, 0, C, 1, 2), 0);
    assert_true(C[0] == 11);
}

/* The caller's default number of threads survives, and a call from a parallel region gives the same. */
static void test_nested(void **state)
{
    enum { M = 512, N = 64, K = 256 };
    struct sl_rng *rng = sl_rng_new(2, "nested");
    float *A = random_floats(rng, M * K), *B = random_floats(rng, K * N);
    float *alone = sl_alloc(M * N, sizeof *alone), *inside[2];
    (void)state;
    omp_set_num_threads(2);
    sl_gemm(0, 0, M, N, K, 1, A, K, B, N, 0, alone, N, 1);
    assert_int_equal(omp_get_max_threads(), 2);
    for (int t = 0; t < 2; t++)
        inside[t] = sl_alloc(M * N, sizeof *alone);
#pragma omp parallel for num_threads(2)
    for (int t = 0; t < 2; t++)
        sl_gemm(0, 0, M, N, K, 1, A, K, B, N, 0, inside[t], N, 2);
    for (int t = 0; t < 2; t++) {
        assert_memory_equal(alone, inside[t], M * N * sizeof *alone);
        free(inside[t]);
    }
    free(alone);
    free(A);
    free(B);
    sl_rng_free(rng);
}

static void test_convert(void **state)
{
    enum { ROWS = 131, D = 37, N = ROWS * D };
    uint8_t bytes[N];
    float fast[N], plain[N], all[N], rows[2 * D];
    struct sl_view view = {
        .dtype = SL_U8, .n = ROWS, .d = D, .x = bytes, .k = 1, .scale = 1.0f / 255, .offset = -0.5f};
    (void)state;
    for (size_t i = 0; i < N; i++)
        bytes[i] = (uint8_t)(i * 37 % 256);
    sl_bytes_to_floats(bytes, N, view.scale, view.offset, fast);
    sl_bytes_to_floats_plain(bytes, N, view.scale, view.offset, plain);
    for (size_t i = 0; i < N; i++)
        assert_true(fabsf(fast[i] - plain[i]) <= 1.2e-7f);
    sl_view_block(&view, 0, ROWS, all);
    assert_memory_equal(all, fast, sizeof fast);
    const uint32_t wanted[] = {130, 4};
    sl_view_gather(&view, wanted, 2, rows);
    assert_memory_equal(rows, fast + 130 * D, D * sizeof *fast);
    assert_memory_equal(rows + D, fast + 4 * D, D * sizeof *fast);
    struct sl_view floats = {.dtype = SL_F32, .n = ROWS, .d = D, .x = fast, .k = 1, .scale = 1};
    sl_view_block(&floats, 7, 2, rows);
    assert_memory_equal(rows, fast + 7 * D, 2 * D * sizeof *fast);
}

/* Each of the values that are not finite, at every place of some blocks. */
static void test_first_nonfinite(void **state)
{
    enum { N = 2 * 4096 + 37 };
    static const float odd[] = {NAN, -NAN, INFINITY, -INFINITY};
    static const float fine[] = {FLT_MAX, -FLT_MAX, FLT_MIN / 2, -0.0f, 1.5f};
    float x[N];
    (void)state;
    for (size_t i = 0; i < N; i++)
        x[i] = fine[i % 5];
    for (size_t n = 0; n < N; n += n < 70 ? 1 : 509)
        assert_int_equal(sl_first_nonfinite(SL_F32, x, n), n);
    assert_int_equal(sl_first_nonfinite(SL_F32, x, N), N);
    for (size_t i = 0; i < N; i += i < 70 || i > N - 70 ? 1 : 61) {
        const float was = x[i];
        x[i] = odd[i % 4];
        assert_int_equal(sl_first_nonfinite(SL_F32, x, N), i);
        assert_int_equal(sl_first_nonfinite(SL_F32, x, i + 1), i);
        assert_int_equal(sl_first_nonfinite(SL_F32, x, i), i);
        x[N - 1] = NAN; /* a later one is not the first */
        assert_int_equal(sl_first_nonfinite(SL_F32, x, N), i);
        x[N - 1] = fine[(N - 1) % 5];
        x[i] = was;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_product), cmocka_unit_test(test_beta_zero),       cmocka_unit_test(test_nested),
        cmocka_unit_test(test_convert), cmocka_unit_test(test_first_nonfinite),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
