/* test_greedy.c - ensembles of classifiers that have predicted already, in cases by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "measure/greedy.h"

/* Four rows of two classes; a is wrong in row 3, b in row 0, c everywhere. */
static const float a[] = {.9f, .1f, .8f, .2f, .1f, .9f, .6f, .4f};
static const float b[] = {.4f, .6f, .7f, .3f, .2f, .8f, .1f, .9f};
static const float c[] = {.2f, .8f, .1f, .9f, .9f, .1f, .7f, .3f};
static const float *const all[] = {c, a, b};
static const int32_t truth[] = {0, 0, 1, 1};
static const uint32_t rows[] = {0, 1, 2, 3};
static const struct sl_greedy of = {.probabilities = all, .m = 3, .truth = truth, .n = 4, .k = 2};

/* a comes first, as its log loss, 1.35, is less than b's, 1.60; the mean of a and b is right in every row:
 * .65, .75, .85, .65. */
static void joins_what_helps(void **state)
{
    int count[3];
    (void)state;
    assert_int_equal(sl_greedy_select(&of, rows, 4, 2, count), 0);
    assert_int_equal(count[0], 0);
    assert_int_equal(count[1], 1);
    assert_int_equal(count[2], 1);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(sl_greedy_predict(&of, count, i), truth[i]);
}

/* More steps never leave the best one, and never take c. */
static void ends_at_the_best_step(void **state)
{
    int two[3], count[3];
    (void)state;
    assert_int_equal(sl_greedy_select(&of, rows, 4, 2, two), 0);
    for (int rounds = 3; rounds < 30; rounds++) {
        size_t right = 0;
        assert_int_equal(sl_greedy_select(&of, rows, 4, rounds, count), 0);
        assert_int_equal(count[0], 0);
        for (size_t i = 0; i < 4; i++)
            right += sl_greedy_predict(&of, count, i) == truth[i];
        assert_int_equal(right, 4);
    }
}

/* Where one is right in all rows that are looked at, the least log loss decides, and then nothing is gained
 * by others. */
static void looks_at_its_rows_only(void **state)
{
    static const uint32_t middle[] = {1, 2};
    int count[3];
    (void)state;
    assert_int_equal(sl_greedy_select(&of, middle, 2, 10, count), 0);
    assert_int_equal(count[0] + count[2], 0);
    assert_int_equal(count[1], 1); /* a: .8 and .9, b: .7 and .8 */
}

/* Equal means go to the lower class, equal classifiers to the earlier. */
static void ties_go_down(void **state)
{
    static const float even[] = {.5f, .5f}, *const same[] = {even, even};
    static const int32_t y[] = {1};
    const struct sl_greedy two = {.probabilities = same, .m = 2, .truth = y, .n = 1, .k = 2};
    int count[2];
    (void)state;
    assert_int_equal(sl_greedy_select(&two, rows, 1, 5, count), 0);
    assert_int_equal(count[0], 1);
    assert_int_equal(count[1], 0);
    assert_int_equal(sl_greedy_predict(&two, count, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(joins_what_helps),
        cmocka_unit_test(ends_at_the_best_step),
        cmocka_unit_test(looks_at_its_rows_only),
        cmocka_unit_test(ties_go_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
