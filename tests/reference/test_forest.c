/* Forests against their definition: bags, trees and averages done again by the plainest means. */
#include <math.h>
#include <setjmp.h>
#include <shortlist/model.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/memory.h"
#include "core/threads.h"
#include "trees/forest.h"
#include "trees/grow.h"
#include "trees/predict.h"

enum { N = 1500, D = 300, K = 5 }; /* more bytes than a near copy holds (trees/near.h) */

/* Bytes, half of them 0, one column constant; some columns tell the classes. */
static struct sl_view make(void)
{
    static uint8_t x[N * D];
    static int32_t y[N];
    struct sl_rng *rng = sl_rng_new(4, "forest");
    for (size_t i = 0; i < N; i++) {
        y[i] = (int32_t)(sl_rng_below(rng, K) * sl_rng_below(rng, K) / (K - 1));
        for (size_t f = 0; f < D; f++) {
            uint8_t noise = (uint8_t)sl_rng_below(rng, 200);
            x[i * D + f] = sl_rng_below(rng, 2) ? (uint8_t)(noise + 10 * (f % 3 == 0) * (size_t)y[i]) : 0;
            if (f == 7)
                x[i * D + f] = 91;
        }
    }
    sl_rng_free(rng);
    return (struct sl_view){.dtype = SL_U8, .n = N, .d = D, .x = x, .y = y, .k = K, .scale = 1};
}

static struct sl_forest_options defaults(void)
{
    return (struct sl_forest_options){
        .tree = {.min_samples_split = 2, .min_samples_leaf = 1, .max_features = SL_TREE_SQRT, .threads = 2},
        .n_estimators = 9,
        .bootstrap = 1};
}

static struct sl_forest_grown grow(const struct sl_view *view, struct sl_forest_options options,
                                   struct sl_forest_cut cut)
{
    struct sl_tree_codes codes;
    struct sl_forest_grown grown;
    struct sl_error err = {0};
    struct sl_rng *rng = sl_rng_new(8, "trial");
    options.tree.rng = rng;
    assert_int_equal(sl_tree_codes_make(view, options.tree.splitter == SL_TREE_RANDOM, 2, &codes, &err),
                     SL_OK);
    const struct sl_tree_sample sample = {
        .codes = &codes, .y = view->y, .weight = view->weight, .k = view->k, .n = view->n};
    assert_int_equal(sl_forest_grow(&sample, view, &options, &cut, 1, &grown, &err), SL_OK);
    sl_tree_codes_release(&codes);
    sl_rng_free(rng);
    return grown;
}

static struct sl_writer record_of(const struct sl_tree_model *tree)
{
    struct sl_writer w = {0};
    sl_tree_save(tree, &w);
    return w;
}

static int is_same(const struct sl_tree_model *a, const struct sl_tree_model *b)
{
    struct sl_writer left = record_of(a), right = record_of(b);
    int same = left.size == right.size && memcmp(left.bytes, right.bytes, left.size) == 0;
    sl_writer_release(&left);
    sl_writer_release(&right);
    return same;
}

/* Tree t is the one that grows on the rows that its stream draws, and no two are the same. */
static void trees_of_bags(void **state)
{
    (void)state;
    struct sl_view view = make();
    struct sl_forest_options options = defaults();
    struct sl_forest_grown grown = grow(&view, options, (struct sl_forest_cut){.n = 9});
    struct sl_rng *rng = sl_rng_new(8, "trial");
    struct sl_tree_codes codes;
    assert_int_equal(sl_tree_codes_make(&view, 0, 2, &codes, NULL), SL_OK);
    for (size_t t = 0; t < 9; t++) {
        struct sl_rng *own = sl_rng_split(rng, t);
        uint32_t rows[N];
        for (size_t i = 0; i < N; i++)
            rows[i] = (uint32_t)sl_rng_below(own, N);
        const struct sl_tree_sample sample = {.codes = &codes, .y = view.y, .k = K, .rows = rows, .n = N};
        struct sl_tree_growth growth;
        struct sl_tree_model *tree;
        double impurity;
        options.tree.rng = own;
        assert_int_equal(sl_tree_grow(&sample, &options.tree, &growth, NULL), SL_OK);
        assert_int_equal(sl_tree_model_make(&growth, 0, 0, &impurity, &tree, NULL), SL_OK);
        assert_int_equal(sl_tree_model_merge(tree, NULL), SL_OK);
        assert_true(is_same(tree, grown.forest->trees->tree[t]));
        for (size_t before = 0; before < t; before++)
            assert_false(is_same(tree, grown.forest->trees->tree[before]));
        sl_tree_model_free(tree);
        sl_tree_growth_release(&growth);
        sl_rng_free(own);
    }
    sl_tree_codes_release(&codes);
    sl_rng_free(rng);
    sl_forest_free(grown.forest);
}

/* Scores are means of the leaves' shares, labels the largest of them; leaves of one class share a row. */
static void means(void **state)
{
    (void)state;
    struct sl_view view = make();
    struct sl_forest_options options = defaults();
    options.tree.min_samples_leaf = 4;
    struct sl_forest_grown grown = grow(&view, options, (struct sl_forest_cut){.n = 9});
    float *scores = sl_alloc(N, K * sizeof *scores);
    int32_t labels[N];
    assert_int_equal(sl_forest_scores(grown.forest, &view, 2, scores, NULL), SL_OK);
    assert_int_equal(sl_forest_predict(grown.forest, &view, 1, labels, NULL), SL_OK);
    for (size_t t = 0; t < 9; t++)
        assert_true(grown.forest->trees->tree[t]->n_shares < grown.forest->trees->tree[t]->n_nodes / 2 + 1);
    for (size_t i = 0; i < N; i++) {
        double sum[K] = {0}, most = 0;
        for (size_t t = 0; t < 9; t++) {
            const struct sl_tree_model *tree = grown.forest->trees->tree[t];
            size_t at = 0;
            while (tree->nodes[at].feature >= 0)
                at = ((const uint8_t *)view.x)[i * D + (size_t)tree->nodes[at].feature] <=
                             tree->nodes[at].threshold
                         ? at + 1
                         : (size_t)tree->nodes[at].right;
            for (size_t c = 0; c < K; c++)
                sum[c] += (double)tree->share[(size_t)tree->nodes[at].right * K + c];
        }
        for (size_t c = 0; c < K; c++) {
            assert_true(fabs((double)scores[i * K + c] - sum[c] / 9) < 1e-6);
            most = sum[c] > most ? sum[c] : most;
        }
        assert_true(sum[labels[i]] > most - 1e-5);
    }
    free(scores);
    sl_forest_free(grown.forest);
}

/* The accuracy out of bag, of bags drawn again. */
static void out_of_bag(void **state)
{
    (void)state;
    struct sl_view view = make();
    struct sl_forest_options options = defaults();
    options.oob_score = 1;
    struct sl_forest_grown grown = grow(&view, options, (struct sl_forest_cut){.n = 9});
    static float sum[N][K];
    static int seen[N];
    struct sl_rng *rng = sl_rng_new(8, "trial");
    double right = 0, n = 0;
    for (size_t t = 0; t < 9; t++) {
        struct sl_rng *own = sl_rng_split(rng, t);
        char in_bag[N] = {0};
        for (size_t i = 0; i < N; i++)
            in_bag[sl_rng_below(own, N)] = 1;
        for (size_t i = 0; i < N; i++) {
            const struct sl_tree_model *tree = grown.forest->trees->tree[t];
            for (size_t c = 0; c < K && !in_bag[i]; c++)
                sum[i][c] += tree->share[(size_t)sl_tree_find_share(tree, &view, i) * K + c];
            seen[i] += !in_bag[i];
        }
        sl_rng_free(own);
    }
    for (size_t i = 0; i < N; i++) {
        size_t best = 0;
        for (size_t c = 1; c < K; c++)
            best = sum[i][c] > sum[i][best] ? c : best;
        n += seen[i] > 0;
        right += seen[i] > 0 && best == (size_t)view.y[i];
    }
    assert_true(n < N && n > 0.9 * N); /* a row is in all nine bags now and then */
    assert_true(grown.oob_accuracy == right / n);
    sl_rng_free(rng);
    sl_forest_free(grown.forest);
}

/* The first trees of many, cut at a depth, are the forest that has so many trees of that depth. */
static void prefixes(void **state)
{
    (void)state;
    struct sl_view view = make();
    struct sl_tree_codes codes;
    assert_int_equal(sl_tree_codes_make(&view, 0, 2, &codes, NULL), SL_OK);
    const struct sl_tree_sample sample = {.codes = &codes, .y = view.y, .k = K, .n = N};
    const struct sl_forest_cut cuts[] = {{9, 0, 0}, {4, 0, 0}, {6, 3, 0}, {2, 3, 0}, {9, 0, 0.002}};
    struct sl_rng *rng = sl_rng_new(8, "trial");
    for (int splitter = SL_TREE_BEST; splitter <= SL_TREE_RANDOM; splitter++) {
        struct sl_forest_options options = defaults();
        struct sl_forest_grown all[5];
        options.oob_score = 1;
        options.tree.splitter = splitter;
        options.tree.rng = rng;
        assert_int_equal(sl_forest_grow(&sample, &view, &options, cuts, 5, all, NULL), SL_OK);
        for (size_t i = 0; i < 5; i++) {
            options.n_estimators = (int)cuts[i].n;
            options.tree.max_depth = cuts[i].max_depth;
            struct sl_forest_grown own = grow(&view, options, cuts[i]);
            assert_int_equal(own.forest->n, all[i].forest->n);
            for (size_t t = 0; t < own.forest->n; t++)
                assert_true(is_same(own.forest->trees->tree[t], all[i].forest->trees->tree[t]));
            assert_true(own.impurity == all[i].impurity && own.oob_accuracy == all[i].oob_accuracy);
            sl_forest_free(own.forest);
        }
        assert_ptr_equal(all[0].forest->trees, all[1].forest->trees);
        for (size_t i = 0; i < 5; i++)
            sl_forest_free(all[i].forest);
    }
    sl_rng_free(rng);
    sl_tree_codes_release(&codes);
}

/* A bootstrap of n rows, and weights of rows. */
static void draw_sample(struct sl_rng *rng, uint32_t *rows, double *weight, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        rows[i] = sl_rng_below(rng, n);
        weight[i] = 1 + sl_rng_uniform(rng);
    }
}

/* Drawn features of bytes go through kernels, side by side; those of ranks are swept one by one.  The same
 * codes give the same tree either way, and by columns, of all rows, of a bootstrap and of rows with weights.
 */
static void ways(void **state)
{
    static const struct sl_tree_options settings[] = {
        {.max_features = SL_TREE_SQRT},
        {.max_features = 0.6, .min_samples_leaf = 5},
        {.max_features = 0.5, .criterion = SL_TREE_ENTROPY},
        {.max_features = 40, .balanced = 1},
        {.max_features = 0.6, .splitter = SL_TREE_RANDOM},
        {.splitter = SL_TREE_RANDOM, .min_samples_leaf = 3},
        {.max_features = SL_TREE_SQRT, .splitter = SL_TREE_RANDOM, .balanced = 1},
        {.max_features = 1, .splitter = SL_TREE_RANDOM, .criterion = SL_TREE_ENTROPY},
        {.max_features = 1},
    };
    (void)state;
    struct sl_view view = make();
    struct sl_tree_codes bytes, columns, ranks = {.dtype = SL_U8, .n = N, .d = D};
    assert_int_equal(sl_tree_codes_make(&view, 0, 2, &bytes, NULL), SL_OK);
    columns = bytes;
    assert_int_equal(sl_tree_codes_lay(&columns, view.y, K, 2, NULL), SL_OK);
    ranks.n_ranked = D;
    ranks.ranks = sl_alloc(D, N * sizeof *ranks.ranks);
    ranks.place = sl_alloc(D, sizeof *ranks.place);
    for (size_t f = 0; f < D; f++)
        ranks.place[f] = (int32_t)f;
    for (size_t f = 0; f < D; f++)
        for (size_t i = 0; i < N; i++)
            ranks.ranks[f * N + i] = ((const uint8_t *)view.x)[i * D + f];
    const struct sl_tree_codes *codes[] = {&bytes, &columns, &ranks};
    struct sl_rng *rng = sl_rng_new(8, "trial");
    uint32_t rows[N];
    double weight[N];
    draw_sample(rng, rows, weight, N);
    for (size_t s = 0; s < sizeof settings / sizeof *settings; s++) {
        struct sl_tree_model *tree[3];
        for (size_t way = 0; way < 3; way++) {
            const struct sl_tree_sample sample = {.codes = codes[way],
                                                  .y = view.y,
                                                  .k = K,
                                                  .rows = s % 3 > 0 ? rows : NULL,
                                                  .weight = s % 3 > 1 ? weight : NULL,
                                                  .n = N};
            struct sl_tree_options options = settings[s];
            struct sl_tree_growth growth;
            double impurity;
            options.min_samples_split = 2;
            options.min_samples_leaf += !options.min_samples_leaf;
            options.threads = 1 + (int)way;
            options.rng = rng;
            assert_int_equal(sl_tree_grow(&sample, &options, &growth, NULL), SL_OK);
            assert_int_equal(sl_tree_model_make(&growth, 0, 0, &impurity, &tree[way], NULL), SL_OK);
            sl_tree_growth_release(&growth);
        }
        if (!is_same(tree[0], tree[1]) || !is_same(tree[0], tree[2]))
            fail_msg("setting %zu: not the same trees", s);
        for (size_t way = 0; way < 3; way++)
            sl_tree_model_free(tree[way]);
    }
    sl_rng_free(rng);
    free(ranks.ranks);
    free(ranks.place);
    sl_tree_codes_release(&columns);
}

/* Numbers of either sign, 0 and -0 among them.  The first BITS have two values, of which that of 1 is both 0
 * and -0: they fill more than one word. */
enum { BITS = 70 };

static void fill_numbers(float *x, int32_t *y, size_t n, size_t d)
{
    struct sl_rng *rng = sl_rng_new(6, "numbers");
    for (size_t i = 0; i < n; i++) {
        y[i] = (int32_t)sl_rng_below(rng, K);
        for (size_t f = 0; f < d; f++) {
            const double value = sl_rng_uniform(rng) - 0.5 + 0.05 * (double)(f % 4) * y[i];
            x[i * d + f] = f < BITS ? (value > 0 ? 3.5f : -1) : (float)value;
            if (f == 1 ? value <= 0 : f > BITS && f % 2 == 0 && sl_rng_below(rng, 2))
                x[i * d + f] = sl_rng_below(rng, 2) ? 0.0f : -0.0f;
        }
    }
    sl_rng_free(rng);
}

/* Where thresholds are drawn numbers need no ranks, rows may be laid class by class, or be copied: the trees
 * are the same. */
static void numbers(void **state)
{
    enum { ROWS = 2500, FEATURES = 2 * BITS, WAYS = 4 };
    static float x[ROWS * FEATURES];
    static int32_t y[ROWS];
    (void)state;
    fill_numbers(x, y, ROWS, FEATURES);
    const struct sl_view view = {
        .dtype = SL_F32, .n = ROWS, .d = FEATURES, .x = x, .y = y, .k = K, .scale = 1};
    struct sl_rng *rng = sl_rng_new(8, "trial");
    uint32_t rows[ROWS];
    double weight[ROWS];
    draw_sample(rng, rows, weight, ROWS);
    for (int s = 0; s < 8; s++) {
        struct sl_tree_model *tree[WAYS];
        const int splitter = s % 2 ? SL_TREE_RANDOM : SL_TREE_BEST;
        for (int way = 0; way < WAYS; way++) {
            struct sl_tree_codes codes;
            struct sl_tree_growth growth;
            double impurity;
            const struct sl_tree_sample sample = {.codes = &codes,
                                                  .y = y,
                                                  .k = K,
                                                  .rows = s / 2 == 1 ? rows : NULL,
                                                  .weight = s / 2 == 2 ? weight : NULL,
                                                  .n = ROWS};
            const struct sl_tree_options options = {.splitter = splitter,
                                                    .min_samples_split = 2,
                                                    .min_samples_leaf = 1,
                                                    .max_features = SL_TREE_SQRT,
                                                    .balanced = s / 2 == 3,
                                                    .rng = rng,
                                                    .threads = 1 + way % 2};
            assert_int_equal(sl_tree_codes_make(&view, way > 0 && s % 2, 2, &codes, NULL), SL_OK);
            if (way == 2)
                assert_int_equal(sl_tree_codes_lay(&codes, y, K, 2, NULL), SL_OK);
            if (way == 3)
                assert_int_equal(sl_tree_codes_add_rows(&codes, 2, NULL), SL_OK);
            assert_int_equal(sl_tree_grow(&sample, &options, &growth, NULL), SL_OK);
            assert_int_equal(sl_tree_model_make(&growth, 0, 0, &impurity, &tree[way], NULL), SL_OK);
            sl_tree_growth_release(&growth);
            sl_tree_codes_release(&codes);
        }
        for (int way = 1; way < WAYS; way++)
            if (!is_same(tree[0], tree[way]))
                fail_msg("setting %d, way %d: not the same tree", s, way);
        for (int way = 0; way < WAYS; way++)
            sl_tree_model_free(tree[way]);
    }
    sl_rng_free(rng);
}

/* Thresholds are uniform between the smallest and the largest value: 0 and 200, of bytes and of floats. */
static void thresholds(void **state)
{
    enum { ROWS = 40, TREES = 600 };
    (void)state;
    uint8_t bytes[ROWS];
    float floats[ROWS];
    int32_t y[ROWS];
    for (int i = 0; i < ROWS; i++) {
        y[i] = i % 2;
        bytes[i] = i % 2 ? 200 : 0;
        floats[i] = bytes[i];
    }
    for (int real = 0; real < 2; real++) {
        struct sl_view view = {.dtype = real ? SL_F32 : SL_U8,
                               .n = ROWS,
                               .d = 1,
                               .x = real ? (const void *)floats : bytes,
                               .y = y,
                               .k = 2,
                               .scale = 1};
        struct sl_forest_options options = defaults();
        double sum = 0, squares = 0;
        options.n_estimators = TREES;
        options.bootstrap = 0;
        options.tree.splitter = SL_TREE_RANDOM;
        struct sl_forest_grown grown = grow(&view, options, (struct sl_forest_cut){.n = TREES});
        for (size_t t = 0; t < TREES; t++) {
            double threshold = (double)grown.forest->trees->tree[t]->nodes[0].threshold;
            assert_true(threshold >= 0 && threshold < 200);
            sum += threshold / TREES;
            squares += threshold * threshold / TREES;
        }
        assert_true(fabs(sum - 100) < 4 * 57.7 / sqrt(TREES));
        assert_true(fabs(sqrt(squares - sum * sum) - 57.7) < 5);
        sl_forest_free(grown.forest);
    }
}

/* max_samples: how many rows reach the roots; "balanced" is that of all rows. */
static void samples(void **state)
{
    static const struct {
        double asked;
        uint32_t rows;
    } sizes[] = {{0, N}, {0.5, N / 2}, {1, N}, {200, 200}, {1e-9, 1}};
    (void)state;
    struct sl_view view = make();
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        struct sl_forest_options options = defaults();
        options.max_samples = sizes[s].asked;
        struct sl_forest_grown grown = grow(&view, options, (struct sl_forest_cut){.n = 9});
        for (size_t t = 0; t < 9; t++)
            assert_int_equal(grown.forest->trees->tree[t]->n_rows[0], sizes[s].rows);
        sl_forest_free(grown.forest);
    }
}

/* Without bootstrap, "balanced" is rows with weights; with it, each bag is balanced or all rows are. */
static void balanced(void **state)
{
    (void)state;
    struct sl_view view = make(), weighed = view;
    double count[K] = {0}, weight[N], share[2][K] = {{0}, {0}};
    for (size_t i = 0; i < N; i++)
        count[view.y[i]]++;
    for (size_t i = 0; i < N; i++)
        weight[i] = N / (K * count[view.y[i]]);
    weighed.weight = weight;
    struct sl_forest_options options = defaults();
    options.tree.max_depth = 1;
    for (int bootstrap = 0; bootstrap < 2; bootstrap++) {
        options.bootstrap = bootstrap;
        options.balance = SL_FOREST_BALANCED;
        struct sl_forest_grown a = grow(&view, options, (struct sl_forest_cut){.n = 9, .max_depth = 1});
        options.balance = SL_FOREST_AS_THEY_ARE;
        struct sl_forest_grown b = grow(&weighed, options, (struct sl_forest_cut){.n = 9, .max_depth = 1});
        options.balance = SL_FOREST_BALANCED_SUBSAMPLE;
        struct sl_forest_grown c = grow(&view, options, (struct sl_forest_cut){.n = 9, .max_depth = 1});
        for (size_t t = 0; t < 9; t++) {
            const struct sl_tree_model *trees[] = {a.forest->trees->tree[t], b.forest->trees->tree[t]};
            assert_true(fabs(trees[0]->weight[0] - trees[1]->weight[0]) < 1e-6);
            assert_int_equal(trees[0]->nodes[0].feature, trees[1]->nodes[0].feature);
            double all = c.forest->trees->tree[t]->weight[0]; /* as many as there are rows, in each bag */
            assert_true(fabs(all - N) < 1e-6);
            share[bootstrap][t % K] += fabs(trees[0]->weight[0] - N);
        }
        sl_forest_free(a.forest);
        sl_forest_free(b.forest);
        sl_forest_free(c.forest);
    }
    for (int c = 0; c < K; c++)
        assert_true(share[0][c] < 1e-6 && share[1][c] > 0.01);
}

/* What a record must not be. */
static void records(void **state)
{
    (void)state;
    struct sl_view view = make();
    struct sl_forest_grown grown = grow(&view, defaults(), (struct sl_forest_cut){.n = 9});
    struct sl_writer w = {0};
    struct sl_forest *loaded;
    struct sl_error err = {0};
    sl_forest_save(grown.forest, &w);
    for (size_t size = 0; size < w.size; size += size < 300 ? 1 : 997) {
        struct sl_reader r = {.bytes = w.bytes, .size = size};
        assert_int_equal(sl_forest_load(&r, &view, 9, &loaded, &err), SL_EDATA);
        assert_null(loaded);
    }
    struct sl_reader r = {.bytes = w.bytes, .size = w.size};
    assert_int_equal(sl_forest_load(&r, &view, 8, &loaded, &err), SL_EDATA); /* as many trees as it says */
    r = (struct sl_reader){.bytes = w.bytes, .size = w.size};
    assert_int_equal(sl_forest_load(&r, &view, 9, &loaded, &err), SL_OK);
    for (size_t t = 0; t < 9; t++)
        assert_true(is_same(loaded->trees->tree[t], grown.forest->trees->tree[t]));
    sl_forest_free(loaded);
    sl_writer_release(&w);
    sl_forest_free(grown.forest);
}

static void refusals(void **state)
{
    static const struct {
        const char *type, *name, *value, *text;
    } wrong[] = {
        {"extra_trees", "oob_score", "true", "oob_score=true needs bootstrap=true"},
        {"extra_trees", "max_samples", "0.5", "max_samples needs bootstrap=true"},
        {"forest", "max_samples", "1501", "max_samples: 1501 are more than the 1500 training rows"},
        {"forest", "max_features", "301", "max_features: 301 are more than the data set's 300 features"}};
    (void)state;
    struct sl_view view = make();
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        const struct sl_classifier_type *type = sl_classifier_find(wrong[i].type, NULL);
        void *config = sl_alloc_zero(1, type->config_size);
        struct sl_error err = {0};
        sl_config_default(type->params, config);
        assert_int_equal(type->check(config, &view, &err), SL_OK);
        assert_int_equal(sl_config_set(type->params, config, wrong[i].name, wrong[i].value, &err), SL_OK);
        assert_int_equal(type->check(config, &view, &err), SL_EUSAGE);
        assert_non_null(strstr(err.text, wrong[i].text));
        free(config);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trees_of_bags), cmocka_unit_test(means),    cmocka_unit_test(out_of_bag),
        cmocka_unit_test(prefixes),      cmocka_unit_test(ways),     cmocka_unit_test(thresholds),
        cmocka_unit_test(numbers),       cmocka_unit_test(samples),  cmocka_unit_test(balanced),
        cmocka_unit_test(records),       cmocka_unit_test(refusals),
    };
    sl_thread_operations = 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
