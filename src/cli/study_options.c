/* study_options.c - what run and sweep have in common: settings, running, and showing what came out. */
#include "cli.h"
#include <string.h>

enum { SHARDS_MAX = 10000 };

/* Options whose names and values are the experiment's own settings. */
static const char *const settings[] = {
    "data", "train",  "validation", "folds",  "repeats",     "seed",    "scale",   "metric",     "label",
    "drop", "header", "name",       "labels", "delimiter",   "decimal", "missing", "categories", "columns",
    "id",   "groups", "weights",    "test",   "categorical", "storage", "search",  "trials",
};

/* The same, where an option's name has dashes in the place of underscores. */
static const char *const dashed[][2] = {
    {"data-format", "data_format"},
    {"min-frequency", "min_frequency"},
    {"train-sizes", "train_sizes"},
    {"timing-runs", "timing_runs"},
};

static const char *const flags[][2] = {
    {"final", "final"},
    {"label-numeric", "label_numeric"},
    {"missing-indicators", "missing_indicators"},
    {"evaluate-train", "evaluate_train"},
};

/* What is wrong with a setting begins with its name; the user wrote the option's. */
static int reject_dashed(const struct cli_args *args, const char *const names[2], struct sl_error *err)
{
    size_t n = strlen(names[0]);
    if (strncmp(err->text, names[1], n) == 0)
        memcpy(err->text, names[0], n);
    return cli_reject(args->command, "--", err);
}

int cli_set_options(const struct cli_args *args, struct sl_experiment *experiment)
{
    struct sl_error err = {0};
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        const char *value = cli_value(args, settings[i]);
        if (value && sl_experiment_set(experiment, settings[i], value, &err))
            return cli_reject(args->command, "--", &err);
    }
    for (size_t i = 0; i < sizeof dashed / sizeof *dashed; i++) {
        const char *value = cli_value(args, dashed[i][0]);
        if (value && sl_experiment_set(experiment, dashed[i][1], value, &err))
            return reject_dashed(args, dashed[i], &err);
    }
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        if (cli_has(args, flags[i][0]) && sl_experiment_set(experiment, flags[i][1], "true", &err))
            return cli_fail(&err);
    return EXIT_DONE;
}

int cli_read_limits(const struct cli_args *args, struct sl_run_options *options)
{
    long jobs = 1, threads = 0;
    int status = cli_whole(args, "jobs", 1, 1024, &jobs);
    if (!status)
        status = cli_whole(args, "threads", 1, 1024, &threads);
    if (!status)
        status = cli_seconds(args, "time-limit", &options->time_limit);
    if (!status)
        status = cli_bytes(args, "memory-limit", &options->memory_limit);
    options->jobs = (int)jobs;
    options->threads = (int)threads;
    return status;
}

static int read_keep_scores(const struct cli_args *args, struct sl_run_options *options)
{
    static const char *const names[] = {"all", "top", "none"};
    static const enum sl_keep_scores values[] = {SL_KEEP_ALL, SL_KEEP_TOP, SL_KEEP_NONE};
    const char *text = cli_value(args, "keep-scores");
    if (!text)
        return EXIT_DONE;
    for (int i = 0; i < 3; i++)
        if (strcmp(text, names[i]) == 0) {
            options->keep_scores = values[i];
            return EXIT_DONE;
        }
    return cli_usage(args->command, "--keep-scores: '%.40s' is not allowed%s: it takes all, top or none",
                     text, sl_did_you_mean(text, names, 3).text);
}

/* "0/4" to "3/4" */
static int read_shard(const struct cli_args *args, struct sl_run_options *options)
{
    const char *text = cli_value(args, "shard");
    int shard, shards, end = 0;
    if (!text)
        return EXIT_DONE;
    if (strspn(text, "0123456789/") != strlen(text) ||
        sscanf(text, "%8d/%8d%n", &shard, &shards, &end) != 2 || text[end] || shards < 1 ||
        shards > SHARDS_MAX || shard >= shards)
        return cli_usage(
            args->command,
            "--shard: '%.40s' is not allowed: it takes I/N, with N shards from 1 to %d and I from 0 to "
            "N - 1: 0/4 is the first of four, 3/4 the last",
            text, SHARDS_MAX);
    options->shard = shard;
    options->shards = shards;
    return EXIT_DONE;
}

int cli_show_study(const struct cli_args *args, const char *name, const struct cli_running *running,
                   const struct sl_extrapolation *estimates, cli_remarks *after,
                   const struct sl_search_report *found)
{
    struct cli_study opened;
    struct sl_error err = {0};
    const int is_text = running->format == SL_FORMAT_TEXT;
    int status = cli_open_study(args, name, &opened);
    if (!status && sl_table_extrapolate(opened.table, estimates, &err))
        status = cli_fail(&err);
    if (!status)
        status = cli_omit_warnings(args, &opened.table->warnings);
    if (!status)
        opened.table->bars = cli_draws_bars() && is_text;
    if (!status && sl_table_write(opened.table, running->format, running->columns, cli_width(), stdout, &err))
        status = cli_fail(&err);
    if (!status && after && is_text)
        after(opened.table, found);
    if (!status && cli_has(args, "plots"))
        status =
            cli_draw(&(struct sl_plot_request){.table = opened.table, .out = cli_out(args)}, NULL, stderr);
    cli_close_study(&opened);
    return status;
}

static int running_begin(const struct cli_args *args, struct cli_running *running)
{
    struct sl_error err = {0};
    *running = (struct cli_running){.format = SL_FORMAT_TEXT};
    running->options = (struct sl_run_options){.out = cli_out(args),
                                               .save_models = cli_has(args, "save-models"),
                                               .calibrate = cli_has(args, "calibrate"),
                                               .separate = cli_has(args, "separate"),
                                               .estimates = cli_value(args, "estimates"),
                                               .retry = cli_has(args, "retry")};
    int status = cli_read_limits(args, &running->options);
    if (!status)
        status = cli_seconds(args, "budget", &running->options.budget);
    if (!status)
        status = cli_whole(args, "extrapolate", 1, 1000000000000, &running->extrapolate);
    if (!status && running->extrapolate && sl_extrapolate_check(&err))
        status = cli_reject(args->command, "--", &err);
    if (!status)
        status = read_keep_scores(args, &running->options);
    if (!status)
        status = read_shard(args, &running->options);
    if (!status)
        status = cli_format(args, &running->format, &running->columns);
    if (status)
        return status;
    running->options.cancel = cli_catch_signals();
    if (!cli_has(args, "quiet")) {
        cli_progress_begin(&running->progress);
        running->options.progress = cli_progress_report;
        running->options.arg = &running->progress;
    }
    return EXIT_DONE;
}

static void running_end(struct cli_running *running)
{
    if (running->options.progress)
        cli_progress_end(&running->progress);
}

/* "81 on 1 of 5 folds, 20 % of the rows; 54 stopped: sweep-svm-rung-1" */
static void report_rung(const struct sl_rung *rung, size_t r, int folds, FILE *to)
{
    fprintf(to, "  %zu. %zu", r + 1, rung->n);
    if (rung->n_folds)
        fprintf(to, " on %d of %d folds", rung->n_folds, folds);
    if (rung->rows < 1)
        fprintf(to, "%s %.3g %% of the rows", rung->n_folds ? "," : " on", 100 * rung->rows);
    if (rung->epochs < 1)
        fprintf(to, "%s %.3g %% of the epochs", rung->n_folds || rung->rows < 1 ? "," : " for",
                100 * rung->epochs);
    if (rung->stopped)
        fprintf(to, "; %zu stopped", rung->stopped);
    if (rung->ties)
        fprintf(to, ", %zu stayed by a tie", rung->ties);
    cli_line(to, " (study %s)", rung->study);
}

static void report_search(const struct cli_args *args, const struct cli_running *running,
                          const struct sl_search_report *report)
{
    FILE *to = running->format == SL_FORMAT_TEXT ? stdout : stderr;
    if (*report->note)
        cli_line(stderr, "shortlist: %s", report->note);
    if (!report->n_rungs || (to == stderr && cli_has(args, "quiet")))
        return;
    int folds = report->rungs[report->n_rungs - 1].n_folds;
    fprintf(to, "%zu candidates on %zu rungs, %.3g %% of the work of fitting every one whole:\n",
            report->candidates, report->n_rungs, 100 * report->cost);
    for (size_t r = 0; r < report->n_rungs; r++)
        report_rung(&report->rungs[r], r, folds, to);
}

static void report_end(const struct cli_args *args, const char *name, const struct sl_run_summary *summary)
{
    const char *out = cli_out(args);
    if (summary->interrupted)
        fprintf(stderr,
                "shortlist: interrupted; what is done is kept, the same command goes on from there\n");
    cli_left_out(summary->left_out);
    if (*summary->cut)
        cli_line(stderr, "shortlist: %s; the same command without --budget runs the rest", summary->cut);
    if (*summary->scores)
        cli_line(stderr, "shortlist: %s", summary->scores);
    if (cli_has(args, "quiet"))
        return;
    fprintf(stderr, "%zu trial%s: %zu run now, %zu taken from the store, %zu not ok%s\n", summary->trials,
            summary->trials == 1 ? "" : "s", summary->run, summary->held, summary->failed,
            summary->failed && !cli_has(args, "retry") ? " (--retry runs those again)" : "");
    cli_line(stderr, "Store: %s/shortlist.db (study %s)", out, name);
    if (cli_has(args, "save-models"))
        cli_line(stderr, "Models: %s/%s/models/", out, name);
}

int cli_search(const struct cli_args *args, const struct sl_experiment *experiment,
               struct cli_searched *searched)
{
    struct sl_error err = {0};
    *searched = (struct cli_searched){0};
    int status = running_begin(args, &searched->running);
    if (status)
        return status;
    int code = sl_search(experiment, &searched->running.options, &searched->ran, &searched->summary,
                         &searched->report, &err);
    running_end(&searched->running);
    if (code)
        return cli_fail(&err);
    if (searched->summary.served)
        return EXIT_DONE;
    report_end(args, sl_experiment_name(experiment), &searched->summary);
    report_search(args, &searched->running, &searched->report);
    searched->has_study = searched->ran || !searched->report.n_rungs;
    return EXIT_DONE;
}

/* Before the table is made, whose tests start threads. */
static int extrapolate(const struct cli_args *args, const struct cli_searched *searched,
                       struct sl_extrapolation **out)
{
    const struct sl_run_options *options = &searched->running.options;
    struct sl_error err = {0};
    *out = NULL;
    if (!searched->running.extrapolate || !searched->ran || *options->cancel)
        return EXIT_DONE;
    if (!cli_has(args, "quiet"))
        fprintf(stderr, "Estimating, from samples, what the rows would take on %ld training rows\n",
                searched->running.extrapolate);
    if (!sl_extrapolate(searched->ran, options, (size_t)searched->running.extrapolate, out, &err))
        return EXIT_DONE;
    const int status = cli_fail(&err);
    return *options->cancel ? EXIT_INTERRUPTED : status;
}

int cli_run_experiment(const struct cli_args *args, const struct sl_experiment *experiment,
                       cli_remarks *after)
{
    struct cli_searched searched;
    struct sl_extrapolation *estimates = NULL;
    int status = cli_search(args, experiment, &searched), shown = EXIT_DONE;
    if (!status && searched.has_study)
        status = extrapolate(args, &searched, &estimates);
    sl_experiment_free(searched.ran);
    if (searched.has_study) /* also where there are no estimates beside it */
        shown = cli_show_study(args, sl_experiment_name(experiment), &searched.running, estimates, after,
                               &searched.report);
    sl_extrapolation_free(estimates);
    status = status ? status : shown;
    return status && !searched.has_study ? status
                                         : cli_run_status(&searched.running, &searched.summary, status);
}

int cli_run_status(const struct cli_running *running, const struct sl_run_summary *summary, int status)
{
    /* Whatever else went wrong: the same signal may have ended gnuplot. */
    if (summary->interrupted || (status && *running->options.cancel))
        return EXIT_INTERRUPTED;
    return status ? status : summary->failed ? EXIT_SOME_FAILED : EXIT_DONE;
}
