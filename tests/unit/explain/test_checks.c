/* test_checks.c - deletion and insertion curves of a linear model by hand, and the check by random weights.
 */
#include "explain_fixture.h"

enum { ROWS = 6 };

/* The values of a linear model are what the score loses: by the largest first both curves are concave from
 * end to end, and no other order has a smaller or larger area. */
static void curves_of_a_linear_model_are_sums(void **state)
{
    (void)state;
    struct scene s;
    struct sl_explainer *explainer;
    struct sl_faithfulness f, worst;
    scene_table(&s, "logreg", "", 200, 20, 3, 5);
    struct sl_explain_options options = {.method = "linear-shap", .background = &s.behind, .seed = 2};
    struct sl_explained out = scene_explain(&s, options, ROWS, 1);
    struct sl_view rows = s.rows;
    int32_t classes[ROWS];
    double expected[21] = {0};
    rows.n = ROWS;
    for (int32_t i = 0; i < ROWS; i++)
        classes[i] = i % 3;
    assert_int_equal(sl_explainer_new(s.model, &options, &explainer, NULL), SL_OK);
    assert_int_equal(sl_faithfulness(explainer, &rows, NULL, classes, 1, out.values, &f, NULL), SL_OK);
    for (size_t i = 0; i < ROWS; i++) {
        float v[20];
        memcpy(v, out.values + i * 20, sizeof v);
        for (size_t a = 0; a < 20; a++) /* the largest first */
            for (size_t b = a + 1; b < 20; b++)
                if (v[b] > v[a]) {
                    float kept = v[a];
                    v[a] = v[b];
                    v[b] = kept;
                }
        double score = out.score[i].score;
        for (size_t step = 0; step <= 20; step++) {
            expected[step] += score / ROWS;
            score -= step < 20 ? (double)v[step] : 0;
        }
    }
    for (size_t step = 0; step <= 20; step++)
        assert_true(fabs(f.curve[SL_CURVE_DELETION][step] - expected[step]) < 1e-4);
    for (size_t step = 0; step < 20; step++)
        assert_true(f.curve[SL_CURVE_INSERTION][20] == f.curve[SL_CURVE_DELETION][0]);
    assert_true(f.area[SL_CURVE_DELETION] < f.area[SL_CURVE_RANDOM_DELETION]);
    assert_true(f.area[SL_CURVE_INSERTION] > f.area[SL_CURVE_RANDOM_INSERTION]);
    for (size_t j = 0; j < ROWS * 20; j++)
        out.values[j] = -out.values[j];
    assert_int_equal(sl_faithfulness(explainer, &rows, NULL, classes, 1, out.values, &worst, NULL), SL_OK);
    assert_true(worst.area[SL_CURVE_DELETION] > f.area[SL_CURVE_RANDOM_DELETION]);
    assert_true(worst.area[SL_CURVE_RANDOM_DELETION] == f.area[SL_CURVE_RANDOM_DELETION]);
    sl_explainer_free(explainer);
    scene_forget(&out);
    scene_release(&s);
}

static void random_weights_give_other_maps(void **state)
{
    (void)state;
    struct scene s;
    struct sl_randomised steps[8];
    size_t n;
    scene_images(&s, "cnn",
                 "net=conv 8 3x3, relu, maxpool 2, conv 8 3x3, tanh, flatten, dense classes; epochs=3", 0);
    struct sl_explain_options options = {.method = "gradient", .background = &s.behind, .seed = 2};
    struct sl_explained out = scene_explain(&s, options, ROWS, 1);
    struct sl_view rows = s.rows;
    int32_t classes[ROWS];
    rows.n = ROWS;
    for (int32_t i = 0; i < ROWS; i++)
        classes[i] = i % 10;
    assert_int_equal(
        sl_randomised_check(s.model, &options, &rows, NULL, classes, 1, out.values, steps, 8, &n, NULL),
        SL_OK);
    assert_int_equal(n, 3);
    assert_string_equal(steps[0].layer, "dense1");
    assert_string_equal(steps[1].layer, "conv2");
    assert_string_equal(steps[2].layer, "conv1");
    for (size_t i = 0; i < 3; i++)
        assert_true(fabs(steps[i].likeness) < .95);
    assert_true(fabs(steps[2].likeness) < .5);
    /* The model itself is as it was. */
    struct sl_explained again = scene_explain(&s, options, ROWS, 1);
    assert_memory_equal(out.values, again.values, ROWS * 784 * sizeof(float));
    scene_forget(&again);
    scene_forget(&out);
    scene_release(&s);
    struct sl_error err = {0};
    scene_table(&s, "logreg", "", 60, 4, 2, 1);
    options = (struct sl_explain_options){.method = "linear-shap", .background = &s.behind};
    assert_int_equal(
        sl_randomised_check(s.model, &options, &s.rows, NULL, classes, 1, NULL, steps, 8, &n, &err),
        SL_EUSAGE);
    assert_holds(err.text, "needs a network");
    scene_release(&s);
}

/* A difference of scores that rounding could have made does not decide how complete the values are. */
static void errors_have_a_floor_at_rounding(void **state)
{
    (void)state;
    const struct sl_explained_score exact = {.score = 2, .base = 2},
                                    rounded = {.score = .6931472, .base = .6931471},
                                    cancel = {.score = 1e-7, .base = 0, .sum = 2e-7, .size = 10},
                                    missed = {.score = 3, .base = 1, .sum = 1, .size = 1},
                                    invented = {.score = 1, .base = 1, .sum = 4, .size = 4},
                                    tiny = {.score = 2e-9, .base = 1e-9, .sum = .5e-9, .size = .5e-9};
    assert_true(sl_explained_error(&exact) == 0);
    assert_true(sl_explained_error(&rounded) < .001);
    assert_true(sl_explained_error(&cancel) < .001);
    assert_true(fabs(sl_explained_error(&missed) - .5) < 1e-12);
    assert_true(sl_explained_error(&invented) > 1000);
    assert_true(fabs(sl_explained_error(&tiny) - .5) < 1e-6); /* small numbers are not rounding */
}

/* Boosting that could not split anything has one score for all rows. */
static void a_constant_model_is_explained_completely(void **state)
{
    (void)state;
    struct scene s;
    const char *const methods[] = {"tree-shap", "tree-shap-interventional", "kernel-shap"};
    scene_table(&s, "boosting", "", 12, 3, 2, 5);
    for (size_t m = 0; m < 3; m++) {
        struct sl_explained out = scene_explain(&s, (struct sl_explain_options){.method = methods[m]}, 4, 2);
        for (size_t p = 0; p < 8; p++) {
            assert_true(out.score[p].size < 1e-6);
            if (!(sl_explained_error(&out.score[p]) < .01))
                fail_msg("%s: %g", methods[m], sl_explained_error(&out.score[p]));
        }
        scene_forget(&out);
    }
    scene_release(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(curves_of_a_linear_model_are_sums),
                                       cmocka_unit_test(random_weights_give_other_maps),
                                       cmocka_unit_test(errors_have_a_floor_at_rounding),
                                       cmocka_unit_test(a_constant_model_is_explained_completely)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
