/* Wilson's interval, McNemar's test, Holm's correction.  Reference numbers: the textbook formulas,
 * computed with SciPy 1.10's norm.ppf, binom.cdf and chi2.sf, unless said otherwise. */
#include <math.h>
#include <setjmp.h>
#include <shortlist/metrics.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

/* Needs the headers above. */
#include <cmocka.h>

static void assert_near(double a, double b, double tolerance)
{
    if (!(fabs(a - b) <= tolerance))
        fail_msg("%.17g is not %.17g", a, b);
}

static void test_wilson(void **state)
{
    static const struct {
        uint64_t right, n;
        double level, low, high;
    } cases[] = {
        {0, 10, 0.95, 0, 0.2775327998628892},
        {10, 10, 0.95, 0.7224672001371106, 1},
        {1, 3, 0.9, 0.0782657263337284, 0.7464661317187758},
        {8600, 10000, 0.95, 0.8530608405043255, 0.8666626806687873},
        {9500, 10000, 0.99, 0.9440816731346715, 0.9553215821052146},
        {5, 8, 0.5, 0.5057738811941463, 0.7307743197516475},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double low, high;
        sl_wilson(cases[i].right, cases[i].n, cases[i].level, &low, &high);
        assert_near(low, cases[i].low, 1e-12);
        assert_near(high, cases[i].high, 1e-12);
    }
}

/* Nothing known: everything is possible.  Level 0: the estimate alone. */
static void test_wilson_edges(void **state)
{
    double low, high;
    (void)state;
    sl_wilson(0, 0, 0.95, &low, &high);
    assert_true(low == 0 && high == 1);
    sl_wilson(5, 10, 1, &low, &high);
    assert_true(low == 0 && high == 1);
    sl_wilson(5, 10, 0, &low, &high);
    assert_true(low == 0.5 && high == 0.5);
    sl_wilson(0, 5, 0.95, &low, &high);
    assert_true(low == 0);
    sl_wilson(5, 5, 0.95, &low, &high);
    assert_true(high == 1);
}

static void test_mcnemar(void **state)
{
    static const struct {
        uint64_t a, b;
        double p;
    } cases[] = {
        {0, 0, 1}, /* no row tells them apart */
        {0, 1, 1},
        {0, 5, 0.0625},
        {3, 12, 0.03515625},
        {12, 13, 1},
        {25, 0, 5.960464477539063e-08},
        {26, 0, 9.443043861123425e-07}, /* from here on chi-squared */
        {13, 13, 1},
        {12, 14, 0.8445192674729399},
        {100, 140, 0.01182113783662232},
        {500, 700, 9.21193790528664e-09},
        {1, 3000, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_near(sl_mcnemar(cases[i].a, cases[i].b), cases[i].p, 1e-12 + 1e-9 * cases[i].p);
        assert_near(sl_mcnemar(cases[i].b, cases[i].a), cases[i].p, 1e-12 + 1e-9 * cases[i].p);
    }
    assert_true(sl_mcnemar(5000000000u, 5000000000u) == 1);
}

/* SciPy's t.sf. */
static void test_corrected_t(void **state)
{
    static const double a[] = {0.02, 0.01, 0.03, -0.01, 0.02}, b[] = {0.1, 0.2, 0.1, 0.3}, zero[] = {0, 0, 0},
                        same[] = {0.5, 0.5, 0.5};
    (void)state;
    assert_near(sl_corrected_t(a, 5, 0.25), 0.24080150290275057, 1e-12);
    assert_near(sl_corrected_t(b, 4, 1.0 / 3), 0.09646535903455161, 1e-12);
    assert_true(sl_corrected_t(zero, 3, 0.5) == 1 && sl_corrected_t(same, 3, 0.5) == 0);
    assert_true(isnan(sl_corrected_t(a, 1, 0.25)));
}

/* By hand: sorted 0.005 0.01 0.03 0.04 times 4 3 2 1 is 0.02 0.03 0.06 0.04, and never falls. */
static void test_holm(void **state)
{
    double p[] = {0.01, 0.04, 0.03, 0.005}, ties[] = {0.02, 0.5, 0.02, 0.02}, one[] = {0.03},
           large[] = {0.9, 0.8};
    static const double expected[] = {0.03, 0.06, 0.06, 0.02}, expected_ties[] = {0.08, 0.5, 0.08, 0.08};
    (void)state;
    sl_holm(p, 4);
    sl_holm(ties, 4);
    for (int i = 0; i < 4; i++) {
        assert_near(p[i], expected[i], 1e-15);
        assert_near(ties[i], expected_ties[i], 1e-15);
    }
    sl_holm(one, 1);
    assert_true(one[0] == 0.03);
    sl_holm(large, 2);
    assert_true(large[0] == 1 && large[1] == 1);
    sl_holm(NULL, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wilson),  cmocka_unit_test(test_wilson_edges),
        cmocka_unit_test(test_mcnemar), cmocka_unit_test(test_corrected_t),
        cmocka_unit_test(test_holm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
