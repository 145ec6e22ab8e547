/* csv_head.h - what the columns of a CSV file are: is the first line a header, which column is the label,
 * which ones are features. */
#ifndef SL_DATA_CSV_HEAD_H
#define SL_DATA_CSV_HEAD_H

#include "data/dataset.h"
#include "readers/csv_rows.h"
#include "readers/csv_side.h"

struct sl_csv_head {
    size_t d;                       /* features */
    char **features;                /* (d) their names, one block, owned; NULL: no header */
    int labelled;                   /* the last field of a row is the label */
    unsigned char *categorical;     /* (d): is said to be of categories; owned */
    struct sl_csv_side_fields side; /* of the row's name, group and weight, behind it */
    struct sl_origin origin;        /* owned */
};

/* Reads the first row, and the second where the first is a header: *got as in sl_csv_next.  From then on the
 * fields of a row are the features and, as far as there are any, its label, name, group and weight. */
int sl_csv_head_read(struct sl_csv *csv, const struct sl_read_options *options, struct sl_csv_head *head,
                     int *got, struct sl_error *err);
void sl_csv_head_release(struct sl_csv_head *head);

#endif
