/* rows.c - what pictures of a table's rows share. */
#include "show/plots/rows.h"
#include "core/memory.h"
#include <math.h>

double sl_row_low(const struct sl_table_row *row)
{
    return isnan(row->score_low) ? row->score : row->score_low;
}

double sl_row_high(const struct sl_table_row *row)
{
    return isnan(row->score_high) ? row->score : row->score_high;
}

int sl_row_mark(const struct sl_table *table, const struct sl_table_row *row)
{
    if (table->best < table->n && row == &table->rows[table->best])
        return 2;
    return row->tied_with_best == 1;
}

const char *sl_mark_colour(int mark)
{
    return mark == 2 ? SL_RED : mark ? SL_BLUE : SL_DULL;
}

int sl_mark_point(int mark)
{
    return mark == 2 ? 13 : 7;
}

size_t sl_mark_keys(const struct sl_table *table, struct sl_key *keys)
{
    int seen[3] = {0};
    size_t n = 0;
    for (size_t i = 0; i < table->n; i++)
        if (!isnan(table->rows[i].score))
            seen[sl_row_mark(table, &table->rows[i])] = 1;
    for (int mark = 2; mark >= 0; mark--)
        if (seen[mark])
            keys[n++] = (struct sl_key){mark == 2 ? "the best"
                                        : mark    ? "can not be told from it"
                                                  : "other rows",
                                        sl_mark_colour(mark), sl_mark_point(mark), 0};
    return n;
}

void sl_score_axis(const struct sl_table *table, struct sl_axis *axis, double low, double high, double pixels,
                   int is_x)
{
    const enum sl_measure_unit unit = sl_measure_types[table->metric].unit;
    double floor = unit == SL_MEASURED_COEFFICIENT ? -1 : 0,
           ceiling = unit == SL_MEASURED_LOSS ? INFINITY : 1;
    sl_axis_linear(axis, low, high, floor, ceiling, pixels, is_x);
}

/* Rows in the table's order where it is sorted by the metric; else sorted by it here. */
static void sort_rows(const struct sl_table *table, struct sl_rows *rows)
{
    double sign = sl_metric_rises(table->metric) ? 1 : -1;
    for (size_t i = 1; i < rows->n; i++) {
        const struct sl_table_row *row = rows->row[i];
        size_t j = i;
        for (; j && (isnan(rows->row[j - 1]->score) || sign * row->score > sign * rows->row[j - 1]->score);
             j--)
            rows->row[j] = rows->row[j - 1];
        rows->row[j] = row;
    }
}

static int name_rows(struct sl_rows *rows)
{
    const char **full = sl_alloc_zero(rows->n, sizeof *full);
    for (size_t i = 0; i < rows->n && full; i++)
        full[i] = rows->row[i]->row->name;
    rows->start = full ? sl_names_fit(full, rows->n, SL_TEXT, SL_NAMES_WIDTH, rows->name) : NULL;
    free(full);
    for (size_t i = 0; i < rows->n && rows->start; i++)
        rows->width = fmax(rows->width, sl_text_pixels(rows->name[i], SL_TEXT));
    return rows->start ? 0 : -1;
}

int sl_rows_collect(const struct sl_table *table, int any, struct sl_rows *rows, struct sl_error *err)
{
    *rows = (struct sl_rows){.row = sl_alloc_zero(table->n, sizeof *rows->row),
                             .name = sl_alloc_zero(table->n, sizeof *rows->name)};
    if (!rows->row || !rows->name)
        return sl_fail_memory(err);
    for (size_t i = 0; i < table->n; i++) {
        const struct sl_table_row *row = &table->rows[i];
        if (any ? row->status == SL_TRIAL_OK : !isnan(row->score))
            rows->row[rows->n++] = row;
    }
    sort_rows(table, rows);
    rows->pitch = rows->n <= 30 ? 24 : 19;
    return name_rows(rows) ? sl_fail_memory(err) : SL_OK;
}

void sl_rows_release(struct sl_rows *rows)
{
    for (size_t i = 0; i < rows->n && rows->name; i++)
        free(rows->name[i]);
    free(rows->row);
    free(rows->name);
    free(rows->start);
}

void sl_rows_write(const struct sl_rows *rows, struct sl_figure *figure, double x, double top)
{
    for (size_t i = 0; i < rows->n; i++)
        sl_figure_text(figure, x - 10, top + ((double)i + 0.5) * rows->pitch, SL_RIGHT, SL_TEXT, SL_INK,
                       rows->name[i]);
}
