/* cli.h - what the subcommands share.
 *
 * Adding a subcommand: copy show.c, a file with an option table, a function and a const struct
 * cli_command at its end; declare that below and name it in main.c's table.  Parsing, --help and the
 * nearest names follow from the tables; the manual page and the completion are checked against them. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <shortlist/shortlist.h>
#include <stdio.h>

enum { EXIT_DONE = 0, EXIT_ERROR = 1, EXIT_USAGE = 2, EXIT_SOME_FAILED = 3, EXIT_INTERRUPTED = 130 };

/* Options and arguments (options.c) ---------------------------------------------------------------- */

struct cli_option {
    const char *name;     /* without the dashes; NULL ends the table */
    char letter;          /* -x, or 0 */
    const char *argument; /* its name in --help, or NULL where it takes none */
    const char *help;     /* its lines are set one under the other; a line % is the names of columns, a line @
                             is what the metrics mean, a line # the methods of explaining */
};

struct cli_command;

struct cli_given {
    const struct cli_option *option;
    const char *value; /* "" where it takes none */
};

struct cli_args {
    const struct cli_command *command;
    int n;
    const char **word; /* (n): the positional arguments */
    size_t n_given;
    struct cli_given *given; /* (n_given), in the order of the command line */
};

struct cli_command {
    const char *name;
    const char *summary;     /* its line in `shortlist --help` */
    const char *synopsis;    /* what may follow the name */
    const char *description; /* of --help: paragraphs */
    const char *examples;
    const struct cli_option *options;
    int least, most;                         /* positional arguments; most -1: any number */
    int (*run)(const struct cli_args *args); /* returns the exit status */
};

extern const struct cli_command cli_run, cli_sweep, cli_show, cli_plot, cli_report, cli_predict, cli_explain,
    cli_list, cli_audit, cli_delete, cli_diff, cli_estimate, cli_errors, cli_embed, cli_calibrate,
    cli_robustness, cli_merge, cli_reproduce, cli_ensemble;

/* Parses argv[1] ... argv[argc - 1] of a command.  0, or an exit status after a message. */
int cli_parse(const struct cli_command *command, int argc, char **argv, struct cli_args *args);
void cli_args_release(struct cli_args *args);
void cli_print_help(const struct cli_command *command);

/* The last value given for an option of the command's table, or NULL. */
const char *cli_value(const struct cli_args *args, const char *option);
int cli_has(const struct cli_args *args, const char *option);

/* Values with a meaning; 0, or EXIT_USAGE after a message.  Without the option *value stays. */
int cli_whole(const struct cli_args *args, const char *option, long min, long max, long *value);
int cli_seconds(const struct cli_args *args, const char *option, double *value); /* 90, 10m, 1h */
int cli_bytes(const struct cli_args *args, const char *option, int64_t *value);  /* 512M, 4G */
/* --format, and --show-columns where the command has it: NULL without it. */
int cli_format(const struct cli_args *args, enum sl_output_format *format, const char **columns);
/* Takes out the warnings that --no-warn names, each time that it is given; NULL: looks at the names only. */
int cli_omit_warnings(const struct cli_args *args, struct sl_warnings *warnings);

/* --label, --drop and the others of CLI_DATA_OPTIONS */
int cli_read_options(const struct cli_args *args, struct sl_read_options *read);

/* --missing, --categories and the others of CLI_ENCODING_OPTIONS */
int cli_encoding_options(const struct cli_args *args, struct sl_read_options *read);

/* Messages (messages.c) ---------------------------------------------------------------------------- */

/* Prints a library's error; returns the exit status that belongs to it. */
int cli_fail(const struct sl_error *err);
/* Prints what is wrong with the command line and where help is; returns EXIT_USAGE. */
int cli_usage(const struct cli_command *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The same with a library's error, after a text that says where it stands; an error that is not the command
 * line's fault is cli_fail's. */
int cli_reject(const struct cli_command *command, const char *where, const struct sl_error *err);
int cli_fail_memory(void);

/* A text could not be printed for want of memory: the command goes on, and fails when it is done. */
void cli_miss_text(void);
/* A copy for the caller to free; NULL where memory is short, which is a missing text. */
char *cli_copy(const char *text);
/* The exit status of a command that ends with status; says so where a text is missing. */
int cli_final_status(int status);

/* Prints what holds texts from files and command lines (names, paths, errors): sl_visible of it.  The
 * format's own text is one line or a part of one: a newline in it would be shown, too. */
void cli_print(FILE *to, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* cli_print and a newline. */
void cli_line(FILE *to, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Rows that a plan left out, a line each, to stderr. */
void cli_left_out(const char *lines);

/* Columns of the terminal on stdout, 0 where it is none. */
int cli_width(void);
/* 1 where tables on stdout have bars: on a terminal, unless NO_COLOR is set. */
int cli_draws_bars(void);

/* Studies (studies.c) ------------------------------------------------------------------------------ */

struct cli_study {
    struct sl_study *study;
    struct sl_table *table;
};
/* Loads a study (name NULL: the one that ran last) and makes its table, judged by --metric or else by the
 * study's own; free them with cli_close_study.  0,
 * or an exit status after a message. */
int cli_open_study(const struct cli_args *args, const char *name, struct cli_study *opened);
/* The same from the store in the folder out. */
int cli_open_study_in(const struct cli_args *args, const char *out, const char *name,
                      struct cli_study *opened);
void cli_close_study(struct cli_study *opened);
const char *cli_out(const struct cli_args *args); /* --out, or "results" */

/* Draws what is asked for into OUT/STUDY/plots, OUT being the store's folder, and prints the paths on to;
 * kind may be NULL. */
int cli_draw(struct sl_plot_request *request, const char *kind, FILE *to);

/* Topics of `shortlist list` (list_tables.c). */
int cli_list_warnings(const struct cli_args *args, int json);
int cli_list_plots(const struct cli_args *args, int json);

/* Progress on stderr (progress.c) ------------------------------------------------------------------ */

struct cli_progress {
    int terminal;
    int drawn;          /* a bar stands on the line */
    double last_update; /* seconds since the run began */
};
void cli_progress_begin(struct cli_progress *progress);
void cli_progress_report(void *progress, const struct sl_progress *report);
void cli_progress_end(struct cli_progress *progress);

#define CLI_NO_WARN_HELP "leave these warnings out; 'shortlist list warnings' explains them"
/* Help of --show-columns: the line % is the names of all columns. */
#define CLI_COLUMNS_HELP                                                                                     \
    "columns of the table, in this order, in the place of those that fit\n"                                  \
    "(text, markdown, latex and html):\n%"

#define CLI_METRIC_HELP                                                                                      \
    "what rows are judged and sorted by; none: by accuracy, and\n"                                           \
    "they stay in the experiment's order (default none):\n@\n"                                               \
    "in means over classes both of two count alike: none is the positive one"

/* The same of a study that is in the store. */
#define CLI_SHOWN_METRIC_HELP                                                                                \
    "what rows are judged and sorted by; none: by accuracy, and\n"                                           \
    "they stay in the experiment's order (default what the run had):\n@\n"                                   \
    "in means over classes both of two count alike: none is the positive one"

/* clang-format off */
/* How a file of data is read: of every command that reads one. */
#define CLI_DATA_OPTIONS                                                                                    \
    {"label", 0, "COLUMN", "CSV: label column, by name or 0-based number (negative: from the end);\n"      \
     "default: one called label, class, target, species or the like, else y without\n"                    \
     "an x, else the last; the first before columns of pixels"},                                           \
    {"drop", 0, "A,B", "CSV: columns to leave out: names, numbers as --label, A:B, patterns as 'pix*'"},   \
    {"columns", 0, "A,B", "CSV: columns to take, as --drop names them (default all)"},                     \
    {"id", 0, "COLUMN", "CSV: the column that names the rows: no feature"},                                \
    {"label-numeric", 0, NULL, "CSV: numbers to regress on are classes, too"},                             \
    {"header", 0, "WHEN", "CSV: is the first line a header? yes, no or auto"},                             \
    {"delimiter", 0, "SIGN", "CSV: comma, semicolon, tab, pipe, blanks or a character; default: found out"}, \
    {"decimal", 0, "SIGN", "CSV: decimal sign, point or comma; default: found out"},                       \
    {"labels", 0, "FILE", "NPY, IDX: the file that holds the labels"},                                          \
    {"data-format", 0, "NAME", "csv, svmlight, arff, idx, npy or npz; default: told by content"},           \
    {"storage", 0, "KIND", "svmlight: dense, sparse or auto (sparse rows where dense ones would take more\n" \
     "than 64 MiB and 5 times as much; default auto)"}

/* The test file, groups, weights, and what becomes of missing values and words: of every command that reads data for a
 * comparison. */
#define CLI_ENCODING_OPTIONS                                                                                \
    {"test", 0, "FILE", "test file, to be scored at the end, beside a data set that has none"},            \
    {"groups", 0, "COLUMN", "CSV: the column of groups, which splits and folds leave whole: no feature"},  \
    {"weights", 0, "COLUMN", "CSV: the column of the rows' weights, 0 or more: no feature (NPZ: the array);\n"   \
     "for fitting alone, by the classifiers that 'shortlist list classifiers NAME'\n"                      \
     "says to take weights; scores count each row once"},  \
    CLI_CELL_OPTIONS

/* What becomes of missing values and words. */
#define CLI_CELL_OPTIONS \
    {"missing", 0, "WAY", "missing values: error, drop (their rows), median, mean or mode (of the training\n" \
     "rows), or constant=VALUE (default error)"},                                                           \
    {"missing-indicators", 0, NULL, "a column of 0 and 1 more for each that lacks values"},                \
    {"categories", 0, "WAY", "columns of words: error, onehot, ordinal or drop (default error; what is said\n" \
     "to be a category is one-hot)"},                                                                       \
    {"categorical", 0, "A,B", "CSV: columns of categories whatever they hold, as --drop names them"},      \
    {"min-frequency", 0, "N", "categories of fewer than N training rows share one (below 1: a share of them)"}

/* What run, sweep and estimate say of trials, and what it does (study_options.c). */
#define CLI_TRIAL_OPTIONS                                                                                  \
    {"data", 'd', "DATA", "data set: fashion-mnist, synthetic[:N[:SEED]], a folder or a file"},            \
    {"train", 0, "N", "training rows, or all (default 10000, or what there is)"},                                            \
    {"validation", 0, "N", "validation rows, drawn from the training file (default 10000, or a quarter);\n" \
     "0 with --train all and --save-models: fits every row, scores nothing"},               \
    {"folds", 'k', "K", "cross-validate over K folds of the training rows"},                               \
    {"repeats", 0, "R", "cross-validate R times, with other folds each time; without folds: R seeds a row"},                                                     \
    {"seed", 0, "S", "seed of the split and of every random stream, or random (default 42)"},              \
    {"scale", 0, "KIND", "scaling of the features: none, minmax or standard (default minmax)"},            \
    {"final", 0, NULL, "fit on training and validation rows, score the test file"},                        \
    {"metric", 0, "METRIC", CLI_METRIC_HELP},                                                              \
    {"search", 0, "KIND", "which values are fitted: grid (all), random (drawn), or by rungs halving or\n"  \
                          "hyperband (default grid)"},                                                     \
    {"trials", 0, "N", "combinations that a search draws (default 60 where a range has no steps and for\n" \
                       "random, else the whole grid)"},                                                    \
    {"train-sizes", 0, "VALUES", "fit every row on so many training rows each, as 100:10000:log5: the\n"  \
                                 "smaller ones are among the larger"},                                     \
    CLI_DATA_OPTIONS,                                                                                       \
    CLI_ENCODING_OPTIONS,                                                                                   \
    {"jobs", 'j', "N", "trials at a time; their times are marked as shared (default 1)"},                  \
    {"threads", 't', "N", "threads of a trial (default: the cores divided by --jobs)"},                    \
    {"evaluate-train", 0, NULL, "measure train_accuracy: each fitted model predicts its training rows, too"}, \
    {"timing-runs", 0, "N", "fit and score each trial N times more, after a warm-up, and show medians\n" \
                          "(default auto: what takes less than 0.1 s, a few times; 1: once)"},        \
    {"time-limit", 0, "TIME", "end a trial after so long: 90, 90s, 10m, 1h"},                              \
    {"memory-limit", 0, "SIZE", "end a trial that takes more memory: 512M, 4G"},                           \
    {"name", 'n', "NAME", "name of the study in the store"},                                               \
    {"save-models", 0, NULL, "keep the fitted models in OUT/STUDY/models/ for shortlist predict;\n"          \
     "not with --folds, where a row has no model of its own"},                                              \
    {"calibrate", 0, NULL, "with --save-models: fit a temperature on the validation rows, by which a kept\n" \
     "model's probabilities are as often right as they say"},                                               \
    {"separate", 0, NULL, "fit every trial by itself, for times of its own: no work is shared"},          \
    {"retry", 0, NULL, "run trials again that ended badly the last time"}

/* And those of a run, which has outcomes. */
#define CLI_STUDY_OPTIONS \
    CLI_TRIAL_OPTIONS, \
    {"out", 'o', "DIR", "folder of the store and the studies (default results)"},                          \
    {"keep-scores", 0, "WHICH", "scores of the classes that the store keeps of each row: all, top (the two\n"     \
                                "largest) or none (default all, up to 50 MB a study, else top)"},               \
    {"shard", 0, "I/N", "run a part of the trials, the I-th of N from 0 on; each has its own --out,\n"    \
                        "and 'shortlist merge' joins them"},                                              \
    {"budget", 0, "TIME", "end the whole run in that time: rows clearly behind get no more folds, and\n" \
                          "what would not end in time is left out, and named"},                           \
    {"estimates", 0, "FILE", "what 'shortlist estimate --out FILE' has told of these trials: shards take\n" \
                             "equally long by it, and so does the time that is left"},                     \
    {"format", 'f', "FORMAT", "text, markdown, csv, json, latex, html or cv_results (default text)"}, \
    {"show-columns", 0, "A,B", CLI_COLUMNS_HELP},                                                          \
    {"no-warn", 0, "CODE,CODE", CLI_NO_WARN_HELP},                                                         \
    {"plots", 0, NULL, "draw the study's plots, too"},                                                     \
    {"quiet", 'q', NULL, "no progress on stderr"}
/* clang-format on */

/* Remarks below a table; found: what the search did. */
typedef void cli_remarks(const struct sl_table *table, const struct sl_search_report *found);

/* What a command that runs trials has read from its options. */
struct cli_running {
    struct sl_run_options options;
    struct cli_progress progress;
    enum sl_output_format format;
    const char *columns;
    long extrapolate; /* --extrapolate, 0: not asked for */
};
/* A search, or a run of all trials, and what came of it. */
struct cli_searched {
    struct cli_running running;
    struct sl_run_summary summary;
    struct sl_search_report report;
    struct sl_experiment *ran; /* NULL: there is nothing more to do for it; sl_experiment_free */
    int has_study; /* there is a study to show: not on MPI's ranks other than 0, nor of half a search */
};
/* Reads the options, catches signals, runs, and says what became of the trials on stderr and of a search's
 * rungs on stdout above a text table, else on stderr.  An exit status; sl_experiment_free(ran) either way. */
int cli_search(const struct cli_args *args, const struct sl_experiment *experiment,
               struct cli_searched *searched);
/* The table of a study, with estimates beside its rows (NULL: none), remarks on it (after, if not NULL), and
 * its plots; an exit status. */
int cli_show_study(const struct cli_args *args, const char *name, const struct cli_running *running,
                   const struct sl_extrapolation *estimates, cli_remarks *after,
                   const struct sl_search_report *found);
/* The exit status of a command that ran trials and ends with status. */
int cli_run_status(const struct cli_running *running, const struct sl_run_summary *summary, int status);

/* Remarks below a sweep's table (sweep_remarks.c). */
cli_remarks cli_sweep_remarks;

/* Applies the options to the experiment. */
int cli_set_options(const struct cli_args *args, struct sl_experiment *experiment);
/* The experiment of a run's or a sweep's arguments; 0, or an exit status after a message. */
int cli_make_run(const struct cli_args *args, struct sl_experiment **experiment);
int cli_make_sweep(const struct cli_args *args, struct sl_experiment **experiment);
/* --jobs, --threads, --time-limit and --memory-limit */
int cli_read_limits(const struct cli_args *args, struct sl_run_options *options);
/* Runs the experiment, prints its table (and plots); after, if not NULL, may add remarks on the table. */
int cli_run_experiment(const struct cli_args *args, const struct sl_experiment *experiment,
                       cli_remarks *after);

/* Signals (signals.c) ------------------------------------------------------------------------------ */

/* SIGINT and SIGTERM raise the flag; a second one ends the program at once. */
const volatile sig_atomic_t *cli_catch_signals(void);

#endif
