/* predict.c - shortlist predict: a saved model on a user's data. */
#include "cli.h"
#include "json.h"
#include <stdlib.h>
#include <string.h>

static const struct cli_option options[] = {
    CLI_DATA_OPTIONS,
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
    struct sl_read_options read;
    const char *id; /* the name of the column that names the rows, or NULL */
    struct sl_model *model;
    struct sl_dataset *data;
    struct sl_view view;
    int32_t *labels; /* (n): predicted */
    float *scores;   /* (n, k), or NULL */
    int32_t *truth;  /* (n): in the model's classes, -1 for a class it does not know; NULL: no labels */
    size_t right, known;
    struct sl_warnings warnings;
};

/* Reading ------------------------------------------------------------------------------------------ */

static int open_part(const struct cli_args *args, const struct sl_read_options *read,
                     struct sl_dataset **data, struct sl_error *err)
{
    const char *part = cli_value(args, "part"), *spec = args->word[1];
    if (part)
        return sl_dataset_open(spec, strcmp(part, "test") == 0 ? SL_PART_TEST : SL_PART_TRAIN, read, data,
                               err);
    int code = sl_dataset_open(spec, SL_PART_TEST, read, data, err);
    return code == SL_ENOPART ? sl_dataset_open(spec, SL_PART_TRAIN, read, data, err) : code;
}

/* The names of the model's features; NULL where it has none, or no memory is left. */
static const char **feature_names(const struct sl_model *model, size_t d)
{
    const char **names = sl_model_feature(model, 0) ? malloc(d * sizeof *names) : NULL;
    for (size_t j = 0; names && j < d; j++)
        names[j] = sl_model_feature(model, j);
    return names;
}

/* Images of another shape may have as many pixels as the model's.  A table's columns have names, and its
 * shape is only a guess: it is not compared. */
static int check_shape(const struct job *job, struct sl_error *err)
{
    struct sl_image own = job->view.image, model = sl_model_like(job->model).image;
    if (!own.height || !model.height || sl_dataset_feature(job->data, 0) ||
        (own.height == model.height && own.width == model.width && own.channels == model.channels))
        return SL_OK;
    return sl_fail(err, SL_EDATA, "%s: images of %dx%dx%d; the model was fitted on %dx%dx%d",
                   sl_dataset_name(job->data), own.height, own.width, own.channels, model.height, model.width,
                   model.channels);
}

/* What the model's training file called its columns: for those that no option names. */
static void take_names(struct job *job)
{
    struct sl_model_columns own = sl_model_columns(job->model);
    job->read.own_label = own.label;
    job->read.own_id = own.id;
    job->read.own_groups = own.groups;
    job->id = job->read.id ? job->read.id : own.id;
}

static int read_data(const struct cli_args *args, struct job *job, struct sl_error *err)
{
    size_t d = sl_model_like(job->model).d;
    const char **names = feature_names(job->model, d), *note;
    job->read.features = names;
    job->read.n_features = d;
    job->read.fitted = sl_model_encoding(job->model);
    take_names(job);
    int code = !names && sl_model_feature(job->model, 0) ? sl_fail_memory(err)
                                                         : open_part(args, &job->read, &job->data, err);
    free(names);
    job->read.features = NULL;
    if (code)
        return code;
    for (size_t i = 0; (note = sl_dataset_note(job->data, i)); i++)
        fprintf(stderr, "%s\n", note);
    job->view = sl_dataset_view(job->data);
    return check_shape(job, err);
}

/* Are the model's classes called by numbers? */
static int is_numbered(const struct sl_model *model)
{
    long number;
    for (int c = 0; c < sl_model_classes(model); c++)
        if (sl_parse_long(sl_model_class(model, c), &number) != 0)
            return 0;
    return 1;
}

/* The model's number of the data set's class: by its name, or, where the model's classes have names and the
 * data set's are numbers (IDX files), by its number. */
static int model_class(const struct job *job, int label)
{
    const char *name = sl_dataset_class(job->data, label);
    int k = sl_model_classes(job->model);
    long number;
    for (int c = 0; c < k; c++)
        if (strcmp(sl_model_class(job->model, c), name) == 0)
            return c;
    if (sl_parse_long(name, &number) == 0 && number >= 0 && number < k && !is_numbered(job->model))
        return (int)number;
    return -1;
}

static int take_truth(struct job *job, struct sl_error *err)
{
    if (!job->view.y)
        return SL_OK;
    int *to = malloc((size_t)job->view.k * sizeof *to);
    job->truth = malloc(job->view.n * sizeof *job->truth);
    if (!to || !job->truth) {
        free(to);
        return sl_fail_memory(err);
    }
    for (int c = 0; c < job->view.k; c++) {
        to[c] = model_class(job, c);
        if (c == 0 && to[c] >= 0 &&
            strcmp(sl_model_class(job->model, to[c]), sl_dataset_class(job->data, c)) != 0)
            cli_line(stderr,
                     "labels are numbers, the model's classes have names: %s is \"%s\", the first being 0",
                     sl_dataset_class(job->data, c), sl_model_class(job->model, to[c]));
    }
    for (size_t i = 0; i < job->view.n; i++) {
        job->truth[i] = to[job->view.y[i]];
        job->known += job->truth[i] >= 0;
        job->right += job->truth[i] == job->labels[i];
    }
    free(to);
    return SL_OK;
}

static int predict_all(const struct cli_args *args, struct job *job, int threads, struct sl_error *err)
{
    size_t n = job->view.n, k = (size_t)sl_model_classes(job->model);
    job->labels = malloc((n ? n : 1) * sizeof *job->labels);
    if (!job->labels)
        return sl_fail_memory(err);
    int code = sl_model_predict(job->model, &job->view, threads, job->labels, err);
    if (!code && cli_has(args, "scores")) {
        job->scores = malloc((n ? n : 1) * k * sizeof *job->scores);
        code = job->scores ? sl_model_scores(job->model, &job->view, threads, job->scores, err)
                           : sl_fail_memory(err);
    }
    if (!code)
        code = take_truth(job, err);
    return code || !job->truth ? code : sl_model_warn(job->model, &job->view, &job->warnings, err);
}

/* Writing ------------------------------------------------------------------------------------------ */

static int write_csv(const struct job *job)
{
    int k = sl_model_classes(job->model);
    int ids = sl_dataset_row_id(job->data, 0) != NULL;
    if (ids) {
        sl_write_csv_field(stdout, job->id);
        putchar(',');
    }
    printf("predicted%s", job->truth ? ",true" : "");
    for (int c = 0; c < k && job->scores; c++) {
        putchar(',');
        sl_write_csv_field(stdout, sl_model_class(job->model, c));
    }
    printf("\r\n");
    for (size_t i = 0; i < job->view.n; i++) {
        if (ids) {
            sl_write_csv_field(stdout, sl_dataset_row_id(job->data, i));
            putchar(',');
        }
        sl_write_csv_field(stdout, sl_model_class(job->model, job->labels[i]));
        if (job->truth) {
            putchar(',');
            sl_write_csv_field(stdout, sl_dataset_class(job->data, job->view.y[i]));
        }
        for (int c = 0; c < k && job->scores; c++)
            printf(",%.6g", (double)job->scores[i * (size_t)k + (size_t)c]);
        printf("\r\n");
    }
    return EXIT_DONE;
}

static int write_text(const struct job *job)
{
    int k = sl_model_classes(job->model);
    for (size_t i = 0; i < job->view.n; i++) {
        if (sl_dataset_row_id(job->data, i)) {
            sl_write_visible(stdout, sl_dataset_row_id(job->data, i));
            putchar('\t');
        }
        sl_write_visible(stdout, sl_model_class(job->model, job->labels[i]));
        for (int c = 0; c < k && job->scores; c++)
            printf("\t%.6g", (double)job->scores[i * (size_t)k + (size_t)c]);
        putchar('\n');
    }
    return EXIT_DONE;
}

/* A margin of -infinity, of a class without training rows, is null. */
static json_t *scores_json(const struct job *job)
{
    size_t k = (size_t)sl_model_classes(job->model);
    json_t *rows = json_array();
    for (size_t i = 0; i < job->view.n && rows; i++) {
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
    for (int c = 0; c < sl_model_classes(job->model); c++)
        cli_json_add(&classes, cli_json_text(sl_model_class(job->model, c)));
    return classes;
}

/* Rows of a class share its text. */
static json_t *predictions_json(const struct job *job, const json_t *classes)
{
    json_t *predictions = json_array();
    for (size_t i = 0; i < job->view.n && predictions; i++)
        cli_json_add(&predictions, json_incref(json_array_get(classes, (size_t)job->labels[i])));
    return predictions;
}

static json_t *ids_json(const struct job *job)
{
    json_t *ids = json_array();
    for (size_t i = 0; i < job->view.n && ids; i++)
        cli_json_add(&ids, cli_json_text(sl_dataset_row_id(job->data, i)));
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
    cli_json_set(&o, "classifier", cli_json_text(sl_model_type(job->model)->name));
    cli_json_set(&o, "classes", json_incref(classes));
    cli_json_set(&o, "n", cli_json_count(job->view.n));
    cli_json_set(&o, "accuracy",
                 job->known ? json_real((double)job->right / (double)job->view.n) : json_null());
    cli_json_set(&o, "predictions", predictions_json(job, classes));
    if (sl_dataset_row_id(job->data, 0))
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
    if (!job->truth)
        return;
    if (!job->known) {
        cli_line(stderr, "no accuracy: the model knows none of the data's classes ('%s', ...)",
                 sl_dataset_class(job->data, 0));
        return;
    }
    sl_wilson(job->right, job->view.n, 0.95, &low, &high);
    fprintf(stderr, "accuracy %.4f on %zu rows, 95 %% interval %.4f-%.4f\n",
            (double)job->right / (double)job->view.n, job->view.n, low, high);
    if (job->known < job->view.n)
        fprintf(stderr, "%zu rows are of classes that the model does not know: they count as wrong\n",
                job->view.n - job->known);
    for (size_t i = 0; i < job->warnings.n; i++)
        cli_line(stderr, "%s %s", sl_warning_kinds[job->warnings.list[i].id].code,
                 job->warnings.list[i].text);
}

static void release(struct job *job)
{
    sl_model_free(job->model);
    sl_dataset_free(job->data);
    free(job->labels);
    free(job->scores);
    free(job->truth);
    sl_warnings_release(&job->warnings);
}

static int parse_form(const struct cli_args *args, enum form *form)
{
    static const char *const names[] = {"text", "csv", "json"};
    const char *format = cli_value(args, "format"), *part = cli_value(args, "part");
    if (part && strcmp(part, "train") != 0 && strcmp(part, "test") != 0)
        return cli_usage(args->command, "--part: '%.40s' is not allowed: it takes train or test", part);
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
    int status = parse_form(args, &form);
    if (!status)
        status = cli_whole(args, "threads", 1, 1024, &threads);
    if (!status)
        status = cli_read_options(args, &job.read);
    if (!status)
        status = cli_omit_warnings(args, NULL);
    if (status)
        return status;
    job.read.no_label = cli_has(args, "no-label");
    job.read.keep_doubles =
        1; /* the model may have been fitted on doubles, and rounds them where it was not */
    int code = sl_model_load(args->word[0], &job.model, &err);
    if (!code)
        code = read_data(args, &job, &err);
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
        "that the model was fitted on; so does what was assumed, and what was left out.",
    .examples = "  shortlist run --save-models\n"
                "  shortlist predict results/shortlist/models/mlp.slm fashion-mnist >predicted.txt\n"
                "  shortlist predict model.slm new.csv --no-label --format csv --scores\n",
    .options = options,
    .least = 2,
    .most = 2,
    .run = predict,
};
