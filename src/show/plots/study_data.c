/* study_data.c - a study's data set, opened again.
 *
 * The store keeps no data: it is read from where the study found it (or from where the request says that it
 * is now), with the study's own settings, as study_rows.c has it. */
#include "show/plots/study_data.h"
#include "core/memory.h"
#include <stdlib.h>

int sl_study_data_open(struct sl_picture *picture, struct sl_study_data *data, struct sl_error *err)
{
    *data = (struct sl_study_data){0};
    int code = sl_study_rows_open(picture->table->study, picture->request->data, &data->rows, picture->reason,
                                  sizeof picture->reason, err);
    if (code || !data->rows)
        return code;
    data->view = sl_dataset_view(sl_study_rows_train(data->rows));
    data->scored = sl_dataset_view(sl_study_rows_data(data->rows));
    return sl_study_rows_used(data->rows, &data->fitted, &data->n_fitted, &data->scored_rows, &data->n_scored,
                              err);
}

void sl_study_data_close(struct sl_study_data *data)
{
    sl_study_rows_close(data->rows);
    free(data->fitted);
    free(data->scored_rows);
    *data = (struct sl_study_data){0};
}

int sl_study_data_of(struct sl_study_data *data, const struct sl_outcome *outcome, int *known,
                     struct sl_error *err)
{
    *known = 0;
    if (!outcome->predicted)
        return SL_OK;
    uint32_t *row = sl_alloc(outcome->n_validation, sizeof *row);
    if (!row)
        return sl_fail_memory(err);
    free(data->scored_rows);
    data->scored_rows = row;
    data->n_scored = outcome->n_validation;
    return sl_study_rows_scored(data->rows, outcome, row, known, err);
}
