/* test_dot.c - the dot product against the sum by its definition. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "kernels/dot.h"
#include <float.h>
#include <math.h>
#include <shortlist/rng.h>
#include <stdint.h>

enum { LONGEST = 1000 };

static void is_the_sum_of_products(void **state)
{
    static double a[LONGEST], b[LONGEST];
    struct sl_rng *rng = sl_rng_new(7, "dot");
    (void)state;
    assert_non_null(rng);
    for (size_t i = 0; i < LONGEST; i++) {
        a[i] = sl_rng_uniform(rng) - 0.5;
        b[i] = sl_rng_uniform(rng) - 0.5;
    }
    for (size_t n = 0; n <= LONGEST; n += n < 40 ? 1 : 97) {
        long double sum = 0, size = 0;
        for (size_t i = 0; i < n; i++) {
            sum += (long double)a[i] * b[i];
            size += fabsl((long double)a[i] * b[i]);
        }
        assert_true(fabsl((long double)sl_dot(a, b, n) - sum) <= (long double)n * DBL_EPSILON * size);
    }
    sl_rng_free(rng);
}

/* Whole numbers have no rounding: in what order they are added makes no difference. */
static void whole_numbers_are_exact(void **state)
{
    double a[21], b[21];
    (void)state;
    for (int i = 0; i < 21; i++) {
        a[i] = i;
        b[i] = 2 * i - 20;
    }
    assert_true(sl_dot(a, b, 21) == 2 * 2870 - 20 * 210);
    assert_true(sl_dot(a, b, 0) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_the_sum_of_products),
        cmocka_unit_test(whole_numbers_are_exact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
