/* label_column.h - the labels of a file's rows, as every reader of names collects them. */
#ifndef SL_DATA_LABEL_COLUMN_H
#define SL_DATA_LABEL_COLUMN_H

#include "data/dataset.h"
#include "readers/labels.h"

struct sl_label_column {
    const struct sl_read_options *options;
    struct sl_labels *names; /* those of options->like first */
    int32_t *y;              /* (n) */
    size_t n, capacity;
    size_t unseen; /* rows of classes that options->like does not have */
};

int sl_label_column_begin(struct sl_label_column *column, const struct sl_read_options *options,
                          struct sl_error *err);
void sl_label_column_release(struct sl_label_column *column);

/* The label of one more row.  SL_ENOMEM, or, without a text in err, SL_EDATA for more than SL_CLASSES_MAX
 * names: the caller says where. */
int sl_label_column_add(struct sl_label_column *column, const char *name, struct sl_error *err);

/* SL_EDATA where these are numbers to regress on, unless the options allow them; what: "the label, column 3
 * of 4". */
int sl_label_column_check(const struct sl_label_column *column, const char *path, const char *what,
                          struct sl_error *err);

/* Sorts new names, and gives the view its y and k and the notes what is to be said. */
int sl_label_column_finish(struct sl_label_column *column, struct sl_view *view, struct sl_notes *notes,
                           struct sl_error *err);

#endif
