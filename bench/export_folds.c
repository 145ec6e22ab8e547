/* export_folds.c - writes which rows an experiment fits and scores in each fold, and what its encoding makes
 * of them, as NumPy arrays: another library then runs on the same folds, and compares.
 *
 *     export_folds EXPERIMENT.yaml FOLDER
 *
 * For repeat R and fold F: FOLDER/R-F-fit.npy and R-F-score.npy, the numbers of its rows in the data set
 * (int32), in the order in which they are fitted, and their predictions kept; and where the table has missing
 * values or categories R-F-x.npy, all its rows as the encoding that was fitted on the other folds makes them
 * (float64).  stdout gets one JSON object. */
#include "data/dataset.h"
#include "data/encoding.h"
#include "split.h"
#include "study/experiment.h"
#include "study/rows.h"
#include <stdio.h>

struct job {
    const char *folder;
    const struct sl_dataset *data;
    const struct sl_plan *plan;
    struct sl_error *err;
};

static int open_data(const struct sl_settings *s, struct sl_dataset **data, struct sl_error *err)
{
    struct sl_read_options read = {.label = *s->label ? s->label : NULL,
                                   .drop = s->drop,
                                   .columns = s->columns,
                                   .id = s->id,
                                   .groups = s->groups,
                                   .categorical = s->categorical,
                                   .header = s->header,
                                   .format = s->data_format,
                                   .delimiter = s->delimiter,
                                   .decimal = s->decimal == '.' ? "point"
                                              : s->decimal      ? "comma"
                                                                : NULL};
    int code = sl_settings_encoding(s, &read.encoding, err);
    return code ? code : sl_dataset_open(s->data, SL_PART_TRAIN, &read, data, err);
}

static int write_array(const struct job *job, const struct sl_trial *t, const char *what, const char *descr,
                       const void *items, size_t size, size_t rows, size_t columns)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%d-%d-%s.npy", job->folder, t->repeat, t->fold, what);
    return bench_npy_write(path, descr, items, size, rows, columns, job->err);
}

static int export_encoding(const struct job *job, const struct sl_trial *t, const struct sl_rows *rows)
{
    struct sl_dataset *fitted = NULL;
    struct sl_encoding *encoding = NULL;
    struct sl_view all = sl_dataset_view(job->data), encoded;
    void *owned = NULL;
    int code = sl_dataset_take(job->data, rows->fit, rows->n_fit, &fitted, job->err);
    if (!code)
        code = sl_encoding_fit(&job->plan->encoding, job->data->columns, job->data->features, &fitted->view,
                               &encoding, job->err);
    if (!code)
        code = sl_encoding_apply(encoding, &all, &encoded, &owned, job->err);
    if (!code)
        code = write_array(job, t, "x", "<f8", encoded.x, sizeof(double), encoded.n, encoded.d);
    free(owned);
    sl_encoding_free(encoding);
    sl_dataset_free(fitted);
    return code;
}

static int export_fold(const struct job *job, struct sl_partition *partition, const struct sl_trial *t)
{
    struct sl_rows *rows = NULL;
    int code = sl_rows_make(partition, t, &rows, job->err);
    if (!code)
        code = write_array(job, t, "fit", "<i4", rows->fit, sizeof *rows->fit, rows->n_fit, 0);
    if (!code)
        code = write_array(job, t, "score", "<i4", rows->score, sizeof *rows->score, rows->n_score, 0);
    if (!code && job->data->columns)
        code = export_encoding(job, t, rows);
    sl_rows_free(rows);
    return code;
}

/* The folds of the first row's trials, which all rows share. */
static int export_all(const struct job *job)
{
    struct sl_partition *partition = NULL;
    int code = sl_partition_make(job->plan, job->data, NULL, &partition, job->err);
    for (size_t i = 0; i < job->plan->n_trials && !code; i++) {
        if (job->plan->trials[i].row == 0)
            code = export_fold(job, partition, &job->plan->trials[i]);
    }
    sl_partition_free(partition);
    return code;
}

static int print_facts(const struct job *job)
{
    struct sl_view view = sl_dataset_view(job->data);
    printf("{\"n\": %zu, \"d\": %zu, \"classes\": %d, \"encoded\": %s}\n", view.n, view.d, view.k,
           job->data->columns ? "true" : "false");
    return fflush(stdout) ? sl_fail(job->err, SL_EIO, "standard output can not be written") : SL_OK;
}

int main(int argc, char **argv)
{
    struct sl_experiment *experiment = NULL;
    struct sl_dataset *data = NULL;
    struct sl_plan *plan = NULL;
    struct sl_error err = {0};
    if (argc != 3) {
        fprintf(stderr, "usage: export_folds EXPERIMENT.yaml FOLDER\n");
        return 2;
    }
    int code = sl_experiment_open(argv[1], &experiment, &err);
    if (!code)
        code = open_data(&experiment->settings, &data, &err);
    if (!code)
        code = sl_plan_make(experiment, data, &plan, &err);
    struct job job = {argv[2], data, plan, &err};
    if (!code && !plan->trials[0].folds)
        code = sl_fail(&err, SL_EUSAGE, "%s: no folds", argv[1]);
    if (!code)
        code = export_all(&job);
    if (!code)
        code = print_facts(&job);
    if (code)
        fprintf(stderr, "export_folds: %s\n", err.text);
    sl_plan_free(plan);
    sl_dataset_free(data);
    sl_experiment_free(experiment);
    return code != SL_OK;
}
