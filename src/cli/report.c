/* report.c - shortlist report: whole studies as one document. */
#include "cli.h"
#include <stdlib.h>
#include <string.h>

static const struct cli_option options[] = {
    {"row", 'r', "ROW", "a section for this row, too, beside the best 20; may be repeated"},
    {"format", 'f', "FORMAT", "html, markdown or latex (default html)"},
    {"metric", 0, "METRIC", CLI_SHOWN_METRIC_HELP},
    {"no-warn", 0, "CODE,CODE", CLI_NO_WARN_HELP},
    {"to", 0, "FILE", "where the report goes (default OUT/STUDY/report.html, .md or .tex)"},
    {"out", 'o', "DIR", "folder of the store (default results)"},
    {0},
};

static char *default_path(const struct cli_args *args, const struct cli_study *first,
                          enum sl_report_format format)
{
    const char *out = cli_out(args), *study = first->study->name, *ending = sl_report_ending(format);
    size_t size = strlen(out) + strlen(study) + strlen(ending) + sizeof "//report.";
    char *path = malloc(size);
    if (path)
        snprintf(path, size, "%s/%s/report.%s", out, study, ending);
    return path;
}

static int write_report(struct sl_report_request *request, const char *path)
{
    struct sl_error err = {0};
    if (!path)
        return cli_fail_memory();
    if (sl_report_write(request, path, &err))
        return cli_fail(&err);
    if (request->n_missing)
        cli_line(stderr, "shortlist: %s", request->missing.text);
    cli_line(stdout, "%s", path);
    return EXIT_DONE;
}

static int write_studies(const struct cli_args *args, const struct cli_study *opened, size_t n,
                         enum sl_report_format format)
{
    const struct sl_table **tables = calloc(n, sizeof *tables);
    const char **rows = calloc(args->n_given + 1, sizeof *rows);
    struct sl_report_request request = {
        .tables = tables, .n = n, .out = cli_out(args), .rows = rows, .format = format};
    int status = tables && rows ? EXIT_DONE : cli_fail_memory();
    for (size_t i = 0; i < n && !status; i++)
        tables[i] = opened[i].table;
    for (size_t i = 0; i < args->n_given && !status; i++)
        if (strcmp(args->given[i].option->name, "row") == 0)
            rows[request.n_rows++] = args->given[i].value;
    if (!status) {
        char *path =
            cli_value(args, "to") ? strdup(cli_value(args, "to")) : default_path(args, opened, format);
        status = write_report(&request, path);
        free(path);
    }
    free(tables);
    free(rows);
    return status;
}

static int report(const struct cli_args *args)
{
    struct sl_error err = {0};
    enum sl_report_format format = SL_REPORT_HTML;
    const char *asked = cli_value(args, "format");
    if (asked && sl_report_format_parse(asked, &format, &err))
        return cli_reject(args->command, "--format: ", &err);
    for (int i = 0; i < args->n; i++)
        for (int j = 0; j < i; j++)
            if (strcmp(args->word[i], args->word[j]) == 0)
                return cli_usage(args->command, "study %s is named twice", args->word[i]);
    size_t n = args->n ? (size_t)args->n : 1, open = 0;
    struct cli_study *opened = calloc(n, sizeof *opened);
    int status = opened ? EXIT_DONE : cli_fail_memory();
    for (; open < n && !status; open++) {
        status = cli_open_study(args, args->n ? args->word[open] : NULL, &opened[open]);
        if (!status)
            status = cli_omit_warnings(args, &opened[open].table->warnings);
    }
    if (!status)
        status = write_studies(args, opened, n, format);
    for (size_t i = 0; i < open; i++)
        cli_close_study(&opened[i]);
    free(opened);
    return status;
}

const struct cli_command cli_report = {
    .name = "report",
    .summary = "write whole studies as one page: table, pictures, every row in full",
    .synopsis = "[STUDY...]",
    .description =
        "Writes a study in the store (without STUDY, the one that ran last) as one document and prints its\n"
        "path: what the study comes to, which rows cannot be told apart, what to do next, the table with "
        "its\n"
        "pictures, what was published beside it, sweeps, data and protocol, machine and versions, the "
        "command\n"
        "of each row, and of the best 20 rows hyperparameters, scores of each class, confusions, curves and\n"
        "hardest rows.  Several studies are compared row by row first.\n\n"
        "HTML is one file that needs no other and reads without scripts, which only sort and filter its\n"
        "tables; it prints to clean pages.  Markdown and LaTeX (booktabs) take pictures from "
        "OUT/STUDY/plots.\n"
        "The same store gives the same bytes.  Pictures whose data are as they were are not drawn again; "
        "where\n"
        "gnuplot is missing the report is written without them.",
    .examples = "  shortlist report\n"
                "  shortlist report shortlist --row 'majority class'\n"
                "  shortlist report before after --to comparison.html\n"
                "  shortlist report shortlist --format latex\n",
    .options = options,
    .least = 0,
    .most = 100,
    .run = report,
};
