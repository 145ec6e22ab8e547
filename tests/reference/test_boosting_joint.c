/* Features of few bins side by side in one byte: the same sums as one by one, and the same trees. */
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
#include "core/threads.h"

enum { N = 3000, D = 107, CODES = 5, OUTPUTS = 3 };

static float x[N * D];
static uint8_t bytes[N * D];
static uint16_t codes[D];
static uint32_t rows[N];
static float gradient[N], curvature[N];

/* In turn: two values, one of them rare; categories; three values, some missing; one value; numbers, some
 * missing; two values. */
static float value_of(struct sl_rng *rng, size_t f)
{
    const int is_missing = (f % 6 == 2 || f % 12 == 4) && sl_rng_below(rng, 10) == 0;
    const size_t kinds[] = {sl_rng_below(rng, 12) == 0, sl_rng_below(rng, CODES), sl_rng_below(rng, 3), 7, 0,
                            sl_rng_below(rng, 2)};
    const float value = f % 6 == 4 ? (float)sl_rng_normal(rng) : (float)kinds[f % 6];
    return is_missing || (f % 12 == 7 && value >= CODES - 1) ? NAN : value;
}

/* Of floats, or of bytes of 2 to 6 values and some of all. */
static struct sl_bins make(int of_bytes)
{
    struct sl_rng *rng = sl_rng_new(3, "joint");
    for (size_t i = 0; i < N * D; i++) {
        const size_t f = i % D;
        codes[f] = f % 6 == 1 ? CODES : 0;
        x[i] = value_of(rng, f);
        bytes[i] = (uint8_t)sl_rng_below(rng, f % 9 == 8 ? 256 : 2 + f % 5);
    }
    for (uint32_t i = 0; i < N; i++) {
        rows[i] = i;
        const float seen = of_bytes ? (float)(bytes[i * D] + bytes[i * D + 5] - bytes[i * D + 70])
                                    : x[i * D] + x[i * D + 5] * x[i * D + 1] - x[i * D + 66];
        gradient[i] = seen + (float)sl_rng_normal(rng);
        curvature[i] = 0.5f + (float)sl_rng_uniform(rng);
    }
    sl_rng_free(rng);
    const struct sl_view view = {.dtype = of_bytes ? SL_U8 : SL_F32,
                                 .n = N,
                                 .d = D,
                                 .x = of_bytes ? (const void *)bytes : x,
                                 .scale = 1,
                                 .codes = of_bytes ? NULL : codes};
    struct sl_bins bins;
    assert_int_equal(sl_bins_make(&view, NULL, N, 255, 2, &bins, NULL), SL_OK);
    return bins;
}

/* Every code is a bin that the feature has, and the highest is one of them. */
static void used(void **state)
{
    (void)state;
    for (int of_bytes = 0; of_bytes < 2; of_bytes++) {
        struct sl_bins bins = make(of_bytes);
        for (size_t f = 0; f < D; f++) {
            size_t stride, most = 0;
            const uint8_t *code = sl_bins_column(&bins, f, &stride);
            for (size_t i = 0; i < N; i++) {
                const size_t bin = code[i * stride];
                assert_true(bin < sl_bins_used(&bins, f / SL_BINS_LANES * SL_BINS_LANES));
                if (!bins.has_missing[f] || bin != SL_BINS_MISSING)
                    most = bin > most ? bin : most;
            }
            if (bins.n_codes[f])
                assert_true(most < bins.n_bins[f]);
            else
                assert_int_equal(most + 1, bins.n_bins[f]);
        }
        sl_bins_release(&bins);
    }
}

/* Sums of the group's features, of n rows: those by its bytes against those by its features. */
static void compare_sums(const struct sl_bins *bins, const struct sl_joint_group *joint, size_t first,
                         const uint64_t *whole, size_t n)
{
    static uint64_t by_byte[SL_BOOST_GROUP * SL_SUMS_BLOCK], parted[SL_BOOST_GROUP * SL_SUMS_BLOCK];
    static uint64_t plain[SL_BOOST_GROUP * SL_SUMS_BLOCK];
    size_t stride;
    const uint8_t *code = sl_bins_column(bins, first, &stride);
    memset(by_byte, 0, sizeof by_byte);
    memset(parted, 0, sizeof parted);
    memset(plain, 0, sizeof plain);
    for (size_t c = 0; c < joint->width; c += SL_SUMS_FEATURES)
        sl_sums_add(joint->code + c, joint->width, rows, whole, n,
                    by_byte + c / SL_SUMS_FEATURES * SL_SUMS_BLOCK);
    sl_joint_add_parted(joint, by_byte, parted);
    for (size_t f = 0; f < stride; f += SL_SUMS_FEATURES) {
        uint64_t *block = plain + f / SL_SUMS_FEATURES * SL_SUMS_BLOCK;
        sl_sums_add(code + f, stride, rows, whole, n, block);
        assert_memory_equal(block + SL_SUMS_FEATURES,
                            parted + f / SL_SUMS_FEATURES * SL_SUMS_BLOCK + SL_SUMS_FEATURES,
                            (SL_SUMS_BLOCK - SL_SUMS_FEATURES) * sizeof *block);
    }
}

static void sums(void **state)
{
    (void)state;
    for (int of_bytes = 0; of_bytes < 2; of_bytes++) {
        struct sl_bins bins = make(of_bytes);
        struct sl_joint joint;
        static uint64_t whole[N];
        struct sl_rng *rng = sl_rng_new(5, "whole");
        for (size_t i = 0; i < N; i++)
            whole[i] = sl_rng_bits(rng);
        sl_rng_free(rng);
        assert_int_equal(sl_joint_make(&bins, 2, &joint), SL_OK);
        assert_int_equal(joint.n_groups, 2);
        for (size_t g = 0; g < joint.n_groups; g++) {
            const size_t left = bins.width - g * SL_BINS_GROUP;
            assert_true(joint.group[g].width > 0);
            assert_true(joint.group[g].width <= (left < SL_BINS_GROUP ? left : SL_BINS_GROUP) / 2);
            compare_sums(&bins, &joint.group[g], g * SL_BINS_GROUP, whole, N);
            compare_sums(&bins, &joint.group[g], g * SL_BINS_GROUP, whole, 40);
        }
        sl_joint_release(&joint);
        sl_bins_release(&bins);
    }
}

/* Features of 256 bins do not join, nor do two of 17; sixteen of 16 take a byte for every two of them. */
static void what_fits(void **state)
{
    (void)state;
    const struct {
        uint16_t n_bins;
        size_t d, width;
    } cases[] = {{256, 64, 0}, {17, 64, 0}, {16, 64, 32}, {2, 64, 8}, {2, 8, 0}, {2, 9, 8}, {1, 64, 8}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        uint8_t missing[64] = {0}, code[64] = {0};
        uint16_t n_bins[64];
        struct sl_bins bins = {.n = 1,
                               .d = cases[c].d,
                               .width = (cases[c].d + 7) / 8 * 8,
                               .has_missing = missing,
                               .n_bins = n_bins,
                               .code = code};
        struct sl_joint joint;
        for (size_t f = 0; f < 64; f++)
            n_bins[f] = cases[c].n_bins;
        assert_int_equal(sl_joint_make(&bins, 1, &joint), SL_OK);
        assert_int_equal(joint.group[0].width, cases[c].width);
        sl_joint_release(&joint);
    }
}

static struct sl_boost_tree grow(struct sl_boost_step step, float *raw)
{
    struct sl_boost_space *space = sl_boost_space_new(step.bins, step.joint, step.n);
    struct sl_boost_tree tree;
    assert_non_null(space);
    memset(raw, 0, N * sizeof *raw);
    assert_int_equal(sl_boost_grow(&step, space, &tree, raw), SL_OK);
    sl_boost_space_free(space);
    return tree;
}

/* The whole trees: of few and of many rows, whose small nodes are summed feature by feature. */
static void trees(void **state)
{
    (void)state;
    static float raw[2][N];
    static uint64_t whole[N];
    for (int of_bytes = 0; of_bytes < 2; of_bytes++) {
        struct sl_bins bins = make(of_bytes);
        struct sl_joint joint;
        struct sl_boost_packed packed = {.sum = whole};
        struct sl_boost_step step = {.bins = &bins,
                                     .rows = rows,
                                     .gradient = gradient,
                                     .curvature = curvature,
                                     .packed = &packed,
                                     .seed = 4,
                                     .limits = {.max_leaf_nodes = 60, .min_samples_leaf = 3},
                                     .learning_rate = 0.1};
        assert_int_equal(sl_joint_make(&bins, 2, &joint), SL_OK);
        assert_true(sl_joint_pays(&joint.group[0], SL_BOOST_GROUP, N));
        assert_false(sl_joint_pays(&joint.group[0], SL_BOOST_GROUP, 20));
        for (step.n = 400; step.n <= N; step.n += N - 400) {
            sl_boost_pack(&step, &packed);
            for (step.threads = 1; step.threads < 4; step.threads += 2) {
                step.joint = NULL;
                struct sl_boost_tree plain = grow(step, raw[0]);
                step.joint = &joint;
                struct sl_boost_tree joined = grow(step, raw[1]);
                assert_true(plain.n > 20);
                assert_int_equal(plain.n, joined.n);
                assert_int_equal(plain.n_sets, joined.n_sets);
                for (size_t i = 0; i < plain.n; i++) /* without the bytes behind the last member */
                    assert_memory_equal(&plain.nodes[i], &joined.nodes[i],
                                        offsetof(struct sl_boost_node, has_set) + 1);
                assert_memory_equal(plain.gain, joined.gain, plain.n * sizeof *plain.gain);
                if (plain.n_sets)
                    assert_memory_equal(plain.sets, joined.sets, plain.n_sets * sizeof *plain.sets);
                assert_memory_equal(raw[0], raw[1], sizeof raw[0]);
                sl_boost_tree_release(&plain);
                sl_boost_tree_release(&joined);
            }
        }
        sl_joint_release(&joint);
        sl_bins_release(&bins);
    }
}

static void roots(void **state)
{
    (void)state;
    struct sl_bins bins = make(0);
    struct sl_joint joint;
    const size_t all = bins.width / SL_SUMS_FEATURES * SL_SUMS_BLOCK;
    uint64_t *sum[2] = {sl_alloc(OUTPUTS * all, sizeof(uint64_t)), sl_alloc(OUTPUTS * all, sizeof(uint64_t))};
    uint64_t *whole = sl_alloc((size_t)OUTPUTS * N, sizeof *whole);
    struct sl_boost_packed packed[OUTPUTS];
    assert_true(sum[0] && sum[1] && whole);
    struct sl_rng *rng = sl_rng_new(6, "whole");
    for (size_t i = 0; i < (size_t)OUTPUTS * N; i++)
        whole[i] = sl_rng_bits(rng);
    sl_rng_free(rng);
    for (size_t o = 0; o < OUTPUTS; o++)
        packed[o] = (struct sl_boost_packed){.sum = whole + o * N};
    assert_int_equal(sl_joint_make(&bins, 1, &joint), SL_OK);
    for (int joined = 0; joined < 2; joined++) {
        const struct sl_boost_roots of = {.bins = &bins,
                                          .joint = joined ? &joint : NULL,
                                          .rows = rows,
                                          .n = N,
                                          .packed = packed,
                                          .n_outputs = OUTPUTS,
                                          .sums = sum[joined]};
        assert_int_equal(sl_boost_sum_roots(&of, 2), SL_OK);
        for (size_t b = 0; b < OUTPUTS * all; b += SL_SUMS_BLOCK) /* bin 0 holds anything */
            memset(sum[joined] + b, 0, SL_SUMS_FEATURES * sizeof(uint64_t));
    }
    assert_memory_equal(sum[0], sum[1], OUTPUTS * all * sizeof(uint64_t));
    sl_joint_release(&joint);
    sl_bins_release(&bins);
    free(sum[0]);
    free(sum[1]);
    free(whole);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(used),  cmocka_unit_test(sums),  cmocka_unit_test(what_fits),
        cmocka_unit_test(trees), cmocka_unit_test(roots),
    };
    sl_thread_operations = 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
