/* test_threads.c - fitting and predicting leave the caller's OpenMP settings as they were. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <omp.h>
#include <shortlist/shortlist.h>
#include <stdlib.h>

enum { N = 60, D = 784, K = 3, MINE = 3, OTHER = 2 };

static struct sl_dataset *make_data(void)
{
    static uint8_t x[N * D];
    static int32_t y[N];
    for (size_t i = 0; i < N; i++) {
        y[i] = (int32_t)(i % K);
        for (size_t j = 0; j < D; j++)
            x[i * D + j] = (uint8_t)((i * 31 + j * 7 + (size_t)y[i] * 60) % 256);
    }
    struct sl_view view = {
        .dtype = SL_U8, .n = N, .d = D, .x = x, .y = y, .k = K, .scale = 1, .image = {28, 28, 1}};
    struct sl_dataset *data;
    assert_int_equal(sl_dataset_new(&view, "stripes", NULL, &data, NULL), SL_OK);
    return data;
}

static void check(const struct sl_classifier_type *type, const struct sl_dataset *data)
{
    const struct sl_fit_options options = {.scaling = SL_SCALE_MINMAX, .seed = 1, .threads = OTHER};
    struct sl_view view = sl_dataset_view(data);
    struct sl_model *model;
    struct sl_error err = {0};
    int32_t labels[N];
    float scores[N * K];
    void *config = calloc(1, type->config_size);
    sl_config_default(type->params, config);
    sl_config_set(type->params, config, "epochs", "1", &err); /* where there are any */
    sl_config_set(type->params, config, "max_iter", "5", &err);
    sl_config_set(type->params, config, "reg_param", "0.1", &err); /* singular covariances */
    if (sl_model_fit(type, config, data, NULL, &options, NULL, &model, &err))
        fail_msg("%s: %s", type->name, err.text);
    assert_int_equal(omp_get_max_threads(), MINE);
    assert_int_equal(sl_model_predict(model, &view, OTHER, labels, &err), SL_OK);
    assert_int_equal(omp_get_max_threads(), MINE);
    if (type->scores)
        assert_int_equal(sl_model_scores(model, &view, OTHER, scores, &err), SL_OK);
    assert_int_equal(omp_get_max_threads(), MINE);
    sl_model_free(model);
    free(config);
}

static void settings_stay(void **state)
{
    struct sl_dataset *data = make_data();
    (void)state;
    omp_set_num_threads(MINE);
    for (size_t i = 0; i < sl_classifier_count(); i++)
        check(sl_classifier_at(i), data);
    sl_dataset_free(data);
}

static int take(void *arg, const struct sl_group_result *result)
{
    (void)arg;
    return result->code;
}

static void a_group_leaves_them_too(void **state)
{
    static const uint32_t fit[] = {0, 1, 2, 3, 4, 5}, score[] = {6, 7, 8};
    const struct sl_classifier_type *type = sl_classifier_find("tree", NULL);
    const struct sl_group_part part = {fit, score, 6, 3};
    struct sl_dataset *data = make_data();
    void *config = calloc(1, type->config_size);
    const struct sl_group_member member = {config, 0, 1, ""};
    (void)state;
    sl_config_default(type->params, config);
    const struct sl_group_options options = {.scaling = SL_SCALE_NONE, .threads = OTHER, .done = take};
    omp_set_num_threads(MINE);
    assert_int_equal(sl_model_fit_group(type, data, &part, 1, &member, 1, &options, NULL), SL_OK);
    assert_int_equal(omp_get_max_threads(), MINE);
    free(config);
    sl_dataset_free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settings_stay),
        cmocka_unit_test(a_group_leaves_them_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
