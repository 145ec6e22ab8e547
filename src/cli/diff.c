/* diff.c - shortlist diff: two studies side by side, and whether the second is worse. */
#include "cli.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct cli_option options[] = {
    {"tolerance", 0, "POINTS",
     "the score of a row may get worse by so many points (hundredths of\n"
     "the metric); default: by what is noise"},
    {"time-tolerance", 0, "FACTOR",
     "the time to fit or to score a row may grow by this factor;\n"
     "default: times are shown, and fail nothing"},
    {"metric", 0, "METRIC", CLI_SHOWN_METRIC_HELP},
    {"format", 'f', "FORMAT", "text, markdown, csv, json, latex or html (default text)"},
    {"out", 'o', "DIR", "folder of the store of a STUDY without one (default results)"},
    {"width", 'w', "COLUMNS", "of the text table (default the terminal's, else 100)"},
    {0},
};

/* Two sides of the comparison: where each store is, and the study in it. */
struct side {
    char *out;
    struct cli_study opened;
};

static int read_number(const struct cli_args *args, const char *option, double least, double *value)
{
    const char *text = cli_value(args, option);
    *value = NAN;
    if (text && (sl_parse_real(text, value) || *value < least))
        return cli_usage(args->command, "--%s: '%.40s' is not allowed: it takes a number from %g on", option,
                         text, least);
    return EXIT_DONE;
}

/* "DIR:STUDY", "DIR:" (the study that ran last) or "STUDY"; a study's name has no colon. */
static int open_side(const struct cli_args *args, const char *word, struct side *side)
{
    const char *colon = strrchr(word, ':');
    const char *out = cli_out(args), *name = colon ? colon + 1 : word;
    side->out = colon ? strndup(word, (size_t)(colon - word)) : strdup(out);
    if (!side->out)
        return cli_fail_memory();
    if (!*side->out)
        return cli_usage(args->command, "'%.80s': a folder is missing before the colon", word);
    return cli_open_study_in(args, side->out, *name ? name : NULL, &side->opened);
}

static void close_side(struct side *side)
{
    cli_close_study(&side->opened);
    free(side->out);
}

static int compare(const struct side *side, const struct sl_diff_options *rules, enum sl_output_format format,
                   int width)
{
    struct sl_error err = {0};
    struct sl_diff *diff = NULL;
    int code = sl_diff_make(&(struct sl_diff_side){side[0].opened.table, side[0].out},
                            &(struct sl_diff_side){side[1].opened.table, side[1].out}, rules, &diff, &err);
    if (!code)
        code = sl_diff_write(diff, format, width, stdout, &err);
    int status = code ? cli_fail(&err) : diff->n_regressed ? EXIT_SOME_FAILED : EXIT_DONE;
    sl_diff_free(diff);
    return status;
}

static int diff_studies(const struct cli_args *args)
{
    struct side side[2] = {0};
    struct sl_diff_options rules;
    enum sl_output_format format = SL_FORMAT_TEXT;
    const char *columns;
    long width = cli_width();
    int status = cli_format(args, &format, &columns);
    if (!status)
        status = cli_whole(args, "width", 40, 1000, &width);
    if (!status)
        status = read_number(args, "tolerance", 0, &rules.tolerance);
    if (!status)
        status = read_number(args, "time-tolerance", 1, &rules.time_tolerance);
    for (int i = 0; i < 2 && !status; i++)
        status = open_side(args, args->word[i], &side[i]);
    if (!status)
        status = compare(side, &rules, format, (int)width);
    close_side(&side[0]);
    close_side(&side[1]);
    return status;
}

const struct cli_command cli_diff = {
    .name = "diff",
    .summary = "compare two studies: what changed beyond noise, and is it worse",
    .synopsis = "[DIR:]BEFORE [DIR:]AFTER",
    .description =
        "Compares two studies row by row: two runs, two versions of the program, two machines.  DIR is\n"
        "the folder of a study's store (default --out); DIR: alone is the study there that ran last.\n"
        "Rows belong together by their name, else by their configuration; those of one study alone are\n"
        "named, and so is what differs in data, settings, program and machine.\n"
        "Scores are compared by a paired test where both sides scored the same rows, else by their\n"
        "intervals; times, memory and model sizes by their ratio.  Times that were not measured alike\n"
        "(machine, threads, --jobs) are shown, and judged by --time-tolerance alone.  A run takes what\n"
        "its store holds: to compare two versions of the program, give each a store of its own.\n"
        "Exit status: 0 no regression; 3 a row's score got worse, or it no longer ends well, or (with\n"
        "--time-tolerance) it got slower.",
    .examples = "  shortlist diff wine wine-scaled\n"
                "  shortlist diff before:wine after:wine --tolerance 0.5 --time-tolerance 2\n"
                "  shortlist diff before: after: --format json | jq '.rows[] | select(.score_regressed)'\n",
    .options = options,
    .least = 2,
    .most = 2,
    .run = diff_studies,
};
