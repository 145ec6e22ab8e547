/* picture_rows.h - rows of a data set that are pictures, one after the other. */
#ifndef SL_READERS_PICTURE_ROWS_H
#define SL_READERS_PICTURE_ROWS_H

#include "readers/label_column.h"
#include "readers/picture.h"

struct sl_picture_rows {
    const struct sl_read_options *options;
    struct sl_label_column labels;
    struct sl_view view; /* its x is owned */
    size_t capacity;     /* pictures */
    char *first;         /* the path of the first picture, owned */
    char **ids;          /* (n) names of files where pictures are fitted, each owned; else NULL */
    size_t changed;      /* pictures that were fitted, and not only taken */
    size_t others;       /* files that are no pictures */
    struct sl_notes notes;
};

/* Reads one; class_name NULL: without a label. */
int sl_picture_rows_add(struct sl_picture_rows *rows, const char *path, const char *class_name,
                        struct sl_error *err);
/* The data set of all, once the last was added. */
int sl_picture_rows_make(struct sl_picture_rows *rows, const char *name, struct sl_dataset **out,
                         struct sl_error *err);
void sl_picture_rows_release(struct sl_picture_rows *rows);

#endif
