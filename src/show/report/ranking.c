/* ranking.c - the table of all rows, pictures of it, and what was published beside what was measured. */
#include "core/memory.h"
#include "show/columns.h"
#include "show/published_cells.h"
#include "show/report/report.h"
#include <math.h>
#include <string.h>

enum { SCORES_MOST = 150 /* rows: a picture of more is higher than anybody scrolls */ };

/* As the table has its rows: their links. */
static const char **links_in_order(const struct sl_report *report)
{
    const char **links = sl_alloc_zero(report->table->n, sizeof *links);
    for (size_t i = 0; links && i < report->table->n; i++)
        links[i] = report->links[report->table->order[i]];
    return links;
}

/* Warnings stand in the summary. */
static void drop_warnings(const struct sl_table *table, struct sl_grid *grid)
{
    for (size_t i = 0; i < table->warnings.n && grid->below.n; i++)
        free(grid->below.line[--grid->below.n]);
}

static int write_table(struct sl_report *report)
{
    const struct sl_table *table = report->table;
    struct sl_grid grid = {0};
    const char **links = links_in_order(report);
    struct sl_html_look look = {.header = 1,
                                .sorts = SL_SORTS_AND_FILTERS,
                                .caption = "Scores and costs of each row",
                                .links = links};
    int code = links ? sl_table_grid(table, NULL, &grid, report->err) : sl_fail_memory(report->err);
    if (code)
        sl_grid_release(&grid);
    else {
        drop_warnings(table, &grid);
        sl_page_table(report->page, &grid, &look);
    }
    free(links);
    return code;
}

int sl_report_ranking(struct sl_report *report)
{
    static const char *const kinds[] = {"accuracy-time", "scores"};
    sl_report_section(report, "table", "All rows");
    int code = write_table(report);
    const size_t n = report->table->n > SCORES_MOST ? 1 : sizeof kinds / sizeof *kinds;
    for (size_t i = 0; i < n && !code; i++)
        code = sl_report_pictures(report, kinds[i], NULL);
    if (!code)
        code = sl_report_pictures(report, "curves", "");
    return code;
}

static const char *place_of(double published, const struct sl_table_row *row)
{
    if (isnan(row->score_low))
        return "";
    return published < row->score_low    ? "below our interval"
           : published > row->score_high ? "above our interval"
                                         : "inside";
}

void sl_report_published(struct sl_report *report)
{
    struct sl_table_context context = {.table = report->table, .digits = 4};
    struct sl_grid grid = {0};
    struct sl_html_look look = {.header = 0, .caption = "Published numbers and ours"};
    static const char *const titles[] = {"row",           "published",  "ours",
                                         "95 % interval", "difference", "the published number"};
    for (int i = 0; i < 6; i++)
        sl_grid_column(&grid, titles[i], i > 0 && i < 5, 0);
    for (size_t i = 0; i < report->table->n; i++) {
        const struct sl_table_row *row = &report->table->rows[i];
        double published = sl_find_published(&context, row);
        if (isnan(published) || isnan(row->score))
            continue;
        sl_grid_add(&grid, "%s", row->row->name);
        sl_grid_add(&grid, "%.4f", published);
        sl_grid_add(&grid, "%.4f", row->score);
        if (isnan(row->score_low))
            sl_grid_add(&grid, "%s", "");
        else
            sl_grid_add(&grid, "%.4f-%.4f", row->score_low, row->score_high);
        sl_grid_add(&grid, "%+.4f", row->score - published);
        sl_grid_add(&grid, "%s", place_of(published, row));
    }
    report->page->failed |= context.out_of_memory;
    if (!grid.n_cells) {
        sl_grid_release(&grid);
        return;
    }
    sl_report_section(report, "published", "Published and measured");
    sl_page_text(report->page,
                 "By %s. The published number has an interval, too, which is not known: rows scored there "
                 "were others.",
                 sl_measure_types[report->table->metric].name);
    sl_page_table(report->page, &grid, &look);
}
