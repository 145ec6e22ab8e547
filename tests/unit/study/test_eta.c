/* test_eta.c - the time that is left, from runs whose times are known. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "study/eta.h"
#include <math.h>

static double left(double done, double rest, double told, double elapsed, int width)
{
    return sl_eta_left(&(struct sl_eta){done, rest, told, elapsed, width});
}

static void is_near(double a, double b)
{
    assert_true(fabs(a - b) < 1e-9 * fmax(1, fabs(b)));
}

static void estimates_that_hold_are_kept(void **state)
{
    (void)state;
    is_near(left(0, 100, 0, 0, 1), 100);
    is_near(left(0, 100, 0, 30, 1), 70);
    is_near(left(40, 60, 40, 40, 1), 60);
    is_near(left(40, 60, 40, 50, 1), 50);
    is_near(left(0, 100, 0, 0, 4), 25);
    is_near(left(40, 60, 10, 10, 4), 15);
}

/* Trials that take three times as long as estimated: the more of them have ended, the more that is believed.
 */
static void what_ended_corrects(void **state)
{
    (void)state;
    const double early = left(10, 90, 30, 30, 1) / 90, late = left(80, 20, 240, 240, 1) / 20;
    assert_true(early > 1.3 && early < late);
    assert_true(late > 2.5 && late < 3);
}

static void nothing_is_absurd(void **state)
{
    (void)state;
    const double overdue = left(0, 10, 0, 1000, 1);
    assert_true(overdue > 0 && overdue < 10);
    is_near(left(10, 0, 10, 12, 1), 0);
    is_near(left(0, 0, 0, 0, 1), 0);
    assert_true(isnan(left(0, NAN, 0, 0, 1)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(estimates_that_hold_are_kept),
        cmocka_unit_test(what_ended_corrects),
        cmocka_unit_test(nothing_is_absurd),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
