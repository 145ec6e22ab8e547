/* fit_one.c - fits and scores one classifier in this process and prints what it took, as one JSON object.
 *
 *     fit_one [split options] [--seed N] [--threads N] [--predictions FILE] [--probe FILE] [--facts]
 *             [--shuffle-features] CLASSIFIER [NAME=VALUE...]
 *
 * The clock starts with the split in memory as it was read (bytes) and includes scaling and every other
 * conversion: sl_model_fit, then sl_model_predict on the validation rows.  Nothing is warmed up before it.
 * With --float or --table (split options) the rows are real numbers in [0, 1) from the start, and are not
 * scaled.
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
#include <stdio.h>
#include <string.h>

struct job {
    struct bench_split split;
    uint64_t seed;
    int threads, facts, shuffle;
    const char *predictions, *probe;
    const struct sl_classifier_type *type;
    void *config;
};

struct result {
    double fit, score, cpu_fit, cpu_score;
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
    if (!bytes && !job->split.floats)
        return sl_fail(err, SL_EUSAGE, "--probe needs byte features, or --float");
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

static int measure(const struct job *job, struct result *out, struct sl_error *err)
{
    const struct sl_fit_options options = {.scaling = job->split.floats ? SL_SCALE_NONE : SL_SCALE_MINMAX,
                                           .seed = job->seed,
                                           .threads = job->threads};
    struct sl_view validation = sl_dataset_view(job->split.validation);
    struct sl_model *model = NULL;
    int32_t *labels = sl_alloc(validation.n, sizeof *labels);
    if (!labels)
        return sl_fail_memory(err);
    malloc_trim(0); /* what reading the data freed would hide what the fit takes */

    struct sl_probe probe;
    sl_probe_start(&probe);
    double start = sl_now(), cpu = sl_cpu_time();
    int code =
        sl_model_fit(job->type, job->config, job->split.train, NULL, &options, &out->report, &model, err);
    double fitted = sl_now(), cpu_fitted = sl_cpu_time();
    if (code == SL_OK)
        code = sl_model_predict(model, &validation, job->threads, labels, err);
    double scored = sl_now(), cpu_scored = sl_cpu_time();
    sl_probe_stop(&probe);

    out->fit = fitted - start;
    out->score = scored - fitted;
    out->cpu_fit = cpu_fitted - cpu;
    out->cpu_score = cpu_scored - cpu_fitted;
    out->peak = probe.peak_bytes;
    out->train_accuracy = NAN;
    if (code == SL_OK) {
        out->accuracy = accuracy(labels, &validation);
        code = extras(job, model, labels, out, err);
    }
    sl_model_free(model);
    free(labels);
    return code;
}

static void print_real(const char *name, double value)
{
    if (isfinite(value))
        printf("\"%s\": %.17g, ", name, value);
    else
        printf("\"%s\": null, ", name);
}

static void print_count(const char *name, long long value)
{
    if (value >= 0)
        printf("\"%s\": %lld, ", name, value);
    else
        printf("\"%s\": null, ", name);
}

static void print_result(const struct job *job, const struct result *result)
{
    printf("{");
    print_real("fit_time", result->fit);
    print_real("score_time", result->score);
    print_real("cpu_time", result->cpu_fit + result->cpu_score);
    print_real("cpu_fit", result->cpu_fit);
    print_real("cpu_score", result->cpu_score);
    print_count("peak_memory", result->peak);
    print_real("accuracy", result->accuracy);
    print_real("train_accuracy", result->train_accuracy);
    print_real("objective", result->report.objective);
    print_count("n_iter", result->report.n_iter);
    print_count("converged", result->report.converged);
    print_count("seed", (long long)job->seed);
    printf("\"train_hash\": \"%s\", \"validation_hash\": \"%s\"}\n", job->split.train_hash,
           job->split.validation_hash);
}

/* Always -1. */
static int usage(const char *what, const char *problem)
{
    fprintf(stderr,
            "fit_one: %s %s\n"
            "usage: fit_one [--data D] [--train N] [--validation N] [--split-seed S] [--float | --table]\n"
            "               [--seed N] [--threads N] [--predictions FILE] [--probe FILE] [--facts]\n"
            "               [--shuffle-features] CLASSIFIER [NAME=VALUE...]\n",
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
    int seed = strcmp(option, "--seed") == 0;
    if (!seed && strcmp(option, "--threads") != 0)
        return 0;
    if (sl_parse_long(value, &number) != 0 || number < 0 || number > (seed ? LONG_MAX : 4096))
        return -1;
    if (seed)
        job->seed = (uint64_t)number;
    else
        job->threads = (int)number;
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
        print_result(&job, &result);
    else
        fprintf(stderr, "fit_one: %s\n", err.text);
    bench_split_close(&job.split);
    free(job.config);
    return code == SL_OK ? 0 : code == SL_EUSAGE ? 2 : 1;
}
