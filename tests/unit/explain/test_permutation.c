/* test_permutation.c - permutation importance: nothing for a column that is not looked at, all that a column
 * alone decides, the same on any number of threads, and the mean of what predictions say. */
#include "boosting/model.h"
#include "explain_fixture.h"
#include "model/model.h"

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

/* One split takes all; of a split and one more below it, what Gini's impurities by hand say.  A model that is
 * no tree is refused. */
static void impurity_is_shared_out(void **state)
{
    (void)state;
    /* Column 0 parts 4 + 4 rows; on its right side column 2 parts 2 + 2: class 0 0 0 0 | 1 1 2 2. */
    const float x[8 * 3] = {0, 7, 0, 0, 7, 1, 0, 7, 0, 0, 7, 1, 1, 7, 0, 1, 7, 0, 1, 7, 1, 1, 7, 1};
    const int32_t y[8] = {0, 0, 0, 0, 1, 1, 2, 2};
    const struct sl_view view = {.dtype = SL_F32, .n = 8, .d = 3, .x = x, .y = y, .k = 3, .scale = 1};
    const struct sl_explain_method *method = sl_explain_method_find("impurity", NULL);
    struct sl_dataset *data;
    struct sl_importance out[3];
    struct sl_error err = {0};
    assert_int_equal(sl_dataset_new(&view, "table", NULL, &data, NULL), SL_OK);
    struct sl_model *model = scene_fit("tree", "", data, SL_SCALE_NONE);
    assert_int_equal(sl_model_importance(model, method, out, &err), SL_OK);
    /* 8 (1 - 1/4 - 1/16 - 1/16) = 5; of it 3 by column 0, as 4 (1 - 1/2) = 2 is left, which column 2 takes.
     */
    assert_true(fabs(out[0].mean - .6) < 1e-6 && out[1].mean == 0 && fabs(out[2].mean - .4) < 1e-6);
    assert_true(out[0].deviation == 0);
    sl_model_free(model);
    model = scene_fit("tree", "criterion=entropy", data, SL_SCALE_NONE);
    assert_int_equal(sl_model_importance(model, method, out, &err), SL_OK);
    /* 8 (1/2 + 2 1/4 2) = 12 bits, of which 4 are left. */
    assert_true(fabs(out[0].mean - 8. / 12) < 1e-6 && fabs(out[2].mean - 4. / 12) < 1e-6);
    sl_model_free(model);
    model = scene_fit("extra_trees", "n_estimators=20; max_features=1", data, SL_SCALE_NONE);
    assert_int_equal(sl_model_importance(model, method, out, &err), SL_OK);
    assert_true(fabs(out[0].mean + out[2].mean - 1) < 1e-6 && out[1].mean == 0 && out[0].deviation > 0);
    sl_model_free(model);
    model = scene_fit("knn", "n_neighbors=1", data, SL_SCALE_NONE);
    assert_int_equal(sl_model_importance(model, method, out, &err), SL_EUSAGE);
    assert_holds(err.text, "decision tree or a forest");
    sl_model_free(model);
    sl_dataset_free(data);
}

/* Boosted trees of one split each, on rows of which only column 1 tells the class: by hand, the first tree's
 * gain is G^2 / H of both sides, 2 * 10^2 / 5 = 40; the root has G = 0. */
static void gains_are_the_losses_fall(void **state)
{
    enum { N = 40 };
    (void)state;
    const struct sl_explain_method *gain = sl_explain_method_find("gain", NULL),
                                   *splits = sl_explain_method_find("splits", NULL);
    float x[N * 2];
    int32_t y[N];
    for (int i = 0; i < N; i++) {
        y[i] = i % 2;
        x[2 * i] = (float)(i / 2 % 5);
        x[2 * i + 1] = (float)(i % 2);
    }
    const struct sl_view view = {.dtype = SL_F32, .n = N, .d = 2, .x = x, .y = y, .k = 2, .scale = 1};
    struct sl_dataset *data;
    struct sl_importance out[2];
    struct sl_error err = {0};
    assert_int_equal(sl_dataset_new(&view, "table", NULL, &data, NULL), SL_OK);
    struct sl_model *model = scene_fit("boosting", "max_iter=1; max_leaf_nodes=2", data, SL_SCALE_NONE);
    const struct sl_boost *boost = model->payload;
    assert_true(fabs((double)boost->trees->tree[0].gain[0] - 40) < 1e-4);
    assert_true(boost->trees->tree[0].gain[1] == 0 && boost->trees->tree[0].gain[2] == 0);
    const struct sl_explain_method *both[2] = {gain, splits};
    for (int m = 0; m < 2; m++) {
        assert_int_equal(sl_model_importance(model, both[m], out, &err), SL_OK);
        assert_true(out[0].mean == 0 && fabs(out[1].mean - 1) < 1e-12 && out[1].deviation < 1e-6);
    }
    sl_model_free(model);
    model = scene_fit("extra_trees", "n_estimators=20; max_features=1; max_depth=2", data, SL_SCALE_NONE);
    assert_int_equal(sl_model_importance(model, splits, out, &err), SL_OK);
    assert_true(fabs(out[0].mean + out[1].mean - 1) < 1e-12 && out[0].mean > 0 && out[0].deviation > 0);
    assert_int_equal(sl_model_importance(model, gain, out, &err), SL_EUSAGE);
    assert_holds(err.text, "take impurity");
    sl_model_free(model);
    model = scene_fit("knn", "n_neighbors=1", data, SL_SCALE_NONE);
    assert_int_equal(sl_model_importance(model, splits, out, &err), SL_EUSAGE);
    assert_int_equal(sl_model_importance(model, sl_explain_method_find("lime", NULL), out, &err), SL_EUSAGE);
    sl_model_free(model);
    sl_dataset_free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(deciding_columns_are_found), cmocka_unit_test(it_is_no_explainer),
        cmocka_unit_test(impurity_is_shared_out), cmocka_unit_test(gains_are_the_losses_fall)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
