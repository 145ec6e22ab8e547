/* topk.c - the k smallest of many keys.
 *
 * A vector loop compares 64 keys (or the smallest of them) with the k-th best so far; only chunks that
 * beat it are looked at one by one.  Of n keys in random order about k ln(n / k) are ever inserted, so a
 * scan costs about one pass over memory that is still in cache.  Insertion is O(log k). */
#include "kernels/topk.h"
#include "kernels/dispatch.h"
#include <math.h>
#include <stdlib.h>

enum { CHUNK = 64 };

static int after(const struct sl_neighbour *a, const struct sl_neighbour *b)
{
    return a->key > b->key || (a->key == b->key && a->row > b->row);
}

double sl_topk_limit(const struct sl_topk *t)
{
    return t->n < t->k ? INFINITY : t->heap[0].key;
}

static void sift_up(struct sl_neighbour *heap, size_t i)
{
    const struct sl_neighbour x = heap[i];
    for (; i > 0 && after(&x, &heap[(i - 1) / 2]); i = (i - 1) / 2)
        heap[i] = heap[(i - 1) / 2];
    heap[i] = x;
}

static void sift_down(struct sl_neighbour *heap, size_t n, size_t i)
{
    const struct sl_neighbour x = heap[i];
    for (size_t child; (child = 2 * i + 1) < n; i = child) {
        if (child + 1 < n && after(&heap[child + 1], &heap[child]))
            child++;
        if (!after(&heap[child], &x))
            break;
        heap[i] = heap[child];
    }
    heap[i] = x;
}

void sl_topk_offer(struct sl_topk *t, double key, uint32_t row)
{
    const struct sl_neighbour x = {.key = key, .row = row};
    if (t->n < t->k) {
        t->heap[t->n++] = x;
        sift_up(t->heap, t->n - 1);
    } else if (t->k > 0 && after(&t->heap[0], &x)) {
        t->heap[0] = x;
        sift_down(t->heap, t->n, 0);
    }
}

SL_CLONED(static, int32_t, least_i32, (const int32_t *p, int32_t factor, const int32_t *add),
          (p, factor, add))
{
    int32_t least = INT32_MAX;
    for (size_t j = 0; j < CHUNK; j++) {
        const int32_t key = add[j] + factor * p[j];
        least = key < least ? key : least;
    }
    return least;
}

void sl_topk_scan_i32(struct sl_topk *t, const int32_t *p, int32_t factor, const int32_t *add, size_t n,
                      uint32_t first)
{
    for (size_t at = 0; at < n; at += CHUNK) {
        const size_t end = n - at < CHUNK ? n : at + CHUNK;
        if (end - at == CHUNK && (double)least_i32(p + at, factor, add + at) >= sl_topk_limit(t))
            continue;
        for (size_t j = at; j < end; j++) {
            const double key = (double)(add[j] + factor * p[j]);
            if (key < sl_topk_limit(t))
                sl_topk_offer(t, key, first + (uint32_t)j);
        }
    }
}

/* Is one of CHUNK keys below the limit? */
SL_INLINE int any_below(const float *p, float factor, const float *add, float limit)
{
    int any = 0;
    for (size_t j = 0; j < CHUNK; j++)
        any |= add[j] + factor * p[j] < limit;
    return any;
}

SL_CLONED(extern, size_t, sl_below_f32,
          (const float *p, float factor, const float *add, size_t n, float limit, uint32_t *found),
          (p, factor, add, n, limit, found))
{
    enum { LANES = 16 };
    size_t m = 0, at = 0;
    if (n == CHUNK && !any_below(p, factor, add, limit))
        return 0;
    for (; at + LANES <= n; at += LANES) {
        int any = 0;
        for (size_t l = 0; l < LANES; l++)
            any |= add[at + l] + factor * p[at + l] < limit;
        if (!any)
            continue;
        for (size_t l = 0; l < LANES; l++) {
            found[m] = (uint32_t)(at + l);
            m += add[at + l] + factor * p[at + l] < limit;
        }
    }
    for (; at < n; at++)
        if (add[at] + factor * p[at] < limit)
            found[m++] = (uint32_t)at;
    return m;
}

void sl_topk_scan_f32(struct sl_topk *t, const float *p, float factor, const float *add, size_t n,
                      uint32_t first)
{
    uint32_t found[CHUNK];
    for (size_t at = 0; at < n; at += CHUNK) {
        const float limit = (float)sl_topk_limit(t); /* of such a key, so that it is a float, too */
        const size_t m =
            sl_below_f32(p + at, factor, add + at, n - at < CHUNK ? n - at : CHUNK, limit, found);
        for (size_t f = 0; f < m; f++) {
            const size_t j = at + found[f];
            const double key = (double)(add[j] + factor * p[j]);
            if (key < sl_topk_limit(t))
                sl_topk_offer(t, key, first + (uint32_t)j);
        }
    }
}

static int compare(const void *a, const void *b)
{
    return after(a, b) ? 1 : after(b, a) ? -1 : 0;
}

void sl_topk_sort(struct sl_topk *t)
{
    qsort(t->heap, t->n, sizeof *t->heap, compare);
}
