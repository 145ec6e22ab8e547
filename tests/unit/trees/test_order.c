/* Keys in order against qsort, spread and crowded; and a tree on copies of its rows (near.h), with narrow
 * keys, against the same tree with weights of one, which uses neither. */
#include <setjmp.h>
#include <shortlist/rng.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "trees/grow.h"
#include "trees/order.h"

static int by_key(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

enum { MOST = 9000 };

/* kind: spread over all keys, few distinct ones, all but two in a corner, all the same. */
static uint32_t key_of(struct sl_rng *rng, int kind)
{
    const uint32_t any = (uint32_t)sl_rng_bits(rng);
    return kind == 0 ? any : kind == 1 ? any % 5 * 1000000u : kind == 2 ? any % 3000 : 77;
}

static void keys_are_sorted(void **state)
{
    static uint32_t a[MOST], b[MOST], want[MOST], count[SL_ORDER_BUCKETS + 1];
    static const size_t sizes[] = {1, 2, 3, 24, 25, 100, 4096, 4097, MOST};
    (void)state;
    struct sl_rng *rng = sl_rng_new(5, "order");
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
        for (int kind = 0; kind < 4; kind++) {
            uint32_t *keys = a, *spare = b, low = UINT32_MAX, high = 0;
            for (size_t i = 0; i < sizes[s]; i++) {
                a[i] = kind == 2 && i < 2 ? UINT32_MAX * (uint32_t)i : key_of(rng, kind);
                low = a[i] < low ? a[i] : low;
                high = a[i] > high ? a[i] : high;
            }
            memcpy(want, a, sizes[s] * sizeof *a);
            qsort(want, sizes[s], sizeof *want, by_key);
            sl_order_keys(&keys, &spare, count, sizes[s], low, high);
            assert_memory_equal(keys, want, sizes[s] * sizeof *keys);
            assert_true((keys == a && spare == b) || (keys == b && spare == a));
        }
    sl_rng_free(rng);
}

static void assert_same(const struct sl_tree_growth *a, const struct sl_tree_growth *b, uint32_t slot)
{
    const struct sl_tree_node *x = &a->nodes[slot], *y = &b->nodes[slot];
    assert_int_equal(x->n, y->n);
    assert_int_equal(x->is_split, y->is_split);
    assert_memory_equal(a->rows + x->start, b->rows + y->start, x->n * sizeof *a->rows);
    if (!x->is_split)
        return;
    assert_int_equal(x->split.feature, y->split.feature);
    assert_int_equal(x->split.n_left, y->split.n_left);
    assert_true(x->split.threshold == y->split.threshold);
    assert_same(a, b, sl_tree_left(slot));
    assert_same(a, b, sl_tree_right(slot, x->split.n_left));
}

static void grow_both(const struct sl_view *view, int splitter, int threads)
{
    struct sl_tree_codes codes;
    struct sl_tree_growth plain, weighted;
    struct sl_error err;
    struct sl_rng *rng = sl_rng_new(9, "near");
    double *ones = malloc(view->n * sizeof *ones);
    uint32_t *rows = malloc(view->n * sizeof *rows);
    for (size_t i = 0; i < view->n; i++) {
        ones[i] = 1;
        rows[i] = (uint32_t)sl_rng_below(rng, view->n); /* as a bootstrap */
    }
    assert_int_equal(sl_tree_codes_make(view, 1, &codes, &err), SL_OK);
    struct sl_tree_sample sample = {.codes = &codes, .y = view->y, .k = view->k, .rows = rows, .n = view->n};
    const struct sl_tree_options options = {.splitter = splitter,
                                            .min_samples_split = 2,
                                            .min_samples_leaf = 2,
                                            .max_features = SL_TREE_SQRT,
                                            .rng = rng,
                                            .threads = threads};
    assert_int_equal(sl_tree_grow(&sample, &options, &plain, &err), SL_OK);
    sample.weight = ones;
    assert_int_equal(sl_tree_grow(&sample, &options, &weighted, &err), SL_OK);
    assert_same(&plain, &weighted, 0);
    sl_tree_growth_release(&plain);
    sl_tree_growth_release(&weighted);
    sl_tree_codes_release(&codes);
    free(ones);
    free(rows);
    sl_rng_free(rng);
}

static void copies_change_nothing(void **state)
{
    enum { N = 4000, D = 40 };
    static float x[N * D];
    static uint8_t bytes[N * D];
    static int32_t y[N];
    (void)state;
    struct sl_rng *rng = sl_rng_new(4, "rows");
    for (size_t i = 0; i < N; i++) {
        y[i] = (int32_t)sl_rng_below(rng, 5);
        for (size_t f = 0; f < D; f++) {
            x[i * D + f] = (float)(sl_rng_normal(rng) + (f % 5 == (size_t)y[i]));
            bytes[i * D + f] = (uint8_t)(sl_rng_below(rng, 40) + 3 * (f % 5 == (size_t)y[i]));
        }
    }
    sl_rng_free(rng);
    struct sl_view view = {.x = x, .y = y, .n = N, .d = D, .k = 5, .dtype = SL_F32};
    for (int splitter = SL_TREE_BEST; splitter <= SL_TREE_RANDOM; splitter++) {
        view.x = x;
        view.dtype = SL_F32;
        grow_both(&view, splitter, 1);
        view.x = bytes;
        view.dtype = SL_U8;
        grow_both(&view, splitter, 2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(keys_are_sorted),
                                       cmocka_unit_test(copies_change_nothing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
