/* npy_gaps.c - NaN in an array is a missing value, as in a table.  O(n d). */
#include "readers/csv_cells.h"
#include "readers/npy.h"
#include <math.h>
#include <string.h>

/* Rows with NaN are left out where the options say so: those behind them move up. */
static void take_rows(struct sl_csv_cells *cells, struct sl_view *view)
{
    double *x = (double *)view->x;
    int32_t *y = (int32_t *)view->y;
    double *weight = (double *)view->weight;
    size_t kept = 0;
    for (size_t i = 0; i < view->n; i++) {
        const double *row = x + i * view->d;
        cells->rows++;
        cells->drop = 0;
        for (size_t j = 0; j < view->d; j++) {
            if (isnan(row[j]))
                sl_csv_cells_gap(cells, j);
        }
        cells->left_out += (size_t)cells->drop;
        if (cells->drop)
            continue;
        if (kept < i)
            memcpy(x + kept * view->d, row, view->d * sizeof *row);
        if (y)
            y[kept] = y[i];
        if (weight)
            weight[kept] = weight[i];
        kept++;
    }
    view->n = kept;
}

int sl_npy_take_gaps(const struct sl_read_options *options, struct sl_view *view, struct sl_notes *notes,
                     struct sl_columns **columns, struct sl_error *err)
{
    struct sl_csv_cells cells;
    *columns = NULL;
    if (view->dtype != SL_F64)
        return SL_OK;
    int code = sl_csv_cells_begin(&cells, NULL, options, NULL, view->d, NULL, err);
    if (!code) {
        take_rows(&cells, view);
        code = sl_csv_cells_finish(&cells, (double *)view->x, view->n, columns, err);
    }
    if (!code)
        sl_csv_cells_note(&cells, *columns, view->n, notes);
    sl_csv_cells_release(&cells);
    return code;
}
