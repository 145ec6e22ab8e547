/* study_options.c - what run and sweep have in common: settings, running, and showing what came out. */
#include "cli.h"
#include <string.h>

/* Options whose names and values are the experiment's own settings. */
static const char *const settings[] = {
    "data",       "train",   "validation", "folds",  "repeats", "seed",      "scale",       "metric",
    "label",      "drop",    "header",     "name",   "labels",  "delimiter", "decimal",     "missing",
    "categories", "columns", "id",         "groups", "weights", "test",      "categorical", "storage",
};

/* The same, where an option's name has dashes in the place of underscores. */
static const char *const dashed[][2] = {
    {"data-format", "data_format"},
    {"min-frequency", "min_frequency"},
    {"timing-runs", "timing_runs"},
};

static const char *const flags[][2] = {
    {"final", "final"},
    {"label-numeric", "label_numeric"},
    {"missing-indicators", "missing_indicators"},
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

static int read_limits(const struct cli_args *args, struct sl_run_options *options)
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

static int show(const struct cli_args *args, const char *name, enum sl_output_format format,
                const char *columns, void (*after)(const struct cli_args *args, const struct sl_table *table))
{
    struct cli_study opened;
    struct sl_error err = {0};
    int status = cli_open_study(args, name, &opened);
    if (!status)
        status = cli_omit_warnings(args, opened.table);
    if (!status && sl_table_write(opened.table, format, columns, cli_width(), stdout, &err))
        status = cli_fail(&err);
    if (!status && after && format == SL_FORMAT_TEXT)
        after(args, opened.table);
    if (!status && cli_has(args, "plots"))
        status = cli_draw(opened.table, NULL, NULL, cli_out(args), stderr);
    cli_close_study(&opened);
    return status;
}

static void report_end(const struct cli_args *args, const char *name, const struct sl_run_summary *summary)
{
    const char *out = cli_out(args);
    if (summary->interrupted)
        fprintf(stderr,
                "shortlist: interrupted; what is done is kept, the same command goes on from there\n");
    if (*summary->left_out)
        cli_line(stderr, "shortlist: left out: %s", summary->left_out);
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

int cli_run_experiment(const struct cli_args *args, const struct sl_experiment *experiment,
                       void (*after)(const struct cli_args *args, const struct sl_table *table))
{
    struct sl_run_options options = {.out = cli_out(args),
                                     .save_models = cli_has(args, "save-models"),
                                     .separate = cli_has(args, "separate"),
                                     .retry = cli_has(args, "retry")};
    struct sl_run_summary summary = {0};
    struct sl_error err = {0};
    struct cli_progress progress;
    enum sl_output_format format = SL_FORMAT_TEXT;
    const char *columns = NULL;
    int status = read_limits(args, &options);
    if (!status)
        status = read_keep_scores(args, &options);
    if (!status)
        status = cli_format(args, &format, &columns);
    if (status)
        return status;
    options.cancel = cli_catch_signals();
    if (!cli_has(args, "quiet")) {
        cli_progress_begin(&progress);
        options.progress = cli_progress_report;
        options.arg = &progress;
    }
    int code = sl_run(experiment, &options, &summary, &err);
    if (options.progress)
        cli_progress_end(&progress);
    if (code)
        return cli_fail(&err);
    if (summary.served)
        return EXIT_DONE;
    const char *name = sl_experiment_name(experiment);
    report_end(args, name, &summary);
    status = show(args, name, format, columns, after);
    /* Whatever else went wrong: the same signal may have ended gnuplot. */
    if (summary.interrupted || (status && *options.cancel))
        return EXIT_INTERRUPTED;
    return status ? status : summary.failed ? EXIT_SOME_FAILED : EXIT_DONE;
}
