/* The classes of a view: those without rows have no number; weights by hand. */
#include "data/classes.h"
#include "unit/check.h"

static void test_numbers(void **state)
{
    const int32_t y[] = {4, 1, 1, 4, 4, 4};
    const float x[6] = {0};
    const struct sl_view view = {.dtype = SL_F32, .n = 6, .d = 1, .k = 6, .x = x, .y = y};
    struct sl_classes classes;
    struct sl_error err = {0};
    (void)state;
    assert_int_equal(sl_classes_find(&view, &classes, &err), SL_OK);
    assert_int_equal(classes.m, 2);
    assert_int_equal(classes.label_of[0], 1);
    assert_int_equal(classes.label_of[1], 4);
    assert_int_equal(classes.count[0], 2);
    assert_int_equal(classes.count[1], 4);
    for (int i = 0; i < 6; i++)
        assert_int_equal(classes.number[i], y[i] == 4);
    sl_classes_release(&classes);
    assert_int_equal(classes.m, 0);
    assert_null(classes.number);
}

/* n / (m count): 6 / (2 2) and 6 / (2 4). */
static void test_weights(void **state)
{
    size_t count[] = {2, 4};
    const struct sl_classes classes = {.m = 2, .count = count};
    double weights[2];
    (void)state;
    sl_classes_weights(&classes, 6, 1, weights);
    assert_true(weights[0] == 1.5 && weights[1] == 0.75);
    sl_classes_weights(&classes, 6, 0, weights);
    assert_true(weights[0] == 1 && weights[1] == 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_numbers), cmocka_unit_test(test_weights)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
