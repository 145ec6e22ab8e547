/* Boosted trees on categories: the best split of all ways to part them, what stays on the right, missing
 * values as one more category, records. */
#include <math.h>
#include <setjmp.h>
#include <shortlist/classifier.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "boosting/fit.h"
#include "boosting/subset.h"
#include "core/memory.h"

enum { N = 6000, D = 3, CODES = 8 };

static float x[N * D];
static int32_t y[N];
static const uint16_t codes[D] = {CODES, 0, 2};

/* Feature 0 has categories with shares of class 1 in no order, feature 1 is noise, feature 2 a category that
 * tells nothing. share[CODES]: of missing values. */
static struct sl_view make(const double share[CODES + 1], double missing)
{
    struct sl_rng *rng = sl_rng_new(4, "categories");
    for (size_t i = 0; i < N; i++) {
        const int gone = sl_rng_uniform(rng) < missing;
        const size_t code = sl_rng_below(rng, CODES);
        x[i * D] = gone ? NAN : (float)code;
        x[i * D + 1] = (float)sl_rng_normal(rng);
        x[i * D + 2] = (float)sl_rng_below(rng, 2);
        y[i] = sl_rng_uniform(rng) < share[gone ? CODES : code];
    }
    sl_rng_free(rng);
    return (struct sl_view){
        .dtype = SL_F32, .n = N, .d = D, .x = x, .y = y, .k = 2, .scale = 1, .codes = codes};
}

static struct sl_boost *fit(const struct sl_view *view, int leaves, int max_iter, int min_samples_leaf,
                            int threads)
{
    const struct sl_boost_options options = {
        .limits = {.max_leaf_nodes = leaves, .min_samples_leaf = min_samples_leaf},
        .learning_rate = 0.5,
        .max_iter = max_iter,
        .max_bins = 4, /* of numbers */
        .early_stopping = SL_BOOST_EARLY_NO};
    struct sl_boost_result result;
    struct sl_error err = {0};
    struct sl_rng *rng = sl_rng_new(2, "trial");
    const struct sl_boost_job job = {.x = view, .n = view->n, .rng = rng, .threads = threads};
    if (sl_boost_fit(&job, &options, &result, &err))
        fail_msg("%s", err.text);
    sl_rng_free(rng);
    return result.model;
}

/* Sums by category, missing values last. */
struct sums {
    double g[CODES + 1], h[CODES + 1], n[CODES + 1];
};

static struct sums sum_categories(const struct sl_view *view)
{
    struct sums sums = {{0}, {0}, {0}};
    double p = 0;
    for (size_t i = 0; i < view->n; i++)
        p += y[i] / (double)view->n;
    for (size_t i = 0; i < view->n; i++) {
        const size_t at = isnan(x[i * D]) ? CODES : (size_t)x[i * D];
        sums.g[at] += p - y[i];
        sums.h[at] += p * (1 - p);
        sums.n[at]++;
    }
    return sums;
}

/* G_L^2 / H_L + G_R^2 / H_R where the categories of the set go left. */
static double score(const struct sums *sums, unsigned set)
{
    double g[2] = {0}, h[2] = {0};
    for (unsigned c = 0; c <= CODES; c++) {
        g[set >> c & 1] += sums->g[c];
        h[set >> c & 1] += sums->h[c];
    }
    return h[0] > 0 && h[1] > 0 ? g[0] * g[0] / h[0] + g[1] * g[1] / h[1] : -1;
}

static unsigned set_of(const struct sl_boost_tree *tree)
{
    const struct sl_boost_node *root = &tree->nodes[0];
    unsigned set = root->missing_left ? 1u << CODES : 0;
    assert_true(root->feature == 0 && root->has_set && tree->n_sets == 1);
    for (unsigned c = 0; c < 256; c++)
        if (sl_boost_has(&tree->sets[root->set], c)) {
            assert_true(c < CODES);
            set |= 1u << c;
        }
    return set;
}

/* The root's split is the best of all 2^9, the missing values' side among them, and leaves are Newton steps.
 */
static void best_of_all_sets(void **state)
{
    static const double shares[][CODES + 1] = {{.1, .8, .3, .9, .2, .7, .5, .4, .85},
                                               {.9, .1, .85, .15, .8, .2, .9, .1, .1},
                                               {.5, .5, .5, .5, .5, .95, .5, .5, .5},
                                               {.5, .5, .5, .05, .5, .5, .5, .5, .5}};
    (void)state;
    for (size_t s = 0; s < 4; s++)
        for (int gaps = 0; gaps < 2; gaps++) {
            struct sl_view view = make(shares[s], gaps ? .1 : 0);
            struct sl_boost *boost = fit(&view, 2, 1, 20, 1);
            const struct sl_boost_tree *tree = &boost->trees->tree[0];
            const struct sums sums = sum_categories(&view);
            unsigned set = set_of(tree);
            double best = 0;
            if (!gaps) /* missing values go where more rows do */
                assert_int_equal(tree->nodes[0].missing_left, tree->n_rows[1] > tree->n_rows[2]);
            for (unsigned other = 1; other < 1u << (CODES + 1); other++)
                best = fmax(best, score(&sums, other));
            if (!(score(&sums, set) > .999 * best))
                fail_msg("case %zu: set %x scores %g, the best is %g", s, set, score(&sums, set), best);
            double g = 0, h = 0, n = 0;
            for (unsigned c = 0; c <= CODES; c++)
                if (set >> c & 1) {
                    g += sums.g[c];
                    h += sums.h[c];
                    n += sums.n[c];
                }
            assert_int_equal(tree->n_rows[1], n);
            assert_true(fabs((double)tree->nodes[1].value + .5 * g / h) < 1e-5);
            sl_boost_free(boost);
        }
}

/* Categories of few rows are on no set's side, whatever they say; both sides have enough rows. */
static void few_rows_stay_right(void **state)
{
    static const double shares[CODES + 1] = {.1, .8, .3, .9, .2, .7, .5, .4, .5};
    (void)state;
    struct sl_view view = make(shares, 0);
    size_t rare = 0;
    for (size_t i = 0; i < N; i++)
        if (x[i * D] == 3) {
            x[i * D] = rare++ < 4 ? 3 : 1;
            y[i] = 1;
        }
    for (int leaves = 2; leaves <= 20; leaves += 18) {
        struct sl_boost *boost = fit(&view, leaves, 3, 700, 1);
        for (size_t t = 0; t < 3; t++) {
            const struct sl_boost_tree *tree = &boost->trees->tree[t];
            for (size_t s = 0; s < tree->n_sets; s++)
                assert_false(sl_boost_has(&tree->sets[s], 3));
            for (size_t i = 0; i < tree->n; i++)
                assert_true(tree->n_rows[i] >= 700);
        }
        sl_boost_free(boost);
    }
}

/* Sums of more than 2^20 rows have no count: rows are told by the second derivative. */
static void without_counts(void **state)
{
    (void)state;
    const struct sl_sums_layout layout = {32, 32, 0, 1};
    const struct sl_sums_rule rule = {.layout = layout, .min_rows = 20, .min_curvature = 1e-3f, .one = 1};
    uint64_t *sums = sl_alloc_zero(SL_SUMS_BLOCK, sizeof *sums), total = 0;
    static const int64_t g[] = {-300, 200, -100, 400, -200};
    for (size_t c = 0; c < 5; c++) {
        const uint64_t sum = sl_sums_pack(&layout, g[c], c == 4 ? 9 : 100);
        total += sum;
        sums[c * SL_SUMS_FEATURES] = c ? sum : 12345; /* what stands there for bin 0 does not count */
    }
    const struct sl_boost_subset found = sl_boost_best_subset(sums, total, 5, 0, &rule);
    assert_int_equal(found.left.bits[0], 10); /* codes 1 and 3: code 4, of 9 rows, is with 0 and 2 */
    assert_true(fabs((double)found.score - (600. * 600 / 200 + 600. * 600 / 209)) < 1e-3);
    free(sums);
}

/* What can not be told apart by an order of the codes is, in one split; on any number of threads, and from a
 * record.  Rows without a category go with missing ones. */
static void predictions(void **state)
{
    static const double shares[CODES + 1] = {0, 1, 0, 1, 0, 1, 0, 1, 1};
    (void)state;
    struct sl_view view = make(shares, .1);
    struct sl_boost *boost = fit(&view, 2, 4, 20, 1), *threads = fit(&view, 2, 4, 20, 3), *loaded;
    struct sl_writer a = {0}, b = {0}, c = {0};
    int32_t labels[N];
    sl_boost_save(boost, &a);
    sl_boost_save(threads, &b);
    assert_int_equal(a.size, b.size);
    assert_memory_equal(a.bytes, b.bytes, a.size);
    struct sl_reader r = {.bytes = a.bytes, .size = a.size};
    assert_int_equal(sl_boost_load(&r, &view, &loaded, NULL), SL_OK);
    assert_int_equal(r.at, r.size);
    sl_boost_save(loaded, &c);
    assert_int_equal(a.size, c.size);
    assert_memory_equal(a.bytes, c.bytes, a.size);
    assert_int_equal(sl_boost_predict(loaded, &view, 2, labels, NULL), SL_OK);
    assert_memory_equal(labels, y, sizeof y);
    static const float others[] = {NAN, 0, 0, 250, 0, 0, -1, 0, 0, 1e30f, 0, 0};
    const struct sl_view other = {.dtype = SL_F32, .n = 4, .d = D, .x = others, .k = 2, .scale = 1};
    assert_int_equal(sl_boost_predict(loaded, &other, 1, labels, NULL), SL_OK);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(labels[i], i == 1 ? 0 : labels[0]); /* 250: in no set */
    sl_writer_release(&a);
    sl_writer_release(&b);
    sl_writer_release(&c);
    sl_boost_free(boost);
    sl_boost_free(threads);
    sl_boost_free(loaded);
}

/* Sets of numbers, of categories that there are not, of none; whatever a record says, using it does no harm.
 */
static void hostile_records(void **state)
{
    static const double shares[CODES + 1] = {.1, .8, .3, .9, .2, .7, .5, .4, .85};
    (void)state;
    struct sl_view view = make(shares, .1);
    struct sl_boost *boost = fit(&view, 6, 3, 20, 1), *loaded;
    struct sl_view numbers = view;
    struct sl_boost_set *set = &boost->trees->tree[0].sets[0], own = *set;
    const struct sl_boost_set bad[] = {{{1u << CODES}}, {{own.bits[0], 0, 0, 1ull << 63}}, {{0}}};
    numbers.codes = NULL;
    for (size_t i = 0; i < 4; i++) {
        struct sl_writer w = {0};
        *set = i < 3 ? bad[i] : own;
        boost->trees->tree[0].nodes[0].missing_left = 0;
        sl_boost_save(boost, &w);
        struct sl_reader r = {.bytes = w.bytes, .size = w.size}, s = r;
        assert_int_equal(sl_boost_load(&r, &view, &loaded, NULL), i < 3 ? SL_EDATA : SL_OK);
        sl_boost_free(loaded);
        assert_int_equal(sl_boost_load(&s, &numbers, &loaded, NULL), SL_EDATA);
        sl_writer_release(&w);
    }
    struct sl_writer w = {0};
    sl_boost_save(boost, &w);
    size_t refused = 0;
    for (size_t i = 0; i < w.size; i++)
        for (int bit = 0; bit < 8; bit++) {
            int32_t labels[20];
            struct sl_view some = view;
            some.n = 20;
            w.bytes[i] ^= (unsigned char)(1 << bit);
            struct sl_reader r = {.bytes = w.bytes, .size = w.size};
            if (sl_boost_load(&r, &view, &loaded, NULL))
                refused++;
            else
                assert_int_equal(sl_boost_predict(loaded, &some, 1, labels, NULL), SL_OK);
            sl_boost_free(loaded);
            w.bytes[i] ^= (unsigned char)(1 << bit);
        }
    assert_true(refused > w.size);
    sl_writer_release(&w);
    sl_boost_free(boost);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(best_of_all_sets), cmocka_unit_test(few_rows_stay_right),
        cmocka_unit_test(without_counts),   cmocka_unit_test(predictions),
        cmocka_unit_test(hostile_records),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
