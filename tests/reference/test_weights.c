/* test_weights.c - weights of rows: against scikit-learn 1.2.1's sample_weight, and against rows that stand
 * there as often as they weigh. */
#include "config_fixture.h"
#include "linear/model.h"
#include "trees/model.h"
#include <math.h>
#include <setjmp.h>
#include <shortlist/model.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { N = 90, D = 3, K = 3, MOST = 3 * N };

/* Rows that any program computes alike, k classes of them. */
struct table {
    float x[MOST * D];
    int32_t y[MOST];
    double w[MOST];
    struct sl_view view;
};

static void make_row(int i, int k, float *x, int32_t *y)
{
    x[0] = (float)((i * 37 + i * i * 7) % 97) / 32 - 1.5f;
    x[1] = (float)((i * 53 + i * i * 3 + 11) % 89) / 32 - 1.4f;
    x[2] = (float)((i * 71 + i * i * 5 + 29) % 83) / 32 - 1.3f;
    double s = (double)x[0] + 0.5 * (double)x[1] + ((i * i * 11) % 7 - 3) / 4.0;
    *y = (s > -0.3) + (k == 3 && s > 0.6);
}

static double quarters(int i)
{
    return (i * i * 13 + 5 * i + 2) % 8 / 4.0; /* 22 of 90 are 0 */
}

static int whole(int i)
{
    return (i * i * 13 + 5 * i + 2) % 4;
}

static void begin(struct table *t, int k)
{
    *t = (struct table){.view = {.dtype = SL_F32, .d = D, .x = t->x, .y = t->y, .k = k, .scale = 1}};
}

static void weighed_table(struct table *t, int k)
{
    begin(t, k);
    for (int i = 0; i < N; i++) {
        make_row(i, k, t->x + i * D, &t->y[i]);
        t->w[i] = quarters(i);
    }
    t->view.n = N;
    t->view.weight = t->w;
}

static struct sl_dataset *dataset(const struct sl_view *view)
{
    struct sl_dataset *data;
    struct sl_error err;
    if (sl_dataset_new(view, "rows", NULL, &data, &err))
        fail_msg("%s", err.text);
    return data;
}

static int try_fit(const char *name, const char *settings, const struct sl_dataset *data, int threads,
                   struct sl_model **model, struct sl_fit_report *report, struct sl_error *err)
{
    const struct sl_classifier_type *type = sl_classifier_find(name, err);
    const struct sl_view view = sl_dataset_view(data);
    const struct sl_fit_options options = {
        .scaling = view.image.height ? SL_SCALE_MINMAX : SL_SCALE_NONE, .seed = 3, .threads = threads};
    void *config = config_of(type, settings);
    int code = sl_model_fit(type, config, data, NULL, &options, report, model, err);
    free(config);
    return code;
}

static struct sl_model *fit(const char *name, const char *settings, const struct sl_dataset *data,
                            struct sl_fit_report *report)
{
    struct sl_model *model;
    struct sl_error err = {0};
    if (try_fit(name, settings, data, 2, &model, report, &err))
        fail_msg("%s %s: %s", name, settings, err.text);
    return model;
}

/* scikit-learn --------------------------------------------------------------------------------------*/

/* coef_ and intercept_ of fits with sample_weight on these rows without those of weight 0: scikit-learn
 * counts them when it balances classes, and SGDClassifier's weights shrink when it comes to one. */
static const struct {
    const char *name, *settings;
    int k;
    double tolerance, expected[K][D + 1];
} linear[] = {
    {"logreg", "C=0.5 tol=1e-7 max_iter=10000", 2, 1e-4, {{1.96715127, 0.89185727, 0.14224301, -0.03866001}}},
    {"logreg",
     "C=0.5 tol=1e-7 max_iter=10000",
     3,
     1e-4,
     {{-1.69853924, -0.73105419, -0.07174199, 0.68046127},
      {0.05811186, 0.21499144, 0.14523905, 0.3512962},
      {1.64042737, 0.51606275, -0.07349706, -1.03175747}}},
    {"logreg",
     "C=0.5 tol=1e-7 max_iter=10000 multi_class=ovr",
     3,
     1e-4,
     {{-1.96715127, -0.89185727, -0.14224301, 0.03866001},
      {0.40158603, 0.27504801, 0.09660434, -0.86549352},
      {1.97340842, 0.53125031, -0.09687824, -2.13356216}}},
    {"logreg",
     "C=0.5 tol=1e-7 max_iter=10000 class_weight=balanced",
     3,
     3e-4,
     {{-1.70049399, -0.67514111, -0.03130534, 0.38364332},
      {-0.1178543, 0.15966836, 0.14366238, 0.49433212},
      {1.81834828, 0.51547275, -0.11235703, -0.87797545}}},
    {"linear_svm", "C=0.5 tol=1e-8 dual=false", 2, 1e-6, {{1.43237725, 0.77235865, 0.1310207, -0.00275473}}},
    {"linear_svm",
     "C=0.5 tol=1e-8 dual=false",
     3,
     1e-6,
     {{-1.43237725, -0.77235865, -0.1310207, 0.00275473},
      {0.20270276, 0.14980247, 0.05853288, -0.39002911},
      {1.20715337, 0.39736608, -0.1098762, -1.042534}}},
    {"linear_svm",
     "C=0.5 tol=1e-8 dual=true max_iter=100000",
     3,
     1e-5,
     {{-1.43237725, -0.77235865, -0.1310207, 0.00275473},
      {0.20270276, 0.14980247, 0.05853288, -0.39002911},
      {1.20715337, 0.39736608, -0.1098762, -1.042534}}},
    {"linear_svm",
     "C=0.5 tol=1e-8 loss=hinge max_iter=1000000",
     2,
     1e-5,
     {{1.90292958, 0.72271503, 0.032907, -0.064959}}},
    {"sgd",
     "shuffle=false max_iter=20 tol=none learning_rate=constant eta0=0.01 loss=log_loss",
     3,
     1e-5,
     {{-1.75422241, -0.67788726, -0.10345364, 0.03945398},
      {0.36754154, 0.28350501, 0.12831914, -0.79753273},
      {1.37899674, 0.46258212, 0.0704368, -1.44149818}}},
    {"sgd",
     "shuffle=false max_iter=20 tol=none class_weight=balanced",
     2,
     1e-3,
     {{27.35534125, 9.67040289, 0.06623218, 0.70504751}}},
};

static void linear_weights_are_those_of_scikit_learn(void **state)
{
    struct table t;
    (void)state;
    for (size_t i = 0; i < sizeof linear / sizeof *linear; i++) {
        weighed_table(&t, linear[i].k);
        struct sl_dataset *data = dataset(&t.view);
        struct sl_model *model = fit(linear[i].name, linear[i].settings, data, NULL);
        const struct sl_linear *m = sl_model_payload(model);
        assert_int_equal(m->vectors, linear[i].k == 2 ? 1 : 3);
        for (int v = 0; v < m->vectors; v++)
            for (size_t j = 0; j <= D; j++) {
                double got = (double)(j < D ? m->W[(size_t)v * m->ld + j] : m->b[v]);
                if (!(fabs(got - linear[i].expected[v][j]) <= linear[i].tolerance))
                    fail_msg("%s %s: weight %zu of class %d is %.8g, scikit-learn's is %.8g", linear[i].name,
                             linear[i].settings, j, v, got, linear[i].expected[v][j]);
            }
        sl_model_free(model);
        sl_dataset_free(data);
    }
}

enum { NODES = 13 };

/* tree_ of DecisionTreeClassifier(max_depth=3). */
static const struct {
    const char *settings;
    int k;
    size_t n;
    int feature[NODES];
    double threshold[NODES];
    unsigned rows[NODES];
    double weight[NODES], impurity;
} trees[] = {
    {"max_depth=3",
     2,
     13,
     {0, 0, 0, -1, -1, 1, -1, -1, 1, 0, -1, -1, -1},
     {-0.015625, -0.546875, -0.6875, 0, 0, 0.06875, 0, 0, -0.415625, 0.84375, 0, 0, 0},
     {68, 30, 18, 14, 4, 12, 7, 5, 38, 18, 10, 8, 20},
     {67.5, 27.0, 17.5, 13.5, 4.0, 9.5, 5.5, 4.0, 40.5, 20.5, 10.5, 10.0, 20.0},
     0.07328042328042329},
    {"max_depth=3 criterion=entropy",
     3,
     13,
     {0, 0, 0, -1, -1, 1, -1, -1, 2, -1, 1, -1, -1},
     {0.921875, -0.546875, -0.6875, 0, 0, -0.415625, 0, 0, 0.528125, 0, -0.61875, 0, 0},
     {68, 54, 18, 14, 4, 36, 15, 21, 14, 9, 5, 2, 3},
     {67.5, 51.5, 17.5, 13.5, 4.0, 34.0, 15.5, 18.5, 16.0, 12.0, 4.0, 2.5, 1.5},
     0.4494886821047368},
    {"max_depth=3 class_weight=balanced",
     3,
     13, /* rounding has scikit-learn split the sixth leaf, which is of one class */
     {0, 0, 0, -1, -1, 1, -1, -1, 2, -1, 1, -1, -1},
     {0.921875, -0.546875, -0.6875, 0, 0, -0.415625, 0, 0, 0.528125, 0, -0.61875, 0, 0},
     {68, 54, 18, 14, 4, 36, 15, 21, 14, 9, 5, 2, 3},
     {68.3761904761905, 43.68571428571428, 11.9, 9.0, 2.9, 31.785714285714285, 11.733333333333333,
      20.05238095238095, 24.690476190476197, 19.428571428571434, 5.261904761904762, 2.833333333333333,
      2.428571428571429},
     0.1754434173925417},
};

static void trees_are_those_of_scikit_learn(void **state)
{
    struct table t;
    (void)state;
    for (size_t i = 0; i < sizeof trees / sizeof *trees; i++) {
        struct sl_fit_report report;
        weighed_table(&t, trees[i].k);
        struct sl_dataset *data = dataset(&t.view);
        struct sl_model *model = fit("tree", trees[i].settings, data, &report);
        const struct sl_tree_model *m = sl_model_payload(model);
        assert_int_equal(m->n_nodes, trees[i].n);
        for (size_t node = 0; node < m->n_nodes; node++) {
            assert_int_equal(m->nodes[node].feature, trees[i].feature[node]);
            assert_int_equal(m->n_rows[node], trees[i].rows[node]);
            assert_true(fabs(m->weight[node] - trees[i].weight[node]) < 1e-12);
            if (m->nodes[node].feature >= 0)
                assert_true(fabs((double)m->nodes[node].threshold - trees[i].threshold[node]) < 1e-6);
        }
        assert_true(fabs(report.objective - trees[i].impurity) < 1e-12);
        sl_model_free(model);
        sl_dataset_free(data);
    }
}

/* SVC(C=2, gamma=0.5): predictions of all rows and, of two classes, the dual objective (of a fit without the
 * rows of weight 0, which support_ does not count). */
static const struct {
    const char *kernel;
    int k;
    double objective;
    const char *labels;
} machines[] = {
    {"rbf", 2, -45.458487516,
     "010101100001100110001101101101000001011111011000110011000011110001001101101110110011011000"},
    {"linear", 2, -47.668304541,
     "010101100001100101001101101101000001011111011000010011000011110001001111101010110011011000"},
    {"rbf", 3, NAN,
     "010102200002200210001102201202000000011121021000110011000021120101001201101120210012011000"},
    {"linear", 3, NAN,
     "010102200002200201001202101201000001021112011000020022000021020001001212101010210012121000"},
};

static void machines_are_those_of_scikit_learn(void **state)
{
    struct table t;
    (void)state;
    for (size_t i = 0; i < sizeof machines / sizeof *machines; i++) {
        char settings[64];
        struct sl_fit_report report;
        int32_t labels[N];
        snprintf(settings, sizeof settings, "C=2 gamma=0.5 tol=1e-6 kernel=%s", machines[i].kernel);
        weighed_table(&t, machines[i].k);
        struct sl_dataset *data = dataset(&t.view);
        struct sl_model *model = fit("svm", settings, data, &report);
        assert_int_equal(sl_model_predict(model, &t.view, 1, labels, NULL), SL_OK);
        for (int r = 0; r < N; r++)
            if (labels[r] != machines[i].labels[r] - '0')
                fail_msg("%s, %d classes: row %d", machines[i].kernel, machines[i].k, r);
        if (machines[i].k == 2 && !(fabs(report.objective - machines[i].objective) < 1e-5))
            fail_msg("%s: objective %.9g", machines[i].kernel, report.objective);
        sl_model_free(model);
        sl_dataset_free(data);
    }
}

/* DummyClassifier(strategy="prior").class_prior_ */
static void shares_are_those_of_scikit_learn(void **state)
{
    const double expected[K] = {0.48148148, 0.3037037, 0.21481481};
    struct table t;
    float shares[N * K];
    (void)state;
    weighed_table(&t, K);
    struct sl_dataset *data = dataset(&t.view);
    struct sl_model *model = fit("majority", "", data, NULL);
    assert_int_equal(sl_model_scores(model, &t.view, 1, shares, NULL), SL_OK);
    for (int c = 0; c < K; c++)
        assert_true(fabs((double)shares[c] - expected[c]) < 1e-7);
    sl_model_free(model);
    sl_dataset_free(data);
}

/* Rows that stand there more than once ----------------------------------------------------------------*/

/* Weights 0 ... 3 and, in *repeated, rows so often. */
static void make_pair(struct table *weighed, struct table *repeated, int k)
{
    size_t n = 0;
    begin(weighed, k);
    begin(repeated, k);
    for (int i = 0; i < N; i++) {
        float *x = weighed->x + i * D;
        make_row(i, k, x, &weighed->y[i]);
        weighed->w[i] = whole(i);
        for (int r = 0; r < whole(i); r++, n++) {
            memcpy(repeated->x + n * D, x, D * sizeof *x);
            repeated->y[n] = weighed->y[i];
        }
    }
    weighed->view.n = N;
    weighed->view.weight = weighed->w;
    repeated->view.n = n;
}

enum { IMAGES = 240 };

/* The same of images of bytes. */
static struct sl_dataset *repeat_images(const struct sl_dataset *images)
{
    uint32_t rows[3 * IMAGES];
    size_t n = 0;
    struct sl_dataset *out;
    for (int i = 0; i < IMAGES; i++)
        for (int r = 0; r < whole(i); r++)
            rows[n++] = (uint32_t)i;
    assert_int_equal(sl_dataset_take(images, rows, n, &out, NULL), SL_OK);
    return out;
}

static struct sl_dataset *weigh_images(const struct sl_dataset *images)
{
    double w[IMAGES];
    struct sl_view view = sl_dataset_view(images);
    for (int i = 0; i < IMAGES; i++)
        w[i] = whole(i);
    view.weight = w;
    return dataset(&view);
}

static const struct {
    const char *name, *settings;
    double tolerance; /* of scores */
} alike[] = {
    {"majority", "", 1e-7},
    {"logreg", "tol=1e-6 max_iter=5000", 1e-2},
    {"logreg", "tol=1e-6 max_iter=5000 multi_class=ovr", 1e-2},
    {"logreg", "tol=1e-6 max_iter=5000 C=0.01 fit_intercept=false", 1e-3},
    {"linear_svm", "tol=1e-7 dual=false max_iter=1000", 1e-3},
    {"linear_svm", "tol=1e-7 dual=true max_iter=100000", 1e-3},
    {"linear_svm", "tol=1e-7 loss=hinge max_iter=100000", 1e-3},
    {"svm", "tol=1e-6", 1e-2},
    {"svm", "tol=1e-6 kernel=linear", 1e-2},
    {"svm", "tol=1e-6 kernel=poly coef0=1 C=0.1", 1e-2},
    {"tree", "", 1e-6},
    {"tree", "criterion=entropy", 1e-6},
    {"tree", "max_depth=4 ccp_alpha=0.01", 1e-6},
    {"tree", "max_leaf_nodes=7 min_impurity_decrease=0.01", 1e-6},
    {"mlp",
     "hidden_layer_sizes=8 activation=tanh solver=sgd learning_rate_init=0.1 alpha=0 max_iter=40 "
     "n_iter_no_change=100 batch_size=1000 shuffle=false",
     1e-3},
};

static void compare(size_t i, const struct sl_dataset *weighed, const struct sl_dataset *repeated)
{
    struct sl_view rows = sl_dataset_view(weighed);
    const size_t k = (size_t)rows.k;
    struct sl_fit_report reports[2];
    struct sl_model *models[2] = {fit(alike[i].name, alike[i].settings, weighed, &reports[0]),
                                  fit(alike[i].name, alike[i].settings, repeated, &reports[1])};
    int32_t *labels[2];
    float *scores[2];
    size_t apart = 0;
    double most = 0, a = reports[0].objective, b = reports[1].objective;
    for (int m = 0; m < 2; m++) {
        labels[m] = sl_alloc(rows.n, sizeof(int32_t));
        scores[m] = sl_alloc(rows.n * k, sizeof(float));
        assert_int_equal(sl_model_predict(models[m], &rows, 2, labels[m], NULL), SL_OK);
        assert_int_equal(sl_model_scores(models[m], &rows, 2, scores[m], NULL), SL_OK);
    }
    for (size_t r = 0; r < rows.n; r++)
        apart += labels[0][r] != labels[1][r];
    for (size_t s = 0; s < rows.n * k; s++)
        most = fmax(most, fabs((double)scores[0][s] - (double)scores[1][s]));
    if (apart || most > alike[i].tolerance || !(isnan(a) ? isnan(b) : fabs(a - b) <= 1e-4 * fabs(b) + 1e-9))
        fail_msg("%s %s: %zu labels differ, scores by %g, objectives %.9g and %.9g", alike[i].name,
                 alike[i].settings, apart, most, a, b);
    for (int m = 0; m < 2; m++) {
        free(labels[m]);
        free(scores[m]);
        sl_model_free(models[m]);
    }
}

static void weights_are_repeated_rows(void **state)
{
    struct table weighed, repeated;
    struct sl_dataset *images;
    (void)state;
    assert_int_equal(sl_dataset_open("synthetic:240:5", SL_PART_TRAIN, NULL, &images, NULL), SL_OK);
    struct sl_dataset *image_pair[2] = {weigh_images(images), repeat_images(images)};
    for (size_t i = 0; i < sizeof alike / sizeof *alike; i++) {
        for (int k = 2; k <= K; k++) {
            make_pair(&weighed, &repeated, k);
            struct sl_dataset *pair[2] = {dataset(&weighed.view), dataset(&repeated.view)};
            compare(i, pair[0], pair[1]);
            sl_dataset_free(pair[0]);
            sl_dataset_free(pair[1]);
        }
        compare(i, image_pair[0], image_pair[1]);
    }
    sl_dataset_free(image_pair[0]);
    sl_dataset_free(image_pair[1]);
    sl_dataset_free(images);
}

/* Bit for bit ------------------------------------------------------------------------------------------*/

static struct sl_writer saved(const struct sl_model *model)
{
    struct sl_writer w = {0};
    sl_model_type(model)->save(sl_model_payload(model), &w);
    return w;
}

/* Weights 1 are none, whatever the number of threads; of a tree, but for the weights that it keeps. */
static void ones_change_nothing(void **state)
{
    static const char *const names[] = {"majority", "logreg", "sgd", "linear_svm", "svm", "mlp"};
    struct table t;
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct sl_writer records[2];
        for (int weighed = 0; weighed < 2; weighed++) {
            struct sl_model *model;
            struct sl_error err = {0};
            weighed_table(&t, K);
            for (int r = 0; r < N; r++)
                t.w[r] = 1;
            t.view.weight = weighed ? t.w : NULL;
            struct sl_dataset *data = dataset(&t.view);
            if (try_fit(names[i], "", data, 1 + weighed, &model, NULL, &err))
                fail_msg("%s", err.text);
            records[weighed] = saved(model);
            sl_model_free(model);
            sl_dataset_free(data);
        }
        if (records[0].size != records[1].size ||
            memcmp(records[0].bytes, records[1].bytes, records[0].size) != 0)
            fail_msg("%s: weights of 1 change the model", names[i]);
        free(records[0].bytes);
        free(records[1].bytes);
    }
}

/* A tree's sums are exact: the order of its rows decides nothing, and weights that are all a third neither.
 */
static void a_tree_knows_no_order(void **state)
{
    struct table t, other;
    (void)state;
    weighed_table(&t, K);
    weighed_table(&other, K);
    for (int i = 0; i < N; i++)
        t.w[i] /= 3;
    for (int i = 0; i < N; i++) {
        memcpy(other.x + i * D, t.x + (N - 1 - i) * D, D * sizeof *t.x);
        other.y[i] = t.y[N - 1 - i];
        other.w[i] = t.w[N - 1 - i];
    }
    struct sl_dataset *data[2] = {dataset(&t.view), dataset(&other.view)};
    struct sl_model *models[2] = {fit("tree", "", data[0], NULL), fit("tree", "", data[1], NULL)};
    struct sl_writer records[2] = {saved(models[0]), saved(models[1])};
    assert_int_equal(records[0].size, records[1].size);
    assert_memory_equal(records[0].bytes, records[1].bytes, records[0].size);
    for (int m = 0; m < 2; m++) {
        free(records[m].bytes);
        sl_model_free(models[m]);
        sl_dataset_free(data[m]);
    }
}

/* Groups -----------------------------------------------------------------------------------------------*/

struct taken {
    int32_t labels[2][N];
};

static int take_labels(void *arg, const struct sl_group_result *result)
{
    struct taken *taken = arg;
    assert_int_equal(result->code, SL_OK);
    memcpy(taken->labels[result->member], result->labels, N / 2 * sizeof(int32_t));
    return SL_OK;
}

/* Folds carry weights along: a group's trees are those of separate fits. */
static void groups_weigh_rows(void **state)
{
    const struct sl_classifier_type *tree = sl_classifier_find("tree", NULL);
    void *config = config_of(tree, "max_depth=3");
    uint32_t rows[2][N / 2];
    struct table t;
    struct taken taken;
    struct sl_error err = {0};
    (void)state;
    weighed_table(&t, K);
    struct sl_dataset *data = dataset(&t.view);
    for (uint32_t i = 0; i < N; i++)
        rows[i % 2][i / 2] = i;
    const struct sl_group_part parts[2] = {{rows[0], rows[1], N / 2, N / 2},
                                           {rows[1], rows[0], N / 2, N / 2}};
    const struct sl_group_member members[2] = {{config, 0, 3, ""}, {config, 1, 3, ""}};
    const struct sl_group_options options = {
        .scaling = SL_SCALE_NONE, .threads = 2, .done = take_labels, .arg = &taken};
    if (sl_model_fit_group(tree, data, parts, 2, members, 2, &options, &err))
        fail_msg("%s", err.text);
    for (int p = 0; p < 2; p++) {
        struct sl_dataset *part, *score;
        int32_t labels[N / 2];
        assert_int_equal(sl_dataset_take(data, rows[p], N / 2, &part, NULL), SL_OK);
        assert_int_equal(sl_dataset_take(data, rows[1 - p], N / 2, &score, NULL), SL_OK);
        struct sl_model *model = fit("tree", "max_depth=3", part, NULL);
        const struct sl_view view = sl_dataset_view(score);
        assert_int_equal(sl_model_predict(model, &view, 1, labels, NULL), SL_OK);
        assert_memory_equal(labels, taken.labels[p], sizeof labels);
        sl_model_free(model);
        sl_dataset_free(part);
        sl_dataset_free(score);
    }
    free(config);
    sl_dataset_free(data);
}

/* Refusals ---------------------------------------------------------------------------------------------*/

static void who_takes_none_says_so(void **state)
{
    const struct {
        const char *name, *settings, *text;
    } cases[] = {
        {"knn", "", "knn takes no weights of rows; these do: "},
        {"svm", "solver=libsvm", "solver=libsvm takes no weights of rows; solver=own does"},
        {"logreg", "solver=liblinear", "solver=liblinear takes no weights of rows; solver=own and lbfgs do"},
        {"linear_svm", "solver=liblinear", "solver=liblinear takes no weights of rows; solver=own does"},
    };
    struct table t;
    (void)state;
    weighed_table(&t, 2);
    struct sl_dataset *data = dataset(&t.view);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sl_error err = {0};
        struct sl_model *model;
        assert_int_equal(try_fit(cases[i].name, cases[i].settings, data, 1, &model, NULL, &err), SL_EUSAGE);
        if (!strstr(err.text, cases[i].text))
            fail_msg("%s: %s", cases[i].name, err.text);
    }
    sl_dataset_free(data);
}

/* Of no row with a weight, nothing can be fitted; a data set of such rows is none to begin with. */
static void some_row_has_a_weight(void **state)
{
    const double bad[] = {-1, NAN, INFINITY, 1e-320};
    struct table t;
    struct sl_error err = {0};
    struct sl_dataset *data = NULL, *part;
    struct sl_model *model;
    uint32_t weightless[N];
    size_t n = 0;
    (void)state;
    weighed_table(&t, 2);
    data = dataset(&t.view);
    for (uint32_t i = 0; i < N; i++)
        if (t.w[i] == 0)
            weightless[n++] = i;
    assert_int_equal(n, 22);
    assert_int_equal(sl_dataset_take(data, weightless, n, &part, NULL), SL_OK); /* to be scored, say */
    assert_int_equal(try_fit("tree", "", part, 1, &model, NULL, &err), SL_EUSAGE);
    assert_non_null(strstr(err.text, "each of the 22 training rows has the weight 0"));
    sl_dataset_free(part);
    sl_dataset_free(data);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        t.w[7] = bad[i];
        assert_int_equal(sl_dataset_new(&t.view, "rows", NULL, &data, &err), SL_EDATA);
        assert_non_null(strstr(err.text, "row 7 has the weight"));
    }
    memset(t.w, 0, sizeof t.w);
    assert_int_equal(sl_dataset_new(&t.view, "rows", NULL, &data, &err), SL_EDATA);
    assert_non_null(strstr(err.text, "every row has the weight 0"));
}

/* Keys are made of the hash: other weights are other data, and none are those of before. */
static void weights_are_hashed(void **state)
{
    struct table t;
    struct sl_dataset *data[3];
    (void)state;
    weighed_table(&t, 2);
    data[0] = dataset(&t.view);
    t.w[5] += 1;
    data[1] = dataset(&t.view);
    t.view.weight = NULL;
    data[2] = dataset(&t.view);
    assert_string_not_equal(sl_dataset_hash(data[0]), sl_dataset_hash(data[1]));
    assert_string_not_equal(sl_dataset_hash(data[0]), sl_dataset_hash(data[2]));
    for (int i = 0; i < 3; i++)
        sl_dataset_free(data[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(linear_weights_are_those_of_scikit_learn),
        cmocka_unit_test(trees_are_those_of_scikit_learn),
        cmocka_unit_test(machines_are_those_of_scikit_learn),
        cmocka_unit_test(shares_are_those_of_scikit_learn),
        cmocka_unit_test(weights_are_repeated_rows),
        cmocka_unit_test(ones_change_nothing),
        cmocka_unit_test(a_tree_knows_no_order),
        cmocka_unit_test(groups_weigh_rows),
        cmocka_unit_test(who_takes_none_says_so),
        cmocka_unit_test(some_row_has_a_weight),
        cmocka_unit_test(weights_are_hashed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
