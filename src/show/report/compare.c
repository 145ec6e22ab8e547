/* compare.c - several studies row by row: the score and the fit time that each gives a row, and what changed
 * from the first study to each other one beyond noise. */
#include "core/memory.h"
#include "show/diff.h"
#include "show/numbers.h"
#include "show/report/report.h"
#include <math.h>
#include <string.h>

static const struct sl_table_row *find(const struct sl_table *table, const char *name)
{
    for (size_t i = 0; i < table->n; i++)
        if (strcmp(table->rows[i].row->name, name) == 0)
            return &table->rows[i];
    return NULL;
}

static void add_columns(const struct sl_report_request *request, struct sl_grid *grid)
{
    sl_grid_column(grid, "row", 0, 0);
    for (size_t s = 0; s < request->n; s++) {
        const struct sl_table *table = request->tables[s];
        char *score = sl_format("%s: %s", table->study->name, sl_measure_types[table->metric].title);
        char *time = sl_format("%s: fit s", table->study->name);
        sl_grid_column(grid, score ? score : "", 1, 0);
        sl_grid_column(grid, time ? time : "", 1, 0);
        grid->failed |= !score || !time;
        free(score);
        free(time);
    }
}

static void add_cells(const struct sl_table_row *row, struct sl_grid *grid)
{
    char text[40] = "";
    if (row && !isnan(row->score))
        sl_grid_add(grid, "%.4f", row->score);
    else
        sl_grid_add(grid, "%s", row && row->status != SL_TRIAL_OK ? sl_trial_status_name(row->status) : "");
    if (row && !isnan(row->fit_time))
        sl_print_seconds(row->fit_time, text, sizeof text);
    sl_grid_add(grid, "%s", text);
}

/* Rows of the first study, then those that only others have. */
static void write_rows(struct sl_report *report)
{
    const struct sl_report_request *request = report->request;
    struct sl_grid grid = {0};
    struct sl_html_look look = {
        .header = 0, .sorts = SL_SORTS_AND_FILTERS, .caption = "All studies, row by row"};
    add_columns(request, &grid);
    for (size_t s = 0; s < request->n; s++)
        for (size_t i = 0; i < request->tables[s]->n; i++) {
            const char *name = request->tables[s]->rows[request->tables[s]->order[i]].row->name;
            int before = 0;
            for (size_t other = 0; other < s; other++)
                before |= find(request->tables[other], name) != NULL;
            if (before)
                continue;
            sl_grid_add(&grid, "%s", name);
            for (size_t other = 0; other < request->n; other++)
                add_cells(find(request->tables[other], name), &grid);
        }
    sl_page_table(report->page, &grid, &look);
}

static int write_change(struct sl_report *report, size_t other)
{
    const struct sl_report_request *request = report->request;
    struct sl_diff_side before = {request->tables[0], request->out},
                        after = {request->tables[other], request->out};
    struct sl_diff_options options = {NAN, NAN};
    struct sl_diff *diff;
    struct sl_grid grid = {0};
    struct sl_error why = {0};
    int code = sl_diff_make(&before, &after, &options, &diff, &why);
    if (code == SL_EUSAGE) { /* of other classes, or judged by another metric */
        sl_page_text(report->page, "%s: %s", after.table->study->name, why.text);
        return SL_OK;
    }
    if (code)
        return sl_fail(report->err, code, "%s", why.text);
    sl_diff_grid(diff, &grid);
    char *caption = sl_format("From %s to %s", before.table->study->name, after.table->study->name);
    report->page->failed |= !caption;
    sl_page_table(report->page, &grid, &(struct sl_html_look){.header = -1, .caption = caption});
    free(caption);
    sl_diff_free(diff);
    return SL_OK;
}

int sl_report_compare(struct sl_report *report)
{
    int code = SL_OK;
    if (report->request->n < 2)
        return SL_OK;
    sl_page_section(report->page, SL_SECTION_ALL, "compare", "The studies side by side");
    for (size_t s = 0; s < report->request->n; s++)
        if (report->request->tables[s]->verdict.text)
            sl_page_text(report->page, "%s: %s", report->request->tables[s]->study->name,
                         report->request->tables[s]->verdict.text);
    write_rows(report);
    for (size_t s = 1; s < report->request->n && !code; s++)
        code = write_change(report, s);
    return code;
}
