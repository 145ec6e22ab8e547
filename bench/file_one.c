/* file_one.c - reads a file in this process, fits and scores a classifier on its rows if one is named, and
 * prints what it took, as one JSON object.
 *
 *     file_one [--threads N] [--storage KIND] FILE [CLASSIFIER [NAME=VALUE...]]
 *
 * The first clock runs over sl_dataset_open: parsing, labels, and what is found out about the data.  The file
 * is read through once before, so that it comes from memory in every run.  The second runs over sl_model_fit
 * of all rows, unscaled, the third over sl_model_predict of the same rows. */
#include "core/clock.h"
#include "core/memory.h"
#include <fcntl.h>
#include <jansson.h>
#include <shortlist/dataset.h>
#include <shortlist/model.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

struct job {
    const char *path;
    struct sl_read_options read;
    int threads;
    const struct sl_classifier_type *type; /* NULL: only to read */
    void *config;
};

/* Bytes of the file, all of them read. */
static long long warm(const char *path)
{
    static char buffer[1 << 20];
    long long size = 0;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    for (ssize_t n; file >= 0 && (n = read(file, buffer, sizeof buffer)) > 0;)
        size += n;
    if (file >= 0)
        close(file);
    return size;
}

/* Adds the fit and its predictions to the object. */
static int fit(const struct job *job, const struct sl_dataset *data, json_t *out, struct sl_error *err)
{
    const struct sl_fit_options options = {.scaling = SL_SCALE_NONE, .seed = 1, .threads = job->threads};
    struct sl_view rows = sl_dataset_view(data);
    struct sl_fit_report report;
    struct sl_model *model;
    int32_t *labels = sl_alloc(rows.n, sizeof *labels);
    size_t right = 0;
    if (!labels)
        return sl_fail_memory(err);
    sl_model_warm_up(job->type, job->config, data, job->threads);
    double start = sl_now();
    int code = sl_model_fit(job->type, job->config, data, NULL, &options, &report, &model, err);
    json_object_set_new(out, "fit_time", json_real(sl_now() - start));
    start = sl_now();
    if (!code)
        code = sl_model_predict(model, &rows, job->threads, labels, err);
    json_object_set_new(out, "score_time", json_real(sl_now() - start));
    for (size_t i = 0; !code && i < rows.n; i++)
        right += labels[i] == rows.y[i];
    json_object_set_new(out, "accuracy", json_real((double)right / (double)rows.n));
    json_object_set_new(out, "n_iter", json_integer(report.n_iter));
    json_object_set_new(out, "converged", json_integer(report.converged));
    json_object_set_new(out, "objective",
                        report.objective == report.objective ? json_real(report.objective) : json_null());
    if (!code)
        sl_model_free(model);
    free(labels);
    return code;
}

static int measure(const struct job *job, json_t *out, struct sl_error *err)
{
    struct sl_dataset *data;
    struct rusage usage;
    long long size = warm(job->path);
    double start = sl_now();
    int code = sl_dataset_open(job->path, SL_PART_TRAIN, &job->read, &data, err);
    if (code)
        return code;
    json_object_set_new(out, "read_time", json_real(sl_now() - start));
    struct sl_view view = sl_dataset_view(data);
    json_object_set_new(out, "bytes", json_integer(size));
    json_object_set_new(out, "rows", json_integer((json_int_t)view.n));
    json_object_set_new(out, "features", json_integer((json_int_t)view.d));
    json_object_set_new(out, "sparse", json_boolean(view.dtype == SL_SPARSE));
    if (job->type)
        code = fit(job, data, out, err);
    json_object_set_new(out, "hash", json_string(sl_dataset_hash(data)));
    getrusage(RUSAGE_SELF, &usage);
    json_object_set_new(out, "peak_memory", json_integer((json_int_t)usage.ru_maxrss * 1024));
    sl_dataset_free(data);
    return code;
}

static int parse(struct job *job, int argc, char **argv, struct sl_error *err)
{
    int i = 1, code = SL_OK;
    for (; i + 1 < argc && argv[i][0] == '-'; i += 2) {
        if (strcmp(argv[i], "--threads") == 0)
            job->threads = atoi(argv[i + 1]);
        else if (strcmp(argv[i], "--storage") == 0)
            job->read.storage = argv[i + 1];
        else
            return sl_fail(err, SL_EUSAGE, "no option %s", argv[i]);
    }
    if (i >= argc)
        return sl_fail(err, SL_EUSAGE,
                       "file_one [--threads N] [--storage KIND] FILE [CLASSIFIER [NAME=VALUE...]]");
    job->path = argv[i++];
    if (i == argc)
        return SL_OK;
    job->type = sl_classifier_find(argv[i++], err);
    job->config = job->type ? sl_alloc_zero(1, job->type->config_size) : NULL;
    if (!job->config)
        return job->type ? sl_fail_memory(err) : SL_EUSAGE;
    sl_config_default(job->type->params, job->config);
    for (; i < argc && !code; i++) {
        char *value = strchr(argv[i], '=');
        if (!value)
            return sl_fail(err, SL_EUSAGE, "expected NAME=VALUE, not %s", argv[i]);
        *value++ = 0;
        code = sl_config_set(job->type->params, job->config, argv[i], value, err);
    }
    return code;
}

int main(int argc, char **argv)
{
    struct job job = {0};
    struct sl_error err = {0};
    json_t *out = json_object();
    int code = parse(&job, argc, argv, &err);
    if (!code)
        code = measure(&job, out, &err);
    if (code)
        fprintf(stderr, "file_one: %s\n", err.text);
    else {
        json_dumpf(out, stdout, JSON_COMPACT);
        puts("");
    }
    json_decref(out);
    free(job.config);
    return code == SL_EUSAGE ? 2 : code != SL_OK;
}
