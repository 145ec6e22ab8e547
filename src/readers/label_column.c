/* label_column.c - labels of rows: names become numbers, in the order of the names; beside another data set
 * they are its numbers, and behind them those of classes that it does not have.  Cost: O(1) a row. */
#include "readers/label_column.h"
#include "core/memory.h"
#include <string.h>

int sl_label_column_begin(struct sl_label_column *column, const struct sl_read_options *options,
                          struct sl_error *err)
{
    const struct sl_dataset *like = options->like;
    *column = (struct sl_label_column){.options = options, .names = sl_labels_new()};
    int failed = !column->names;
    for (int c = 0; like && !failed && c < like->view.k; c++)
        failed = sl_labels_add(column->names, like->classes[c]) < 0;
    return failed ? sl_fail_memory(err) : SL_OK;
}

void sl_label_column_release(struct sl_label_column *column)
{
    free(column->y);
    sl_labels_free(column->names);
    *column = (struct sl_label_column){0};
}

static int add_number(struct sl_label_column *column, int32_t number, struct sl_error *err)
{
    if (column->n == column->capacity) {
        size_t capacity = column->capacity ? column->capacity * 2 : 256;
        int32_t *y = sl_realloc(column->y, capacity, sizeof *y);
        if (!y)
            return sl_fail_memory(err);
        column->y = y;
        column->capacity = capacity;
    }
    column->y[column->n++] = number;
    column->unseen += column->options->like && number >= column->options->like->view.k;
    return SL_OK;
}

int sl_label_column_add(struct sl_label_column *column, const char *name, struct sl_error *err)
{
    int32_t number = sl_labels_find(column->names, name);
    if (number < 0 && sl_labels_count(column->names) == SL_CLASSES_MAX)
        return SL_EDATA;
    if (number < 0)
        number = sl_labels_add(column->names, name);
    return number < 0 ? sl_fail_memory(err) : add_number(column, number, err);
}

int sl_label_column_check(const struct sl_label_column *column, const char *path, const char *what,
                          struct sl_error *err)
{
    const struct sl_read_options *options = column->options;
    struct sl_tally tally;
    if (!column->n || options->like || options->label_numeric)
        return SL_OK;
    if (sl_labels_tally(column->names, column->y, column->n, &tally))
        return sl_fail_memory(err);
    if (!sl_is_regression_target(&tally) || (options->n_features && !tally.fractions))
        return SL_OK;
    return sl_fail(
        err, SL_EDATA,
        "%s: %s, holds %zu different numbers%s in %zu rows: a target for regression, and "
        "this program compares classifiers; --label names another column, --label-numeric takes every "
        "number for a class",
        path, what, tally.distinct, tally.fractions ? ", with fractions," : "", column->n);
}

/* Memory of its exact size, aligned as the library's arrays are. */
static int settle(struct sl_label_column *column, struct sl_view *view, struct sl_error *err)
{
    int32_t *y = sl_alloc(column->n, sizeof *y);
    if (!y)
        return sl_fail_memory(err);
    memcpy(y, column->y, column->n * sizeof *y);
    free(column->y);
    column->y = NULL;
    view->y = y;
    return SL_OK;
}

int sl_label_column_finish(struct sl_label_column *column, struct sl_view *view, struct sl_notes *notes,
                           struct sl_error *err)
{
    const struct sl_dataset *like = column->options->like;
    if (column->n && !like && sl_labels_sort(column->names, column->y, column->n))
        return sl_fail_memory(err);
    view->k = column->n || like ? (int)sl_labels_count(column->names) : 1;
    if (column->unseen)
        sl_note_unseen(notes, column->unseen, column->n);
    return column->n ? settle(column, view, err) : SL_OK;
}
