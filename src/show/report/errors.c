/* errors.c - where a row errs: what it comes to in words, and the rows that it is wrong about and sure of.
 * The data are not opened: clusters, brightness and features are for `shortlist errors`, whose command it
 * gives. */
#include "core/memory.h"
#include "show/errors_write.h"
#include "show/report/report.h"

static void write_errors(struct sl_report *report, const struct sl_errors *errors)
{
    struct sl_grid grid = {0};
    struct sl_html_look look = {.header = 0, .caption = "Wrong, and sure of it"};
    struct sl_string command = {0};
    char *verdict = sl_errors_verdict(errors);
    report->page->failed |= !verdict;
    sl_page_heading(report->page, "Errors");
    if (verdict)
        sl_page_text(report->page, "%s", verdict);
    free(verdict);
    sl_string_add(&command, "shortlist errors ");
    sl_report_quote(&command, report->table->study->name);
    sl_string_add(&command, " ");
    sl_report_quote(&command, errors->scored->name);
    if (command.text)
        sl_page_code(report->page, command.text);
    report->page->failed |= command.failed;
    sl_string_release(&command);
    sl_errors_list_grid(errors, look.caption, errors->sure, errors->n_sure, &grid);
    if (grid.n_columns)
        sl_page_table(report->page, &grid, &look);
    else
        sl_grid_release(&grid);
}

int sl_report_errors(struct sl_report *report, const struct sl_table_row *row)
{
    struct sl_errors_options how = SL_ERRORS_OPTIONS;
    struct sl_scored_rows scored;
    struct sl_errors *errors = NULL;
    how.clusters = 1;
    int code = sl_scored_rows_of_study(report->table, row->row->name, 1, report->request->out, 0, NULL,
                                       &scored, report->err);
    if (code)
        return code;
    code = sl_errors_make(&scored, &how, &errors, report->err);
    if (!code && errors->wrong)
        write_errors(report, errors);
    sl_errors_free(errors);
    sl_scored_rows_release(&scored);
    return code;
}
