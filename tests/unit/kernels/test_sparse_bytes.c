/* test_sparse_bytes.c - products of bytes that are mostly 0 against the definition, and their transpose. */
#include "core/memory.h"
#include "kernels/sparse_bytes.h"
#include <math.h>
#include <setjmp.h>
#include <shortlist/rng.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static float value[256];

/* (m, padded n): one byte of `of` is not 0; what is behind a row is 0. */
static uint8_t *random_bytes(struct sl_rng *rng, size_t m, size_t n, unsigned of)
{
    size_t ld = sl_sparse_padded(n);
    uint8_t *x = sl_alloc_zero(m * ld, 1);
    assert_non_null(x);
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++)
            x[i * ld + j] = sl_rng_below(rng, of) ? 0 : (uint8_t)(1 + sl_rng_below(rng, 255));
    return x;
}

static void check_product(struct sl_rng *rng, size_t m, size_t n, size_t width, unsigned of, int add)
{
    enum { GAP = 3 }; /* between rows: must stay as it was */
    size_t ld = sl_sparse_padded(n), ldb = width + GAP, ldy = width + GAP;
    uint8_t *X = random_bytes(rng, m, n, of);
    float *B = sl_alloc(n * ldb, sizeof *B), *Y = sl_alloc(m * ldy, sizeof *Y),
          *Z = sl_alloc(m * ldy, sizeof *Z), *panel = sl_alloc(SL_SPARSE_PANEL, sizeof *panel);
    for (size_t i = 0; i < n * ldb; i++)
        B[i] = (float)sl_rng_normal(rng);
    for (size_t i = 0; i < m * ldy; i++)
        Y[i] = Z[i] = (float)sl_rng_normal(rng);
    sl_sparse_product(X, m, n, ld, value, B, ldb, width, add, Y, ldy, panel);
    free(panel);
    sl_sparse_product_plain(X, m, n, ld, value, B, ldb, width, add, Z, ldy);
    for (size_t i = 0; i < m * ldy; i++) {
        double tolerance = i % ldy < width ? 1e-6 * (double)(n + 10) : 0;
        if (!(fabs((double)Y[i] - (double)Z[i]) <= tolerance))
            fail_msg("%zu x %zu x %zu, add %d: row %zu, column %zu is %g, not %g", m, n, width, add, i / ldy,
                     i % ldy, (double)Y[i], (double)Z[i]);
    }
    free(X);
    free(B);
    free(Y);
    free(Z);
}

static void products_follow_the_definition(void **state)
{
    struct sl_rng *rng = sl_rng_new(3, "sparse");
    (void)state;
    for (int b = 1; b < 256; b++)
        value[b] = (float)b / 255;
    value[0] = NAN; /* is not to be used */
    for (size_t width = SL_SPARSE_MIN_WIDTH; width <= 140; width++)
        check_product(rng, 3, 70, width, 2, (int)(width % 2));
    static const size_t features[] = {1, 63, 64, 65, 392};
    for (size_t f = 0; f < sizeof features / sizeof *features; f++)
        for (unsigned of = 1; of <= 5; of += 2)
            check_product(rng, 7, features[f], 100, of, 0);
    check_product(rng, 5, 130, 512, 2, 1);
    sl_rng_free(rng);
}

static void transposes_fill_with_zeros(void **state)
{
    static const size_t sizes[][2] = {{1, 1}, {16, 16}, {17, 33}, {200, 392}, {64, 100}};
    struct sl_rng *rng = sl_rng_new(4, "transpose");
    (void)state;
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        size_t m = sizes[s][0], n = sizes[s][1], ld = sl_sparse_padded(n), ldo = sl_sparse_padded(m);
        uint8_t *X = random_bytes(rng, m, n, 1), *T = sl_alloc(n * ldo, 1);
        memset(T, 7, n * ldo);
        sl_sparse_transpose(X, m, n, ld, T, ldo);
        for (size_t j = 0; j < n; j++)
            for (size_t i = 0; i < ldo; i++)
                assert_int_equal(T[j * ldo + i], i < m ? X[i * ld + j] : 0);
        free(X);
        free(T);
    }
    sl_rng_free(rng);
}

static void density_counts_what_is_not_0(void **state)
{
    uint8_t x[1000] = {0};
    (void)state;
    memset(x + 100, 255, 250);
    assert_true(sl_sparse_density(x, sizeof x) == 0.25);
    assert_true(sl_sparse_density(x, 0) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(products_follow_the_definition),
        cmocka_unit_test(transposes_fill_with_zeros),
        cmocka_unit_test(density_counts_what_is_not_0),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
