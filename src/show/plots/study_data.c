/* study_data.c - a study's data set, opened again.
 *
 * The store keeps no data: it is read from where the study found it (or from where the request says that it
 * is now), with the reader's own choices, and is only used where its hash is the study's.  The split is drawn
 * again from the seed; labels tell whether it is the same.  It leaves out folds, whose rows are another
 * split's. */
#include "show/plots/study_data.h"
#include <shortlist/split.h>
#include <stdlib.h>
#include <string.h>

static int say(struct sl_picture *picture, const char *what, const char *where)
{
    snprintf(picture->reason, sizeof picture->reason, "its data %.60s %.100s: --data says where they are now",
             what, where);
    return SL_OK;
}

static int open_train(struct sl_picture *picture, const char *spec, struct sl_study_data *data)
{
    const struct sl_read_options options = {0};
    struct sl_error why = {0};
    int code = sl_dataset_open(spec, SL_PART_TRAIN, &options, &data->train, &why);
    if (code == SL_ENOMEM)
        return code;
    if (code)
        return say(picture, "can not be read at", spec);
    if (strcmp(sl_dataset_hash(data->train), picture->table->study->data_hash) == 0)
        return SL_OK;
    sl_dataset_free(data->train);
    data->train = NULL;
    return say(picture, "are others now at", spec);
}

static int open_test(struct sl_picture *picture, const char *spec, struct sl_study_data *data,
                     struct sl_error *err)
{
    const struct sl_read_options options = {.like = data->train};
    struct sl_error why = {0};
    int code = sl_dataset_open(spec, SL_PART_TEST, &options, &data->test, &why);
    if (code == SL_ENOMEM)
        return sl_fail_memory(err);
    if (code) {
        sl_study_data_close(data);
        return say(picture, "have no test part at", spec);
    }
    data->scored = sl_dataset_view(data->test);
    data->n_scored = data->scored.n;
    return SL_OK;
}

int sl_study_data_open(struct sl_picture *picture, struct sl_study_data *data, struct sl_error *err)
{
    const struct sl_study *study = picture->table->study;
    const char *spec = picture->request->data ? picture->request->data : study->data;
    *data = (struct sl_study_data){0};
    int code = open_train(picture, spec, data);
    if (code || !data->train)
        return code ? sl_fail_memory(err) : SL_OK;
    data->view = data->scored = sl_dataset_view(data->train);
    struct sl_error why = {0};
    code = sl_split(&data->view, study->n_train, study->n_validation, study->seed, &data->fitted,
                    &data->n_fitted, &data->validation, &why);
    if (code == SL_ENOMEM)
        return sl_fail_memory(err);
    data->n_scored = code ? 0 : study->n_validation;
    return study->final ? open_test(picture, spec, data, err) : SL_OK;
}

void sl_study_data_close(struct sl_study_data *data)
{
    if (data->train)
        sl_dataset_free(data->train);
    if (data->test)
        sl_dataset_free(data->test);
    free(data->fitted);
    free(data->validation);
    *data = (struct sl_study_data){0};
}

size_t sl_study_data_row(const struct sl_study_data *data, size_t i)
{
    return data->test ? i : data->validation[i];
}

int sl_study_data_fits(const struct sl_study_data *data, const struct sl_outcome *outcome)
{
    if (!data->train || !outcome->predicted || outcome->n_validation != data->n_scored)
        return 0;
    for (size_t i = 0; i < data->n_scored; i++)
        if (data->scored.y[sl_study_data_row(data, i)] != outcome->truth[i])
            return 0;
    return 1;
}
