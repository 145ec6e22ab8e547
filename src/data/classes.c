/* classes.c - the classes that a labelled view has rows of: numbers, counts, weights.  O(n). */
#include "data/classes.h"
#include "core/memory.h"

int sl_classes_find(const struct sl_view *view, struct sl_classes *classes, struct sl_error *err)
{
    return sl_classes_find_in(view, NULL, view->n, classes, err);
}

static int32_t label_of(const struct sl_view *view, const uint32_t *rows, size_t i)
{
    return view->y[rows ? rows[i] : i];
}

int sl_classes_find_in(const struct sl_view *view, const uint32_t *rows, size_t n, struct sl_classes *classes,
                       struct sl_error *err)
{
    size_t k = (size_t)view->k;
    size_t *counts = sl_alloc_zero(k, sizeof *counts);
    int32_t *number_of = sl_alloc(k, sizeof *number_of);
    *classes = (struct sl_classes){
        .label_of = sl_alloc(k, sizeof *classes->label_of),
        .number = sl_alloc(n, sizeof *classes->number),
        .count = sl_alloc(k, sizeof *classes->count),
    };
    if (!counts || !number_of || !classes->label_of || !classes->number || !classes->count) {
        free(counts);
        free(number_of);
        sl_classes_release(classes);
        return sl_fail_memory(err);
    }
    for (size_t i = 0; i < n; i++)
        counts[label_of(view, rows, i)]++;
    for (int32_t c = 0; c < view->k; c++)
        if (counts[c]) {
            classes->count[classes->m] = counts[c];
            classes->label_of[classes->m] = c;
            number_of[c] = classes->m++;
        }
    for (size_t i = 0; i < n; i++)
        classes->number[i] = number_of[label_of(view, rows, i)];
    free(counts);
    free(number_of);
    return SL_OK;
}

void sl_classes_release(struct sl_classes *classes)
{
    free(classes->label_of);
    free(classes->number);
    free(classes->count);
    *classes = (struct sl_classes){0};
}

void sl_classes_weights(const struct sl_classes *classes, size_t n, int balanced, double *weights)
{
    for (int c = 0; c < classes->m; c++)
        weights[c] = balanced ? (double)n / ((double)classes->m * (double)classes->count[c]) : 1.0;
}

double sl_total_weight(const struct sl_view *view)
{
    double sum = 0;
    if (!view->weight)
        return (double)view->n;
    for (size_t i = 0; i < view->n; i++)
        sum += view->weight[i];
    return sum;
}
