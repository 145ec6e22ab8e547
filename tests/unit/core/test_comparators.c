/* Comparators of numbers: one order, whatever the array's, with zeros of both signs, infinities and NaN in
 * it. */
#include "core/order.h"
#include "unit/check.h"
#include <math.h>

enum { N = 9 };

/* Zeros by their signs; NaN is the last. */
static void assert_order(const double *x)
{
    static const double want[N] = {-INFINITY, -1, -0.0, -0.0, 0, 0, 2, INFINITY, NAN};
    for (size_t i = 0; i < N - 1; i++) {
        assert_true(x[i] == want[i]);
        assert_int_equal(signbit(x[i]) != 0, signbit(want[i]) != 0);
    }
    assert_true(isnan(x[N - 1]));
}

static void one_order(void **state)
{
    static const double in[N] = {0, NAN, 2, -0.0, INFINITY, 0, -1, -0.0, -INFINITY};
    (void)state;
    for (size_t turn = 0; turn < N; turn++) {
        double reals[N], back[N];
        float floats[N];
        for (size_t i = 0; i < N; i++) {
            reals[i] = in[(i + turn) % N];
            floats[i] = (float)in[(i + turn) % N];
        }
        qsort(reals, N, sizeof *reals, sl_by_real);
        qsort(floats, N, sizeof *floats, sl_by_float);
        for (size_t i = 0; i < N; i++)
            back[i] = (double)floats[i];
        assert_order(reals);
        assert_order(back);
    }
}

static void zeros_tie(void **state)
{
    (void)state;
    assert_int_equal(sl_compare_reals(0, -0.0), 0);
    assert_int_equal(sl_compare_reals(NAN, -NAN), 0);
    assert_true(sl_compare_reals(NAN, INFINITY) > 0 && sl_compare_reals(INFINITY, NAN) < 0);
    assert_true(sl_compare_reals(-1, 1) < 0 && sl_compare_reals(1, -1) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(one_order), cmocka_unit_test(zeros_tie)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
