/* The registry: every type is whole, names are found, bad types are not added. */
#include "unit/check.h"
#include <shortlist/classifier.h>

static void types_are_whole(void **state)
{
    (void)state;
    assert_true(sl_classifier_count() > 0);
    assert_string_equal(sl_classifier_at(0)->name, "majority"); /* the floor comes first */
    for (size_t i = 0; i < sl_classifier_count(); i++) {
        const struct sl_classifier_type *type = sl_classifier_at(i);
        assert_true(type->name && type->title && type->reference && type->params && type->config_size);
        assert_true(type->fit && type->predict && type->save && type->load && type->free);
        assert_true(!(type->flags & SL_PROBABILITIES) || type->scores);
        assert_ptr_equal(sl_classifier_find(type->name, NULL), type);
        for (const char *c = type->name; *c; c++)
            assert_true((*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9') || *c == '_');
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(type->name, sl_classifier_at(j)->name);
    }
    assert_null(sl_classifier_at(sl_classifier_count()));
    assert_null(sl_classifier_at(SIZE_MAX));
}

static void unknown_names(void **state)
{
    (void)state;
    struct sl_error err = {0};
    assert_null(sl_classifier_find("majorty", &err));
    assert_int_equal(err.code, SL_EUSAGE);
    assert_holds(err.text, "did you mean majority?");
    assert_holds(err.text, "there are majority");
    assert_null(sl_classifier_find("", &err));
    assert_null(sl_classifier_find("quantum annealer", &err));
    assert_null(strstr(err.text, "did you mean"));
    assert_null(sl_classifier_find("majorty", NULL));
}

static void adds_types(void **state)
{
    (void)state;
    struct sl_error err = {0};
    static struct sl_classifier_type type;
    type = *sl_classifier_at(0);
    size_t before = sl_classifier_count();
    assert_int_equal(sl_classifier_register(&type, &err), SL_EUSAGE); /* the name is taken */
    assert_holds(err.text, "majority");
    type.name = "added";
    type.predict = NULL;
    assert_int_equal(sl_classifier_register(&type, &err), SL_EUSAGE);
    type.predict = sl_classifier_at(0)->predict;
    static const struct sl_param broken[] = {
        {.name = "x", .type = SL_PARAM_INT, .def = "5", .max = 1, .help = "x"}, {0}};
    type.params = broken;
    assert_int_not_equal(sl_classifier_register(&type, &err), SL_OK);
    assert_holds(err.text, "added");
    assert_int_equal(sl_classifier_count(), before);
    type.params = sl_classifier_at(0)->params;
    assert_int_equal(sl_classifier_register(&type, &err), SL_OK);
    assert_int_equal(sl_classifier_count(), before + 1);
    assert_ptr_equal(sl_classifier_at(before), &type);
    assert_ptr_equal(sl_classifier_find("added", &err), &type);
    assert_int_equal(sl_classifier_register(&type, &err), SL_EUSAGE);
}

static void full_registry(void **state)
{
    (void)state;
    static struct sl_classifier_type types[100];
    static char names[100][8];
    int code = SL_OK, added = 0;
    for (; added < 100 && !code; added++) {
        snprintf(names[added], sizeof names[added], "t%d", added);
        types[added] = *sl_classifier_at(0);
        types[added].name = names[added];
        code = sl_classifier_register(&types[added], NULL);
    }
    assert_int_equal(code, SL_EUSAGE);
    assert_true(added > 8);
    struct sl_error err = {0}; /* a list longer than an error's text is cut, not overrun */
    assert_null(sl_classifier_find("nothing like it", &err));
    assert_true(strlen(err.text) < sizeof err.text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(types_are_whole),
        cmocka_unit_test(unknown_names),
        cmocka_unit_test(adds_types),
        cmocka_unit_test(full_registry),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
