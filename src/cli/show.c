/* show.c - shortlist show: a study's table again, or one row of it in full. */
#include "cli.h"

static const struct cli_option options[] = {
    {"format", 'f', "FORMAT", "text, markdown, csv, json, latex, html or cv_results (default text)"},
    {"show-columns", 0, "A,B", CLI_COLUMNS_HELP},
    {"no-warn", 0, "CODE,CODE", CLI_NO_WARN_HELP},
    {"metric", 0, "METRIC", CLI_SHOWN_METRIC_HELP},
    {"predictions", 0, NULL,
     "what ROW predicted of each scored row, with the scores kept (csv or json;\n"
     "default csv)"},
    {"out", 'o', "DIR", "folder of the store (default results)"},
    {"width", 'w', "COLUMNS", "of the text table (default the terminal's, else 100)"},
    {0},
};

/* Predictions are for programs: CSV where nothing else is asked for. */
static int check_predictions(const struct cli_args *args, enum sl_output_format *format)
{
    if (!cli_has(args, "predictions"))
        return EXIT_DONE;
    if (args->n < 2)
        return cli_usage(args->command, "--predictions: it needs STUDY and ROW");
    if (!cli_has(args, "format"))
        *format = SL_FORMAT_CSV;
    if (*format != SL_FORMAT_CSV && *format != SL_FORMAT_JSON)
        return cli_usage(args->command, "--predictions: they are written as csv or json");
    return EXIT_DONE;
}

/* For people a row in full ends with the gist of where it errs. */
static int write_row(const struct cli_args *args, const struct sl_table *table, enum sl_output_format format,
                     int width, struct sl_error *err)
{
    int code = sl_row_write(table, args->word[1], format, width, stdout, err);
    if (code || format == SL_FORMAT_CSV || format == SL_FORMAT_JSON)
        return code;
    fputc('\n', stdout);
    return sl_errors_gist_write(table, args->word[1], cli_out(args), format, width, stdout, err);
}

static int write_study(const struct cli_args *args, const struct sl_table *table,
                       enum sl_output_format format, const char *columns, int width)
{
    struct sl_error err = {0};
    int code = cli_has(args, "predictions")
                   ? sl_predictions_write(table, args->word[1], cli_out(args), format, stdout, &err)
               : args->n > 1 ? write_row(args, table, format, width, &err)
                             : sl_table_write(table, format, columns, width, stdout, &err);
    return code ? cli_fail(&err) : EXIT_DONE;
}

static int show(const struct cli_args *args)
{
    struct cli_study opened;
    enum sl_output_format format = SL_FORMAT_TEXT;
    const char *columns;
    long width = cli_width();
    int status = cli_format(args, &format, &columns);
    if (!status && columns && args->n > 1)
        status = cli_usage(args->command, "--show-columns: a row in full has no columns to choose");
    if (!status)
        status = cli_whole(args, "width", 40, 1000, &width);
    if (!status)
        status = check_predictions(args, &format);
    if (!status)
        status = cli_open_study(args, args->n ? args->word[0] : NULL, &opened);
    if (status)
        return status;
    status = cli_omit_warnings(args, &opened.table->warnings);
    opened.table->bars = cli_draws_bars() && format == SL_FORMAT_TEXT;
    if (!status)
        status = write_study(args, opened.table, format, columns, (int)width);
    cli_close_study(&opened);
    return status;
}

const struct cli_command cli_show = {
    .name = "show",
    .summary = "print a study's table again, or one row in full",
    .synopsis = "[STUDY [ROW]]",
    .description =
        "Prints the table of a study in the store; without STUDY, of the one that ran last.  Before\n"
        "it stands what it comes to, in words: the best row, what cannot be told apart from it, the\n"
        "fastest of these, and what a far faster row costs.  With ROW, the name of one of its rows:\n"
        "precision, recall and F1 of each class and the confusion matrix (where it is too large to\n"
        "read, the classes that are confused most), and the gist of where it errs, of which\n"
        "'shortlist errors' tells the rest; with --predictions, what it predicted of each row.\n"
        "Nothing is fitted.  Columns that do not fit the width, or LaTeX's page, are left out\n"
        "and named.\n"
        "JSON holds every field (seconds, bytes; null where one does not apply); CSV the same, a row\n"
        "a line, with an apostrophe before a text that a spreadsheet would take for a formula; LaTeX\n"
        "needs the package booktabs.",
    .examples = "  shortlist show\n"
                "  shortlist show shortlist 'decision tree'\n"
                "  shortlist show shortlist --format latex --show-columns accuracy,interval,fit_time\n"
                "  shortlist show shortlist 'decision tree' --predictions >predictions.csv\n"
                "  shortlist show sweep-logreg --format csv >sweep.csv\n"
                "  shortlist show --format json | jq '.rows[] | {name, accuracy, fit_time}'\n",
    .options = options,
    .least = 0,
    .most = 2,
    .run = show,
};
