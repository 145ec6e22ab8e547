/* study_data.h - a study's data set, opened again and told by its hash, and which of its rows were scored. */
#ifndef SL_SHOW_STUDY_DATA_H
#define SL_SHOW_STUDY_DATA_H

#include "show/plots/plot.h"
#include <shortlist/dataset.h>

struct sl_study_data {
    struct sl_dataset *train, *test; /* test: where that was scored */
    struct sl_view view, scored;     /* of all rows of train; of the data set whose rows were scored */
    uint32_t *fitted,
        *validation; /* numbers of the rows that trained, and of those that were scored (NULL: all) */
    size_t n_fitted, n_scored;
};

/* train stays NULL, and picture->reason says why, where the data are gone, or others. */
int sl_study_data_open(struct sl_picture *picture, struct sl_study_data *data, struct sl_error *err);
void sl_study_data_close(struct sl_study_data *data);
/* The row of scored for the i-th scored row. */
size_t sl_study_data_row(const struct sl_study_data *data, size_t i);
/* 1 where the outcome's rows are these, by their labels. */
int sl_study_data_fits(const struct sl_study_data *data, const struct sl_outcome *outcome);

#endif
