/* remember.c - what a model remembers of its training rows (origin.h), and the warning where it meets them
 * again.
 */
#include "core/memory.h"
#include "data/dataset.h"
#include "model/model.h"
#include <stdio.h>

/* Below it, rows that look alike by chance would be told of. */
static const double share_told = 0.05;

/* Rows in the type that the model takes; sparse ones stay so, which changes no value. */
static int take(const struct sl_view *rows, enum sl_dtype dtype, struct sl_prepared *taken,
                struct sl_error *err)
{
    if (rows->dtype == SL_SPARSE)
        dtype = SL_SPARSE;
    else if (dtype == SL_SPARSE)
        dtype = SL_F32;
    return sl_model_convert(rows, dtype, taken, err);
}

int sl_model_remember(struct sl_model *model, const struct sl_dataset *train, struct sl_error *err)
{
    struct sl_view rows = sl_dataset_view(train);
    struct sl_prepared taken = {0};
    struct sl_origin names = {0};
    sl_model_origin_release(&model->origin);
    int code = sl_origin_copy_names(&names, &train->origin) ? sl_fail_memory(err)
                                                            : take(&rows, model->raw.dtype, &taken, err);
    if (!code)
        code = sl_model_origin_take(&model->origin, &taken.view, err);
    if (!code)
        code = sl_framing_measure(&rows, &model->origin.framing, err);
    sl_model_prepared_release(&taken);
    if (code) {
        sl_origin_release(&names);
        return code;
    }
    model->origin.label = names.label;
    model->origin.id = names.id;
    model->origin.groups = names.groups;
    return SL_OK;
}

struct sl_model_columns sl_model_columns(const struct sl_model *model)
{
    const struct sl_model_origin *o = &model->origin;
    return (struct sl_model_columns){o->label, o->id, o->groups};
}

struct sl_framing sl_model_framing(const struct sl_model *model)
{
    const struct sl_framing *framing = &model->origin.framing;
    return framing->known ? *framing : (struct sl_framing){0, 0, 1};
}

/* "30 of 40 rows ..." where all were checked, else "30 of 40 rows that were checked, of 700, ...". */
static char *print_seen(const struct sl_seen *seen, size_t n)
{
    char of[64] = "";
    if (seen->checked < n)
        snprintf(of, sizeof of, " that were checked, of %zu,", n);
    return sl_format("%zu of %zu row%s%s %s the features of a row that the model was fitted on: how well it "
                     "predicts those says nothing about new ones",
                     seen->found, seen->checked, seen->checked == 1 ? "" : "s", of,
                     seen->found == 1 ? "has" : "have");
}

int sl_model_warn(const struct sl_model *model, const struct sl_view *x, struct sl_warnings *warnings,
                  struct sl_error *err)
{
    const struct sl_model_origin *o = &model->origin;
    struct sl_prepared taken = {0};
    struct sl_seen seen = {0};
    if (!o->n_hashes || x->d != model->raw.d || !sl_model_origin_differs(o))
        return SL_OK;
    int code = take(x, sl_model_taken_dtype(model, x->dtype), &taken, err);
    if (!code)
        code = sl_model_origin_look(o, &taken.view, &seen, err);
    sl_model_prepared_release(&taken);
    if (code || !seen.found || (double)seen.found < share_told * (double)seen.checked)
        return code;
    return sl_warnings_add(warnings, SL_WARNING_own_rows, print_seen(&seen, x->n), NULL, 0)
               ? sl_fail_memory(err)
               : SL_OK;
}
