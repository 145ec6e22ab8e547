/* rules.c - what tests, warnings and verdict ask of a table's rows. */
#include "show/rules.h"
#include <math.h>
#include <string.h>

int sl_row_counts(const struct sl_table_row *row)
{
    return row->status == SL_TRIAL_OK && row->n_scores > 0;
}

int sl_row_is_majority(const struct sl_table_row *row)
{
    return strcmp(row->row->classifier, "majority") == 0;
}

int sl_row_beats_majority(const struct sl_table_row *row)
{
    return row->ci_low > row->largest_share;
}

double sl_row_seconds(const struct sl_table_row *row)
{
    return row->fit_time + row->score_time;
}

double sl_error_of_median(double std, double runs)
{
    return 1.2533 * std / sqrt(runs);
}

int sl_row_is_doubtful(const struct sl_table_row *row)
{
    double fit = sl_error_of_median(row->fit_time_std, row->fit_runs);
    double score = sl_error_of_median(row->score_time_std, row->score_runs);
    if (isnan(fit) && isnan(score))
        return sl_row_seconds(row) < SL_SHORTEST;
    return hypot(isnan(fit) ? 0 : fit, isnan(score) ? 0 : score) > SL_NOISIEST * sl_row_seconds(row);
}

/* Rows without a score come last; equal ones stay in the experiment's order. */
int sl_table_is_better(const struct sl_table *table, size_t a, size_t b)
{
    double x = table->rows[a].score, y = table->rows[b].score;
    if (isnan(x) || isnan(y))
        return !isnan(x);
    return sl_metric_rises(table->metric) ? x > y : x < y;
}

/* By name, where a merged store has the rows in another order. */
const struct sl_extrapolated_row *sl_row_extrapolated(const struct sl_table *table,
                                                      const struct sl_table_row *row)
{
    const struct sl_extrapolation *x = table->extrapolation;
    const size_t i = (size_t)(row - table->rows);
    if (x && i < x->n_rows && strcmp(x->rows[i].name, row->row->name) == 0)
        return &x->rows[i];
    for (size_t r = 0; x && r < x->n_rows; r++)
        if (strcmp(x->rows[r].name, row->row->name) == 0)
            return &x->rows[r];
    return NULL;
}
