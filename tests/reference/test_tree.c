/* The decision tree against a plain exact search, Quinlan's example and scikit-learn. */
#include <math.h>
#include <setjmp.h>
#include <shortlist/shortlist.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "config_fixture.h"
#include "trees/grow.h"
#include "trees/predict.h"

static const struct sl_classifier_type *type;

static int setup(void **state)
{
    (void)state;
    type = sl_classifier_find("tree", NULL);
    return type ? 0 : -1;
}

/* Fits with settings "a=1 b=2". */
static struct sl_model *fit(const struct sl_dataset *data, const char *settings, uint64_t seed, int threads,
                            struct sl_fit_report *report)
{
    struct sl_fit_options options = {.seed = seed, .threads = threads};
    struct sl_error err = {0};
    struct sl_model *model = NULL;
    void *config = config_of(type, settings);
    if (sl_model_fit(type, config, data, NULL, &options, report, &model, &err))
        fail_msg("%s", err.text);
    free(config);
    return model;
}

static const struct sl_tree_model *tree_of(const struct sl_model *model)
{
    return sl_model_payload(model);
}

static int depth_below(const struct sl_tree_model *tree, size_t node)
{
    if (tree->nodes[node].feature < 0)
        return 0;
    int left = depth_below(tree, node + 1), right = depth_below(tree, (size_t)tree->nodes[node].right);
    return 1 + (left > right ? left : right);
}

static struct sl_dataset *data_of(enum sl_dtype dtype, const void *x, const int32_t *y, size_t n, size_t d,
                                  int k)
{
    struct sl_view view = {.dtype = dtype, .n = n, .d = d, .x = x, .y = y, .k = k, .scale = 1};
    if (dtype == SL_U8) /* pixels: the bytes of a table would become floats */
        view.image = (struct sl_image){1, (int)d, 1};
    struct sl_dataset *data = NULL;
    struct sl_error err = {0};
    if (sl_dataset_new(&view, "test", NULL, &data, &err))
        fail_msg("%s", err.text);
    return data;
}

/* d columns of the synthetic images from their middle on: many constant, many grey.  Labels: k classes,
 * the image's own where k is 10. */
static struct sl_dataset *images(enum sl_dtype dtype, size_t n, size_t d, int k, int distinct)
{
    char spec[32];
    struct sl_dataset *all = NULL;
    snprintf(spec, sizeof spec, "synthetic:%zu", n);
    assert_int_equal(sl_dataset_open(spec, SL_PART_TRAIN, NULL, &all, NULL), SL_OK);
    struct sl_view view = sl_dataset_view(all);
    uint8_t *bytes = sl_alloc(n, d);
    float *floats = sl_alloc(n, d * sizeof *floats);
    int32_t *y = sl_alloc(n, sizeof *y);
    for (size_t i = 0; i < n; i++) {
        const uint8_t *row = (const uint8_t *)view.x + i * view.d;
        y[i] = k == 10 ? view.y[i] : (int32_t)(((size_t)view.y[i] * 7 + row[400] / 8) % (size_t)k);
        for (size_t f = 0; f < d; f++) {
            bytes[i * d + f] = row[300 + f];
            floats[i * d + f] = (float)bytes[i * d + f];
        }
        if (distinct) /* a column of n values, which no byte can hold */
            floats[i * d] = (float)i / 7;
    }
    struct sl_dataset *data = data_of(dtype, dtype == SL_U8 ? (void *)bytes : (void *)floats, y, n, d, k);
    free(bytes);
    free(floats);
    free(y);
    sl_dataset_free(all);
    return data;
}

/* A plain exact search of one node ------------------------------------------------------------------*/

struct pair {
    float value;
    int32_t y;
};

static int by_value(const void *a, const void *b)
{
    float x = ((const struct pair *)a)->value, y = ((const struct pair *)b)->value;
    return (x > y) - (x < y);
}

/* n times the impurity of a node. */
static double impurity(const size_t *count, int k, int entropy)
{
    double n = 0, sum = 0;
    for (int c = 0; c < k; c++)
        n += (double)count[c];
    for (int c = 0; c < k && n > 0; c++) {
        double p = (double)count[c] / n;
        sum += entropy ? (p > 0 ? -p * log2(p) : 0) : p * (1 - p);
    }
    return n * sum;
}

struct found {
    double impurity; /* of both children together */
    size_t feature;
    double threshold;
};

static float value_at(const struct sl_view *x, size_t row, size_t f)
{
    return x->dtype == SL_U8 ? ((const uint8_t *)x->x)[row * x->d + f]
                             : ((const float *)x->x)[row * x->d + f];
}

/* The best split of the feature, if it is better than *best by more than rounding. */
static void search_feature(const struct sl_view *x, const uint32_t *rows, size_t n, size_t f, int entropy,
                           size_t min_leaf, struct found *best)
{
    struct pair *pairs = sl_alloc(n, sizeof *pairs);
    size_t *left = calloc((size_t)x->k, sizeof *left), *right = calloc((size_t)x->k, sizeof *right);
    for (size_t i = 0; i < n; i++) {
        pairs[i] = (struct pair){value_at(x, rows[i], f), x->y[rows[i]]};
        right[pairs[i].y]++;
    }
    qsort(pairs, n, sizeof *pairs, by_value);
    for (size_t i = 0; i + 1 < n; i++) {
        left[pairs[i].y]++;
        right[pairs[i].y]--;
        if (pairs[i].value == pairs[i + 1].value || i + 1 < min_leaf || n - i - 1 < min_leaf)
            continue;
        double sum = impurity(left, x->k, entropy) + impurity(right, x->k, entropy);
        if (sum < best->impurity - 1e-9 * (1 + fabs(sum)))
            *best = (struct found){sum, f, ((double)pairs[i].value + (double)pairs[i + 1].value) / 2};
    }
    free(pairs);
    free(left);
    free(right);
}

static size_t check_node(const struct sl_tree_model *tree, size_t at, const struct sl_view *x, uint32_t *rows,
                         size_t n, int entropy, size_t min_leaf)
{
    const struct sl_tree_inner *node = &tree->nodes[at];
    struct found best = {.impurity = INFINITY};
    size_t *count = calloc((size_t)x->k, sizeof *count), checked = 1, n_left = 0;
    for (size_t i = 0; i < n; i++)
        count[x->y[rows[i]]]++;
    double own = impurity(count, x->k, entropy);
    free(count);
    if (own > 0)
        for (size_t f = 0; f < x->d; f++)
            search_feature(x, rows, n, f, entropy, min_leaf, &best);
    if (node->feature < 0) {
        assert_true(isinf(best.impurity)); /* pure, or nothing to split by */
        return 0;
    }
    if (node->feature != (int32_t)best.feature || node->threshold != (float)best.threshold)
        fail_msg("node %zu of %zu rows: feature %d <= %.9g, the best is feature %zu <= %.9g", at, n,
                 (int)node->feature, (double)node->threshold, best.feature, best.threshold);
    uint32_t *right = sl_alloc(n, sizeof *right);
    size_t n_right = 0;
    for (size_t i = 0; i < n; i++) {
        if (value_at(x, rows[i], best.feature) <= node->threshold)
            rows[n_left++] = rows[i];
        else
            right[n_right++] = rows[i];
    }
    memcpy(rows + n_left, right, n_right * sizeof *right);
    free(right);
    checked += check_node(tree, at + 1, x, rows, n_left, entropy, min_leaf);
    checked += check_node(tree, (size_t)node->right, x, rows + n_left, n_right, entropy, min_leaf);
    return checked;
}

static void check_tree(struct sl_dataset *data, const char *settings, int entropy, size_t min_leaf,
                       int threads, size_t at_least)
{
    struct sl_view x = sl_dataset_view(data);
    struct sl_model *model = fit(data, settings, 1, threads, NULL);
    uint32_t *rows = sl_alloc(x.n, sizeof *rows);
    for (size_t i = 0; i < x.n; i++)
        rows[i] = (uint32_t)i;
    size_t checked = check_node(tree_of(model), 0, &x, rows, x.n, entropy, min_leaf);
    if (checked < at_least)
        fail_msg("only %zu nodes were split", checked);
    free(rows);
    sl_model_free(model);
    sl_dataset_free(data);
}

static void exact_bytes(void **state)
{
    (void)state;
    check_tree(images(SL_U8, 1500, 101, 10, 0), "", 0, 1, 2, 100);
}

static void exact_bytes_leaf(void **state)
{
    (void)state;
    check_tree(images(SL_U8, 900, 61, 10, 0), "min_samples_leaf=9", 0, 9, 1, 20);
}

static void exact_entropy(void **state)
{
    (void)state;
    check_tree(images(SL_U8, 900, 61, 10, 0), "criterion=entropy", 1, 1, 2, 50);
}

static void exact_floats(void **state)
{
    (void)state;
    check_tree(images(SL_F32, 900, 61, 10, 0), "", 0, 1, 2, 50);
    check_tree(images(SL_F32, 900, 61, 10, 1), "", 0, 1, 2, 50);
}

/* Real numbers, each but the first column's shifted by the class; some columns of few values, one constant;
 * the classes of very different numbers of rows. */
static struct sl_dataset *reals(size_t n, int k)
{
    enum { D = 6 };
    float *x = sl_alloc(n, D * sizeof *x);
    int32_t *y = sl_alloc(n, sizeof *y);
    struct sl_rng *rng = sl_rng_new(3, "reals");
    for (size_t i = 0; i < n; i++) {
        y[i] = (int32_t)(sl_rng_below(rng, (uint64_t)k) * sl_rng_below(rng, (uint64_t)k) / (uint64_t)(k - 1));
        for (size_t f = 0; f < D; f++)
            x[i * D + f] = (float)(sl_rng_normal(rng) + 0.4 * (double)f * (double)(y[i] % 3));
        x[i * D + 3] = rintf(4 * x[i * D + 3]);
        x[i * D + 4] = expf(3 * x[i * D + 4]);
        x[i * D + 5] = 7;
    }
    struct sl_dataset *data = data_of(SL_F32, x, y, n, D, k);
    sl_rng_free(rng);
    free(x);
    free(y);
    return data;
}

/* More rows of real numbers than keys that are sorted few at a time. */
static void exact_reals(void **state)
{
    (void)state;
    check_tree(reals(6000, 4), "", 0, 1, 2, 100);
    check_tree(reals(6000, 12), "min_samples_leaf=300", 0, 300, 1, 5);
    check_tree(reals(5000, 2), "min_samples_leaf=3", 0, 3, 2, 100);
    check_tree(reals(3000, 30), "", 0, 1, 1, 100);
}

static void exact_many_classes(void **state)
{
    (void)state;
    check_tree(images(SL_U8, 600, 33, 40, 0), "", 0, 1, 1, 50);
    check_tree(images(SL_U8, 600, 33, 300, 0), "", 0, 1, 2, 50);
}

/* Quinlan -------------------------------------------------------------------------------------------*/

/* J. R. Quinlan, "Induction of decision trees", Machine Learning 1 (1986), table 1: outlook (overcast 0,
 * rain 1, sunny 2), temperature (cool 0, mild 1, hot 2), humidity (normal 0, high 1), windy; class P 1. */
static const uint8_t saturday[14][4] = {{2, 2, 1, 0}, {2, 2, 1, 1}, {0, 2, 1, 0}, {1, 1, 1, 0}, {1, 0, 0, 0},
                                        {1, 0, 0, 1}, {0, 0, 0, 1}, {2, 1, 1, 0}, {2, 0, 0, 0}, {1, 1, 0, 0},
                                        {2, 1, 0, 1}, {0, 1, 1, 1}, {0, 2, 0, 0}, {1, 1, 1, 1}};
static const int32_t play[14] = {0, 0, 1, 1, 1, 0, 1, 0, 1, 1, 1, 1, 1, 0};

/* The paper: I(9, 5) = 0.940 bits, gain(humidity) = 0.151, gain(windy) = 0.048. */
static void quinlan_gains(void **state)
{
    static const struct {
        size_t column;
        double gain;
    } cases[] = {{2, 0.151}, {3, 0.048}};
    (void)state;
    for (int c = 0; c < 2; c++) {
        uint8_t x[14];
        struct sl_fit_report report;
        for (int i = 0; i < 14; i++)
            x[i] = saturday[i][cases[c].column];
        struct sl_dataset *data = data_of(SL_U8, x, play, 14, 1, 2);
        sl_model_free(fit(data, "criterion=entropy", 1, 1, &report));
        assert_true(fabs(0.940 - report.objective - cases[c].gain) < 0.0012); /* three rounded numbers */
        sl_dataset_free(data);
    }
}

/* Of the binary splits the first is overcast (4 P) from the rest (5 P, 5 N): 10/14 bits are left. */
static void quinlan_tree(void **state)
{
    (void)state;
    struct sl_fit_report report;
    struct sl_dataset *data = data_of(SL_U8, saturday, play, 14, 4, 2);
    struct sl_view x = sl_dataset_view(data);
    struct sl_model *stump = fit(data, "criterion=entropy max_depth=1", 1, 1, &report);
    const struct sl_tree_model *tree = tree_of(stump);
    assert_true(fabs(report.objective - 10.0 / 14.0) < 1e-9);
    assert_int_equal(tree->n_nodes, 3);
    assert_int_equal(tree->nodes[0].feature, 0);
    assert_true(tree->nodes[0].threshold == 0.5f);
    float scores[14 * 2];
    assert_int_equal(sl_model_scores(stump, &x, 1, scores, NULL), SL_OK);
    for (int i = 0; i < 14; i++)
        assert_true(scores[2 * i + 1] == (saturday[i][0] == 0 ? 1.0f : 0.5f));
    sl_model_free(stump);
    struct sl_model *whole = fit(data, "criterion=entropy", 1, 1, &report);
    int32_t labels[14];
    assert_int_equal(sl_model_predict(whole, &x, 1, labels, NULL), SL_OK);
    assert_memory_equal(labels, play, sizeof play);
    assert_true(report.objective == 0 && report.n_iter == -1);
    sl_model_free(whole);
    sl_dataset_free(data);
}

/* Neither feature of an exclusive or gains anything alone: the first split must be made all the same. */
static void exclusive_or(void **state)
{
    (void)state;
    static const uint8_t x[4][2] = {{0, 0}, {0, 1}, {1, 0}, {1, 1}};
    static const int32_t y[4] = {0, 1, 1, 0};
    struct sl_dataset *data = data_of(SL_U8, x, y, 4, 2, 2);
    struct sl_view view = sl_dataset_view(data);
    static const char *const settings[] = {"", "criterion=entropy", "class_weight=balanced"};
    for (int i = 0; i < 3; i++) {
        int32_t labels[4];
        struct sl_model *model = fit(data, settings[i], 1, 1, NULL);
        assert_int_equal(sl_model_predict(model, &view, 1, labels, NULL), SL_OK);
        assert_memory_equal(labels, y, sizeof y);
        sl_model_free(model);
    }
    sl_dataset_free(data);
}

/* scikit-learn --------------------------------------------------------------------------------------*/

enum { ROWS = 500, COLUMNS = 5 };

static uint32_t next_number(uint32_t *s)
{
    *s = (1103515245u * *s + 12345u) & 0x7fffffff;
    return *s >> 8;
}

/* 500 rows of 5 uniform floats from a linear congruential generator, 3 classes, an eighth of them noise. */
static struct sl_dataset *congruential(void)
{
    static float x[ROWS][COLUMNS];
    int32_t y[ROWS];
    uint32_t s = 12345;
    for (int i = 0; i < ROWS; i++) {
        for (int f = 0; f < COLUMNS; f++)
            x[i][f] = (float)next_number(&s) / 8388608.0f;
        y[i] = (x[i][0] > 0.5f) + (x[i][1] + x[i][2] > 1);
        if (next_number(&s) % 8 == 0)
            y[i] = (int32_t)(next_number(&s) % 3);
    }
    return data_of(SL_F32, x, y, ROWS, COLUMNS, 3);
}

/* DecisionTreeClassifier of scikit-learn 1.2.1 on the same rows, the same for every random_state: weighted
 * impurity of the leaves, leaves, depth, training rows predicted right. */
static void scikit_learn(void **state)
{
    static const struct {
        const char *settings;
        double impurity;
        int leaves, depth, right;
    } cases[] = {
        {"max_depth=4", 0.201981117, 16, 4, 436},
        {"max_depth=4 criterion=entropy", 0.525327289, 16, 4, 435},
        {"max_depth=4 criterion=log_loss", 0.525327289, 16, 4, 435},
        {"min_samples_leaf=12", 0.180680128, 27, 7, 440},
        {"min_samples_split=60", 0.233993583, 17, 7, 419},
        {"max_leaf_nodes=14", 0.186893508, 14, 5, 447},
        {"ccp_alpha=0.006", 0.164640448, 17, 6, 453},
        {"ccp_alpha=0.006 criterion=entropy", 0.082656815, 59, 10, 487},
        {"min_impurity_decrease=0.01", 0.222818268, 11, 4, 435},
        {"max_depth=4 class_weight=balanced", 0.196139886, 16, 4, 435},
        {"max_leaf_nodes=9 class_weight=balanced criterion=entropy", 0.641480794, 9, 4, 416},
    };
    (void)state;
    struct sl_dataset *data = congruential();
    struct sl_view x = sl_dataset_view(data);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sl_fit_report report;
        struct sl_model *model = fit(data, cases[i].settings, 1, 2, &report);
        int32_t labels[ROWS];
        int right = 0, depth = depth_below(tree_of(model), 0);
        assert_int_equal(sl_model_predict(model, &x, 2, labels, NULL), SL_OK);
        for (int r = 0; r < ROWS; r++)
            right += labels[r] == x.y[r];
        if (fabs(report.objective - cases[i].impurity) > 1e-8 || depth != cases[i].depth ||
            (int)tree_of(model)->n_shares != cases[i].leaves || right != cases[i].right)
            fail_msg("%s: impurity %.9f, %zu leaves, depth %d, %d right", cases[i].settings, report.objective,
                     tree_of(model)->n_shares, depth, right);
        sl_model_free(model);
    }
    sl_dataset_free(data);
}

/* Sameness ------------------------------------------------------------------------------------------*/

static struct sl_writer record_of(struct sl_model *model)
{
    struct sl_writer w = {0};
    type->save(sl_model_payload(model), &w);
    sl_model_free(model);
    return w;
}

static void assert_same_and_release(struct sl_writer a, struct sl_writer b)
{
    assert_int_equal(a.size, b.size);
    assert_memory_equal(a.bytes, b.bytes, a.size);
    sl_writer_release(&a);
    sl_writer_release(&b);
}

static void bytes_and_floats(void **state)
{
    (void)state;
    struct sl_dataset *bytes = images(SL_U8, 700, 150, 10, 0), *floats = images(SL_F32, 700, 150, 10, 0);
    assert_same_and_release(record_of(fit(bytes, "", 1, 2, NULL)), record_of(fit(floats, "", 1, 2, NULL)));
    sl_dataset_free(bytes);
    sl_dataset_free(floats);
}

/* Enough rows for large nodes, whose features the threads share, and several subtrees below. */
static void threads(void **state)
{
    (void)state;
    static const char *const settings[] = {"",
                                           "criterion=entropy",
                                           "class_weight=balanced max_depth=6",
                                           "max_features=sqrt",
                                           "splitter=random",
                                           "max_leaf_nodes=60",
                                           "ccp_alpha=0.002"};
    struct sl_dataset *data = images(SL_U8, 3000, 200, 10, 0), *floats = images(SL_F32, 1200, 30, 10, 1);
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        assert_same_and_release(record_of(fit(data, settings[i], 5, 1, NULL)),
                                record_of(fit(data, settings[i], 5, 2, NULL)));
        assert_same_and_release(record_of(fit(floats, settings[i], 5, 1, NULL)),
                                record_of(fit(floats, settings[i], 5, 3, NULL)));
    }
    sl_dataset_free(data);
    sl_dataset_free(floats);
}

/* The leaf of a row by the definition. */
static size_t leaf_of(const struct sl_tree_model *tree, const struct sl_view *x, size_t row)
{
    size_t at = 0;
    while (tree->nodes[at].feature >= 0)
        at = value_at(x, row, (size_t)tree->nodes[at].feature) <= tree->nodes[at].threshold
                 ? at + 1
                 : (size_t)tree->nodes[at].right;
    return (size_t)tree->nodes[at].right;
}

static void check_walks(const struct sl_model *model, struct sl_view x, size_t n, int threads)
{
    const struct sl_tree_model *tree = tree_of(model);
    const size_t k = (size_t)x.k;
    int32_t *labels = sl_alloc(n, sizeof *labels);
    float *scores = sl_alloc(n, k * sizeof *scores);
    x.n = n;
    assert_int_equal(sl_model_predict(model, &x, threads, labels, NULL), SL_OK);
    assert_int_equal(sl_model_scores(model, &x, threads, scores, NULL), SL_OK);
    for (size_t i = 0; i < n; i++) {
        const size_t leaf = leaf_of(tree, &x, i);
        assert_int_equal(labels[i], tree->label[leaf]);
        assert_memory_equal(scores + i * k, tree->share + leaf * k, k * sizeof *scores);
    }
    free(labels);
    free(scores);
}

/* Rows go down side by side: each must end where it would alone, however many there are, in any tree. */
static void walks(void **state)
{
    (void)state;
    static const size_t numbers[] = {1,  2,  23,  24,  25,   31,   32,   33,  63,
                                     64, 65, 500, 999, 1000, 1001, 2001, 3300};
    static const char *const settings[] = {"min_samples_split=4000", "max_depth=1", "max_depth=5", ""};
    static const size_t leaves[] = {1, 2, 10, 100}; /* at least */
    for (int dtype = 0; dtype < 2; dtype++) {
        enum sl_dtype type_of = dtype ? SL_F32 : SL_U8;
        struct sl_dataset *train = images(type_of, 900, 60, 10, 0), *test = images(type_of, 3300, 60, 10, 0);
        for (size_t s = 0; s < sizeof settings / sizeof *settings; s++) {
            struct sl_model *model = fit(train, settings[s], 1, 2, NULL);
            assert_true(tree_of(model)->n_shares >= leaves[s]);
            for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
                check_walks(model, sl_dataset_view(test), numbers[i], 1 + (int)(i % 3));
            sl_model_free(model);
        }
        sl_dataset_free(train);
        sl_dataset_free(test);
    }
}

/* Neither the seed nor the order of the rows matters while nothing is drawn. */
static void seed_and_order(void **state)
{
    (void)state;
    struct sl_dataset *data = images(SL_U8, 800, 120, 10, 0), *mixed = NULL;
    uint32_t rows[800];
    struct sl_rng *rng = sl_rng_new(3, "order");
    for (uint32_t i = 0; i < 800; i++)
        rows[i] = i;
    sl_rng_shuffle(rng, rows, 800);
    assert_int_equal(sl_dataset_take(data, rows, 800, &mixed, NULL), SL_OK);
    assert_same_and_release(record_of(fit(data, "", 1, 1, NULL)), record_of(fit(mixed, "", 2, 2, NULL)));
    struct sl_writer one = record_of(fit(data, "max_features=log2", 1, 1, NULL));
    struct sl_writer two = record_of(fit(data, "max_features=log2", 2, 1, NULL));
    assert_false(one.size == two.size && memcmp(one.bytes, two.bytes, one.size) == 0);
    sl_writer_release(&one);
    sl_writer_release(&two);
    sl_rng_free(rng);
    sl_dataset_free(data);
    sl_dataset_free(mixed);
}

static void bounds(void **state)
{
    (void)state;
    struct sl_dataset *data = images(SL_U8, 800, 120, 10, 0);
    struct sl_fit_options options = {.threads = 1};
    struct sl_error err = {0};
    struct sl_model *model = NULL;
    for (int depth = 1; depth <= 6; depth++) {
        char setting[32];
        snprintf(setting, sizeof setting, "max_depth=%d", depth);
        model = fit(data, setting, 1, 1, NULL);
        assert_int_equal(depth_below(tree_of(model), 0), depth);
        sl_model_free(model);
    }
    model = fit(data, "max_leaf_nodes=2", 1, 1, NULL);
    assert_int_equal(tree_of(model)->n_shares, 2);
    sl_model_free(model);
    void *config = sl_alloc_zero(1, type->config_size);
    sl_config_default(type->params, config);
    assert_int_equal(sl_config_set(type->params, config, "max_depth", "0", &err), SL_EUSAGE);
    assert_int_equal(sl_config_set(type->params, config, "max_features", "121", &err), SL_OK);
    assert_int_equal(sl_model_fit(type, config, data, NULL, &options, NULL, &model, &err), SL_EUSAGE);
    assert_non_null(strstr(err.text, "max_features"));
    free(config);
    sl_dataset_free(data);
}

/* Floats so close that nothing lies between them, and far apart. */
static void extreme_floats(void **state)
{
    (void)state;
    float x[6] = {1, nextafterf(1, 2), -3.4e38f, 3.4e38f, 0, -0.0f};
    static const int32_t y[6] = {0, 1, 2, 0, 1, 1};
    struct sl_dataset *data = data_of(SL_F32, x, y, 6, 1, 3);
    struct sl_view view = sl_dataset_view(data);
    struct sl_model *model = fit(data, "", 1, 1, NULL);
    int32_t labels[6];
    assert_int_equal(sl_model_predict(model, &view, 1, labels, NULL), SL_OK);
    assert_memory_equal(labels, y, sizeof y);
    sl_model_free(model);
    sl_dataset_free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exact_bytes),
        cmocka_unit_test(exact_bytes_leaf),
        cmocka_unit_test(exact_entropy),
        cmocka_unit_test(exact_floats),
        cmocka_unit_test(exact_reals),
        cmocka_unit_test(exact_many_classes),
        cmocka_unit_test(quinlan_gains),
        cmocka_unit_test(quinlan_tree),
        cmocka_unit_test(exclusive_or),
        cmocka_unit_test(scikit_learn),
        cmocka_unit_test(bytes_and_floats),
        cmocka_unit_test(threads),
        cmocka_unit_test(walks),
        cmocka_unit_test(seed_and_order),
        cmocka_unit_test(bounds),
        cmocka_unit_test(extreme_floats),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
