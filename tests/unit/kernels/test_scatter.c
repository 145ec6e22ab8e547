/* test_scatter.c - sums of products of bytes, exactly, at sizes that squares of 16 and blocks of rows do and
 * do not divide. */
#include "core/memory.h"
#include "kernels/scatter.h"
#include <setjmp.h>
#include <shortlist/error.h>
#include <shortlist/rng.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void check(size_t n, size_t d, int threads)
{
    struct sl_rng *rng = sl_rng_new(n, "scatter");
    uint8_t *x = sl_alloc(n * d, 1);
    int64_t *sum = sl_alloc_zero(d * d, sizeof *sum), *ones = sl_alloc_zero(d, sizeof *ones);
    assert_true(rng && x && sum && ones);
    for (size_t i = 0; i < n * d; i++)
        x[i] = (uint8_t)sl_rng_below(rng, 256);
    assert_int_equal(sl_scatter_bytes(x, n, d, threads, sum, ones), SL_OK);
    for (size_t a = 0; a < d; a++) {
        int64_t one = 0;
        for (size_t i = 0; i < n; i++)
            one += x[i * d + a];
        assert_true(ones[a] == one);
        for (size_t b = a; b < d; b++) {
            int64_t plain = 0;
            for (size_t i = 0; i < n; i++)
                plain += (int64_t)x[i * d + a] * x[i * d + b];
            assert_true(sum[a * d + b] == plain);
        }
    }
    sl_rng_free(rng);
    free(x);
    free(sum);
    free(ones);
}

static void scatters(void **state)
{
    static const size_t rows[] = {1, 15, 16, 65, 2048, 2085}, features[] = {1, 16, 50, 83};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (size_t j = 0; j < sizeof features / sizeof *features; j++)
            for (int threads = 1; threads <= 2; threads++)
                check(rows[i], features[j], threads);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(scatters)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
