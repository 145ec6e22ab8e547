/* The tree's engine without a classifier: what it grows on samples of shared codes, and cuts of one grown
 * tree, are byte for byte what separate fits give. */
#include <math.h>
#include <setjmp.h>
#include <shortlist/classifier.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/memory.h"
#include "trees/grow.h"
#include "trees/predict.h"

enum { N = 900, D = 40, K = 6 };

/* Bytes; floats of few values, which become bytes; floats of which one column has a value a row. */
enum kind { BYTES, FEW_FLOATS, MANY_FLOATS, KINDS };

static struct sl_view make(enum kind kind)
{
    static uint8_t bytes[N * D];
    static float floats[N * D];
    static int32_t y[N];
    struct sl_rng *rng = sl_rng_new(11, "tree engine");
    for (size_t i = 0; i < N; i++) {
        /* Classes of very different numbers of rows. */
        y[i] = (int32_t)(sl_rng_below(rng, K) * sl_rng_below(rng, K) / (K - 1));
        for (size_t f = 0; f < D; f++) {
            uint64_t noise = sl_rng_below(rng, 1 + 12 * f);
            bytes[i * D + f] = (uint8_t)((size_t)y[i] * (f % 7) * 3 + noise / 3);
            floats[i * D + f] = (float)bytes[i * D + f] / 4;
        }
        if (kind == MANY_FLOATS)
            floats[i * D] = (float)y[i] + (float)sl_rng_uniform(rng) * 4;
    }
    sl_rng_free(rng);
    return (struct sl_view){.dtype = kind == BYTES ? SL_U8 : SL_F32,
                            .n = N,
                            .d = D,
                            .x = kind == BYTES ? (const void *)bytes : floats,
                            .y = y,
                            .k = K,
                            .scale = 1};
}

/* The rows of a sample in a view of their own; free x and y. */
static struct sl_view gather(const struct sl_view *all, const uint32_t *rows, size_t n)
{
    const size_t size = all->d * (all->dtype == SL_U8 ? 1 : sizeof(float));
    char *x = sl_alloc(n, size);
    int32_t *y = sl_alloc(n, sizeof *y);
    for (size_t i = 0; i < n; i++) {
        memcpy(x + i * size, (const char *)all->x + rows[i] * size, size);
        y[i] = all->y[rows[i]];
    }
    struct sl_view view = *all;
    view.n = n;
    view.x = x;
    view.y = y;
    return view;
}

struct setting {
    const char *name, *value; /* of the classifier's table */
    struct sl_tree_options options;
};

#define OPTIONS .min_samples_split = 2, .min_samples_leaf = 1, .threads = 2
static const struct setting settings[] = {
    {"criterion", "gini", {OPTIONS}},
    {"criterion", "entropy", {OPTIONS, .criterion = SL_TREE_ENTROPY}},
    {"class_weight", "balanced", {OPTIONS, .balanced = 1}},
    {"max_features", "sqrt", {OPTIONS, .max_features = SL_TREE_SQRT}},
    {"splitter", "random", {OPTIONS, .splitter = SL_TREE_RANDOM}},
    {"min_samples_leaf", "7", {.min_samples_split = 2, .min_samples_leaf = 7, .threads = 2}},
    {"min_impurity_decrease", "0.002", {OPTIONS, .min_impurity_decrease = 0.002}},
};
enum { SETTINGS = sizeof settings / sizeof *settings };

/* The record of a separate fit, and its impurity. */
static struct sl_writer fit(const struct sl_view *view, const struct setting *setting, int depth,
                            double alpha, double *impurity)
{
    const struct sl_classifier_type *type = sl_classifier_find("tree", NULL);
    struct sl_error err = {0};
    struct sl_fit_report report = {0};
    struct sl_writer w = {0};
    void *config = sl_alloc_zero(1, type->config_size), *model = NULL;
    char text[32];
    sl_config_default(type->params, config);
    assert_int_equal(sl_config_set(type->params, config, setting->name, setting->value, &err), SL_OK);
    snprintf(text, sizeof text, "%d", depth);
    assert_int_equal(sl_config_set(type->params, config, "max_depth", depth ? text : "none", &err), SL_OK);
    snprintf(text, sizeof text, "%g", alpha);
    assert_int_equal(sl_config_set(type->params, config, "ccp_alpha", text, &err), SL_OK);
    struct sl_fit job = {
        .train = view, .config = config, .rng = sl_rng_new(5, "t"), .threads = 1, .report = &report};
    assert_int_equal(type->fit(&job, &model, &err), SL_OK);
    type->save(model, &w);
    type->free(model);
    *impurity = report.objective;
    sl_rng_free(job.rng);
    free(config);
    return w;
}

static void grow(const struct sl_tree_sample *sample, struct sl_tree_options options,
                 struct sl_tree_growth *growth)
{
    struct sl_rng *rng = sl_rng_new(5, "t");
    struct sl_error err = {0};
    options.rng = rng;
    assert_int_equal(sl_tree_grow(sample, &options, growth, &err), SL_OK);
    sl_rng_free(rng);
}

static struct sl_tree_model *cut(const struct sl_tree_growth *growth, int depth, double alpha,
                                 double *impurity)
{
    struct sl_tree_model *model;
    struct sl_error err = {0};
    assert_int_equal(sl_tree_model_make(growth, depth, alpha, impurity, &model, &err), SL_OK);
    return model;
}

static void assert_same_as_fit(const struct sl_tree_growth *growth, const struct sl_view *view,
                               const struct setting *setting, int depth, double alpha)
{
    double impurity[2];
    struct sl_writer expected = fit(view, setting, depth, alpha, &impurity[0]), actual = {0};
    struct sl_tree_model *model = cut(growth, depth, alpha, &impurity[1]);
    sl_tree_save(model, &actual);
    if (expected.size != actual.size || memcmp(expected.bytes, actual.bytes, actual.size) != 0 ||
        impurity[0] != impurity[1])
        fail_msg("%s=%s max_depth=%d ccp_alpha=%g: not the tree of a separate fit", setting->name,
                 setting->value, depth, alpha);
    sl_tree_model_free(model);
    sl_writer_release(&expected);
    sl_writer_release(&actual);
}

static struct sl_tree_codes codes_of(const struct sl_view *view)
{
    struct sl_tree_codes codes;
    struct sl_error err = {0};
    assert_int_equal(sl_tree_codes_make(view, 0, 2, &codes, &err), SL_OK);
    return codes;
}

/* One tree grown without a limit serves every max_depth and every ccp_alpha. */
static void cuts(void **state)
{
    (void)state;
    for (int kind = 0; kind < KINDS; kind++) {
        struct sl_view view = make((enum kind)kind);
        struct sl_tree_codes codes = codes_of(&view);
        assert_true((codes.ranks != NULL) == (kind == MANY_FLOATS));
        const struct sl_tree_sample sample = {.codes = &codes, .y = view.y, .k = K, .n = N};
        for (int s = 0; s < SETTINGS; s++) {
            struct sl_tree_growth growth;
            grow(&sample, settings[s].options, &growth);
            for (int depth = 0; depth <= 9; depth++)
                assert_same_as_fit(&growth, &view, &settings[s], depth, 0);
            for (int depth = 0; depth <= 8; depth += 4) {
                assert_same_as_fit(&growth, &view, &settings[s], depth, 0.001);
                assert_same_as_fit(&growth, &view, &settings[s], depth, 0.01);
                assert_same_as_fit(&growth, &view, &settings[s], depth, 1e9);
            }
            sl_tree_growth_release(&growth);
        }
        sl_tree_codes_release(&codes);
    }
}

/* From a tree that was itself grown to a limit, only smaller depths are to be had. */
static void cut_of_a_limited_tree(void **state)
{
    (void)state;
    struct sl_view view = make(BYTES);
    struct sl_tree_codes codes = codes_of(&view);
    const struct sl_tree_sample sample = {.codes = &codes, .y = view.y, .k = K, .n = N};
    struct sl_tree_options options = settings[0].options;
    struct sl_tree_growth growth;
    options.max_depth = 6;
    grow(&sample, options, &growth);
    for (int depth = 1; depth <= 6; depth++)
        assert_same_as_fit(&growth, &view, &settings[0], depth, 0);
    sl_tree_growth_release(&growth);
    sl_tree_codes_release(&codes);
}

static int by_row(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* Draws n rows without replacement, in no order, or with, in order: those that are the same are joined then.
 */
static void draw(struct sl_rng *rng, uint32_t *rows, size_t n, int replace)
{
    uint32_t order[N];
    for (uint32_t i = 0; i < N; i++)
        order[i] = i;
    sl_rng_shuffle(rng, order, N);
    for (size_t i = 0; i < n; i++)
        rows[i] = replace ? (uint32_t)sl_rng_below(rng, N) : order[i];
    if (replace)
        qsort(rows, n, sizeof *rows, by_row);
}

/* Subsets and bootstraps of shared codes: as fits on these rows alone, whose codes are others. */
static void samples(void **state)
{
    static const size_t sizes[] = {1, 2, 150, 600, N};
    (void)state;
    for (int kind = 0; kind < KINDS; kind++) {
        struct sl_view all = make((enum kind)kind);
        struct sl_tree_codes codes = codes_of(&all);
        struct sl_rng *rng = sl_rng_new(3, "samples");
        for (size_t s = 0; s < 2 * sizeof sizes / sizeof *sizes; s++) {
            uint32_t rows[N];
            const size_t n = sizes[s / 2];
            draw(rng, rows, n, s % 2);
            struct sl_view view = gather(&all, rows, n);
            const struct sl_tree_sample sample = {.codes = &codes, .y = all.y, .k = K, .rows = rows, .n = n};
            for (int i = 0; i < SETTINGS; i++) {
                struct sl_tree_growth growth;
                grow(&sample, settings[i].options, &growth);
                assert_same_as_fit(&growth, &view, &settings[i], 0, 0);
                assert_same_as_fit(&growth, &view, &settings[i], 3, 0.001);
                sl_tree_growth_release(&growth);
            }
            free((void *)view.x);
            free((void *)view.y);
        }
        sl_rng_free(rng);
        sl_tree_codes_release(&codes);
    }
}

/* Columns of two values are counted, others sorted: the same trees.  A third value, in a row that no sample
 * has, makes the first kind the second; the last column, of a value a row, makes codes ranks. */
static void two_values(void **state)
{
    static float x[2][N * D];
    static int32_t y[N];
    struct sl_rng *rng = sl_rng_new(8, "two values");
    struct sl_tree_codes codes[2];
    uint32_t rows[N];
    (void)state;
    for (size_t i = 0; i < N; i++) {
        y[i] = (int32_t)sl_rng_below(rng, K);
        for (size_t f = 0; f < D; f++) {
            const uint64_t odds = 1 + f % 5 + (f % 3 == (size_t)y[i] % 3 ? 4 : 0);
            x[0][i * D + f] =
                f + 1 < D ? (sl_rng_below(rng, 20) < odds ? 1.5f : -2) : (float)sl_rng_uniform(rng);
        }
    }
    memcpy(x[1], x[0], sizeof x[0]);
    for (size_t f = 0; f + 1 < D; f++)
        x[1][(N - 1) * D + f] = 7;
    for (int t = 0; t < 2; t++) {
        const struct sl_view view = {.dtype = SL_F32, .n = N, .d = D, .x = x[t], .y = y, .k = K, .scale = 1};
        codes[t] = codes_of(&view);
        assert_true(codes[t].ranks && codes[t].first_value[1] == (t ? 3 : 2));
    }
    for (int i = 0; i < 3 * SETTINGS; i++) {
        const size_t n = i % 3 == 0 ? N - 1 : i % 3 == 1 ? 60 : 400;
        for (size_t r = 0; r < n; r++)
            rows[r] = i % 3 == 2 ? (uint32_t)sl_rng_below(rng, N - 1) : (uint32_t)r;
        qsort(rows, n, sizeof *rows, by_row);
        struct sl_writer w[2] = {{0}, {0}};
        for (int t = 0; t < 2; t++) {
            const struct sl_tree_sample sample = {.codes = &codes[t], .y = y, .k = K, .rows = rows, .n = n};
            struct sl_tree_growth growth;
            double impurity;
            grow(&sample, settings[i / 3].options, &growth);
            struct sl_tree_model *model = cut(&growth, 0, 0, &impurity);
            sl_tree_save(model, &w[t]);
            sl_tree_model_free(model);
            sl_tree_growth_release(&growth);
        }
        assert_int_equal(w[0].size, w[1].size);
        assert_memory_equal(w[0].bytes, w[1].bytes, w[0].size);
        sl_writer_release(&w[0]);
        sl_writer_release(&w[1]);
    }
    sl_rng_free(rng);
    sl_tree_codes_release(&codes[0]);
    sl_tree_codes_release(&codes[1]);
}

/* A forest: trees of many bootstraps at the same time, each in one thread. */
static void at_the_same_time(void **state)
{
    enum { TREES = 12 };
    (void)state;
    static uint32_t rows[TREES][N];
    struct sl_view all = make(MANY_FLOATS);
    struct sl_tree_codes codes = codes_of(&all);
    struct sl_rng *rng = sl_rng_new(3, "forest");
    struct sl_writer records[2][TREES] = {0};
    for (int t = 0; t < TREES; t++)
        draw(rng, rows[t], N, 1);
    for (int threads = 1; threads <= 2; threads++) {
#pragma omp parallel for num_threads(3 * (threads - 1) + 1) schedule(dynamic)
        for (int t = 0; t < TREES; t++) {
            const struct sl_tree_sample sample = {
                .codes = &codes, .y = all.y, .k = K, .rows = rows[t], .n = N};
            struct sl_tree_options options = settings[3].options;
            struct sl_tree_growth growth;
            struct sl_tree_model *model = NULL;
            double impurity;
            options.threads = 1;
            options.rng = rng;
            if (sl_tree_grow(&sample, &options, &growth, NULL) == SL_OK &&
                sl_tree_model_make(&growth, 0, 0, &impurity, &model, NULL) == SL_OK)
                sl_tree_save(model, &records[threads - 1][t]);
            sl_tree_model_free(model);
            sl_tree_growth_release(&growth);
        }
    }
    for (int t = 0; t < TREES; t++) {
        assert_true(records[0][t].size > 1000);
        assert_int_equal(records[0][t].size, records[1][t].size);
        assert_memory_equal(records[0][t].bytes, records[1][t].bytes, records[0][t].size);
        sl_writer_release(&records[0][t]);
        sl_writer_release(&records[1][t]);
    }
    sl_rng_free(rng);
    sl_tree_codes_release(&codes);
}

/* The weights that "balanced" stands for, given one by one. */
static void class_weights(void **state)
{
    (void)state;
    struct sl_view view = make(BYTES);
    struct sl_tree_codes codes = codes_of(&view);
    const struct sl_tree_sample sample = {.codes = &codes, .y = view.y, .k = K, .n = N};
    struct sl_tree_options options = settings[0].options;
    struct sl_tree_growth growth;
    double count[K] = {0}, weight[K], impurity[2];
    for (size_t i = 0; i < N; i++)
        count[view.y[i]]++;
    for (int c = 0; c < K; c++)
        weight[c] = N / (K * count[c]);
    options.class_weight = weight;
    grow(&sample, options, &growth);
    struct sl_writer expected = fit(&view, &settings[2], 0, 0, &impurity[0]), actual = {0};
    struct sl_tree_model *model = cut(&growth, 0, 0, &impurity[1]);
    sl_tree_save(model, &actual);
    assert_int_equal(expected.size, actual.size);
    assert_memory_equal(expected.bytes, actual.bytes, actual.size);
    assert_true(fabs(impurity[0] - impurity[1]) < 1e-12);
    sl_writer_release(&expected);
    sl_writer_release(&actual);
    sl_tree_model_free(model);
    sl_tree_growth_release(&growth);
    sl_tree_codes_release(&codes);
}

/* Every training row walked down by the definition, and counted in each node that it comes through. */
static void check_counts(const struct sl_tree_model *model, const struct sl_view *view, const double *weight)
{
    uint32_t *n = sl_alloc_zero(model->n_nodes, sizeof *n);
    double *w = sl_alloc_zero(model->n_nodes, sizeof *w);
    for (size_t i = 0; i < view->n; i++) {
        size_t at = 0;
        for (;; at = ((const uint8_t *)view->x)[i * D + (size_t)model->nodes[at].feature] <=
                             model->nodes[at].threshold
                         ? at + 1
                         : (size_t)model->nodes[at].right) {
            n[at]++;
            w[at] += weight ? weight[view->y[i]] : 1;
            if (model->nodes[at].feature < 0)
                break;
        }
    }
    assert_memory_equal(n, model->n_rows, model->n_nodes * sizeof *n);
    assert_true((model->weight != NULL) == (weight != NULL));
    for (size_t i = 0; i < model->n_nodes && weight; i++)
        assert_true(fabs(w[i] - model->weight[i]) < 1e-9 * w[i]);
    free(n);
    free(w);
}

static struct sl_tree_model *load(const struct sl_view *view, const struct sl_writer *w, int format)
{
    struct sl_reader r = {.bytes = w->bytes, .size = w->size, .format = format};
    struct sl_tree_model *model;
    struct sl_error err = {0};
    if (sl_tree_load(&r, view, &model, &err) == SL_OK)
        assert_int_equal(r.at, r.size);
    else
        assert_int_equal(err.code, SL_EDATA);
    return model;
}

/* A record of format 1 ended before the counts: they are not known then, and stay so when it is saved again.
 */
static void check_without_counts(const struct sl_tree_model *model, const struct sl_view *view,
                                 struct sl_writer w)
{
    int32_t labels[2][N];
    struct sl_writer again = {0};
    w.size -= 1 + model->n_nodes * (model->weight ? 12 : 4);
    struct sl_tree_model *old = load(view, &w, 1);
    assert_non_null(old);
    assert_null(old->n_rows);
    assert_null(old->weight);
    assert_int_equal(sl_tree_predict(model, view, 1, labels[0], NULL), SL_OK);
    assert_int_equal(sl_tree_predict(old, view, 1, labels[1], NULL), SL_OK);
    assert_memory_equal(labels[0], labels[1], sizeof labels[0]);
    sl_tree_save(old, &again);
    sl_tree_model_free(old);
    assert_int_equal(again.size, w.size + 1);
    old = load(view, &again, 0);
    assert_non_null(old);
    assert_null(old->n_rows);
    sl_tree_model_free(old);
    assert_null(load(view, &w, 0));
    sl_writer_release(&again);
}

static void check_refusals(const struct sl_tree_model *model, const struct sl_view *view, struct sl_writer w)
{
    unsigned char *counts = w.bytes + w.size - model->n_nodes * (model->weight ? 12 : 4);
    counts[-1] += 1;
    assert_null(load(view, &w, 0));
    counts[-1] -= 1;
    counts[4] ^= 1; /* the root's left child: no longer the sum of its own children, nor right in the root */
    assert_null(load(view, &w, 0));
    counts[4] ^= 1;
    if (model->weight) {
        counts[model->n_nodes * 4 + 7] ^= 0x80; /* the root's weight, negative */
        assert_null(load(view, &w, 0));
        counts[model->n_nodes * 4 + 7] ^= 0x80;
    }
    struct sl_tree_model *whole = load(view, &w, 2);
    assert_non_null(whole);
    assert_memory_equal(whole->n_rows, model->n_rows, model->n_nodes * sizeof *model->n_rows);
    sl_tree_model_free(whole);
}

static void counts(void **state)
{
    static const double weight[K] = {1, 2.5, 1, 0.125, 3, 1};
    (void)state;
    struct sl_view view = make(BYTES);
    struct sl_tree_codes codes = codes_of(&view);
    const struct sl_tree_sample sample = {.codes = &codes, .y = view.y, .k = K, .n = N};
    for (int weighted = 0; weighted < 2; weighted++) {
        struct sl_tree_options options = settings[0].options;
        struct sl_tree_growth growth;
        options.class_weight = weighted ? weight : NULL;
        grow(&sample, options, &growth);
        for (int depth = 0; depth <= 4; depth += 4) {
            struct sl_writer w = {0};
            double impurity;
            struct sl_tree_model *model = cut(&growth, depth, depth ? 0.001 : 0, &impurity);
            check_counts(model, &view, weighted ? weight : NULL);
            sl_tree_save(model, &w);
            check_without_counts(model, &view, w);
            check_refusals(model, &view, w);
            sl_writer_release(&w);
            sl_tree_model_free(model);
        }
        sl_tree_growth_release(&growth);
    }
    sl_tree_codes_release(&codes);
}

static void cancelled(void **state)
{
    (void)state;
    struct sl_view view = make(BYTES);
    struct sl_tree_codes codes = codes_of(&view);
    const struct sl_tree_sample sample = {.codes = &codes, .y = view.y, .k = K, .n = N};
    const volatile sig_atomic_t raised = 1;
    struct sl_tree_options options = settings[0].options;
    struct sl_tree_growth growth;
    struct sl_error err = {0};
    options.cancel = &raised;
    assert_int_equal(sl_tree_grow(&sample, &options, &growth, &err), SL_ECANCELLED);
    sl_tree_growth_release(&growth);
    sl_tree_codes_release(&codes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cuts),      cmocka_unit_test(cut_of_a_limited_tree),
        cmocka_unit_test(samples),   cmocka_unit_test(at_the_same_time),
        cmocka_unit_test(counts),    cmocka_unit_test(class_weights),
        cmocka_unit_test(cancelled), cmocka_unit_test(two_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
