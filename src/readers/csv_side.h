/* csv_side.h - columns of a table that are no features and no label: names of rows, and groups. */
#ifndef SL_DATA_CSV_SIDE_H
#define SL_DATA_CSV_SIDE_H

#include "data/dataset.h"
#include "readers/csv_rows.h"
#include "readers/labels.h"

struct sl_csv_side {
    size_t id, group; /* their fields in a row; 0: there is none (a feature is before them) */
    size_t n, capacity;
    char **ids;               /* (n), each owned */
    int32_t *group_of;        /* (n) */
    struct sl_labels *groups; /* owned */
};

int sl_csv_side_begin(struct sl_csv_side *side, size_t id, size_t group, struct sl_error *err);
void sl_csv_side_release(struct sl_csv_side *side);

/* Takes the present row's.  SL_EDATA. */
int sl_csv_side_take(struct sl_csv_side *side, const struct sl_csv *csv, struct sl_error *err);

/* Moves what was taken into the data set. */
void sl_csv_side_finish(struct sl_csv_side *side, struct sl_dataset *data);

#endif
