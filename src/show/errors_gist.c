/* errors_gist.c - the gist of an error analysis, for below a row's class report.  The data are not read:
 * clusters, brightness and features are for `shortlist errors`, whose command it gives. */
#include "core/memory.h"
#include "show/errors_write.h"
#include "show/report.h"
#include "show/report/report.h"
#include <math.h>

enum { PAIRS_SHOWN = 3, SURE_SHOWN = 3 };

static void add_pairs(const struct sl_errors *e, struct sl_grid *grid)
{
    struct sl_string text = {0};
    if (e->n_pairs < 2)
        return;
    for (size_t i = 0; i < e->n_pairs && i < PAIRS_SHOWN; i++)
        sl_string_add(&text, "%s %s for %s (%zu)",
                      i ? "," : "Taken for others most often:", e->scored->classes[e->pairs[i].truth],
                      e->scored->classes[e->pairs[i].predicted], e->pairs[i].n);
    if (text.text)
        sl_grid_below(grid, "%s.", text.text);
    grid->failed |= text.failed;
    sl_string_release(&text);
}

static void add_margins(const struct sl_margins *m, struct sl_grid *grid)
{
    if (m && !isnan(m->below))
        sl_grid_below(
            grid,
            "Median margin %.4g of right rows, %.4g of wrong ones; with the chance %.3f a wrong row "
            "lies nearer to the boundary than a right one.",
            m->median_right, m->median_wrong, m->below);
}

static void add_suspects(const struct sl_suspects *x, struct sl_grid *grid)
{
    if (x->why)
        sl_grid_below(grid, "Labels that may be wrong were not looked for: %s.", x->why);
    else
        sl_grid_below(grid, "Labels that may be wrong: %zu are suspected.", x->n);
}

static void add_command(const struct sl_table *table, const char *row, struct sl_grid *grid)
{
    struct sl_string command = {0};
    sl_report_quote(&command, table->study->name);
    sl_string_add(&command, " ");
    sl_report_quote(&command, row);
    if (command.text)
        sl_grid_below(grid, "The rest, with subsets and rows to look at: shortlist errors %s", command.text);
    grid->failed |= command.failed;
    sl_string_release(&command);
}

static void fill(const struct sl_table *table, const struct sl_errors *e, struct sl_grid *grid)
{
    const char *const title = "Where it errs, and is sure of it";
    char *verdict = sl_errors_verdict(e);
    const size_t sure = e->n_sure < SURE_SHOWN ? e->n_sure : SURE_SHOWN;
    if (verdict)
        sl_grid_verdict(grid, verdict);
    grid->failed |= !verdict;
    free(verdict);
    if (sure)
        sl_errors_list_grid(e, title, e->sure, sure, grid);
    else {
        sl_grid_column(grid, title, 0, 0);
        sl_grid_add(grid, "%s",
                    e->wrong ? "is not known: the store keeps no scores of this row"
                             : "nowhere: every row is right");
    }
    if (e->wrong) {
        add_pairs(e, grid);
        add_margins(e->margins, grid);
        add_suspects(&e->suspects, grid);
    }
    add_command(table, e->scored->name, grid);
}

int sl_errors_gist_write(const struct sl_table *table, const char *row, const char *out,
                         enum sl_output_format format, int width, FILE *to, struct sl_error *err)
{
    struct sl_errors_options how = SL_ERRORS_OPTIONS;
    struct sl_scored_rows scored;
    struct sl_errors *errors = NULL;
    struct sl_grid grid = {0};
    how.clusters = 1;
    int code = sl_scored_rows_of_study(table, row, 1, out, 0, NULL, &scored, err);
    if (code)
        return code;
    code = sl_errors_make(&scored, &how, &errors, err);
    if (!code) {
        fill(table, errors, &grid);
        sl_grid_write(&grid, format, width, to);
    }
    code = sl_grid_finish(&grid, to, code, err);
    sl_errors_free(errors);
    sl_scored_rows_release(&scored);
    return code;
}
