/* test_timing.c - when work is done once more for its time, and what the times of several runs say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "measure/timing.h"
#include <math.h>

/* Runs after a first one of so many seconds, where all take as long. */
static size_t runs_of(int asked, double seconds)
{
    size_t n = 0;
    while (sl_timing_more(asked, seconds, n, (double)n * seconds))
        n++;
    return n;
}

static void as_many_as_are_asked_for(void **state)
{
    (void)state;
    assert_int_equal(runs_of(1, 1e-6), 0);
    assert_int_equal(runs_of(2, 1e-6), 2);
    assert_int_equal(runs_of(7, 100), 7);
    assert_int_equal(runs_of(SL_TIMING_RUNS_MOST, 0), SL_TIMING_RUNS_MOST);
}

static void what_is_short_is_repeated(void **state)
{
    (void)state;
    assert_int_equal(runs_of(0, 0), 10);
    assert_int_equal(runs_of(0, 0.0019), 10);
    assert_int_equal(runs_of(0, 0.0039), 5); /* 20 ms */
    assert_int_equal(runs_of(0, 0.0099), 2);
    assert_int_equal(runs_of(0, 0.099), 2);
    assert_int_equal(runs_of(0, 0.1), 0);
    assert_int_equal(runs_of(0, NAN), 0);
}

/* The first is a warm-up.  Of 1 2 4 9 (numpy 1.24: median, mean, std(ddof=1)). */
static void several_runs(void **state)
{
    (void)state;
    double seconds[] = {100, 9, 1, 4, 2};
    struct sl_timing t = sl_timing_of(seconds, 5);
    assert_int_equal(t.runs, 4);
    assert_true(t.median == 3 && t.mean == 4 && t.least == 1 && t.most == 9);
    assert_true(fabs(t.std - 3.559026084010437) < 1e-12);
    double odd[] = {100, 5, 1, 3};
    assert_true(sl_timing_of(odd, 4).median == 3);
}

static void one_run(void **state)
{
    (void)state;
    double first[] = {0.5}, second[] = {100, 0.5};
    for (int i = 0; i < 2; i++) {
        struct sl_timing t = i ? sl_timing_of(second, 2) : sl_timing_of(first, 1);
        assert_int_equal(t.runs, 1);
        assert_true(t.median == 0.5 && t.mean == 0.5 && t.least == 0.5 && t.most == 0.5 && isnan(t.std));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_many_as_are_asked_for),
        cmocka_unit_test(what_is_short_is_repeated),
        cmocka_unit_test(several_runs),
        cmocka_unit_test(one_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
