/* test_topk.c - the k smallest against a full sort, ties by row. */
#include "core/memory.h"
#include "kernels/topk.h"
#include <math.h>
#include <setjmp.h>
#include <shortlist/rng.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { N = 1500 };

static int by_key(const void *a, const void *b)
{
    const struct sl_neighbour *x = a, *y = b;
    return x->key != y->key ? (x->key < y->key ? -1 : 1) : x->row < y->row ? -1 : 1;
}

enum kind { I32, F32, ONE_BY_ONE };

static void offer_all(struct sl_topk *top, const double *key, size_t n, uint32_t first)
{
    for (size_t j = 0; j < n; j++)
        if (key[j] < sl_topk_limit(top))
            sl_topk_offer(top, key[j], first + (uint32_t)j);
}

/* Keys of few levels, so that many are equal, in blocks whose ends fall anywhere. */
static void check(enum kind kind, size_t k, uint64_t levels)
{
    struct sl_rng *rng = sl_rng_new(levels, "topk");
    struct sl_neighbour all[N], *heap = sl_alloc(k, sizeof *heap);
    int32_t p[N], add[N];
    float fp[N], fadd[N];
    double key[N];
    for (int j = 0; j < N; j++) {
        p[j] = (int32_t)sl_rng_below(rng, levels);
        add[j] = (int32_t)sl_rng_below(rng, levels) - 1000;
        fp[j] = (float)p[j];
        fadd[j] = (float)add[j];
        key[j] = kind == ONE_BY_ONE ? p[j] : add[j] - 2 * p[j];
        all[j] = (struct sl_neighbour){.key = key[j], .row = (uint32_t)j};
    }
    struct sl_topk top = {.heap = heap, .k = k};
    assert_true(isinf(sl_topk_limit(&top)));
    for (size_t at = 0; at < N;) {
        size_t n = 1 + sl_rng_below(rng, 300);
        n = n < N - at ? n : N - at;
        if (kind == I32)
            sl_topk_scan_i32(&top, p + at, -2, add + at, n, (uint32_t)at);
        else if (kind == F32)
            sl_topk_scan_f32(&top, fp + at, -2, fadd + at, n, (uint32_t)at);
        else
            offer_all(&top, key + at, n, (uint32_t)at);
        at += n;
    }
    qsort(all, N, sizeof *all, by_key);
    sl_topk_sort(&top);
    assert_int_equal(top.n, k < N ? k : N);
    for (size_t i = 0; i < top.n; i++) {
        assert_true(heap[i].key == all[i].key);
        assert_int_equal(heap[i].row, all[i].row);
    }
    free(heap);
    sl_rng_free(rng);
}

static void test_scan(void **state)
{
    static const size_t sizes[] = {1, 2, 5, 64, 1000, N, 2 * N};
    (void)state;
    for (enum kind kind = I32; kind <= ONE_BY_ONE; kind++)
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            check(kind, sizes[i], 3);
            check(kind, sizes[i], 1000000);
        }
}

static void test_below(void **state)
{
    enum { MOST = 100 };
    struct sl_rng *rng = sl_rng_new(3, "below");
    float p[MOST], add[MOST];
    uint32_t found[MOST];
    (void)state;
    for (size_t n = 0; n <= MOST; n++)
        for (int limit = -3; limit <= 3; limit++) {
            for (size_t j = 0; j < n; j++) {
                p[j] = (float)sl_rng_below(rng, 30);
                add[j] = (float)sl_rng_below(rng, 30) + 20;
            }
            const float bound = limit < 3 ? (float)(10 * limit) : INFINITY;
            const size_t m = sl_below_f32(p, -2, add, n, bound, found);
            size_t at = 0;
            for (size_t j = 0; j < n; j++)
                if (add[j] - 2 * p[j] < bound) {
                    assert_true(at < m);
                    assert_int_equal(found[at++], j);
                }
            assert_int_equal(m, at);
        }
    sl_rng_free(rng);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_scan), cmocka_unit_test(test_below)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
