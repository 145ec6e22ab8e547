/* test_power_law.c - costs far beyond the sizes that were measured, from laws that are known. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "measure/power_law.h"
#include <math.h>

enum { SIZES = 4 };
static const double sizes[SIZES] = {500, 1000, 2000, 4000};
static const double noise[SIZES] = {1.04, 0.97, 1.03, 0.98};
static const struct sl_law_bounds bounds = {0, 3, 1, 0.1, 0};

/* How far the law of noisy costs a + b n^c is off at n, as a factor. */
static double off(double a, double b, double c, size_t count, double at)
{
    struct sl_power_law law;
    double costs[SIZES];
    for (size_t i = 0; i < count; i++)
        costs[i] = (a + b * pow(sizes[i], c)) * noise[i];
    assert_int_equal(sl_power_law_fit(sizes, costs, count, bounds, &law), 0);
    const double ratio = sl_power_law_at(&law, at) / (a + b * pow(at, c));
    return fmax(ratio, 1 / ratio);
}

/* Twelve times the largest size, with noise of a few per cent. */
static void known_laws_are_found(void **state)
{
    (void)state;
    assert_true(off(0, 1e-4, 1, SIZES, 50000) < 1.2);
    assert_true(off(0.05, 1e-4, 1, SIZES, 50000) < 1.2);
    assert_true(off(0, 1e-7, 2, SIZES, 50000) < 1.3);
    assert_true(off(0, 1e-6, 1.5, SIZES, 50000) < 1.35);
    assert_true(off(0.3, 0, 1, SIZES, 50000) < 1.5);
    assert_true(off(0, 1e-4, 1, 3, 16000) < 1.4);
    assert_true(off(0, 1e-7, 2, 3, 16000) < 1.3);
}

/* Peaks of memory of an SVM in MB: chance changes them little, so that their bend is one. */
static void steady_costs_bend(void **state)
{
    (void)state;
    static const double rows[SIZES] = {1570, 3140, 6280, 12500}, peaks[SIZES] = {8.4, 10, 19.6, 45.5};
    struct sl_power_law steady, busy;
    assert_int_equal(
        sl_power_law_fit(rows, peaks, SIZES, (struct sl_law_bounds){0, 2, 1, 0.05, 0.25}, &steady), 0);
    assert_int_equal(sl_power_law_fit(rows, peaks, SIZES, (struct sl_law_bounds){0, 2, 1, 0.1, 0}, &busy), 0);
    assert_true(fabs(sl_power_law_at(&steady, 50000) / 373 - 1) < 0.2);
    assert_true(busy.exponent < steady.exponent);
}

/* Peaks of memory of k-NN on few rows in MB, which are hardly more than what threads take by chance: what a
 * law makes of them far away is no more than in proportion. */
static void small_costs_bend_nothing(void **state)
{
    (void)state;
    static const double rows[SIZES] = {125, 250, 500, 1000}, peaks[SIZES] = {1.0, 1.1, 1.4, 3.4};
    struct sl_power_law law, bent;
    assert_int_equal(sl_power_law_fit(rows, peaks, SIZES, (struct sl_law_bounds){0, 2, 1, 0.05, 0.25}, &law),
                     0);
    assert_int_equal(sl_power_law_fit(rows, peaks, SIZES, (struct sl_law_bounds){0, 2, 1, 0.05, 0}, &bent),
                     0);
    assert_true(law.exponent > 0.9 && law.exponent < 1.2);
    assert_true(bent.exponent > 1.7);
}

/* Costs that fall with the size are a floor, and nothing is ever negative. */
static void nothing_is_negative(void **state)
{
    (void)state;
    const double falling[SIZES] = {0.4, 0.3, 0.25, 0.2};
    const double none[SIZES] = {0};
    struct sl_power_law law;
    assert_int_equal(sl_power_law_fit(sizes, falling, SIZES, bounds, &law), 0);
    assert_true(law.floor >= 0 && law.factor >= 0);
    assert_true(sl_power_law_at(&law, 1e6) >= 0.15 && sl_power_law_at(&law, 1e6) <= 0.4);
    assert_int_equal(sl_power_law_fit(sizes, none, SIZES, bounds, &law), 0);
    assert_true(fabs(sl_power_law_at(&law, 1e6)) < 1e-6);
}

static void the_exponent_keeps_its_bounds(void **state)
{
    (void)state;
    double costs[SIZES];
    struct sl_power_law law;
    for (size_t i = 0; i < SIZES; i++)
        costs[i] = 1e-9 * pow(sizes[i], 2.5);
    assert_int_equal(sl_power_law_fit(sizes, costs, SIZES, (struct sl_law_bounds){0, 1.2, 1, 0.1, 0}, &law),
                     0);
    assert_true(law.exponent <= 1.2 + 1e-9);
}

static void errors_grow_with_noise(void **state)
{
    (void)state;
    double clean[SIZES], noisy[SIZES];
    for (size_t i = 0; i < SIZES; i++) {
        clean[i] = 1e-4 * sizes[i];
        noisy[i] = clean[i] * (i % 2 ? 1.5 : 0.7);
    }
    const double least = sl_power_law_error(sizes, clean, SIZES, bounds, 50000);
    assert_true(least >= 1.1 && least < 1.11);
    assert_true(sl_power_law_error(sizes, noisy, SIZES, bounds, 50000) > 1.3);
}

static void nonsense_is_refused(void **state)
{
    (void)state;
    const double costs[SIZES] = {1, NAN, 2, 3}, good[SIZES] = {1, 2, 3, 4}, twice[SIZES] = {1, 1, 2, 3};
    struct sl_power_law law;
    assert_int_equal(sl_power_law_fit(sizes, costs, SIZES, bounds, &law), -1);
    assert_int_equal(sl_power_law_fit(sizes, good, 2, bounds, &law), -1);
    assert_int_equal(sl_power_law_fit(twice, good, SIZES, bounds, &law), -1);
    assert_true(isnan(sl_power_law_error(sizes, good, 2, bounds, 1)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_laws_are_found),          cmocka_unit_test(steady_costs_bend),
        cmocka_unit_test(small_costs_bend_nothing),      cmocka_unit_test(nothing_is_negative),
        cmocka_unit_test(the_exponent_keeps_its_bounds), cmocka_unit_test(errors_grow_with_noise),
        cmocka_unit_test(nonsense_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
