/* dual.c - the one-vs-one dual problem: its pairs, and its rows sorted by class.  O(n). */
#include "svm/dual.h"
#include "core/memory.h"
#include "data/classes.h"
#include <math.h>

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
static void sort_rows(struct sl_svm_dual *dual, const struct sl_classes *classes, const uint32_t *rows,
                      size_t n, size_t *next)
{
    size_t at = 0;
    for (int c = 0; c < classes->m; c++) {
        dual->first[c] = next[c] = at;
        at += classes->count[c];
    }
    dual->first[classes->m] = at;
    for (size_t i = 0; i < n; i++)
        dual->order[next[classes->number[i]]++] = rows ? rows[i] : (uint32_t)i;
}

int sl_svm_dual_init(struct sl_svm_dual *dual, const struct sl_view *view, const uint32_t *rows, size_t n,
                     double C, int balanced, struct sl_error *err)
{
    struct sl_classes classes;
    *dual = (struct sl_svm_dual){0};
    if (sl_classes_find_in(view, rows, n, &classes, err))
        return SL_ENOMEM;
    const size_t m = (size_t)classes.m;
    size_t *next = sl_alloc(m, sizeof *next);
    *dual = (struct sl_svm_dual){
        .present = classes.m,
        .label = classes.label_of,
        .first = sl_alloc(m + 1, sizeof *dual->first),
        .order = sl_alloc(n, sizeof *dual->order),
        .C = sl_alloc(m, sizeof *dual->C),
        .weight = view->weight ? sl_alloc(n, sizeof *dual->weight) : NULL,
        .beta = sl_alloc_zero(n * (m - 1), sizeof *dual->beta),
        .rho = sl_alloc_zero(sl_svm_pairs(classes.m), sizeof *dual->rho),
    };
    classes.label_of = NULL; /* the dual's from here on */
    const int failed = !next || !dual->first || !dual->order || !dual->C || !dual->beta || !dual->rho ||
                       (view->weight && !dual->weight);
    if (!failed) {
        sort_rows(dual, &classes, rows, n, next);
        sl_classes_weights(&classes, n, balanced, dual->C);
        for (size_t c = 0; c < m; c++)
            dual->C[c] *= C;
        for (size_t i = 0; dual->weight && i < n; i++)
            dual->weight[i] = view->weight[dual->order[i]];
    }
    free(next);
    sl_classes_release(&classes);
    if (!failed)
        return SL_OK;
    sl_svm_dual_release(dual);
    return sl_fail_memory(err);
}

struct sl_svm_pair sl_svm_pair_of(const struct sl_svm_dual *dual, int a, int b)
{
    const double *weight = dual->weight;
    return (struct sl_svm_pair){
        .first = {dual->first[a], dual->first[b]},
        .n = {dual->first[a + 1] - dual->first[a], dual->first[b + 1] - dual->first[b]},
        .C = {dual->C[a], dual->C[b]},
        .weight = {weight ? weight + dual->first[a] : NULL, weight ? weight + dual->first[b] : NULL},
    };
}

void sl_svm_dual_put(struct sl_svm_dual *dual, int a, int b, const double *beta, double rho)
{
    const size_t width = (size_t)(dual->present - 1);
    dual->rho[sl_svm_pair_number(dual->present, a, b)] = rho;
    for (size_t i = dual->first[a]; i < dual->first[a + 1]; i++)
        dual->beta[i * width + (size_t)(b - 1)] = *beta++;
    for (size_t i = dual->first[b]; i < dual->first[b + 1]; i++)
        dual->beta[i * width + (size_t)a] = *beta++;
}

size_t sl_svm_largest_pair(const struct sl_svm_dual *dual)
{
    size_t first = 0, second = 0;
    for (int c = 0; c < dual->present; c++) {
        const size_t n = dual->first[c + 1] - dual->first[c];
        second = n > first ? first : n > second ? n : second;
        first = n > first ? n : first;
    }
    return first + second;
}

int sl_svm_check_dual(const struct sl_svm_dual *dual, struct sl_error *err)
{
    const size_t n = dual->first[dual->present] * (size_t)(dual->present - 1),
                 pairs = sl_svm_pairs(dual->present);
    int finite = 1;
    for (size_t i = 0; i < n; i++)
        finite &= isfinite((float)dual->beta[i]) != 0;
    for (size_t p = 0; p < pairs; p++)
        finite &= isfinite((float)dual->rho[p]) != 0;
    return finite
               ? SL_OK
               : sl_fail(err, SL_EDIVERGED,
                         "the dual coefficients are beyond the range of float numbers: scale the features");
}

int sl_svm_class_in(const struct sl_svm_dual *dual, int32_t label)
{
    for (int c = 0; c < dual->present; c++)
        if (dual->label[c] == label)
            return c;
    return -1;
}
