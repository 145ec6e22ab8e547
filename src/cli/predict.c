/* predict.c - shortlist predict: a saved model on a user's data. */
#include "json.h"
#include "model_rows.h"
#include <stdlib.h>
#include <string.h>

static const struct cli_option options[] = {
    CLI_DATA_OPTIONS,
    CLI_PICTURE_OPTIONS,
    {"no-label", 0, NULL, "the data holds no labels"},
    {"part", 'p', "PART", "train or test (default test where the data has a test part)"},
    {"no-warn", 0, "CODE,CODE", CLI_NO_WARN_HELP},
    {"scores", 0, NULL, "each class's probability or margin, too"},
    {"threads", 't', "N", "threads (default all cores)"},
    {"format", 'f', "FORMAT", "text, csv or json (default text)"},
    {0},
};

enum form { FORM_TEXT, FORM_CSV, FORM_JSON };

struct job {
    struct cli_model_rows rows;
    int32_t *labels; /* (n): predicted */
    float *scores;   /* (n, k), or NULL */
    size_t right;
    struct sl_warnings warnings;
};

static int predict_all(const struct cli_args *args, struct job *job, int threads, struct sl_error *err)
{
    size_t n = job->rows.view.n, k = (size_t)sl_model_classes(job->rows.model);
    job->labels = malloc((n ? n : 1) * sizeof *job->labels);
    if (!job->labels)
        return sl_fail_memory(err);
    int code = sl_model_predict(job->rows.model, &job->rows.view, threads, job->labels, err);
    if (!code && cli_has(args, "scores")) {
        job->scores = malloc((n ? n : 1) * k * sizeof *job->scores);
        code = job->scores ? sl_model_scores(job->rows.model, &job->rows.view, threads, job->scores, err)
                           : sl_fail_memory(err);
    }
    for (size_t i = 0; job->rows.truth && i < n && !code; i++)
        job->right += job->rows.truth[i] == job->labels[i];
    return code || !job->rows.truth ? code
                                    : sl_model_warn(job->rows.model, &job->rows.view, &job->warnings, err);
}

/* Writing ------------------------------------------------------------------------------------------ */

static int write_csv(const struct job *job)
{
    int k = sl_model_classes(job->rows.model);
    int ids = sl_dataset_row_id(job->rows.data, 0) != NULL;
    if (ids) {
        sl_write_csv_field(stdout, job->rows.id);
        putchar(',');
    }
    printf("predicted%s", job->rows.truth ? ",true" : "");
    for (int c = 0; c < k && job->scores; c++) {
        putchar(',');
        sl_write_csv_field(stdout, sl_model_class(job->rows.model, c));
    }
    printf("\r\n");
    for (size_t i = 0; i < job->rows.view.n; i++) {
        if (ids) {
            sl_write_csv_field(stdout, sl_dataset_row_id(job->rows.data, i));
            putchar(',');
        }
        sl_write_csv_field(stdout, sl_model_class(job->rows.model, job->labels[i]));
        if (job->rows.truth) {
            putchar(',');
            sl_write_csv_field(stdout, sl_dataset_class(job->rows.data, job->rows.view.y[i]));
        }
        for (int c = 0; c < k && job->scores; c++)
            printf(",%.6g", (double)job->scores[i * (size_t)k + (size_t)c]);
        printf("\r\n");
    }
    return EXIT_DONE;
}

static int write_text(const struct job *job)
{
    int k = sl_model_classes(job->rows.model);
    for (size_t i = 0; i < job->rows.view.n; i++) {
        if (sl_dataset_row_id(job->rows.data, i)) {
            sl_write_visible(stdout, sl_dataset_row_id(job->rows.data, i));
            putchar('\t');
        }
        sl_write_visible(stdout, sl_model_class(job->rows.model, job->labels[i]));
        for (int c = 0; c < k && job->scores; c++)
            printf("\t%.6g", (double)job->scores[i * (size_t)k + (size_t)c]);
        putchar('\n');
    }
    return EXIT_DONE;
}

/* A margin of -infinity, of a class without training rows, is null. */
static json_t *scores_json(const struct job *job)
{
    size_t k = (size_t)sl_model_classes(job->rows.model);
    json_t *rows = json_array();
    for (size_t i = 0; i < job->rows.view.n && rows; i++) {
        json_t *row = json_array();
        for (size_t c = 0; c < k; c++) {
            double score = (double)job->scores[i * k + c];
            cli_json_add(&row, score - score == 0 ? json_real(score) : json_null());
        }
        cli_json_add(&rows, row);
    }
    return rows;
}

static json_t *classes_json(const struct job *job)
{
    json_t *classes = json_array();
    for (int c = 0; c < sl_model_classes(job->rows.model); c++)
        cli_json_add(&classes, cli_json_text(sl_model_class(job->rows.model, c)));
    return classes;
}

/* Rows of a class share its text. */
static json_t *predictions_json(const struct job *job, const json_t *classes)
{
    json_t *predictions = json_array();
    for (size_t i = 0; i < job->rows.view.n && predictions; i++)
        cli_json_add(&predictions, json_incref(json_array_get(classes, (size_t)job->labels[i])));
    return predictions;
}

static json_t *ids_json(const struct job *job)
{
    json_t *ids = json_array();
    for (size_t i = 0; i < job->rows.view.n && ids; i++)
        cli_json_add(&ids, cli_json_text(sl_dataset_row_id(job->rows.data, i)));
    return ids;
}

static json_t *warnings_json(const struct job *job)
{
    json_t *warnings = json_array();
    for (size_t i = 0; i < job->warnings.n; i++) {
        const struct sl_warning *w = &job->warnings.list[i];
        json_t *o = json_object();
        cli_json_set(&o, "code", cli_json_text(sl_warning_kinds[w->id].code));
        cli_json_set(&o, "name", cli_json_text(sl_warning_kinds[w->id].name));
        cli_json_set(&o, "text", cli_json_text(w->text));
        cli_json_add(&warnings, o);
    }
    return warnings;
}

static int write_json(const struct job *job)
{
    json_t *o = json_object(), *classes = classes_json(job);
    cli_json_set(&o, "classifier", cli_json_text(sl_model_type(job->rows.model)->name));
    cli_json_set(&o, "classes", json_incref(classes));
    cli_json_set(&o, "n", cli_json_count(job->rows.view.n));
    cli_json_set(&o, "accuracy",
                 job->rows.known ? json_real((double)job->right / (double)job->rows.view.n) : json_null());
    cli_json_set(&o, "predictions", predictions_json(job, classes));
    if (sl_dataset_row_id(job->rows.data, 0))
        cli_json_set(&o, "ids", ids_json(job));
    if (job->scores)
        cli_json_set(&o, "scores", scores_json(job));
    cli_json_set(&o, "warnings", warnings_json(job));
    json_decref(classes);
    return cli_write_json(o);
}

static void report_accuracy(const struct job *job)
{
    double low, high;
    if (!job->rows.truth)
        return;
    if (!job->rows.known) {
        cli_line(stderr, "no accuracy: the model knows none of the data's classes ('%s', ...)",
                 sl_dataset_class(job->rows.data, 0));
        return;
    }
    sl_wilson(job->right, job->rows.view.n, 0.95, &low, &high);
    fprintf(stderr, "accuracy %.4f on %zu rows, 95 %% interval %.4f-%.4f\n",
            (double)job->right / (double)job->rows.view.n, job->rows.view.n, low, high);
    if (job->rows.known < job->rows.view.n)
        fprintf(stderr, "%zu rows are of classes that the model does not know: they count as wrong\n",
                job->rows.view.n - job->rows.known);
    for (size_t i = 0; i < job->warnings.n; i++)
        cli_line(stderr, "%s %s", sl_warning_kinds[job->warnings.list[i].id].code,
                 job->warnings.list[i].text);
}

static void release(struct job *job)
{
    cli_release_model_rows(&job->rows);
    free(job->labels);
    free(job->scores);
    sl_warnings_release(&job->warnings);
}

static int parse_form(const struct cli_args *args, enum form *form)
{
    static const char *const names[] = {"text", "csv", "json"};
    const char *format = cli_value(args, "format");
    for (int i = 0; i < 3; i++) {
        if (!format || strcmp(format, names[i]) == 0) {
            *form = (enum form)i;
            return EXIT_DONE;
        }
    }
    return cli_usage(args->command, "--format: '%.40s' is not allowed: it takes text, csv or json", format);
}

static int predict(const struct cli_args *args)
{
    static int (*const write[])(const struct job *) = {write_text, write_csv, write_json};
    struct job job = {0};
    struct sl_error err = {0};
    enum form form = FORM_TEXT;
    long threads = 0;
    int status = cli_check_part(args);
    if (!status)
        status = parse_form(args, &form);
    if (!status)
        status = cli_whole(args, "threads", 1, 1024, &threads);
    if (!status)
        status = cli_read_options(args, &job.rows.read);
    if (!status)
        status = cli_omit_warnings(args, NULL);
    for (int i = 0; i < 2 && !status; i++)
        status = cli_check_written(args, "show-input", args->word[i]);
    if (status)
        return status;
    job.rows.read.no_label = cli_has(args, "no-label");
    int code = cli_open_model_rows(args, &job.rows, &err);
    if (!code)
        code = predict_all(args, &job, (int)threads, &err);
    status = code ? cli_fail(&err) : cli_omit_warnings(args, &job.warnings);
    if (!status)
        status = write[form](&job);
    if (!status)
        report_accuracy(&job);
    release(&job);
    return status;
}

const struct cli_command cli_predict = {
    .name = "predict",
    .summary = "predict the classes of a data set with a saved model",
    .synopsis = "MODEL DATA",
    .description =
        "Prints the predicted class of every row of DATA, one a line, with a model that 'shortlist\n"
        "run --save-models' kept.  The scaling that was fitted on the training rows is part of the\n"
        "model.  Columns of a CSV file are found by their names, in any order, where the model knows names;\n"
        "others are left out, but for the label: the column that --label names, or the one that has the\n"
        "name of the training file's label, or one called like a label, or the only other one.  Columns\n"
        "of row names and groups are found by their names in the training file, too.  Where DATA holds\n"
        "labels, accuracy with its interval goes to stderr, with a warning where rows are among those\n"
        "that the model was fitted on; so does what was assumed, and what was left out.\n"
        "DATA may be a PNG or PGM picture, or a folder of them, of any size and colour, for a model of\n"
        "images: each is turned to grey, inverted where its border is bright, cropped, scaled and put in\n"
        "the middle, as the training images were, and what was done is told on stderr.",
    .examples = "  shortlist run --save-models\n"
                "  shortlist predict results/shortlist/models/mlp.slm fashion-mnist >predicted.txt\n"
                "  shortlist predict model.slm new.csv --no-label --format csv --scores\n"
                "  shortlist predict cnn.slm photographs --show-input seen.png\n",
    .options = options,
    .least = 2,
    .most = 2,
    .run = predict,
};
