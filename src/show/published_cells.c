/* published_cells.c - the cells of what was published of a row. */
#include "show/published_cells.h"
#include "show/json.h"
#include "show/numbers.h"
#include <math.h>
#include <stdio.h>

/* The published number of the table's metric. */
double sl_find_published(struct sl_table_context *context, const struct sl_table_row *row)
{
    return sl_json_find(row->row->published, sl_measure_types[context->table->metric].name,
                        &context->out_of_memory);
}

void sl_cell_published(struct sl_table_context *context, const struct sl_table_row *row, char *buf)
{
    double published = sl_find_published(context, row);
    if (isnan(published))
        return;
    int outside = published < row->score_low || published > row->score_high; /* not where they are NaN */
    snprintf(buf, SL_CELL, "%.4f%s", published, outside ? "!" : " ");
    context->outside |= outside;
}

void sl_cell_difference(struct sl_table_context *context, const struct sl_table_row *row, char *buf)
{
    double published = sl_find_published(context, row);
    if (!isnan(published) && !isnan(row->score))
        snprintf(buf, SL_CELL, "%+.*f", context->digits, row->score - published);
}

void sl_cell_published_train(struct sl_table_context *context, const struct sl_table_row *row, char *buf)
{
    double published = sl_json_find(row->row->published, "train_accuracy", &context->out_of_memory);
    if (!isnan(published))
        snprintf(buf, SL_CELL, "%.4f", published);
}

static void print_published(struct sl_table_context *context, const struct sl_table_row *row, const char *key,
                            char *buf)
{
    double value = sl_json_find(row->row->published, key, &context->out_of_memory);
    if (!isnan(value))
        sl_print_seconds(value, buf, SL_CELL);
}

void sl_cell_published_fit(struct sl_table_context *context, const struct sl_table_row *row, char *buf)
{
    print_published(context, row, "fit_time", buf);
}

void sl_cell_published_score(struct sl_table_context *context, const struct sl_table_row *row, char *buf)
{
    print_published(context, row, "score_time", buf);
}
