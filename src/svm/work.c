/* work.c - what the ways of solving a pair share: a thread's arrays, and the search for the rows that offend
 * most, O(n log m). */
#include "svm/work.h"
#include "core/memory.h"
#include "kernels/topk.h"
#include <math.h>

int sl_svm_workspace_init(struct sl_svm_workspace *w, const struct sl_svm_rows *rows, const float *diagonal,
                          size_t max_n, int weighted, size_t cache_bytes)
{
    *w = (struct sl_svm_workspace){.diagonal = diagonal};
    w->f = sl_alloc(max_n, sizeof *w->f);
    w->beta = sl_alloc(max_n, sizeof *w->beta);
    w->bound = weighted ? sl_alloc(max_n, sizeof *w->bound) : NULL;
    w->steps = sl_alloc(1, sizeof *w->steps);
    w->heap = sl_alloc(SL_SVM_BATCH, sizeof *w->heap);
    const int linear = rows->kernel.kind == SL_SVM_LINEAR;
    if (w->f && w->beta && (w->bound || !weighted) && w->steps && w->heap &&
        sl_svm_cache_init(&w->cache, rows, max_n, cache_bytes) == 0 &&
        !(linear && sl_svm_weights_init(&w->weights, rows, SL_SVM_SET, SL_SVM_ENTERING)))
        return SL_OK;
    sl_svm_workspace_release(w);
    return SL_ENOMEM;
}

void sl_svm_workspace_release(struct sl_svm_workspace *w)
{
    free(w->f);
    free(w->beta);
    free(w->bound);
    free(w->steps);
    free(w->heap);
    sl_svm_cache_release(&w->cache);
    sl_svm_weights_release(&w->weights);
    *w = (struct sl_svm_workspace){0};
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
