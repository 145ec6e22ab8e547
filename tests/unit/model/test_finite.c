/* test_finite.c - numbers that leave the range of floats: what the model's door refuses whatever the
 * classifier is, and how the classifiers meet rows too large for them. */
#include "unit/check.h"
#include <float.h>
#include <math.h>
#include <shortlist/model.h>

/* A classifier of one number ------------------------------------------------------------------------ */

/* What the fit leaves in the model, says of its objective, and what the scores are. */
static float weight, score;
static double objective;

static int toy_fit(const struct sl_fit *fit, void **model, struct sl_error *err)
{
    (void)err;
    float *w = *model = malloc(sizeof *w);
    *w = weight;
    fit->report->objective = objective;
    return SL_OK;
}

static int toy_predict(const void *model, const struct sl_view *x, int threads, int32_t *labels,
                       struct sl_error *err)
{
    (void)model, (void)threads, (void)err;
    memset(labels, 0, x->n * sizeof *labels);
    return SL_OK;
}

static int toy_scores(const void *model, const struct sl_view *x, int threads, float *scores,
                      struct sl_error *err)
{
    (void)model, (void)threads, (void)err;
    for (size_t i = 0; i < x->n * (size_t)x->k; i++)
        scores[i] = i == 5 ? score : 0;
    return SL_OK;
}

static void toy_save(const void *model, struct sl_writer *w)
{
    sl_put_f32(w, *(const float *)model);
}

static int toy_load(struct sl_reader *r, const struct sl_view *like, const void *config, void **model,
                    struct sl_error *err)
{
    (void)r, (void)like, (void)config;
    *model = NULL;
    return sl_fail(err, SL_EDATA, "not for loading");
}

static const struct sl_param none[] = {{0}};
static struct sl_classifier_type toy = {.name = "toy",
                                        .title = "Toy",
                                        .reference = "-",
                                        .config_size = 1,
                                        .params = none,
                                        .fit = toy_fit,
                                        .predict = toy_predict,
                                        .scores = toy_scores,
                                        .save = toy_save,
                                        .load = toy_load,
                                        .free = free};

/* Data ------------------------------------------------------------------------------------------------ */

enum { N = 40, D = 3 };

/* Two classes that the first feature tells apart, of values up to scale. */
static struct sl_dataset *rows_of(float scale)
{
    static float x[N * D];
    static int32_t y[N];
    struct sl_dataset *data;
    for (size_t i = 0; i < N; i++) {
        y[i] = (int32_t)(i % 2);
        for (size_t j = 0; j < D; j++)
            x[i * D + j] = scale * (float)((i * 7 + j * 11) % 19) / 19;
        x[i * D] = y[i] ? scale : -scale;
    }
    const struct sl_view view = {.dtype = SL_F32, .n = N, .d = D, .x = x, .y = y, .k = 2, .scale = 1};
    assert_int_equal(sl_dataset_new(&view, "rows", NULL, &data, NULL), SL_OK);
    return data;
}

/* Fits a classifier with these hyperparameters, unscaled. */
static int fit(const struct sl_classifier_type *type, const char *const *settings,
               const struct sl_dataset *data, struct sl_model **model, struct sl_error *err)
{
    const struct sl_fit_options options = {.scaling = SL_SCALE_NONE, .threads = 2};
    void *config = calloc(1, type->config_size);
    sl_config_default(type->params, config);
    for (; *settings; settings += 2)
        if (sl_config_set(type->params, config, settings[0], settings[1], err))
            fail_msg("%s", err->text);
    int code = sl_model_fit(type, config, data, NULL, &options, NULL, model, err);
    free(config);
    return code;
}

#define SET(...) ((const char *const[]){__VA_ARGS__, NULL})

/* The door ---------------------------------------------------------------------------------------------*/

static void a_fit_that_saves_no_number_has_diverged(void **state)
{
    static const struct {
        float weight;
        double objective;
        const char *words;
    } cases[] = {{NAN, NAN, "toy: the fitted model holds numbers that are not finite"},
                 {-INFINITY, 0, "toy: the fitted model holds numbers that are not finite"},
                 {1, INFINITY, "toy: the objective is not finite"},
                 {1, NAN, NULL}, /* none was reported */
                 {FLT_MAX, 0, NULL}};
    struct sl_dataset *data = rows_of(1);
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sl_model *model;
        struct sl_error err = {0};
        weight = cases[i].weight;
        objective = cases[i].objective;
        int code = fit(&toy, SET(NULL), data, &model, &err);
        assert_int_equal(code, cases[i].words ? SL_EDIVERGED : SL_OK);
        assert_int_equal(model != NULL, code == SL_OK);
        if (code)
            assert_holds(err.text, cases[i].words);
        sl_model_free(model);
    }
    sl_dataset_free(data);
}

static void scores_that_are_no_numbers_are_an_error(void **state)
{
    static const float bad[] = {NAN, INFINITY, -INFINITY, 1};
    struct sl_dataset *data = rows_of(1);
    struct sl_view view = sl_dataset_view(data);
    float scores[N * 2];
    (void)state;
    weight = 1;
    for (unsigned flags = 0; flags <= SL_PROBABILITIES; flags += SL_PROBABILITIES)
        for (size_t i = 0; i < 4; i++) {
            struct sl_model *model;
            struct sl_error err = {0};
            int right =
                bad[i] == 1 || (bad[i] == -INFINITY && !flags); /* the margin of a class without rows */
            toy.flags = flags;
            score = bad[i];
            assert_int_equal(fit(&toy, SET(NULL), data, &model, &err), SL_OK);
            assert_int_equal(sl_model_scores(model, &view, 1, scores, &err), right ? SL_OK : SL_EDATA);
            if (!right)
                assert_holds(err.text, "row 2: its scores are beyond the range of float numbers");
            sl_model_free(model);
        }
    sl_dataset_free(data);
}

/* Classifiers ------------------------------------------------------------------------------------------*/

/* (4200 x.x)^7 is beyond floats from x.x = 76 on: solvers stop at once there, or go on for ever. */
static void kernel_values_beyond_floats_diverge(void **state)
{
    static const struct {
        const char *kernel, *degree, *gamma;
        float scale;
        const char *words;
    } cases[] = {
        {"poly", "7", "4200", 9, "values of the poly kernel are beyond the range of float numbers"},
        {"poly", "8", "4200", 9, "values of the poly kernel are beyond the range of float numbers"},
        {"poly", "3", "4200", 9, NULL},
        {"rbf", "3", "scale", 2e19f, "sums of squares of the features are beyond the range of float numbers"},
        {"linear", "3", "scale", 2e19f,
         "sums of squares of the features are beyond the range of float numbers"},
        {"rbf", "3", "scale", 1e18f, NULL},
        {"sigmoid", "3", "1e12", 1e15f,
         "values of the sigmoid kernel are beyond the range of float numbers"}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int libsvm = 0; libsvm < 2; libsvm++) {
            struct sl_dataset *data = rows_of(cases[i].scale);
            struct sl_model *model;
            struct sl_error err = {0};
            int code = fit(sl_classifier_find("svm", NULL),
                           SET("kernel", cases[i].kernel, "degree", cases[i].degree, "gamma", cases[i].gamma,
                               "solver", libsvm ? "libsvm" : "own"),
                           data, &model, &err);
            assert_int_equal(code, cases[i].words ? SL_EDIVERGED : SL_OK);
            if (code)
                assert_holds(err.text, cases[i].words);
            sl_model_free(model);
            sl_dataset_free(data);
        }
}

/* x = (a, a, a) t for t where w.x + b leaves the floats: the same labels as for a smaller t, and finite
 * scores that are in the same order. */
static void linear_scores_beyond_floats_keep_their_order(void **state)
{
    static const char *const names[] = {"logreg", "sgd", "linear_svm", "svm"};
    static const float x[2][D] = {{3, 1, -2}, {-3, 2, 1}};
    struct sl_dataset *data = rows_of(1);
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct sl_model *model;
        struct sl_error err = {0};
        float large[2][D], scores[2][2];
        int32_t labels[2];
        for (size_t j = 0; j < 2 * D; j++)
            large[j / D][j % D] = x[j / D][j % D] * 1e38f;
        const struct sl_view view = {.dtype = SL_F32, .n = 2, .d = D, .x = large, .k = 2, .scale = 1};
        if (fit(sl_classifier_find(names[i], &err),
                i == 3 ? SET("kernel", "linear", "C", "1000") : SET("tol", "1e-6"), data, &model, &err) ||
            sl_model_predict(model, &view, 1, labels, &err) ||
            sl_model_scores(model, &view, 1, scores[0], &err))
            fail_msg("%s: %s", names[i], err.text);
        assert_int_equal(labels[0], 1);
        assert_int_equal(labels[1], 0);
        assert_true(scores[0][1] > scores[0][0] && scores[1][0] > scores[1][1]);
        sl_model_free(model);
    }
    sl_dataset_free(data);
}

/* The error names the row. */
static void rows_too_large_are_named(void **state)
{
    static const struct {
        const char *name, *settings[5], *words;
    } cases[] = {{"svm", {"kernel", "rbf"}, "row 1: sums of squares"},
                 {"svm", {"kernel", "poly"}, "row 1: sums of squares"},
                 {"knn", {"p", "50"}, "row 1: distances are beyond the range of double numbers"},
                 {"mlp",
                  {"learning_rate_init", "1", "max_iter", "20"}, /* weights of 10 and more */
                  "row 1: the net's numbers are beyond the range of floats"}};
    struct sl_dataset *data = rows_of(1);
    float large[3][D] = {{1, 0, 1}, {3e38f, -3e38f, 3e38f}, {0, 1, 0}}, scores[3 * 2];
    int32_t labels[3];
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sl_model *model;
        struct sl_error err = {0};
        const struct sl_view view = {.dtype = SL_F32, .n = 3, .d = D, .x = large, .k = 2, .scale = 1};
        if (fit(sl_classifier_find(cases[i].name, NULL), cases[i].settings, data, &model, &err))
            fail_msg("%s", err.text);
        assert_int_equal(sl_model_predict(model, &view, 2, labels, &err), SL_EDATA);
        assert_holds(err.text, cases[i].words);
        assert_int_equal(sl_model_scores(model, &view, 2, scores, &err), SL_EDATA);
        assert_holds(err.text, cases[i].words);
        sl_model_free(model);
    }
    sl_dataset_free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fit_that_saves_no_number_has_diverged),
        cmocka_unit_test(scores_that_are_no_numbers_are_an_error),
        cmocka_unit_test(kernel_values_beyond_floats_diverge),
        cmocka_unit_test(linear_scores_beyond_floats_keep_their_order),
        cmocka_unit_test(rows_too_large_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
