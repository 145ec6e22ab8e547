/* work.c - what the ways of solving a pair share: a thread's arrays, and the search for the rows that offend
 * most, O(n log m), and for the gap between them. */
#include "svm/work.h"
#include "core/memory.h"
#include "kernels/dispatch.h"
#include "kernels/topk.h"
#include <math.h>

int sl_svm_workspace_init(struct sl_svm_workspace *w, const struct sl_svm_rows *rows,
                          const struct sl_svm_gram_part *gram, int weighted, size_t max_n, size_t cache_bytes)
{
    *w = (struct sl_svm_workspace){0};
    w->f = sl_alloc(max_n, sizeof *w->f);
    w->beta = sl_alloc(max_n, sizeof *w->beta);
    w->bound = weighted ? sl_alloc(max_n, sizeof *w->bound) : NULL;
    w->heap = sl_alloc(SL_SVM_BATCH, sizeof *w->heap);
    const size_t steps = !gram || max_n < SL_SVM_SET ? SL_SVM_SET
                         : max_n < SL_SVM_WHOLE      ? max_n
                                                     : SL_SVM_WHOLE;
    const int weights = rows->kernel.kind == SL_SVM_LINEAR && !gram;
    if (w->f && w->beta && (w->bound || !weighted) && w->heap && sl_svm_steps_init(&w->steps, steps) == 0 &&
        sl_svm_cache_init(&w->cache, rows, max_n, cache_bytes) == 0 &&
        !(weights && sl_svm_weights_init(&w->weights, rows, SL_SVM_SET, SL_SVM_ENTERING))) {
        w->cache.gram = gram;
        return SL_OK;
    }
    sl_svm_workspace_release(w);
    return SL_ENOMEM;
}

void sl_svm_workspace_release(struct sl_svm_workspace *w)
{
    free(w->f);
    free(w->beta);
    sl_svm_steps_release(&w->steps);
    free(w->bound);
    free(w->heap);
    sl_svm_cache_release(&w->cache);
    sl_svm_weights_release(&w->weights);
    *w = (struct sl_svm_workspace){0};
}

void sl_svm_measure_gap(struct sl_svm_work *k)
{
    const double *f = k->f, *beta = k->beta;
    double up = -INFINITY, low = INFINITY;
    for (size_t i = 0; i < k->n; i++) {
        if (beta[i] < sl_svm_upper(k, i) && f[i] > up)
            up = f[i];
        if (beta[i] > sl_svm_lower(k, i) && f[i] < low)
            low = f[i];
    }
    k->up = up;
    k->low = low;
}

/* f[0 ... n-1] -= sum_t delta[t] * row[t][0 ... n-1]; four rows at a time. */
SL_CLONED_VOID(static, update_tile,
               (double *restrict f, size_t at, size_t n, const double *delta, const float *const *row,
                size_t m),
               (f, at, n, delta, row, m))
{
    size_t t = 0;
    for (; t + 4 <= m; t += 4) {
        const float *restrict a = row[t] + at, *restrict b = row[t + 1] + at, *restrict c = row[t + 2] + at,
                              *restrict e = row[t + 3] + at;
        const double p = delta[t], q = delta[t + 1], r = delta[t + 2], s = delta[t + 3];
        for (size_t j = 0; j < n; j++)
            f[j] -= (p * (double)a[j] + q * (double)b[j]) + (r * (double)c[j] + s * (double)e[j]);
    }
    for (; t < m; t++)
        for (size_t j = 0; j < n; j++)
            f[j] -= delta[t] * (double)row[t][at + j];
}

void sl_svm_update(struct sl_svm_work *k, const double *delta, const float *const *row, size_t m)
{
    enum { TILE = 512 }; /* rows whose f is brought up to date at a time, in cache */
    for (size_t at = 0; at < k->n; at += TILE)
        update_tile(k->f + at, at, k->n - at < TILE ? k->n - at : TILE, delta, row, m);
}

size_t sl_svm_offenders(const struct sl_svm_work *k, size_t m, uint32_t *found)
{
    struct sl_neighbour *heap = k->w->heap;
    struct sl_topk highest = {.heap = heap, .k = m / 2}, lowest = {.heap = heap + m / 2, .k = m / 2};
    double high = k->low, small = k->up; /* only a row beyond these can be half of an offending pair */
    for (size_t i = 0; i < k->n; i++) {
        const double f = k->f[i];
        if (f > high && k->beta[i] < sl_svm_upper(k, i)) {
            sl_topk_offer(&highest, -f, (uint32_t)i);
            high = fmax(high, -sl_topk_limit(&highest));
        }
        if (f < small && k->beta[i] > sl_svm_lower(k, i)) {
            sl_topk_offer(&lowest, f, (uint32_t)i);
            small = fmin(small, sl_topk_limit(&lowest));
        }
    }
    sl_topk_sort(&highest);
    sl_topk_sort(&lowest);
    size_t count = 0;
    for (size_t t = 0; t < highest.n || t < lowest.n; t++) {
        if (t < highest.n)
            found[count++] = highest.heap[t].row;
        if (t < lowest.n)
            found[count++] = lowest.heap[t].row;
    }
    return count;
}
