/* test_skinny.c - the products of rows with a few weight vectors, and the losses on top of them, against
 * their plain versions; a row's result does not depend on the rows beside it. */
#include "core/memory.h"
#include "kernels/skinny.h"
#include "kernels/softmax.h"
#include <math.h>
#include <setjmp.h>
#include <shortlist/rng.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* (n, ld), normal, zero from d on. */
static float *random_rows(struct sl_rng *rng, size_t n, size_t d, size_t ld)
{
    float *a = sl_alloc_zero(n * ld, sizeof *a);
    assert_non_null(a);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < d; j++)
            a[i * ld + j] = (float)sl_rng_normal(rng);
    return a;
}

static void compare(const float *a, const float *b, size_t n, double tolerance)
{
    for (size_t i = 0; i < n; i++)
        if (!(fabs((double)a[i] - (double)b[i]) <= tolerance))
            fail_msg("element %zu: %g against %g", i, (double)a[i], (double)b[i]);
}

static void test_products(void **state)
{
    static const size_t features[] = {1, 15, 16, 17, 64, 100, 784};
    struct sl_rng *rng = sl_rng_new(1, "skinny");
    (void)state;
    for (size_t f = 0; f < sizeof features / sizeof *features; f++)
        for (size_t k = 1; k <= 12; k++) {
            enum { N = 23, ROOM = 24 };
            size_t d = features[f], ld = sl_lanes(d);
            float *X = random_rows(rng, ROOM, d, ld), *W = random_rows(rng, k, d, ld),
                  *P = random_rows(rng, k, N, ROOM);
            float *Z[2], *G[2], z[12];
            const float *w[12];
            for (int t = 0; t < 2; t++) {
                Z[t] = sl_alloc_zero(k * ROOM, sizeof *Z[t]);
                G[t] = sl_alloc_zero(k * ld, sizeof *G[t]);
                G[t][0] = 0.5f;
            }
            sl_skinny_dot(X, N, W, k, ld, Z[0], ROOM);
            sl_skinny_dot_plain(X, N, W, k, ld, Z[1], ROOM);
            for (size_t c = 0; c < k; c++)
                compare(Z[0] + c * ROOM, Z[1] + c * ROOM, N, 4e-7 * (double)(d + 10));
            sl_skinny_sum(P, ROOM, X, N, k, ld, G[0]);
            sl_skinny_sum_plain(P, ROOM, X, N, k, ld, G[1]);
            compare(G[0], G[1], k * ld, 4e-7 * (N + 10));
            for (size_t c = 0; c < k; c++)
                w[c] = W + c * ld;
            sl_skinny_row_dot(X, w, k, ld, z);
            for (size_t c = 0; c < k; c++)
                compare(z + c, Z[1] + c * ROOM, 1, 4e-7 * (double)(d + 10));
            for (int t = 0; t < 2; t++) {
                free(Z[t]);
                free(G[t]);
            }
            free(X);
            free(W);
            free(P);
        }
    sl_rng_free(rng);
}

static void test_rows_are_independent(void **state)
{
    enum { N = 8, D = 50, LD = 64, K = 7 };
    struct sl_rng *rng = sl_rng_new(2, "rows");
    float *X = random_rows(rng, N, D, LD), *W = random_rows(rng, K, D, LD);
    float *alone = sl_alloc_zero(4 * LD, sizeof *alone), all[K * N], one[K * 4];
    (void)state;
    sl_skinny_dot(X, N, W, K, LD, all, N);
    for (size_t i = 0; i < N; i++) {
        memcpy(alone, X + i * LD, LD * sizeof *X);
        sl_skinny_dot(alone, 1, W, K, LD, one, 4);
        for (size_t c = 0; c < K; c++)
            assert_memory_equal(&one[c * 4], &all[c * N + i], sizeof *one);
    }
    free(X);
    free(W);
    free(alone);
    sl_rng_free(rng);
}

/* Rows of bytes as they are: exactly what the same rows of floats give. */
static void test_byte_rows(void **state)
{
    enum { LD = 80, K = 12 };
    struct sl_rng *rng = sl_rng_new(5, "bytes");
    float *W = random_rows(rng, K, LD, LD), *x = sl_alloc(LD, sizeof *x), z[2][K], *v[2];
    uint8_t bytes[1 + LD], *row = bytes + 1; /* on any boundary */
    const float *w[K];
    (void)state;
    for (size_t j = 0; j < LD; j++)
        x[j] = row[j] = (uint8_t)sl_rng_below(rng, 256);
    for (size_t c = 0; c < K; c++)
        w[c] = W + c * LD;
    for (size_t k = 1; k <= K; k++) {
        sl_skinny_row_dot(x, w, k, LD, z[0]);
        sl_skinny_row_dot_bytes(row, w, k, LD, z[1]);
        assert_memory_equal(z[0], z[1], k * sizeof *z[0]);
    }
    for (int t = 0; t < 2; t++) {
        v[t] = sl_alloc(LD, sizeof *v[t]);
        memcpy(v[t], W, LD * sizeof *W);
    }
    sl_skinny_row_add(v[0], 0.37f, x, LD);
    sl_skinny_row_add_bytes(v[1], 0.37f, row, LD);
    for (size_t j = 0; j < LD; j++) {
        double want = (double)W[j] + 0.37 * (double)x[j];
        assert_true(fabs((double)v[0][j] - want) < 1e-4 && fabs((double)v[1][j] - want) < 1e-4);
    }
    free(v[0]);
    free(v[1]);
    free(W);
    free(x);
    sl_rng_free(rng);
}

/* A few rows anywhere: the products by the definition, the same for bytes, beside any other vectors. */
static void test_row_blocks(void **state)
{
    enum { LD = 80, K = 12, R = SL_ROWS_STEP };
    struct sl_rng *rng = sl_rng_new(7, "row blocks");
    float *W = random_rows(rng, K, LD, LD), *X = sl_alloc(R * LD, sizeof *X), all[K * R], some[K * R],
          plain[K];
    uint8_t bytes[R][1 + LD];
    const void *x[2][R];
    const float *w[K];
    (void)state;
    for (int r = 0; r < R; r++) {
        x[0][r] = X + r * LD;
        x[1][r] = bytes[r] + 1; /* on any boundary */
        for (int j = 0; j < LD; j++)
            X[r * LD + j] = bytes[r][1 + j] = (uint8_t)sl_rng_below(rng, 256);
    }
    for (size_t c = 0; c < K; c++)
        w[c] = W + c * LD;
    sl_skinny_block_dot(x[0], 0, w, K, LD, all);
    for (int r = 0; r < R; r++) {
        sl_skinny_dot_plain(X + r * LD, 1, W, K, LD, plain, 1);
        for (size_t c = 0; c < K; c++)
            compare(&all[c * R + (size_t)r], &plain[c], 1, 255 * 4e-7 * (LD + 10));
    }
    for (int is_bytes = 0; is_bytes < 2; is_bytes++)
        for (size_t first = 0; first < K; first++)
            for (size_t k = 1; first + k <= K; k++) {
                sl_skinny_block_dot(x[is_bytes], is_bytes, w + first, k, LD, some);
                assert_memory_equal(some, all + first * R, k * R * sizeof *some);
            }
    for (unsigned steps = 0; steps < 1u << R; steps++) { /* W is not needed any more */
        float a[R];
        for (int r = 0; r < R; r++)
            a[r] = steps & 1u << r ? 0.25f * (float)(r + 1) : 0;
        for (int is_bytes = 0; is_bytes < 2; is_bytes++) {
            memset(W, 0, LD * sizeof *W);
            sl_skinny_block_add(W, a, x[is_bytes], is_bytes, LD);
            for (int j = 0; j < LD; j++) {
                float want = 0; /* exactly: quarters */
                for (int r = 0; r < R; r++)
                    want += a[r] * X[r * LD + j];
                assert_true(W[j] == want);
            }
        }
        const float rounded[R] = {0.1f, steps & 1 ? -0.7f : 0, steps & 2 ? 1e-3f : 0, steps & 4 ? 0.3f : 0};
        float of[2][LD]; /* bytes round as floats do */
        for (int is_bytes = 0; is_bytes < 2; is_bytes++) {
            for (int j = 0; j < LD; j++)
                of[is_bytes][j] = 1 / (float)(j + 3);
            sl_skinny_block_add(of[is_bytes], rounded, x[is_bytes], is_bytes, LD);
        }
        assert_memory_equal(of[0], of[1], sizeof of[0]);
    }
    double product = 0;
    for (int j = 0; j < LD; j++)
        product += (double)X[j] * (double)X[LD + j];
    assert_true(sl_skinny_product(x[1][0], x[1][1], 1, LD) == product);
    assert_true(fabs(sl_skinny_product(X, X + LD, 0, LD) / product - 1) < 1e-6);
    free(X);
    free(W);
    sl_rng_free(rng);
}

/* The largest bytes, more of them than 32 bits add up. */
static void test_long_product(void **state)
{
    enum { LD = 1 << 17 };
    uint8_t *x = sl_alloc(LD, 1);
    (void)state;
    assert_non_null(x);
    memset(x, 255, LD);
    assert_true(sl_skinny_product(x, x, 1, LD) == 65025.0 * LD);
    free(x);
}

/* The same for blocks; the last row is not read past. */
static void test_byte_blocks(void **state)
{
    enum { N = 23, ROOM = 24, LD = 80, K = 12 };
    struct sl_rng *rng = sl_rng_new(6, "blocks");
    float *W = random_rows(rng, K, LD, LD), *P = random_rows(rng, K, N, ROOM);
    float *X = sl_alloc(N * LD, sizeof *X), *Z[2], *G[2];
    uint8_t *room = sl_alloc(1 + N * LD, 1), *bytes = room + 1; /* on any boundary */
    (void)state;
    for (size_t i = 0; i < N * LD; i++)
        X[i] = bytes[i] = (uint8_t)sl_rng_below(rng, 256);
    for (size_t k = 1; k <= K; k++) {
        for (int t = 0; t < 2; t++) {
            Z[t] = sl_alloc_zero(K * ROOM, sizeof *Z[t]);
            G[t] = sl_alloc_zero(K * LD, sizeof *G[t]);
        }
        sl_skinny_dot(X, N, W, k, LD, Z[0], ROOM);
        sl_skinny_dot_bytes(bytes, N, W, k, LD, Z[1], ROOM);
        for (size_t c = 0; c < k; c++)
            assert_memory_equal(Z[0] + c * ROOM, Z[1] + c * ROOM, N * sizeof *Z[0]);
        sl_skinny_sum(P, ROOM, X, N, k, LD, G[0]);
        sl_skinny_sum_bytes(P, ROOM, bytes, N, k, LD, G[1]);
        assert_memory_equal(G[0], G[1], k * LD * sizeof *G[0]);
        for (int t = 0; t < 2; t++) {
            free(Z[t]);
            free(G[t]);
        }
    }
    free(W);
    free(P);
    free(X);
    free(room);
    sl_rng_free(rng);
}

static void test_padding(void **state)
{
    uint8_t bytes[2 * 3] = {0, 1, 2, 3, 4, 5};
    float X[2 * SL_LANES];
    const struct sl_view view = {.dtype = SL_U8, .n = 2, .d = 3, .x = bytes, .k = 1, .scale = 2, .offset = 1};
    (void)state;
    memset(X, 255, sizeof X);
    sl_skinny_rows(&view, 0, 2, SL_LANES, X);
    for (size_t i = 0; i < 2; i++)
        for (size_t j = 0; j < SL_LANES; j++)
            assert_true(X[i * SL_LANES + j] == (j < 3 ? 2 * (float)(3 * i + j) + 1 : 0));
}

static void test_softmax(void **state)
{
    enum { N = 61, LD = 64, K = 11 };
    struct sl_rng *rng = sl_rng_new(3, "softmax");
    float Z[2][K * LD], s[N];
    int32_t y[N];
    (void)state;
    for (int scale = 0; scale < 3; scale++)
        for (int weighted = 0; weighted < 2; weighted++) {
            const double scales[] = {0.01, 3, 60};
            for (size_t i = 0; i < K * LD; i++)
                Z[0][i] = Z[1][i] = (float)(scales[scale] * sl_rng_normal(rng));
            for (size_t i = 0; i < N; i++) {
                y[i] = (int32_t)sl_rng_below(rng, K);
                s[i] = weighted ? (float)(1 + i % 3) : 1;
            }
            double fast = sl_softmax_loss(Z[0], LD, N, K, y, s),
                   plain = sl_softmax_loss_plain(Z[1], LD, N, K, y, s);
            assert_true(fabs(fast - plain) <= 3e-6 * plain);
            for (size_t c = 0; c < K; c++)
                compare(Z[0] + c * LD, Z[1] + c * LD, N, 3e-6);
        }
    sl_rng_free(rng);
}

/* A small loss keeps its digits: log(1 + e^-30) is 9.36e-14, not 0. */
static void test_small_losses(void **state)
{
    float Z[2] = {30, 0}, z = 30, one = 1;
    int32_t y = 0;
    (void)state;
    assert_true(fabs(sl_softmax_loss(Z, 1, 1, 2, &y, &one) / 9.357622968840e-14 - 1) < 1e-2);
    assert_true(fabs((double)Z[0] / -9.357622968840e-14 - 1) < 1e-5);
    assert_true(fabs(sl_logistic_loss(&z, 1, &one, &one) / 9.357622968840e-14 - 1) < 1e-2);
}

static void test_logistic(void **state)
{
    enum { N = 64 };
    struct sl_rng *rng = sl_rng_new(4, "logistic");
    float z[2][N], y[N], s[N];
    (void)state;
    for (size_t i = 0; i < N; i++) {
        z[0][i] = z[1][i] = (float)(20 * sl_rng_normal(rng));
        y[i] = sl_rng_below(rng, 2) ? 1 : -1;
        s[i] = (float)(1 + i / 32);
    }
    double fast = sl_logistic_loss(z[0], N, y, s), plain = sl_logistic_loss_plain(z[1], N, y, s);
    assert_true(fabs(fast - plain) <= 1e-6 * plain);
    compare(z[0], z[1], N, 1e-6);
    sl_rng_free(rng);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_products),     cmocka_unit_test(test_rows_are_independent),
        cmocka_unit_test(test_padding),      cmocka_unit_test(test_byte_rows),
        cmocka_unit_test(test_byte_blocks),  cmocka_unit_test(test_row_blocks),
        cmocka_unit_test(test_long_product), cmocka_unit_test(test_softmax),
        cmocka_unit_test(test_small_losses), cmocka_unit_test(test_logistic),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
