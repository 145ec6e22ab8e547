/* fit_one.c - fits and scores one classifier in this process and prints what it took, as one JSON object.
 *
 *     fit_one [split options] [--seed N] [--threads N] [--repeats N] [--predictions FILE] [--probe FILE]
 * [--facts]
 *             [--shuffle-features] CLASSIFIER [NAME=VALUE...]
 *
 * The clock starts with the split in memory as it was read (bytes) and includes scaling and every other
 * conversion: sl_model_fit, then sl_model_predict on the validation rows.  As in a study's trial threads and
 * libraries are there before (sl_model_warm_up); all else is met for the first time.  Rows of real numbers (a
 * table's, or by --float, --table and --mixed-table, split options, in [0, 1)) are not scaled.  --repeats
 * fits and scores again, in the same process: times are medians then, and the first ones stand beside them.
 * --predictions writes the labels, --probe the scores of the zero row and of each row with one feature at 1
 * (from which a linear model's weights follow), both as .npy; --facts adds the training
 * accuracy.  Those three come after the clock has stopped.  --shuffle-features puts the features in an order
 * drawn from --seed before it starts, for classifiers that break ties by that order. */
#include "core/clock.h"
#include "core/memory.h"
#include "core/text.h"
#include "measure/probe.h"
#include "split.h"
#include <limits.h>
#include <malloc.h>
#include <math.h>
#include <shortlist/model.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

struct job {
    struct bench_split split;
    uint64_t seed;
    int threads, repeats, facts, shuffle;
    const char *predictions, *probe;
    const struct sl_classifier_type *type;
    void *config;
};

struct result {
    double fit, score, cpu_fit, cpu_score; /* medians */
    double first_fit, first_score;
    int64_t peak; /* bytes above the start; -1: not measured */
    double accuracy, train_accuracy;
    struct sl_fit_report report;
};

static double accuracy(const int32_t *labels, const struct sl_view *view)
{
    size_t right = 0;
    for (size_t i = 0; i < view->n; i++)
        right += labels[i] == view->y[i];
    return (double)right / (double)view->n;
}

static int write_predictions(const char *path, const int32_t *labels, size_t n, struct sl_error *err)
{
    return bench_npy_write(path, "<i4", labels, sizeof *labels, n, 0, err);
}

/* Scores (d + 1, k) of the zero row and of 1 (bytes: 255, which is scaled to 1) in each feature in turn. */
static int write_probe(const struct job *job, const struct sl_model *model, struct sl_error *err)
{
    struct sl_view like = sl_model_like(model);
    int bytes = like.dtype == SL_U8;
    size_t d = like.d, k = (size_t)like.k;
    unsigned char *rows = sl_alloc_zero((d + 1) * d, bytes ? 1 : sizeof(float));
    float *scores = sl_alloc((d + 1) * k, sizeof *scores);
    int code = rows && scores ? SL_OK : sl_fail_memory(err);
    for (size_t j = 0; code == SL_OK && j < d; j++) {
        if (bytes)
            rows[(j + 1) * d + j] = 255;
        else
            ((float *)(void *)rows)[(j + 1) * d + j] = 1;
    }
    like.n = d + 1;
    like.x = rows;
    if (code == SL_OK)
        code = sl_model_scores(model, &like, 0, scores, err);
    if (code == SL_OK)
        code = bench_npy_write(job->probe, "<f4", scores, sizeof *scores, d + 1, k, err);
    free(rows);
    free(scores);
    return code;
}

/* What is asked for beside the times. */
static int extras(const struct job *job, const struct sl_model *model, const int32_t *labels,
                  struct result *out, struct sl_error *err)
{
    int code = SL_OK;
    if (job->predictions)
        code = write_predictions(job->predictions, labels, job->split.n_validation, err);
    if (code == SL_OK && job->probe)
        code = write_probe(job, model, err);
    if (code == SL_OK && job->facts) {
        struct sl_view train = sl_dataset_view(job->split.train);
        int32_t *fitted = sl_alloc(train.n, sizeof *fitted);
        code = fitted ? sl_model_predict(model, &train, job->threads, fitted, err) : sl_fail_memory(err);
        if (code == SL_OK)
            out->train_accuracy = accuracy(fitted, &train);
        free(fitted);
    }
    return code;
}

/* What one fit and its predictions took. */
struct times {
    double fit, score, cpu_fit, cpu_score;
};

static int run_once(const struct job *job, int32_t *labels, struct times *times, struct sl_fit_report *report,
                    struct sl_model **model, struct sl_error *err)
{
    struct sl_view train = sl_dataset_view(job->split.train), rows = sl_dataset_view(job->split.validation);
    const struct sl_fit_options options = {.scaling = train.dtype == SL_U8 ? SL_SCALE_MINMAX : SL_SCALE_NONE,
                                           .seed = job->seed,
                                           .threads = job->threads};
    double start = sl_now(), cpu = sl_cpu_time();
    int code = sl_model_fit(job->type, job->config, job->split.train, NULL, &options, report, model, err);
    double fitted = sl_now(), cpu_fitted = sl_cpu_time();
    if (code == SL_OK)
        code = sl_model_predict(*model, &rows, job->threads, labels, err);
    double scored = sl_now(), cpu_scored = sl_cpu_time();
    *times = (struct times){fitted - start, scored - fitted, cpu_fitted - cpu, cpu_scored - cpu_fitted};
    return code;
}

/* Of a member of all times. */
static double median(const struct times *times, size_t n, size_t member)
{
    double *sorted = sl_alloc(n, sizeof *sorted);
    if (!sorted)
        return NAN;
    for (size_t i = 0; i < n; i++) {
        double value;
        size_t at = i;
        memcpy(&value, (const char *)&times[i] + member, sizeof value);
        for (; at > 0 && sorted[at - 1] > value; at--)
            sorted[at] = sorted[at - 1];
        sorted[at] = value;
    }
    double middle = (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
    free(sorted);
    return middle;
}

static void take_times(const struct times *times, size_t n, struct result *out)
{
    out->fit = median(times, n, offsetof(struct times, fit));
    out->score = median(times, n, offsetof(struct times, score));
    out->cpu_fit = median(times, n, offsetof(struct times, cpu_fit));
    out->cpu_score = median(times, n, offsetof(struct times, cpu_score));
    out->first_fit = times[0].fit;
    out->first_score = times[0].score;
}

static int measure(const struct job *job, struct result *out, struct sl_error *err)
{
    struct sl_view validation = sl_dataset_view(job->split.validation);
    struct sl_model *model = NULL, *another = NULL;
    struct sl_fit_report unread;
    size_t repeats = (size_t)job->repeats;
    int32_t *labels = sl_alloc(validation.n, sizeof *labels);
    struct times *times = sl_alloc(repeats, sizeof *times);
    int code = labels && times ? SL_OK : sl_fail_memory(err);
    sl_model_warm_up(job->type, job->config, job->split.train, job->threads);
    malloc_trim(0); /* what reading the data freed would hide what the fit takes */

    struct sl_probe probe;
    sl_probe_start(&probe);
    if (code == SL_OK)
        code = run_once(job, labels, &times[0], &out->report, &model, err);
    sl_probe_stop(&probe);
    for (size_t i = 1; i < repeats && code == SL_OK; i++) {
        code = run_once(job, labels, &times[i], &unread, &another, err);
        sl_model_free(another);
    }

    out->peak = probe.peak_bytes;
    out->train_accuracy = NAN;
    if (code == SL_OK) {
        take_times(times, repeats, out);
        out->accuracy = accuracy(labels, &validation);
        code = extras(job, model, labels, out, err);
    }
    sl_model_free(model);
    free(labels);
    free(times);
    return code;
}

/* Null where it was not measured. */
static json_t *count(long long value)
{
    return value >= 0 ? json_integer(value) : json_null();
}

static int print_result(const struct job *job, const struct result *result, struct sl_error *err)
{
    json_t *o = json_object();
    sl_json_set(&o, "fit_time", sl_json_number(result->fit));
    sl_json_set(&o, "score_time", sl_json_number(result->score));
    sl_json_set(&o, "first_fit", sl_json_number(result->first_fit));
    sl_json_set(&o, "first_score", sl_json_number(result->first_score));
    sl_json_set(&o, "cpu_time", sl_json_number(result->cpu_fit + result->cpu_score));
    sl_json_set(&o, "cpu_fit", sl_json_number(result->cpu_fit));
    sl_json_set(&o, "cpu_score", sl_json_number(result->cpu_score));
    sl_json_set(&o, "peak_memory", count(result->peak));
    sl_json_set(&o, "accuracy", sl_json_number(result->accuracy));
    sl_json_set(&o, "train_accuracy", sl_json_number(result->train_accuracy));
    sl_json_set(&o, "objective", sl_json_number(result->report.objective));
    sl_json_set(&o, "n_iter", count(result->report.n_iter));
    sl_json_set(&o, "converged", count(result->report.converged));
    sl_json_set(&o, "seed", json_integer((json_int_t)job->seed));
    return bench_split_print(&job->split, o, err);
}

/* Always -1. */
static int usage(const char *what, const char *problem)
{
    fprintf(stderr,
            "fit_one: %s %s\n"
            "usage: fit_one [--data D] [--train N] [--validation N] [--split-seed S] [--float | --table\n"
            "               [--features D] | --mixed-table] [--test]\n"
            "               [--seed N] [--threads N] [--repeats N] [--predictions FILE] [--probe FILE]\n"
            "               [--facts] [--shuffle-features] CLASSIFIER [NAME=VALUE...]\n",
            what, problem);
    return -1;
}

/* Takes one of our own options and its value: 1 taken, 0 unknown, -1 not a number. */
static int own_option(struct job *job, const char *option, const char *value)
{
    long number = 0;
    if (strcmp(option, "--predictions") == 0) {
        job->predictions = value;
        return 1;
    }
    if (strcmp(option, "--probe") == 0) {
        job->probe = value;
        return 1;
    }
    int seed = strcmp(option, "--seed") == 0, repeats = strcmp(option, "--repeats") == 0;
    if (!seed && !repeats && strcmp(option, "--threads") != 0)
        return 0;
    if (sl_parse_long(value, &number) != 0 || number < repeats || number > (seed ? LONG_MAX : 4096))
        return -1;
    if (seed)
        job->seed = (uint64_t)number;
    else
        *(repeats ? &job->repeats : &job->threads) = (int)number;
    return 1;
}

/* The options before the classifier: the index of what follows them, or -1 with the problem told. */
static int parse_options(struct job *job, int argc, char **argv)
{
    int i = 1;
    while (i < argc && strncmp(argv[i], "--", 2) == 0) {
        const char *option = argv[i++];
        if (strcmp(option, "--facts") == 0 || strcmp(option, "--shuffle-features") == 0) {
            *(option[2] == 'f' ? &job->facts : &job->shuffle) = 1;
            continue;
        }
        if (bench_split_flag(&job->split, option))
            continue;
        if (i == argc)
            return usage(option, "needs a value");
        int taken = bench_split_option(&job->split, option, argv[i]);
        if (taken == 0)
            taken = own_option(job, option, argv[i]);
        if (taken != 1)
            return usage(option, taken < 0 ? "needs a whole number" : "is not an option");
        i++;
    }
    return i < argc ? i : usage("CLASSIFIER", "is missing");
}

/* The classifier and its hyperparameters. */
static int parse_classifier(struct job *job, int argc, char **argv, struct sl_error *err)
{
    job->type = sl_classifier_find(argv[0], err);
    if (!job->type)
        return SL_EUSAGE;
    job->config = sl_alloc_zero(1, job->type->config_size);
    if (!job->config)
        return sl_fail_memory(err);
    sl_config_default(job->type->params, job->config);
    for (int i = 1; i < argc; i++) {
        char name[64];
        const char *equals = strchr(argv[i], '=');
        if (!equals || (size_t)(equals - argv[i]) >= sizeof name)
            return sl_fail(err, SL_EUSAGE, "'%s' is not NAME=VALUE", argv[i]);
        snprintf(name, sizeof name, "%.*s", (int)(equals - argv[i]), argv[i]);
        int code = sl_config_set(job->type->params, job->config, name, equals + 1, err);
        if (code != SL_OK)
            return code;
    }
    return SL_OK;
}

int main(int argc, char **argv)
{
    struct job job = {
        .repeats = 1,
        .split = {.data = "fashion-mnist", .n_train = 10000, .n_validation = 10000, .seed = 42}};
    struct result result = {0};
    struct sl_error err = {0};
    int first = parse_options(&job, argc, argv);
    if (first < 0)
        return 2;
    int code = parse_classifier(&job, argc - first, argv + first, &err);
    if (code == SL_OK)
        code = bench_split_open(&job.split, &err);
    if (code == SL_OK && job.shuffle)
        code = bench_split_shuffle_features(&job.split, job.seed, &err);
    if (code == SL_OK)
        code = measure(&job, &result, &err);
    if (code == SL_OK)
        code = print_result(&job, &result, &err);
    if (code != SL_OK)
        fprintf(stderr, "fit_one: %s\n", err.text);
    bench_split_close(&job.split);
    free(job.config);
    return code == SL_OK ? 0 : code == SL_EUSAGE ? 2 : 1;
}
