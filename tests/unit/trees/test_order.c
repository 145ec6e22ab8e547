/* Keys in order against qsort, spread and crowded; and a tree on copies of its rows (near.h), with narrow
 * keys and rows that count more than once, against the same tree with weights of one, which uses none of
 * them (of numbers: bytes are copied with weights, too). */
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

/* The node's rows in order, as many times as they count. */
static void list_rows(const struct sl_tree_growth *g, const struct sl_tree_node *node, uint32_t *rows)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < node->held; i++) {
        const uint32_t entry = g->rows[node->start + i];
        for (uint32_t times = sl_entry_times(entry); times > 0; times--, n++) {
            assert_true(n < node->n);
            rows[n] = sl_entry_row(entry);
        }
    }
    assert_int_equal(n, node->n);
    qsort(rows, n, sizeof *rows, by_key);
}

static void assert_same(const struct sl_tree_growth *a, const struct sl_tree_growth *b, uint32_t slot)
{
    static uint32_t rows[2][MOST];
    const struct sl_tree_node *x = &a->nodes[slot], *y = &b->nodes[slot];
    assert_int_equal(x->n, y->n);
    list_rows(a, x, rows[0]);
    list_rows(b, y, rows[1]);
    assert_memory_equal(rows[0], rows[1], x->n * sizeof *rows[0]);
    assert_int_equal(x->is_split, y->is_split);
    if (!x->is_split)
        return;
    assert_int_equal(x->split.feature, y->split.feature);
    assert_int_equal(x->split.n_left, y->split.n_left);
    assert_true(x->split.threshold == y->split.threshold);
    assert_same(a, b, sl_tree_left(slot));
    assert_same(a, b, sl_tree_right(slot, x->split.n_left));
}

/* A bootstrap, in order as a forest's; a row of it counts nine times, which is more than an entry holds. */
static void draw_rows(struct sl_rng *rng, uint32_t *rows, size_t n)
{
    for (size_t i = 0; i < n; i++)
        rows[i] = i < 9 ? 0 : (uint32_t)sl_rng_below(rng, n);
    qsort(rows, n, sizeof *rows, by_key);
}

enum { N = 4000, D = 40 };

struct growths {
    uint32_t rows[N];
    double ones[N];
    struct sl_tree_codes codes;
    struct sl_tree_growth joined, apart, weighted;
};

/* Of the same rows: next to each other where they are the same; in no order; and with weights. */
static void grow_all(struct growths *g, const struct sl_view *view, int splitter, int threads, int least)
{
    struct sl_error err;
    struct sl_rng *rng = sl_rng_new(9, "near");
    draw_rows(rng, g->rows, N);
    for (size_t i = 0; i < N; i++)
        g->ones[i] = 1;
    assert_int_equal(sl_tree_codes_make(view, splitter == SL_TREE_RANDOM, 1, &g->codes, &err), SL_OK);
    if (g->codes.ranks) /* rows that stand side by side are copied */
        assert_int_equal(sl_tree_codes_add_rows(&g->codes, 2, &err), SL_OK);
    struct sl_tree_sample sample = {.codes = &g->codes, .y = view->y, .k = view->k, .rows = g->rows, .n = N};
    const struct sl_tree_options options = {.splitter = splitter,
                                            .min_samples_split = 2,
                                            .min_samples_leaf = least,
                                            .max_features = SL_TREE_SQRT,
                                            .rng = rng,
                                            .threads = threads};
    assert_int_equal(sl_tree_grow(&sample, &options, &g->joined, &err), SL_OK);
    struct sl_rng *other = sl_rng_new(10, "order");
    sl_rng_shuffle(other, g->rows, N);
    sl_rng_free(other);
    assert_int_equal(sl_tree_grow(&sample, &options, &g->apart, &err), SL_OK);
    sample.weight = g->ones;
    uint32_t *row_ranks = g->codes.row_ranks;
    g->codes.row_ranks = NULL; /* no copies */
    assert_int_equal(sl_tree_grow(&sample, &options, &g->weighted, &err), SL_OK);
    g->codes.row_ranks = row_ranks;
    sl_rng_free(rng);
}

/* joined: rows that count more than once are looked at once.  ties: splits of the same counts, of which
 * rounded weights may take another. */
static void check_growths(const struct sl_view *view, int splitter, int threads, int joined, int ties)
{
    static struct growths g;
    grow_all(&g, view, splitter, threads, ties ? 1 : 20);
    if (joined)
        assert_in_range(g.joined.nodes[0].held, N / 2, 7 * N / 10);
    else
        assert_int_equal(g.joined.nodes[0].held, N);
    assert_in_range(g.apart.nodes[0].held, 9 * N / 10, N);
    assert_same(&g.joined, &g.apart, 0);
    if (!ties)
        assert_same(&g.joined, &g.weighted, 0);
    sl_tree_growth_release(&g.joined);
    sl_tree_growth_release(&g.apart);
    sl_tree_growth_release(&g.weighted);
    sl_tree_codes_release(&g.codes);
}

static void copies_change_nothing(void **state)
{
    static float x[N * D], mixed[N * D];
    static uint8_t bytes[N * D];
    static int32_t y[N];
    (void)state;
    struct sl_rng *rng = sl_rng_new(4, "rows");
    for (size_t i = 0; i < N; i++) {
        y[i] = (int32_t)sl_rng_below(rng, 5);
        for (size_t f = 0; f < D; f++) {
            const size_t at = i * D + f;
            x[at] = (float)(sl_rng_normal(rng) + (f % 5 == (size_t)y[i]));
            mixed[at] = f % 3 ? x[at] : x[at] > 0.4f;
            bytes[at] = (uint8_t)(sl_rng_below(rng, 40) + 3 * (f % 5 == (size_t)y[i]));
        }
    }
    sl_rng_free(rng);
    struct sl_view view = {.y = y, .n = N, .d = D};
    for (int splitter = SL_TREE_BEST; splitter <= SL_TREE_RANDOM; splitter++) {
        view.dtype = SL_F32;
        view.k = 5;
        view.x = mixed;
        check_growths(&view, splitter, 1, 1, 1);
        view.x = x;
        check_growths(&view, splitter, 1, 1, 0);
        check_growths(&view, splitter, 1, 1, 1);
        view.k = 40; /* more classes than leave room for times in a key */
        check_growths(&view, splitter, 1, 0, 0);
        view.x = bytes;
        view.dtype = SL_U8;
        check_growths(&view, splitter, 2, 0, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(keys_are_sorted),
                                       cmocka_unit_test(copies_change_nothing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
