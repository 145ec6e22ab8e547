/* weights.c - weights of training rows: who takes them, and what a weight of 0 means.
 *
 * A training row of weight 0 counts as left out: before encoding, scaling and classes are told from the rows.
 * Encodings and scalings count each of the others once.  O(n). */
#include "model/weights.h"
#include "core/memory.h"
#include "core/text.h"
#include <string.h>

int sl_model_check_weights(const struct sl_classifier_type *type, const struct sl_view *view,
                           struct sl_error *err)
{
    struct sl_string names = {0};
    if (view->weight && view->dtype == SL_SPARSE)
        return sl_fail(err, SL_EUSAGE, "sparse rows take no weights: make them dense");
    if (!view->weight || type->flags & SL_WEIGHS_ROWS)
        return SL_OK;
    for (size_t i = 0; i < sl_classifier_count(); i++) {
        const struct sl_classifier_type *other = sl_classifier_at(i);
        if (other->flags & SL_WEIGHS_ROWS)
            sl_string_add(&names, "%s%s", names.text ? ", " : "", other->name);
    }
    int code = names.failed ? sl_fail_memory(err)
                            : sl_fail(err, SL_EUSAGE, "%s takes no weights of rows; these do: %s", type->name,
                                      names.text ? names.text : "none");
    sl_string_release(&names);
    return code;
}

/* Copies the rows that have a weight to out; returns their number. */
static size_t choose(const double *weight, const uint32_t *rows, size_t n, uint32_t *out)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t row = rows ? rows[i] : (uint32_t)i;
        if (weight[row] > 0)
            out[kept++] = row;
    }
    return kept;
}

static int fail_weightless(size_t n, struct sl_error *err)
{
    return sl_fail(err, SL_EUSAGE, "each of the %zu training rows has the weight 0", n);
}

int sl_model_take_weighed(const struct sl_dataset *train, struct sl_dataset **weighed, struct sl_error *err)
{
    struct sl_view view = sl_dataset_view(train);
    *weighed = NULL;
    if (!view.weight)
        return SL_OK;
    uint32_t *rows = sl_alloc(view.n, sizeof *rows);
    if (!rows)
        return sl_fail_memory(err);
    size_t kept = choose(view.weight, NULL, view.n, rows);
    int code = kept == 0       ? fail_weightless(view.n, err)
               : kept < view.n ? sl_dataset_take(train, rows, kept, weighed, err)
                               : SL_OK;
    free(rows);
    return code;
}

int sl_model_weighed_parts(const struct sl_dataset *data, const struct sl_group_part *parts, size_t n,
                           struct sl_group_part **out, struct sl_error *err)
{
    struct sl_view view = sl_dataset_view(data);
    struct sl_group_part *own = *out = sl_alloc_zero(n, sizeof *own);
    int code = own ? SL_OK : sl_fail_memory(err);
    for (size_t p = 0; p < n && !code; p++) {
        uint32_t *fit = sl_alloc(parts[p].n_fit, sizeof *fit);
        own[p] = parts[p];
        own[p].fit = fit;
        if (!fit)
            code = sl_fail_memory(err);
        else if (view.weight)
            own[p].n_fit = choose(view.weight, parts[p].fit, parts[p].n_fit, fit);
        else
            memcpy(fit, parts[p].fit, parts[p].n_fit * sizeof *fit);
        if (!code && own[p].n_fit == 0)
            code = fail_weightless(parts[p].n_fit, err);
    }
    return code;
}

void sl_model_parts_free(struct sl_group_part *parts, size_t n)
{
    for (size_t p = 0; parts && p < n; p++)
        free((void *)parts[p].fit);
    free(parts);
}
