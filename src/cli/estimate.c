/* estimate.c - shortlist estimate: what a run will take. */
#include "estimate_script.h"
#include "json.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct cli_option options[] = {
    {"set", 's', "C.P=VALUES", "as run and sweep have it; may be repeated"},
    {"models", 'm', "A,B", "of a run: only these classifiers"},
    {"baselines", 0, "FILE", "of a run: the configurations of a benchmark's file"},
    {"quick", 0, NULL, "of a run: the experiment's quick setting"},
    CLI_TRIAL_OPTIONS,
    {"store", 0, "DIR", "folder of the store whose outcomes need no run (default results)"},
    {"out", 'o', "FILE", "keep the estimates of all trials there: run --estimates FILE reads them"},
    {"slurm", 0, "N", "print a job script for Slurm: an array of N shards, and their merge; with --out"},
    {"format", 'f', "FORMAT", "text or json (default text)"},
    {0},
};

/* Durations and sizes ----------------------------------------------------------------------------- */

/* "0.52 s", "83 s", "1:23:05" */
static void print_time(double seconds, char *buf, size_t size)
{
    const long s = isnan(seconds) || seconds > 1e12 ? 0 : lround(seconds);
    if (isnan(seconds))
        snprintf(buf, size, "-");
    else if (seconds < 0.001)
        snprintf(buf, size, "<0.001 s");
    else if (seconds < 99.5)
        snprintf(buf, size, "%.2g s", seconds);
    else if (s < 3600)
        snprintf(buf, size, "%ld:%02ld", s / 60, s % 60);
    else
        snprintf(buf, size, "%ld:%02ld:%02ld", s / 3600, s / 60 % 60, s % 60);
}

static void print_size(double bytes, char *buf, size_t size)
{
    if (isnan(bytes))
        snprintf(buf, size, "-");
    else if (bytes < 1e9)
        snprintf(buf, size, "%.0f MB", bytes / 1e6);
    else
        snprintf(buf, size, "%.3g GB", bytes / 1e9);
}

/* Text -------------------------------------------------------------------------------------------- */

enum { CELLS = 8, CELL = 40 };

static void pad(const char *text, size_t width, int right)
{
    const size_t own = sl_text_width(text);
    const int rest = (int)(width > own ? width - own : 0);
    if (right)
        printf("%*s", rest, "");
    cli_print(stdout, "%s", text);
    if (!right)
        printf("%*s", rest, "");
}

static void fill_cells(const struct sl_estimated_row *row, char cells[CELLS][CELL])
{
    snprintf(cells[0], CELL, "%zu", row->trials);
    snprintf(cells[1], CELL, "%zu", row->held);
    snprintf(cells[2], CELL, "%d", row->group);
    print_time(row->fit_time, cells[3], CELL);
    print_time(row->score_time, cells[4], CELL);
    if (isnan(row->error))
        snprintf(cells[5], CELL, "-");
    else
        snprintf(cells[5], CELL, row->error < 10 ? "x%.1f" : "x%.0f", row->error);
    print_size(row->peak_memory, cells[6], CELL);
    print_time(row->held == row->trials ? 0 : row->seconds, cells[7], CELL);
    if (row->held == row->trials)
        snprintf(cells[7], CELL, "-");
}

static void print_rows(const struct sl_estimation *e)
{
    static const char *const heads[CELLS] = {"trials", "held",  "group",  "fit",
                                             "score",  "error", "memory", "in all"};
    size_t name = 3, width[CELLS];
    char cells[CELLS][CELL];
    for (int c = 0; c < CELLS; c++)
        width[c] = strlen(heads[c]);
    for (size_t r = 0; r < e->n_rows; r++) {
        fill_cells(&e->rows[r], cells);
        name = sl_text_width(e->rows[r].name) > name ? sl_text_width(e->rows[r].name) : name;
        for (int c = 0; c < CELLS; c++)
            width[c] = strlen(cells[c]) > width[c] ? strlen(cells[c]) : width[c];
    }
    pad("row", name, 0);
    for (int c = 0; c < CELLS; c++)
        printf("  %*s", (int)width[c], heads[c]);
    putchar('\n');
    for (size_t r = 0; r < e->n_rows; r++) {
        fill_cells(&e->rows[r], cells);
        pad(e->rows[r].name, name, 0);
        for (int c = 0; c < CELLS; c++)
            printf("  %*s", (int)width[c], cells[c]);
        putchar('\n');
    }
}

static void print_limits(const struct sl_estimation *e, const struct cli_args *args)
{
    for (size_t r = 0; r < e->n_rows; r++) {
        const struct sl_estimated_row *row = &e->rows[r];
        if (row->over_time)
            cli_line(stdout, "%s: a trial will take longer than the time limit of %s.", row->name,
                     cli_value(args, "time-limit"));
        if (row->over_memory)
            cli_line(stdout, "%s: a trial will need more than the memory limit of %s.", row->name,
                     cli_value(args, "memory-limit"));
        if (*row->reason)
            cli_line(stdout, "%s: no estimate: %s.", row->name, row->reason);
    }
}

static void print_text(const struct sl_estimation *e, const struct cli_args *args,
                       const struct sl_experiment *experiment)
{
    char total[CELL], longest[CELL], peak[CELL], memory[CELL], took[CELL];
    print_time(e->seconds, total, sizeof total);
    print_time(e->longest, longest, sizeof longest);
    print_size(e->peak_memory, peak, sizeof peak);
    print_size(e->memory, memory, sizeof memory);
    print_time(e->took, took, sizeof took);
    cli_line(stdout, "%s: %zu trial%s, %zu of them in the store, %zu process%s to run",
             sl_experiment_name(experiment), e->trials, e->trials == 1 ? "" : "s", e->held, e->units,
             e->units == 1 ? "" : "es");
    printf("Times and memory of one trial, estimated from small samples; they may be wrong by the factor\n"
           "'error'.  In all: of the trials that are to be run, with what is not measured.\n\n");
    print_rows(e);
    printf("\nThe run: %s, its longest process %s; memory: a trial at most %s, the run %s.\n", total, longest,
           peak, memory);
    if (e->unknown)
        printf("Rows without an estimate are not in these sums.\n");
    print_limits(e, args);
    cli_line(stderr, "Estimated in %s.", took);
}

/* JSON -------------------------------------------------------------------------------------------- */

static json_t *number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *row_json(const struct sl_estimated_row *row)
{
    json_t *o = json_object();
    cli_json_set(&o, "name", cli_json_text(row->name));
    cli_json_set(&o, "classifier", cli_json_text(row->classifier));
    cli_json_set(&o, "trials", cli_json_count(row->trials));
    cli_json_set(&o, "held", cli_json_count(row->held));
    cli_json_set(&o, "group", cli_json_count((size_t)row->group));
    cli_json_set(&o, "n_train", cli_json_count(row->n_train));
    cli_json_set(&o, "n_validation", cli_json_count(row->n_validation));
    cli_json_set(&o, "fit_time", number(row->fit_time));
    cli_json_set(&o, "score_time", number(row->score_time));
    cli_json_set(&o, "error", number(row->error));
    cli_json_set(&o, "peak_memory", number(row->peak_memory));
    cli_json_set(&o, "seconds", number(row->seconds));
    cli_json_set(&o, "over_time_limit", json_boolean(row->over_time));
    cli_json_set(&o, "over_memory_limit", json_boolean(row->over_memory));
    cli_json_set(&o, "reason", cli_json_text(*row->reason ? row->reason : NULL));
    return o;
}

static int print_json(const struct sl_estimation *e, const struct sl_experiment *experiment)
{
    json_t *o = json_object(), *rows = json_array();
    for (size_t r = 0; r < e->n_rows; r++)
        cli_json_add(&rows, row_json(&e->rows[r]));
    cli_json_set(&o, "study", cli_json_text(sl_experiment_name(experiment)));
    cli_json_set(&o, "trials", cli_json_count(e->trials));
    cli_json_set(&o, "held", cli_json_count(e->held));
    cli_json_set(&o, "processes", cli_json_count(e->units));
    cli_json_set(&o, "seconds", number(e->seconds));
    cli_json_set(&o, "longest", number(e->longest));
    cli_json_set(&o, "peak_memory", number(e->peak_memory));
    cli_json_set(&o, "memory", number(e->memory));
    cli_json_set(&o, "took", number(e->took));
    cli_json_set(&o, "rows", rows);
    return cli_write_json(o);
}

/* ------------------------------------------------------------------------------------------------- */

/* The arguments behind the word run or sweep; without one they are run's. */
static struct cli_args inner_args(const struct cli_args *args, int *sweeps)
{
    struct cli_args inner = *args;
    *sweeps = args->n > 0 && strcmp(args->word[0], "sweep") == 0;
    if (args->n > 0 && (*sweeps || strcmp(args->word[0], "run") == 0)) {
        inner.word++;
        inner.n--;
    }
    return inner;
}

static int make_experiment(const struct cli_args *args, struct sl_experiment **experiment)
{
    int sweeps;
    const struct cli_args inner = inner_args(args, &sweeps);
    if (sweeps && inner.n < 1)
        return cli_usage(args->command,
                         "sweep: it needs a classifier and its values, as the command has them");
    if (!sweeps && inner.n > 1)
        return cli_usage(args->command, "'%.40s' is one word too many: a run has one experiment",
                         inner.word[1]);
    return sweeps ? cli_make_sweep(&inner, experiment) : cli_make_run(&inner, experiment);
}

static int read_format(const struct cli_args *args, int *json)
{
    static const char *const names[] = {"text", "json"};
    const char *format = cli_value(args, "format");
    *json = format && strcmp(format, "json") == 0;
    if (format && !*json && strcmp(format, "text") != 0)
        return cli_usage(args->command, "--format: '%.40s' is not allowed%s: it takes text or json", format,
                         sl_did_you_mean(format, names, 2).text);
    return EXIT_DONE;
}

static int read_slurm(const struct cli_args *args, long *shards)
{
    int status = cli_whole(args, "slurm", 1, 10000, shards);
    if (!status && *shards && !cli_value(args, "out"))
        status = cli_usage(args->command,
                           "--slurm: the shards are dealt by a file of estimates: name it, --out FILE");
    return status;
}

static int print_estimation(const struct cli_args *args, const struct sl_experiment *experiment,
                            const struct sl_run_options *run, long shards, int json)
{
    struct sl_error err = {0};
    struct sl_estimation *e;
    if (sl_search_estimate(experiment, run, cli_value(args, "out"), &e, &err))
        return *run->cancel ? EXIT_INTERRUPTED : cli_fail(&err);
    int status = EXIT_DONE;
    cli_left_out(e->left_out);
    if (shards)
        cli_print_script(args, e, shards, run);
    else if (json)
        status = print_json(e, experiment);
    else
        print_text(e, args, experiment);
    sl_estimation_free(e);
    return status;
}

static int estimate(const struct cli_args *args)
{
    struct sl_experiment *experiment = NULL;
    struct sl_run_options run = {.separate = cli_has(args, "separate"),
                                 .save_models = cli_has(args, "save-models"),
                                 .retry = cli_has(args, "retry")};
    long shards = 0;
    int json, status = read_format(args, &json);
    if (!status)
        status = read_slurm(args, &shards);
    if (!status)
        status = cli_read_limits(args, &run);
    if (!status)
        status = make_experiment(args, &experiment);
    if (status)
        return status;
    run.out = cli_value(args, "store");
    run.cancel = cli_catch_signals();
    status = print_estimation(args, experiment, &run, shards, json);
    sl_experiment_free(experiment);
    return status;
}

const struct cli_command cli_estimate = {
    .name = "estimate",
    .summary = "what a run or a sweep will take: trials, time, memory",
    .synopsis = "[run] [EXPERIMENT] | sweep CLASSIFIER PARAM[=VALUES]...",
    .description =
        "Takes the arguments of run, or of sweep behind that word, and runs nothing of it: it tells the\n"
        "trials, what the store holds already, and for each row time and memory.  These come from samples\n"
        "of its rows, each two or four times as large as the one before, which are fitted and scored in "
        "processes as\n"
        "trials are; time and memory follow a power law with a floor.  Rows that will not keep\n"
        "--time-limit or --memory-limit are named.  Random draws are estimated as they will be drawn; of a\n"
        "search by rungs, all candidates as if each ran whole.",
    .examples = "  shortlist estimate --train 50000\n"
                "      the shortlisting table at its full size\n"
                "  shortlist estimate sweep svm C=0.1:1000:log5 gamma --folds 5 --jobs 4\n"
                "      a sweep of 25 candidates over 5 folds\n"
                "  shortlist estimate sweep tree max_depth --folds 5 --out tree.json\n"
                "  shortlist sweep tree max_depth --folds 5 --shard 0/4 --estimates tree.json\n"
                "      the first of four shards that take equally long\n"
                "  shortlist estimate sweep svm C gamma --folds 5 --out svm.json --slurm 20 >svm.slurm\n"
                "      a script: 'bash svm.slurm' submits 20 shards and the merge of their stores",
    .options = options,
    .least = 0,
    .most = -1,
    .run = estimate,
};
