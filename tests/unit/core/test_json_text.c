/* test_json_text.c - JSON values and their texts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/json_text.h"
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

/* Releases value. */
static void prints(json_t *value, const char *expected)
{
    char *text = sl_json_print(value);
    assert_non_null(text);
    assert_string_equal(text, expected);
    free(text);
}

static json_t *list_of(json_t *value)
{
    json_t *list = json_array();
    sl_json_add(&list, value);
    return list;
}

static void strings_are_escaped(void **state)
{
    (void)state;
    prints(list_of(sl_json_string("plain")), "[\"plain\"]");
    prints(list_of(sl_json_string("a\"b\\c\n\x01")), "[\"a\\\"b\\\\c\\n\\u0001\"]");
    prints(list_of(sl_json_string("gr\xc3\xbc\xdf")), "[\"gr\xc3\xbc\xef\xbf\xbd\"]");
}

static void numbers_come_back_the_same(void **state)
{
    static const double values[] = {0.1, 1.0 / 3, 0.1 + 0.2, 1e-300, 123456.789, 5e-324, 0.0316227766016838};
    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        int no_memory = 0;
        char *text = sl_json_print(list_of(sl_json_number(values[i])));
        json_t *back = sl_json_parse(text, &no_memory);
        assert_true(json_real_value(json_array_get(back, 0)) == values[i]);
        json_decref(back);
        free(text);
    }
    prints(list_of(sl_json_number(0.1)), "[0.1]");
    prints(list_of(sl_json_number(0.1 + 0.2)), "[0.30000000000000004]");
    prints(list_of(sl_json_number(-1000)), "[-1000]");
    prints(list_of(sl_json_number(NAN)), "[null]");
    prints(list_of(sl_json_number(-INFINITY)), "[null]");
}

static void members_keep_their_order(void **state)
{
    (void)state;
    json_t *object = json_object();
    sl_json_set(&object, "z", sl_json_number(1));
    sl_json_set(&object, "a", json_true());
    sl_json_set(&object, "m", json_array());
    prints(object, "{\"z\": 1, \"a\": true, \"m\": []}");
}

/* What could not be made is told by what would have held it. */
static void missing_values_are_not_left_out(void **state)
{
    (void)state;
    json_t *object = json_object(), *list = json_array();
    sl_json_set(&object, "here", json_true());
    sl_json_set(&object, "missing", NULL);
    assert_null(object);
    sl_json_set(&object, "later", json_true());
    assert_null(object);
    sl_json_add(&list, NULL);
    assert_null(list);
    assert_null(sl_json_print(list));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings_are_escaped),
        cmocka_unit_test(numbers_come_back_the_same),
        cmocka_unit_test(members_keep_their_order),
        cmocka_unit_test(missing_values_are_not_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
