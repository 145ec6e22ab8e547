/* Nodes of few rows, whose splits are found without sums by bin: the same splits, and trees of the best ones.
 */
#include <math.h>
#include <setjmp.h>
#include <shortlist/rng.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "boosting/grow.h"
#include "boosting/roots.h"
#include "core/memory.h"

enum { LANES = SL_SUMS_FEATURES };

/* Bytes of some values and of many, of none but 0, and of missing ones (255), one of which has no row at 0.
 */
static uint8_t byte_of(struct sl_rng *rng, size_t f)
{
    const size_t values[LANES] = {2, 256, 1, 30, 255, 5, 3, 254}, value = sl_rng_below(rng, values[f]);
    const int is_missing = f > 3 && sl_rng_below(rng, 5) == 0;
    return is_missing ? 255 : (uint8_t)(value + (f == 7 && value < 254));
}

/* By rows as by sums, to the last bit: of all counts, of rows that are told apart by a count or by curvature,
 * with missing values on the right and on the left. */
static void splits(void **state)
{
    enum { STRIDE = 16, ROUNDS = 20 };
    static const size_t sizes[] = {60000, 3 << 20};
    static uint64_t sums[SL_SUMS_BLOCK];
    uint8_t code[SL_SUMS_FEW * STRIDE] = {0};
    uint32_t rows[SL_SUMS_FEW];
    uint64_t packed[SL_SUMS_FEW];
    size_t found = 0;
    (void)state;
    struct sl_rng *rng = sl_rng_new(4, "few");
    for (size_t c = 0; c < 2 * ROUNDS * SL_SUMS_FEW; c++) {
        const size_t n = c / 2 % SL_SUMS_FEW + 1;
        struct sl_sums_rule rule = {.layout = sl_sums_layout_for(sizes[c % 2]),
                                    .l2 = 1,
                                    .min_rows = 1 + (float)(c % 3),
                                    .min_curvature = 1};
        uint64_t total = 0, curvature = 0;
        for (size_t i = 0; i < n; i++) {
            const uint64_t h = sl_rng_below(rng, 30) + 1;
            packed[i] = sl_sums_pack(&rule.layout, (int64_t)sl_rng_below(rng, 5) - 2, h);
            rows[i] = (uint32_t)(n - 1 - i);
            total += packed[i];
            curvature += h;
            for (size_t f = 0; f < LANES; f++)
                code[i * STRIDE + 3 + f] = byte_of(rng, f);
        }
        rule.layout.rows_a_curvature = (float)n / (float)curvature;
        memset(sums, 0, sizeof sums);
        sl_sums_add(code + 3, STRIDE, rows, packed, n, sums);
        for (int last = 253; last <= 254; last++) {
            float score[2][LANES];
            uint8_t bin[2][LANES];
            sl_sums_best(sums, total, &rule, last, score[0], bin[0]);
            sl_sums_best_of_few(code + 3, STRIDE, rows, packed, n, total, &rule, last, score[1], bin[1]);
            assert_memory_equal(score[0], score[1], sizeof score[0]);
            assert_memory_equal(bin[0], bin[1], sizeof bin[0]);
            found += score[0][1] >= 0;
        }
    }
    assert_true(found > 2 * ROUNDS * SL_SUMS_FEW);
    sl_rng_free(rng);
}

enum { N = 2000, D = 21 };

static float x[N * D], gradient[N], curvature[N], raw[N];
static uint32_t rows[N];
static uint64_t whole[N];

static void make(struct sl_bins *bins)
{
    struct sl_rng *rng = sl_rng_new(3, "tree");
    const struct sl_view view = {.dtype = SL_F32, .n = N, .d = D, .x = x, .scale = 1};
    for (size_t i = 0; i < N * D; i++)
        x[i] = i % D == 4 && sl_rng_below(rng, 9) == 0 ? NAN : (float)sl_rng_normal(rng);
    for (uint32_t i = 0; i < N; i++) {
        x[i * D + 5] = i % 3 == 0;
        rows[i] = i;
        gradient[i] = x[i * D] * x[i * D + 9] - x[i * D + 20] + (float)sl_rng_normal(rng);
        curvature[i] = 0.5f + (float)sl_rng_uniform(rng);
    }
    sl_rng_free(rng);
    assert_int_equal(sl_bins_make(&view, NULL, N, 255, 1, bins, NULL), SL_OK);
}

static struct sl_boost_tree grow(const struct sl_bins *bins, struct sl_boost_packed *packed)
{
    struct sl_boost_step step = {.bins = bins,
                                 .rows = rows,
                                 .n = N,
                                 .gradient = gradient,
                                 .curvature = curvature,
                                 .packed = packed,
                                 .seed = 4,
                                 .limits = {.min_samples_leaf = 1},
                                 .learning_rate = 0.1,
                                 .threads = 1};
    struct sl_boost_tree tree;
    struct sl_boost_space *space = sl_boost_space_new(bins, NULL, N);
    assert_non_null(space);
    sl_boost_pack(&step, packed);
    assert_int_equal(sl_boost_grow(&step, space, &tree, raw), SL_OK);
    sl_boost_space_free(space);
    return tree;
}

/* The best score of rows that sums of their own give. */
static float best_score(const struct sl_bins *bins, const struct sl_boost_packed *packed, const uint32_t *of,
                        size_t n)
{
    static uint64_t sums[SL_SUMS_BLOCK], own[N];
    float best = -1;
    uint64_t total = 0;
    for (size_t i = 0; i < n; i++)
        total += own[i] = packed->sum[of[i]];
    for (size_t first = 0; first < bins->width; first += LANES)
        for (int last = 253; last <= 254; last++) {
            float score[LANES];
            uint8_t bin[LANES];
            size_t stride;
            const uint8_t *code = sl_bins_column(bins, first, &stride);
            memset(sums, 0, sizeof sums);
            sl_sums_add(code, stride, of, own, n, sums);
            sl_sums_best(sums, total, &packed->rule, last, score, bin);
            for (size_t f = 0; f < LANES; f++)
                best = score[f] > best ? score[f] : best;
        }
    return best;
}

static double part(const struct sl_boost_packed *packed, const uint32_t *of, size_t n)
{
    uint64_t total = 0;
    for (size_t i = 0; i < n; i++)
        total += packed->sum[of[i]];
    const double g = (double)sl_sums_gradient(&packed->rule.layout, total);
    return g * g / ((double)sl_sums_curvature(&packed->rule.layout, total) + (double)packed->rule.l2);
}

static int goes_left(const struct sl_boost_node *node, uint32_t row)
{
    const float value = x[row * D + (size_t)node->feature];
    return isnan(value) ? node->missing_left : value <= node->value;
}

/* Each inner node of a tree without bounds has the best split of its rows; a leaf has none that gains. */
static void best_splits(void **state)
{
    struct sl_bins bins;
    struct sl_boost_packed packed = {.sum = whole};
    (void)state;
    make(&bins);
    struct sl_boost_tree tree = grow(&bins, &packed);
    static uint32_t at[N], of[N], left[N], right[N];
    size_t few = 0;
    memset(at, 0, sizeof at); /* the node that a row is in */
    for (uint32_t node = 0; node < tree.n; node++) {
        size_t n = 0, n_left = 0, n_right = 0;
        for (uint32_t i = 0; i < N; i++)
            if (at[i] == node)
                of[n++] = i;
        assert_int_equal(n, tree.n_rows[node]);
        const double before = part(&packed, of, n), best = (double)best_score(&bins, &packed, of, n);
        if (tree.nodes[node].feature < 0) {
            assert_true(n < 2 || best <= before * (1 + 1e-5));
            continue;
        }
        for (size_t i = 0; i < n; i++) {
            const int is_left = goes_left(&tree.nodes[node], of[i]);
            *(is_left ? &left[n_left++] : &right[n_right++]) = of[i];
            at[of[i]] = is_left ? node + 1 : (uint32_t)tree.nodes[node].right;
        }
        const double after = part(&packed, left, n_left) + part(&packed, right, n_right);
        assert_true(fabs(after - best) <= 1e-5 * best);
        few += n <= SL_SUMS_FEW;
    }
    assert_true(few > 300 && tree.n > 2 * few);
    sl_boost_tree_release(&tree);
    sl_bins_release(&bins);
}

/* Rows of one gradient are rounded up or down by chance, which no tree should learn. */
static void alike(void **state)
{
    struct sl_bins bins;
    struct sl_boost_packed packed = {.sum = whole};
    (void)state;
    make(&bins);
    for (size_t i = 0; i < N; i++) {
        gradient[i] = i % 3 == 0 ? 0.7123f : -0.2941f;
        curvature[i] = i % 3 == 0 ? 0.2049f : 0.2076f;
    }
    struct sl_boost_tree tree = grow(&bins, &packed);
    assert_int_equal(tree.n, 3);
    assert_int_equal(tree.nodes[0].feature, 5);
    sl_boost_tree_release(&tree);
    sl_bins_release(&bins);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(splits), cmocka_unit_test(best_splits),
                                       cmocka_unit_test(alike)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
