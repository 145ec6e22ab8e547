/* dual.c - the one-vs-one dual problem: its pairs, and its rows sorted by class.  O(n). */
#include "svm/dual.h"
#include "core/memory.h"
#include "data/classes.h"

size_t sl_svm_pairs(int present)
{
    return (size_t)present * (size_t)(present - 1) / 2;
}

size_t sl_svm_pair_number(int present, int a, int b)
{
    return (size_t)a * (size_t)present - (size_t)a * ((size_t)a + 1) / 2 + (size_t)(b - a - 1);
}

void sl_svm_dual_release(struct sl_svm_dual *dual)
{
    free(dual->label);
    free(dual->first);
    free(dual->order);
    free(dual->C);
    free(dual->weight);
    free(dual->beta);
    free(dual->rho);
    *dual = (struct sl_svm_dual){0};
}

/* Fills first and order: a counting sort by class; next (present) is scratch. */
static void sort_rows(struct sl_svm_dual *dual, const struct sl_classes *classes, size_t n, size_t *next)
{
    size_t at = 0;
    for (int c = 0; c < classes->m; c++) {
        dual->first[c] = next[c] = at;
        at += classes->count[c];
    }
    dual->first[classes->m] = at;
    for (size_t i = 0; i < n; i++)
        dual->order[next[classes->number[i]]++] = (uint32_t)i;
}

int sl_svm_dual_init(struct sl_svm_dual *dual, const struct sl_view *train, double C, int balanced,
                     struct sl_error *err)
{
    const size_t n = train->n;
    struct sl_classes classes;
    *dual = (struct sl_svm_dual){0};
    if (sl_classes_find(train, &classes, err))
        return SL_ENOMEM;
    const size_t m = (size_t)classes.m;
    size_t *next = sl_alloc(m, sizeof *next);
    *dual = (struct sl_svm_dual){
        .present = classes.m,
        .label = classes.label_of,
        .first = sl_alloc(m + 1, sizeof *dual->first),
        .order = sl_alloc(n, sizeof *dual->order),
        .C = sl_alloc(m, sizeof *dual->C),
        .weight = train->weight ? sl_alloc(n, sizeof *dual->weight) : NULL,
        .beta = sl_alloc_zero(n * (m - 1), sizeof *dual->beta),
        .rho = sl_alloc_zero(sl_svm_pairs(classes.m), sizeof *dual->rho),
    };
    classes.label_of = NULL; /* the dual's from here on */
    const int failed = !next || !dual->first || !dual->order || !dual->C || !dual->beta || !dual->rho ||
                       (train->weight && !dual->weight);
    if (!failed) {
        sort_rows(dual, &classes, n, next);
        sl_classes_weights(&classes, n, balanced, dual->C);
        for (size_t c = 0; c < m; c++)
            dual->C[c] *= C;
        for (size_t i = 0; dual->weight && i < n; i++)
            dual->weight[i] = train->weight[dual->order[i]];
    }
    free(next);
    sl_classes_release(&classes);
    if (!failed)
        return SL_OK;
    sl_svm_dual_release(dual);
    return sl_fail_memory(err);
}
