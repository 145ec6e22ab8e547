/* csv_side.h - columns of a table that are no features and no label: names of rows, groups, weights. */
#ifndef SL_DATA_CSV_SIDE_H
#define SL_DATA_CSV_SIDE_H

#include "data/dataset.h"
#include "readers/csv_rows.h"
#include "readers/labels.h"

/* Their fields in a row; 0: there is none (a feature is before them). */
struct sl_csv_side_fields {
    size_t id, group, weight;
};

struct sl_csv_side {
    struct sl_csv_side_fields at;
    enum sl_decimal decimal; /* how the file's numbers are written */
    const char *weights;     /* the column of weights, as it was asked for */
    size_t n, capacity;
    char **ids;               /* (n), each owned */
    int32_t *group_of;        /* (n) */
    struct sl_labels *groups; /* owned */
    double *weight;           /* (n) */
    size_t n_weightless;      /* rows of weight 0 */
};

/* decimal and weights are the caller's to set. */
int sl_csv_side_begin(struct sl_csv_side *side, const struct sl_csv_side_fields *at, struct sl_error *err);
void sl_csv_side_release(struct sl_csv_side *side);

/* Takes the present row's.  SL_EDATA. */
int sl_csv_side_take(struct sl_csv_side *side, const struct sl_csv *csv, struct sl_error *err);

/* After the last row: is there a weight above 0?  SL_EDATA. */
int sl_csv_side_check(const struct sl_csv_side *side, const char *path, struct sl_error *err);

/* Moves what was taken into the data set, and says how many rows have no weight. */
void sl_csv_side_finish(struct sl_csv_side *side, struct sl_dataset *data);

#endif
