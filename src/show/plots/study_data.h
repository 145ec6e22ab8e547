/* study_data.h - a study's data set, opened again and told by its hash, and which of its rows were scored. */
#ifndef SL_SHOW_STUDY_DATA_H
#define SL_SHOW_STUDY_DATA_H

#include "show/plots/plot.h"
#include <shortlist/dataset.h>
#include <shortlist/study.h>

struct sl_study_data {
    struct sl_study_rows *rows;     /* NULL: the data are gone, or others */
    struct sl_view view, scored;    /* of the rows of the training file; of the data set that was scored */
    uint32_t *fitted, *scored_rows; /* numbers of the rows that trained, and of those that were scored */
    size_t n_fitted, n_scored;
};

/* rows stays NULL, and picture->reason says why, where the data are gone, or others. */
int sl_study_data_open(struct sl_picture *picture, struct sl_study_data *data, struct sl_error *err);
void sl_study_data_close(struct sl_study_data *data);
/* Makes scored_rows those of one outcome, in its order; *known 0 where they can not be told. */
int sl_study_data_of(struct sl_study_data *data, const struct sl_outcome *outcome, int *known,
                     struct sl_error *err);

#endif
