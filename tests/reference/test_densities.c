/* test_densities.c - naive Bayes, discriminants and nearest centroids have scikit-learn's probabilities and
 * centres, of version 1.2.1: by its classes for them on the rows of make(), with its weights where the table
 * says so.  Bytes, floats and sparse rows of the same values give the same. */
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

static void expect_refused(const char *name, const char *settings, const struct sl_view *view, int code,
                           const char *text)
{
    struct sl_error err = {0};
    const struct sl_classifier_type *type = sl_classifier_find(name, &err);
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
    expect_refused("naive_bayes", "distribution=multinomial", &view, SL_EDATA, "row 7 has a feature below 0");
    for (int i = 0; i < N; i++)
        rows.floats[i * D + 1] = (float)rows.y[i];
    expect_refused("naive_bayes", "var_smoothing=0", &view, SL_EDIVERGED, "var_smoothing above 0");
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

/* Discriminants ----------------------------------------------------------------------------------------*/

/* Probabilities of LinearDiscriminantAnalysis and QuadraticDiscriminantAnalysis; dependent: the last feature
 * is the second again. */
static const struct discriminants {
    const char *name, *settings;
    int dependent;
    double expected[SHOWN * CLASSES];
} discriminants[] = {
    {"lda",
     "",
     0,
     {0.411463951, 0.549816663, 0.0387193858, 0.329143139, 0.536186615, 0.134670247, 0.118311676, 0.328397247,
      0.553291076}},
    {"lda",
     "solver=lsqr",
     0,
     {0.409337888, 0.555384346, 0.0352777654, 0.325068137, 0.543325185, 0.131606678, 0.108820531, 0.31872645,
      0.572453019}},
    {"lda",
     "solver=lsqr shrinkage=0.3",
     0,
     {0.412302727, 0.553254692, 0.0344425815, 0.328278101, 0.534412672, 0.137309227, 0.102656574, 0.317607328,
      0.579736098}},
    {"lda",
     "solver=eigen shrinkage=auto",
     0,
     {0.410142483, 0.551524941, 0.0383325762, 0.335542957, 0.516206843, 0.1482502, 0.0960271038, 0.324952491,
      0.579020405}},
    {"lda",
     "tol=0.5",
     0,
     {0.560453777, 0.387515959, 0.0520302642, 0.396956267, 0.441989486, 0.161054247, 0.123319837, 0.302109355,
      0.574570809}},
    {"lda",
     "tol=0.9",
     0,
     {0.553227407, 0.386528931, 0.0602436621, 0.366270092, 0.443829967, 0.189899941, 0.123233769, 0.320464723,
      0.556301507}},
    {"lda",
     "",
     1,
     {0.421622742, 0.541489069, 0.0368881891, 0.364098597, 0.524894473, 0.11100693, 0.121738348, 0.329231463,
      0.549030189}},
    {"lda",
     "solver=lsqr",
     1,
     {0.419966184, 0.54651141, 0.0335224052, 0.361442052, 0.531193016, 0.107364932, 0.112193099, 0.319728097,
      0.568078804}},
    {"lda",
     "solver=lsqr shrinkage=0.3",
     1,
     {0.426090789, 0.541439105, 0.0324701062, 0.358216188, 0.528100375, 0.113683437, 0.10465971, 0.317830508,
      0.577509782}},
    {"lda",
     "solver=eigen shrinkage=auto",
     1,
     {0.431007184, 0.534457845, 0.0345349707, 0.361772419, 0.522909396, 0.115318185, 0.101015645, 0.317340626,
      0.581643729}},
    {"lda",
     "tol=0.5",
     1,
     {0.569293647, 0.381836772, 0.0488695812, 0.434374937, 0.434715652, 0.130909411, 0.127369542, 0.301363025,
      0.571267433}},
    {"lda",
     "tol=0.9",
     1,
     {0.542541743, 0.384179955, 0.0732783014, 0.373454453, 0.43957644, 0.186969107, 0.131500281, 0.345738554,
      0.522761164}},
    {"lda",
     "solver=eigen",
     0,
     {0.409337888, 0.555384346, 0.0352777654, 0.325068137, 0.543325185, 0.131606678, 0.108820531, 0.31872645,
      0.572453019}},
    {"qda",
     "",
     0,
     {0.630071879, 0.369836232, 9.18887771e-05, 0.451239405, 0.404522503, 0.144238092, 0.0282809043,
      0.0625912106, 0.909127885}},
    {"qda",
     "reg_param=0.4",
     0,
     {0.720315023, 0.279684034, 9.43621705e-07, 0.528435388, 0.407785364, 0.0637792476, 0.00560537786,
      0.0181959285, 0.976198694}},
    {"qda",
     "reg_param=0.4",
     1,
     {0.579268488, 0.420730788, 7.24109734e-07, 0.267562143, 0.676841069, 0.0555967888, 0.0129286215,
      0.0344509132, 0.952620465}},
};

static void check_discriminants(const struct discriminants *t, const struct sl_view *view)
{
    float scores[SHOWN * K];
    fit_and_score(t->name, t->settings, view, scores);
    for (int i = 0; i < SHOWN; i++)
        for (int c = 0; c < CLASSES; c++)
            assert_near((double)scores[i * K + label_of[c]], t->expected[i * CLASSES + c], t->settings);
}

static void make_dependent(struct rows *rows)
{
    for (int i = 0; i < N; i++) {
        rows->bytes[i * D + 4] = rows->bytes[i * D + 1];
        rows->floats[i * D + 4] = rows->floats[i * D + 1];
    }
}

static void test_discriminants(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof discriminants / sizeof *discriminants; i++) {
        struct rows rows = make();
        if (discriminants[i].dependent)
            make_dependent(&rows);
        const struct sl_view bytes = view_of(&rows, SL_U8, 0), floats = view_of(&rows, SL_F32, 0);
        check_discriminants(&discriminants[i], &bytes);
        check_discriminants(&discriminants[i], &floats);
    }
}

static void test_singular(void **state)
{
    struct rows rows = make();
    const struct sl_view view = view_of(&rows, SL_U8, 0);
    (void)state;
    make_dependent(&rows);
    expect_refused("lda", "solver=eigen", &view, SL_EDIVERGED, "features depend on each other");
    expect_refused("qda", "", &view, SL_EDIVERGED, "the covariance of class 0 (from 0) is singular");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_naive_bayes),   cmocka_unit_test(test_zeros),
        cmocka_unit_test(test_refused),       cmocka_unit_test(test_centroids),
        cmocka_unit_test(test_discriminants), cmocka_unit_test(test_singular),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
