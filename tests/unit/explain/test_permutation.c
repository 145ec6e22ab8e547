/* test_permutation.c - permutation importance: nothing for a column that is not looked at, all that a column
 * alone decides, the same on any number of threads, and the mean of what predictions say. */
#include "explain_fixture.h"

/* Column 1 alone decides; column 0 is the same everywhere. */
static void deciding_columns_are_found(void **state)
{
    (void)state;
    float x[400 * 3];
    int32_t y[400], truth[400];
    struct sl_rng *rng = sl_rng_new(1, "x");
    for (size_t i = 0; i < 400; i++) {
        x[3 * i] = 5;
        x[3 * i + 1] = (float)sl_rng_normal(rng);
        x[3 * i + 2] = (float)sl_rng_normal(rng);
        y[i] = truth[i] = x[3 * i + 1] > 0;
    }
    sl_rng_free(rng);
    const struct sl_view view = {.dtype = SL_F32, .n = 400, .d = 3, .x = x, .y = y, .k = 2, .scale = 1};
    struct sl_dataset *data;
    assert_int_equal(sl_dataset_new(&view, "table", NULL, &data, NULL), SL_OK);
    struct sl_model *model = scene_fit("tree", "max_depth=1", data, SL_SCALE_NONE);
    struct sl_importance one[3], two[3];
    double accuracy;
    struct sl_importance_options options = {.seed = 4, .threads = 1, .repeats = 8};
    assert_int_equal(sl_permutation_importance(model, &view, truth, &options, &accuracy, one, NULL), SL_OK);
    assert_true(accuracy == 1);
    assert_true(one[0].mean == 0 && one[0].deviation == 0 && one[2].mean == 0);
    assert_true(one[1].mean > .4 && one[1].mean < .6 && one[1].deviation > 0 && one[1].deviation < .1);
    options.threads = 3;
    assert_int_equal(sl_permutation_importance(model, &view, truth, &options, &accuracy, two, NULL), SL_OK);
    assert_memory_equal(one, two, sizeof one);
    uint32_t order[3];
    sl_importance_order(one, 3, order);
    assert_true(order[0] == 1 && order[1] == 0 && order[2] == 2);
    sl_model_free(model);
    sl_dataset_free(data);
}

static void it_is_no_explainer(void **state)
{
    (void)state;
    struct scene s;
    struct sl_explained out;
    struct sl_error err = {0};
    scene_table(&s, "tree", "", 60, 3, 2, 2);
    assert_int_equal(scene_try(&s, (struct sl_explain_options){.method = "permutation"}, 1, 1, &out, &err),
                     SL_EUSAGE);
    assert_holds(err.text, "all rows together");
    scene_forget(&out);
    struct sl_view one = s.rows;
    one.n = 1;
    double accuracy;
    struct sl_importance importance[3];
    const int32_t truth[1] = {0};
    assert_int_equal(sl_permutation_importance(s.model, &one, truth, &(struct sl_importance_options){0},
                                               &accuracy, importance, &err),
                     SL_EUSAGE);
    scene_release(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(deciding_columns_are_found),
                                       cmocka_unit_test(it_is_no_explainer)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
