/* test_densities.c - naive Bayes and nearest centroids have scikit-learn's probabilities and centres, of
 * version 1.2.1: by GaussianNB, MultinomialNB, BernoulliNB and NearestCentroid on the rows of make(), with
 * its weights where the table says so.  Bytes, floats and sparse rows of the same values give the same. */
#include "core/memory.h"
#include "data/csr.h"
#include <math.h>
#include <setjmp.h>
#include <shortlist/classifier.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "config_fixture.h"

enum { N = 60, D = 5, CLASSES = 3, SHOWN = 3, K = 4 };

/* Class 2 of four has no rows. */
static const int32_t label_of[CLASSES] = {0, 1, 3};

struct rows {
    uint8_t bytes[N * D];
    float floats[N * D];
    int32_t y[N];
    double weight[N];
};

static struct rows make(void)
{
    struct rows rows;
    for (int i = 0; i < N; i++) {
        const int c = (i * 7 + i / 5) % CLASSES;
        for (int j = 0; j < D; j++)
            rows.bytes[i * D + j] = (uint8_t)((i * (j + 3) * 7 + j * 11 + i * i % 13 * (j + 1)) % 17 +
                                              (j == 0 ? 3 * c : 0) + (j == 3 && c == 1 ? 4 : 0));
        rows.y[i] = label_of[c];
        rows.weight[i] = 1 + i % 4 * 0.5;
    }
    for (int i = 0; i < N * D; i++)
        rows.floats[i] = rows.bytes[i];
    return rows;
}

static struct sl_view view_of(const struct rows *rows, enum sl_dtype dtype, int weighted)
{
    return (struct sl_view){.dtype = dtype,
                            .n = N,
                            .d = D,
                            .x = dtype == SL_U8 ? (const void *)rows->bytes : rows->floats,
                            .y = rows->y,
                            .k = K,
                            .scale = 1,
                            .weight = weighted ? rows->weight : NULL};
}

/* scores (SHOWN, K) of the first rows. */
static void fit_and_score(const char *name, const char *settings, const struct sl_view *view, float *scores)
{
    struct sl_error err = {0};
    const struct sl_classifier_type *type = sl_classifier_find(name, &err);
    struct sl_fit_report report;
    struct sl_view shown = *view;
    void *config = config_of(type, settings), *model = NULL;
    const struct sl_fit fit = {.train = view, .config = config, .threads = 2, .report = &report};
    if (type->fit(&fit, &model, &err))
        fail_msg("%s %s: %s", name, settings, err.text);
    shown.n = SHOWN;
    assert_int_equal(type->scores(model, &shown, 2, scores, &err), SL_OK);
    type->free(model);
    free(config);
}

static void assert_near(double got, double expected, const char *settings)
{
    if (!(fabs(got - expected) <= 1e-6 * fmax(1, fabs(expected))))
        fail_msg("%s: %.9g; expected %.9g", settings, got, expected);
}

/* Naive Bayes ----------------------------------------------------------------------------------------*/

static const struct bayes {
    const char *settings;
    int weighted;
    double expected[SHOWN * CLASSES];
} bayes[] = {
    {"",
     0,
     {0.432110105, 0.5282491, 0.0396407945, 0.314495752, 0.540801526, 0.144702722, 0.0700874918, 0.193111491,
      0.736801017}},
    {"var_smoothing=0.5",
     0,
     {0.412892382, 0.505835136, 0.081272482, 0.327437326, 0.478352187, 0.194210487, 0.154539517, 0.32651602,
      0.518944464}},
    {"distribution=multinomial alpha=0.5",
     0,
     {0.339238075, 0.657051969, 0.00370995647, 0.259953509, 0.693692336, 0.0463541548, 0.00332435133,
      0.103937959, 0.89273769}},
    {"distribution=bernoulli binarize=8 fit_prior=false",
     0,
     {0.381180122, 0.414448801, 0.204371078, 0.508376457, 0.347440715, 0.144182828, 0.136164096, 0.203037588,
      0.660798316}},
    {"distribution=bernoulli binarize=8 alpha=0",
     0,
     {0.43347453, 0.474815156, 0.0917103138, 0.567207501, 0.375512373, 0.0572801263, 0.180882982, 0.279419544,
      0.539697474}},
    {"",
     1,
     {0.490353984, 0.484893727, 0.0247522891, 0.336219251, 0.505961048, 0.157819701, 0.0732858774,
      0.134009233, 0.792704889}},
    {"var_smoothing=0.5",
     1,
     {0.447706576, 0.481158148, 0.0711352764, 0.34080152, 0.458378605, 0.200819875, 0.159499139, 0.278124878,
      0.562375982}},
    {"distribution=multinomial alpha=0.5",
     1,
     {0.559239741, 0.436804952, 0.00395530687, 0.326455939, 0.631108527, 0.0424355345, 0.00269761336,
      0.0413926919, 0.955909695}},
    {"distribution=bernoulli binarize=8 fit_prior=false",
     1,
     {0.481678779, 0.351077761, 0.167243461, 0.51802334, 0.360787162, 0.121189499, 0.0990813368, 0.126054928,
      0.774863736}},
    {"distribution=bernoulli binarize=8 alpha=0",
     1,
     {0.539915291, 0.387581243, 0.0725034663, 0.56517256, 0.386841977, 0.0479854632, 0.145910165, 0.187975166,
      0.666114669}},
};

static void check_bayes(const struct bayes *b, const struct sl_view *view)
{
    float scores[SHOWN * K];
    fit_and_score("naive_bayes", b->settings, view, scores);
    for (int i = 0; i < SHOWN; i++) {
        for (int c = 0; c < CLASSES; c++)
            assert_near((double)scores[i * K + label_of[c]], b->expected[i * CLASSES + c], b->settings);
        assert_true(scores[i * K + 2] == 0);
    }
}

static void test_naive_bayes(void **state)
{
    const struct rows rows = make();
    (void)state;
    for (size_t i = 0; i < sizeof bayes / sizeof *bayes; i++) {
        const struct sl_view bytes = view_of(&rows, SL_U8, bayes[i].weighted),
                             floats = view_of(&rows, SL_F32, bayes[i].weighted);
        struct sl_view sparse = floats;
        sparse.x = sl_csr_from_dense(&floats);
        sparse.dtype = SL_SPARSE;
        assert_non_null(sparse.x);
        check_bayes(&bayes[i], &bytes);
        check_bayes(&bayes[i], &floats);
        check_bayes(&bayes[i], &sparse);
        free((void *)sparse.x);
    }
}

/* Zeros of sparse rows are above a binarize below 0; scaled bytes are what their floats are. */
static void test_zeros(void **state)
{
    struct rows rows = make();
    struct sl_view floats = view_of(&rows, SL_F32, 1), sparse = floats, bytes = view_of(&rows, SL_U8, 1);
    float dense_scores[SHOWN * K], scores[SHOWN * K];
    (void)state;
    bytes.scale = 0.5f;
    bytes.offset = -4;
    for (int i = 0; i < N * D; i++)
        rows.floats[i] = 0.5f * rows.bytes[i] - 4;
    sparse.x = sl_csr_from_dense(&floats);
    sparse.dtype = SL_SPARSE;
    assert_non_null(sparse.x);
    for (int round = 0; round < 2; round++) {
        const char *settings = round ? "distribution=bernoulli binarize=-1" : "";
        fit_and_score("naive_bayes", settings, &floats, dense_scores);
        fit_and_score("naive_bayes", settings, &sparse, scores);
        for (int i = 0; i < SHOWN * K; i++)
            assert_near((double)scores[i], (double)dense_scores[i], settings);
        fit_and_score("naive_bayes", settings, &bytes, scores);
        for (int i = 0; i < SHOWN * K; i++)
            assert_near((double)scores[i], (double)dense_scores[i], settings);
    }
    free((void *)sparse.x);
}

static void expect_refused(const char *settings, const struct sl_view *view, int code, const char *text)
{
    struct sl_error err = {0};
    const struct sl_classifier_type *type = sl_classifier_find("naive_bayes", &err);
    struct sl_fit_report report;
    void *config = config_of(type, settings), *model = NULL;
    const struct sl_fit fit = {.train = view, .config = config, .threads = 1, .report = &report};
    assert_int_equal(type->fit(&fit, &model, &err), code);
    assert_null(model);
    if (!strstr(err.text, text))
        fail_msg("\"%s\" does not hold \"%s\"", err.text, text);
    free(config);
}

static void test_refused(void **state)
{
    struct rows rows = make();
    struct sl_view view = view_of(&rows, SL_F32, 0);
    (void)state;
    rows.floats[7 * D + 2] = -1;
    expect_refused("distribution=multinomial", &view, SL_EDATA, "row 7 has a feature below 0");
    for (int i = 0; i < N; i++)
        rows.floats[i * D + 1] = (float)rows.y[i];
    expect_refused("var_smoothing=0", &view, SL_EDIVERGED, "var_smoothing above 0");
}

/* Centroids ------------------------------------------------------------------------------------------*/

static const struct centroids {
    const char *settings;
    double centre[CLASSES * D];
} centroids[] = {
    {"",
     {7.79166667, 8.04166667, 9, 8.54166667, 8.08333333, 8.91666667, 7.29166667, 7.25, 10.5, 8.58333333,
      13.5833333, 7, 6.41666667, 10.0833333, 9.5}},
    {"shrink_threshold=1.5",
     {9.4, 7.53333333, 7.78333333, 9.63333333, 8.56666667, 9.4, 7.53333333, 7.78333333, 9.63333333,
      8.56666667, 9.57517256, 7.53333333, 7.78333333, 9.63333333, 8.56666667}},
    {"metric=manhattan", {7.5, 7.5, 10, 8.5, 8.5, 8, 8, 7, 9, 8, 12.5, 6.5, 4.5, 10.5, 8.5}},
    {"metric=manhattan shrink_threshold=0.5",
     {8.32620497, 7.53333333, 9.20780067, 9.33080769, 8.56666667, 8.82620497, 7.53333333, 7.78333333,
      9.63333333, 8.56666667, 11.1508129, 7.53333333, 5.79365609, 9.63333333, 8.56666667}},
};

static void check_centroids(const struct centroids *c, const struct sl_view *view, const float *x)
{
    const int manhattan = strstr(c->settings, "manhattan") != NULL;
    float scores[SHOWN * K];
    fit_and_score("nearest_centroid", c->settings, view, scores);
    for (int i = 0; i < SHOWN; i++)
        for (int m = 0; m < CLASSES; m++) {
            double distance = 0;
            for (int j = 0; j < D; j++) {
                const double from = (double)x[i * D + j] - c->centre[m * D + j];
                distance += manhattan ? fabs(from) : from * from;
            }
            assert_near((double)scores[i * K + label_of[m]], -distance, c->settings);
        }
}

static void test_centroids(void **state)
{
    const struct rows rows = make();
    const struct sl_view bytes = view_of(&rows, SL_U8, 0), floats = view_of(&rows, SL_F32, 0);
    (void)state;
    for (size_t i = 0; i < sizeof centroids / sizeof *centroids; i++) {
        check_centroids(&centroids[i], &bytes, rows.floats);
        check_centroids(&centroids[i], &floats, rows.floats);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_naive_bayes),
        cmocka_unit_test(test_zeros),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_centroids),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
