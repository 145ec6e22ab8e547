/* Classifiers on sparse rows: what dense rows of the same numbers give, by the same and by saved models. */
#include "linear_fixture.h"
#include <shortlist/shortlist.h>
#include <stdlib.h>
#include <unistd.h>

enum { N = 300, D = 61, K = 3, FIT = 200, SCORED = N - FIT };

static struct sl_dataset *dense, *sparse, *dense_rest, *sparse_rest;

/* Rows with a tenth of their features; their class is that of the largest of K sums. */
static struct sl_dataset *make(uint32_t first, size_t n)
{
    static float x[N * D];
    static int32_t y[N];
    struct sl_rng *rng = sl_rng_new(7, "rows");
    for (size_t i = 0; i < N; i++) {
        double sum[K] = {0};
        for (size_t j = 0; j < D; j++) {
            int there = sl_rng_uniform(rng) < 0.1;
            double value = sl_rng_uniform(rng) + 0.1;
            x[i * D + j] = there ? (float)value : 0;
            sum[j % K] += there ? value : 0;
        }
        y[i] = sum[0] > sum[1] ? (sum[0] > sum[2] ? 0 : 2) : sum[1] > sum[2] ? 1 : 2;
    }
    sl_rng_free(rng);
    struct sl_view view = {
        .dtype = SL_F32, .n = n, .d = D, .x = x + first * D, .y = y + first, .k = K, .scale = 1};
    struct sl_dataset *data;
    assert_int_equal(sl_dataset_new(&view, "rows", NULL, &data, NULL), SL_OK);
    return data;
}

static int set_up(void **state)
{
    (void)state;
    dense = make(0, FIT);
    dense_rest = make(FIT, SCORED);
    return sl_dataset_as(dense, SL_SPARSE, &sparse, NULL) ||
           sl_dataset_as(dense_rest, SL_SPARSE, &sparse_rest, NULL);
}

static int tear_down(void **state)
{
    (void)state;
    sl_dataset_free(dense);
    sl_dataset_free(sparse);
    sl_dataset_free(dense_rest);
    sl_dataset_free(sparse_rest);
    return 0;
}

struct result {
    struct sl_fit_report report;
    int32_t labels[SCORED];
    float scores[SCORED * K];
};

static struct sl_model *fit_on(const char *name, const char *settings, const struct sl_dataset *data,
                               enum sl_scaling_kind scaling, struct sl_fit_report *report)
{
    const struct sl_fit_options options = {.scaling = scaling, .seed = 3, .threads = 2};
    const struct sl_classifier_type *type = sl_classifier_find(name, NULL);
    void *config = config_of(type, settings);
    struct sl_model *model;
    struct sl_error err = {0};
    if (sl_model_fit(type, config, data, NULL, &options, report, &model, &err))
        fail_msg("%s %s: %s", name, settings, err.text);
    free(config);
    return model;
}

static void predict(const struct sl_model *model, const struct sl_dataset *data, struct result *to)
{
    struct sl_view view = sl_dataset_view(data);
    struct sl_error err = {0};
    if (sl_model_predict(model, &view, 2, to->labels, &err) ||
        sl_model_scores(model, &view, 2, to->scores, &err))
        fail_msg("%s", err.text);
}

static const char *of = ""; /* settings of what is compared */

static void compare(const struct result *a, const struct result *b, double tolerance)
{
    size_t differ = 0;
    for (size_t i = 0; i < SCORED; i++)
        differ += a->labels[i] != b->labels[i];
    assert_int_equal(differ, 0);
    if (tolerance == 0)
        assert_memory_equal(a->scores, b->scores, sizeof a->scores);
    for (size_t i = 0; i < SCORED * K; i++)
        if (fabs((double)a->scores[i] - (double)b->scores[i]) > tolerance)
            fail_msg("%s: score %zu: %.9g and %.9g", of, i, (double)a->scores[i], (double)b->scores[i]);
}

/* A model of dense rows and one of sparse rows; the latter also saved, and on rows of the other type. */
static void check(const char *name, const char *settings, double tolerance)
{
    struct result of_dense, of_sparse, other;
    of = settings;
    struct sl_model *a = fit_on(name, settings, dense, SL_SCALE_NONE, &of_dense.report), *loaded;
    struct sl_model *b = fit_on(name, settings, sparse, SL_SCALE_NONE, &of_sparse.report);
    char path[] = "/tmp/shortlist-sparse-XXXXXX";
    close(mkstemp(path));
    predict(a, dense_rest, &of_dense);
    predict(b, sparse_rest, &of_sparse);
    compare(&of_dense, &of_sparse, tolerance);
    if (isfinite(of_dense.report.objective) &&
        fabs(of_dense.report.objective - of_sparse.report.objective) > 1e-5 * of_dense.report.objective)
        fail_msg("objectives %.9g, %.9g", of_dense.report.objective, of_sparse.report.objective);
    predict(b, dense_rest, &other); /* dense rows: the same numbers */
    compare(&of_sparse, &other, 0);
    predict(a, sparse_rest, &other);
    compare(&of_dense, &other, 0);
    assert_int_equal(sl_model_save(b, path, NULL), SL_OK);
    assert_int_equal(sl_model_load(path, &loaded, NULL), SL_OK);
    predict(loaded, sparse_rest, &other);
    compare(&of_sparse, &other, 0);
    predict(loaded, dense_rest, &other);
    compare(&of_sparse, &other, 0);
    unlink(path);
    sl_model_free(a);
    sl_model_free(b);
    sl_model_free(loaded);
}

static void test_majority(void **state)
{
    (void)state;
    check("majority", "", 0);
}

static void test_naive_bayes(void **state)
{
    (void)state;
    check("naive_bayes", "", 1e-6);
    check("naive_bayes", "distribution=multinomial", 1e-6);
    check("naive_bayes", "distribution=bernoulli binarize=0.3", 1e-6);
}

static void test_knn(void **state)
{
    (void)state;
    check("knn", "", 0);
    check("knn", "n_neighbors=1", 0);
    check("knn", "weights=distance n_neighbors=7", 0);
    check("knn", "metric=manhattan weights=distance", 0);
    check("knn", "p=3 weights=distance", 0);
    check("knn", "p=1.5", 0);
    check("knn", "p=50 weights=distance", 0); /* whose ranking proves nothing */
    check("knn", "n_neighbors=1000", 0);
}

static void test_logreg(void **state)
{
    (void)state;
    check("logreg", "tol=1e-6 max_iter=2000", 1e-3);
    check("logreg", "multi_class=ovr tol=1e-6 max_iter=2000", 1e-3);
    check("logreg", "fit_intercept=false C=100 tol=1e-6 max_iter=2000", 2e-3);
    check("logreg", "solver=liblinear", 1e-6);
}

static void test_linear_svm(void **state)
{
    (void)state;
    check("linear_svm", "tol=1e-6", 1e-4);
    check("linear_svm", "dual=true tol=1e-6", 1e-4);
    check("linear_svm", "loss=hinge dual=true tol=1e-6", 1e-3);
    check("linear_svm", "dual=false tol=1e-9 class_weight=balanced", 1e-4);
    check("linear_svm", "solver=liblinear", 1e-5);
    check("linear_svm", "solver=liblinear multi_class=crammer_singer", 1e-5);
}

static void test_sgd(void **state)
{
    (void)state;
    check("sgd", "tol=none max_iter=20", 1e-3);
    check("sgd", "loss=log_loss alpha=0.01 tol=none max_iter=20",
          1e-3); /* steps of 1e-4 are so long that they carry rounding on */
    check("sgd", "loss=squared_hinge learning_rate=adaptive eta0=0.01 tol=none max_iter=20", 1e-3);
    check("sgd", "loss=modified_huber alpha=0.01 class_weight=balanced tol=none max_iter=20", 1e-2);
    check("sgd", "penalty=l1 alpha=0.001 learning_rate=constant eta0=0.05 tol=none max_iter=20 loss=log_loss",
          1e-3);
    check("sgd", "early_stopping=true loss=log_loss alpha=0.01", 1e-3);
}

static void test_descents(void **state)
{
    (void)state;
    check("perceptron", "tol=none max_iter=20", 1e-3);
    check("perceptron", "penalty=l2 eta0=0.1 class_weight=balanced tol=none max_iter=20", 1e-3);
    check("passive_aggressive", "C=0.01 tol=none max_iter=20", 1e-3);
    check("passive_aggressive", "loss=squared_hinge C=0.1 tol=none max_iter=20", 1e-3);
}

/* What sgd.c says of elasticnet: another path, as good an end. */
static void test_elasticnet(void **state)
{
    const char *settings = "penalty=elasticnet loss=log_loss alpha=0.001 tol=none max_iter=200";
    struct result of_dense, of_sparse;
    size_t differ = 0;
    (void)state;
    struct sl_model *a = fit_on("sgd", settings, dense, SL_SCALE_NONE, &of_dense.report);
    struct sl_model *b = fit_on("sgd", settings, sparse, SL_SCALE_NONE, &of_sparse.report);
    predict(a, dense_rest, &of_dense);
    predict(b, sparse_rest, &of_sparse);
    for (size_t i = 0; i < SCORED; i++)
        differ += of_dense.labels[i] != of_sparse.labels[i];
    assert_true(differ <= SCORED / 50);
    sl_model_free(a);
    sl_model_free(b);
}

/* No feature is below 0, so that minmax divides by the same number; standard does not shift sparse rows. */
static void test_scaling(void **state)
{
    struct result of_dense, of_sparse;
    (void)state;
    struct sl_model *a = fit_on("linear_svm", "tol=1e-6", dense, SL_SCALE_MINMAX, &of_dense.report);
    struct sl_model *b = fit_on("linear_svm", "tol=1e-6", sparse, SL_SCALE_MINMAX, &of_sparse.report);
    predict(a, dense_rest, &of_dense);
    predict(b, sparse_rest, &of_sparse);
    compare(&of_dense, &of_sparse, 1e-4);
    sl_model_free(a);
    sl_model_free(b);
    b = fit_on("linear_svm", "", sparse, SL_SCALE_STANDARD, &of_sparse.report);
    predict(b, sparse_rest, &of_sparse);
    predict(b, dense_rest, &of_dense);
    compare(&of_dense, &of_sparse, 0);
    sl_model_free(b);
}

/* Values far from 1 are divided on the way. */
static void test_units(void **state)
{
    struct sl_view view = sl_dataset_view(dense);
    float *x = malloc(sizeof *x * FIT * D);
    struct sl_dataset *large, *large_sparse;
    struct sl_fit_report a, b;
    (void)state;
    for (size_t i = 0; i < FIT * D; i++)
        x[i] = 1e12f * ((const float *)view.x)[i];
    view.x = x;
    assert_int_equal(sl_dataset_new(&view, "large", NULL, &large, NULL), SL_OK);
    assert_int_equal(sl_dataset_as(large, SL_SPARSE, &large_sparse, NULL), SL_OK);
    const char *settings = "dual=true C=1e-24 tol=1e-6 fit_intercept=false";
    sl_model_free(fit_on("linear_svm", settings, large, SL_SCALE_NONE, &a));
    sl_model_free(fit_on("linear_svm", settings, large_sparse, SL_SCALE_NONE, &b));
    assert_true(a.converged == 1 && b.converged == 1);
    assert_true(fabs(a.objective - b.objective) <= 1e-4 * a.objective);
    sl_dataset_free(large);
    sl_dataset_free(large_sparse);
    free(x);
}

/* A type that takes none gets dense ones, of rows that were scaled as sparse ones are. */
static void test_dense_types(void **state)
{
    static const char *const names[][2] = {{"tree", ""}, {"svm", ""}, {"mlp", "max_iter=2"}};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *settings = names[i][1];
        struct result of_dense, of_sparse, other;
        struct sl_model *a = fit_on(names[i][0], settings, dense, SL_SCALE_MINMAX, &of_dense.report), *loaded;
        struct sl_model *b = fit_on(names[i][0], settings, sparse, SL_SCALE_MINMAX, &of_sparse.report);
        char path[] = "/tmp/shortlist-sparse-XXXXXX";
        close(mkstemp(path));
        predict(a, dense_rest, &of_dense);
        predict(b, sparse_rest, &of_sparse);
        compare(&of_dense, &of_sparse, 0);
        assert_int_equal(sl_model_save(b, path, NULL), SL_OK);
        assert_int_equal(sl_model_load(path, &loaded, NULL), SL_OK);
        predict(loaded, dense_rest, &other);
        compare(&of_dense, &other, 0);
        predict(loaded, sparse_rest, &other);
        compare(&of_dense, &other, 0);
        unlink(path);
        sl_model_free(a);
        sl_model_free(b);
        sl_model_free(loaded);
    }
}

/* 40 rows of a hundred million features: as dense floats 15 GiB. */
static void test_refusal(void **state)
{
    enum { ROWS = 40, WIDE = 100000000 };
    size_t start[ROWS + 1];
    uint32_t column[ROWS];
    float value[ROWS];
    int32_t y[ROWS], labels[ROWS];
    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        start[i] = i;
        y[i] = (int32_t)i % 2;
        column[i] = (uint32_t)(i * 2000000 + 5);
        value[i] = 1;
    }
    start[ROWS] = ROWS;
    const struct sl_csr rows = {start, column, value};
    const struct sl_view view = {
        .dtype = SL_SPARSE, .n = ROWS, .d = WIDE, .x = &rows, .y = y, .k = 2, .scale = 1};
    const struct sl_fit_options options = {.scaling = SL_SCALE_NONE, .threads = 1};
    struct sl_dataset *data;
    struct sl_model *model;
    struct sl_error err = {0};
    assert_int_equal(sl_dataset_new(&view, "wide", NULL, &data, NULL), SL_OK);
    assert_int_equal(
        sl_model_fit(sl_classifier_find("tree", NULL), NULL, data, NULL, &options, NULL, &model, &err),
        SL_EUSAGE);
    assert_null(model);
    assert_non_null(
        strstr(err.text, "tree takes dense rows only: 40 of 100000000 features would take 14.9 GiB"));
    assert_non_null(strstr(err.text, "majority, sgd, perceptron, passive_aggressive, logreg, linear_svm, knn "
                                     "and naive_bayes take sparse rows"));
    assert_int_equal(
        sl_model_fit(sl_classifier_find("majority", NULL), NULL, data, NULL, &options, NULL, &model, &err),
        SL_OK);
    assert_int_equal(sl_model_predict(model, &view, 1, labels, &err), SL_OK);
    sl_model_free(model);
    sl_dataset_free(data);
}

/* The number of threads changes no bit. */
static void test_threads(void **state)
{
    static const char *const names[] = {"sgd", "logreg", "linear_svm", "knn"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct result one, four;
        for (int threads = 1; threads <= 4; threads += 3) {
            const struct sl_fit_options options = {.scaling = SL_SCALE_MINMAX, .seed = 3, .threads = threads};
            struct sl_model *model;
            struct sl_view view = sl_dataset_view(sparse_rest);
            struct result *to = threads == 1 ? &one : &four;
            assert_int_equal(sl_model_fit(sl_classifier_find(names[i], NULL), NULL, sparse, NULL, &options,
                                          NULL, &model, NULL),
                             SL_OK);
            assert_int_equal(sl_model_predict(model, &view, threads, to->labels, NULL), SL_OK);
            assert_int_equal(sl_model_scores(model, &view, threads, to->scores, NULL), SL_OK);
            sl_model_free(model);
        }
        compare(&one, &four, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_majority), cmocka_unit_test(test_naive_bayes), cmocka_unit_test(test_knn),
        cmocka_unit_test(test_logreg),   cmocka_unit_test(test_linear_svm),  cmocka_unit_test(test_sgd),
        cmocka_unit_test(test_descents), cmocka_unit_test(test_elasticnet),  cmocka_unit_test(test_scaling),
        cmocka_unit_test(test_units),    cmocka_unit_test(test_dense_types), cmocka_unit_test(test_refusal),
        cmocka_unit_test(test_threads),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
