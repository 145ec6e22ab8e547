/* Places of floats among their distinct values: against sorting. */
#include <setjmp.h>
#include <shortlist/rng.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kernels/distinct.h"

enum { N = 5000 };

static float x[N], sorted[N], value[N];
static uint32_t rank_of[N];
static uint64_t scratch[2 * N];
static uint8_t bytes[3 * N];

static int by_value(const void *a, const void *b)
{
    const float u = *(const float *)a, v = *(const float *)b;
    return (u > v) - (u < v);
}

static size_t distinct(size_t n)
{
    size_t m = 0;
    memcpy(sorted, x, n * sizeof *x);
    qsort(sorted, n, sizeof *sorted, by_value);
    for (size_t i = 0; i < n; i++)
        if (m == 0 || sorted[i] > sorted[m - 1])
            sorted[m++] = sorted[i];
    return m;
}

/* One of so many values, of both signs, some next to each other; 0 and -0. */
static float draw(struct sl_rng *rng, size_t values)
{
    const size_t v = sl_rng_below(rng, values);
    const uint32_t bits = (v % 2 ? 0x80000000u : 0) | (uint32_t)(v / 2 < 300 ? v / 2 : v / 2 * 4001);
    float drawn;
    memcpy(&drawn, &bits, sizeof drawn);
    return drawn;
}

static void check_many(size_t n)
{
    const size_t m = distinct(n);
    assert_int_equal(sl_ranks(x, n, scratch, value, rank_of), m);
    for (size_t i = 0; i < m; i++)
        assert_true(value[i] == sorted[i]);
    for (size_t i = 0; i < n; i++)
        assert_true(value[rank_of[i]] == x[i]);
}

static void check_few(size_t n)
{
    const size_t m = distinct(n);
    struct sl_few few;
    sl_few_begin(&few);
    const int fits = sl_few_add(&few, x, n / 2) && sl_few_add(&few, x + n / 2, n - n / 2);
    assert_int_equal(fits, m <= SL_FEW_VALUES);
    if (!fits)
        return;
    sl_few_sort(&few);
    assert_int_equal(few.n, m);
    for (size_t i = 0; i < m; i++)
        assert_true(few.value[i] == sorted[i]);
    memset(bytes, 77, sizeof bytes);
    sl_few_ranks(&few, x, n, bytes, 3);
    for (size_t i = 0; i < n; i++)
        assert_true(few.value[bytes[3 * i]] == x[i] && bytes[3 * i + 1] == 77);
}

static void ranks(void **state)
{
    static const size_t values[] = {1, 2, 3, 200, 257, 258, 259, 1000, 1 << 20};
    static const size_t sizes[] = {1, 2, 100, N};
    (void)state;
    struct sl_rng *rng = sl_rng_new(1, "ranks");
    for (size_t v = 0; v < sizeof values / sizeof *values; v++)
        for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
            for (size_t i = 0; i < sizes[s]; i++)
                x[i] = draw(rng, values[v]);
            check_many(sizes[s]);
            check_few(sizes[s]);
        }
    sl_rng_free(rng);
}

/* 256 values fit a byte, one more does not. */
static void bounds(void **state)
{
    (void)state;
    for (size_t i = 0; i < N; i++)
        x[i] = (float)((i * 7 + 3) % 256) - 100;
    assert_int_equal(distinct(N), 256);
    check_few(N);
    x[N - 1] = 1e30f;
    assert_int_equal(distinct(N), 257);
    check_few(N);
    check_many(N);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(ranks), cmocka_unit_test(bounds)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
