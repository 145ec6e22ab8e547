/* calibrate.c - shortlist calibrate: a temperature by which a model's probabilities are as often right as
 * they say. */
#include "json.h"
#include "model_rows.h"
#include <stdlib.h>
#include <string.h>

static const struct cli_option options[] = {
    {"out", 'o', "FILE", "the calibrated model (MODEL itself replaces it; default: none is written)"},
    CLI_DATA_OPTIONS,
    CLI_PICTURE_OPTIONS,
    {"part", 'p', "PART", "train or test (default test where the data has a test part)"},
    {"plots", 0, "DIR", "draws the reliability diagram, before and after, into the folder"},
    {"threads", 't', "N", "threads (default all cores)"},
    {"format", 'f', "FORMAT", "of what is printed: text or json (default text)"},
    {0},
};

struct job {
    struct cli_model_rows rows;
    float *probabilities; /* (n, k), by temperature 1 */
    struct sl_calibration found;
    struct sl_warnings warnings;
};

static int check_model(const struct cli_args *args, const struct sl_model *model, struct sl_error *err)
{
    const struct sl_classifier_type *type = sl_model_type(model);
    if (type->scores && (type->flags & SL_PROBABILITIES))
        return SL_OK;
    return sl_fail(err, SL_EUSAGE,
                   "%s: %s gives %s, no probabilities, which alone a temperature can calibrate",
                   args->word[0], type->name, type->scores ? "margins" : "labels");
}

static int calibrate(const struct cli_args *args, struct job *job, int threads, struct sl_error *err)
{
    const size_t k = (size_t)sl_model_classes(job->rows.model), n = job->rows.view.n;
    int code = check_model(args, job->rows.model, err);
    if (!code && !job->rows.truth)
        code = sl_fail(err, SL_EUSAGE, "%s has no labels, by which probabilities are judged", job->rows.spec);
    if (code)
        return code;
    job->probabilities = malloc((n + !n) * k * sizeof *job->probabilities);
    if (!job->probabilities)
        return sl_fail_memory(err);
    sl_model_set_temperature(job->rows.model, 1);
    code = sl_model_scores(job->rows.model, &job->rows.view, threads, job->probabilities, err);
    if (!code)
        code = sl_calibrate(job->probabilities, job->rows.truth, n, k, &job->found, err);
    if (!code)
        code = sl_model_warn(job->rows.model, &job->rows.view, &job->warnings, err);
    sl_model_set_temperature(job->rows.model, job->found.temperature);
    return code;
}

static void print_text(const struct job *job)
{
    const struct sl_calibration *c = &job->found;
    const int at_end =
        c->temperature < SL_TEMPERATURE_LEAST * 1.01 || c->temperature > SL_TEMPERATURE_MOST * .99;
    printf("temperature %.4f on %zu rows%s\n\n", c->temperature, c->n,
           at_end               ? ": the end of what is looked at"
           : c->temperature > 1 ? ": the probabilities were too sure"
                                : ": the probabilities were not sure enough");
    printf("%-28s  before   after\n", "");
    printf("%-28s  %.4f  %.4f\n", "expected calibration error", c->before.ece, c->after.ece);
    printf("%-28s  %.4f  %.4f\n\n", "log loss", c->log_loss_before, c->log_loss_after);
    printf("after: each half of the rows by the temperature of the other half; predicted classes stay\n");
}

static json_t *bins_json(const struct sl_reliability *r)
{
    json_t *bins = json_array();
    for (int b = 0; b < r->n_bins; b++) {
        json_t *o = json_object();
        cli_json_set(&o, "confidence", json_real(r->bin[b].confidence));
        cli_json_set(&o, "accuracy", json_real(r->bin[b].accuracy));
        cli_json_set(&o, "low", json_real(r->bin[b].low));
        cli_json_set(&o, "high", json_real(r->bin[b].high));
        cli_json_set(&o, "n", cli_json_count(r->bin[b].n));
        cli_json_add(&bins, o);
    }
    return bins;
}

static json_t *side_json(const struct sl_reliability *r, double log_loss)
{
    json_t *o = json_object();
    cli_json_set(&o, "ece", json_real(r->ece));
    cli_json_set(&o, "log_loss", json_real(log_loss));
    cli_json_set(&o, "bins", bins_json(r));
    return o;
}

static int print_json(const struct job *job)
{
    json_t *o = json_object();
    cli_json_set(&o, "temperature", json_real(job->found.temperature));
    cli_json_set(&o, "n", cli_json_count(job->found.n));
    cli_json_set(&o, "before", side_json(&job->found.before, job->found.log_loss_before));
    cli_json_set(&o, "after", side_json(&job->found.after, job->found.log_loss_after));
    return cli_write_json(o);
}

static void tell_path(void *to, const char *path)
{
    cli_line(to, "%s", path);
}

static int tell(const struct cli_args *args, const struct job *job, int json)
{
    const char *out = cli_value(args, "out"), *plots = cli_value(args, "plots");
    struct sl_error err = {0};
    int status = EXIT_DONE;
    if (json)
        status = print_json(job);
    else
        print_text(job);
    for (size_t i = 0; i < job->warnings.n; i++)
        cli_line(stderr, "%s %s", sl_warning_kinds[job->warnings.list[i].id].code,
                 job->warnings.list[i].text);
    int code = out ? sl_model_save(job->rows.model, out, &err) : SL_OK;
    if (!code && out)
        cli_line(stderr, "%s", out);
    if (!code && plots)
        code =
            sl_calibration_draw(&job->found, sl_dataset_name(job->rows.data), plots, tell_path, stderr, &err);
    return code ? cli_fail(&err) : status;
}

static int run(const struct cli_args *args)
{
    struct job job = {0};
    struct sl_error err = {0};
    const char *format = cli_value(args, "format");
    const int json = format && strcmp(format, "json") == 0;
    long threads = 0;
    int status = cli_check_part(args);
    if (!status && format && !json && strcmp(format, "text") != 0)
        status = cli_usage(args->command, "--format: '%.40s' is not allowed: it takes text or json", format);
    if (!status)
        status = cli_whole(args, "threads", 1, 1024, &threads);
    if (!status)
        status = cli_read_options(args, &job.rows.read);
    if (!status)
        status = cli_check_written(args, "out", args->word[1]);
    if (status)
        return status;
    int code = cli_open_model_rows(args, &job.rows, &err);
    if (!code)
        code = calibrate(args, &job, (int)threads, &err);
    status = code ? cli_fail(&err) : tell(args, &job, json);
    cli_release_model_rows(&job.rows);
    sl_warnings_release(&job.warnings);
    free(job.probabilities);
    return status;
}

const struct cli_command cli_calibrate = {
    .name = "calibrate",
    .summary = "fit a temperature by which a saved model's probabilities are as often right as they say",
    .synopsis = "MODEL DATA",
    .description =
        "Fits a temperature T to the rows of DATA, which needs labels, by least log loss: probabilities\n"
        "become p^(1/T), scaled so that they sum up to 1.  Predicted classes stay.  Prints the expected\n"
        "calibration error (15 bins of equal counts) and the log loss before and after, each half of the\n"
        "rows by the temperature of the other.  --out keeps the model with its temperature, which "
        "'shortlist\n"
        "predict --scores' goes by.  DATA should be validation rows: rows that the model was fitted on are\n"
        "warned of (W12), for it is surer of them, and the rows that were used here say nothing more of how\n"
        "well it is calibrated.  Models that give margins or labels only are refused.",
    .examples = "  shortlist calibrate cnn.slm held-out.csv --out cnn-calibrated.slm --plots pictures\n",
    .options = options,
    .least = 2,
    .most = 2,
    .run = run,
};
