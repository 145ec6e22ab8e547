/* rows.h - what pictures of a table's rows share: which rows, their names in a column, marks, intervals. */
#ifndef SL_SHOW_PLOT_ROWS_H
#define SL_SHOW_PLOT_ROWS_H

#include "show/plots/plot.h"

double sl_row_low(const struct sl_table_row *row); /* its interval; its score where that can not be told */
double sl_row_high(const struct sl_table_row *row);

/* 0: another row, 1: tied with the best, 2: the best. */
int sl_row_mark(const struct sl_table *table, const struct sl_table_row *row);
const char *sl_mark_colour(int mark);
int sl_mark_point(int mark);
/* The marks that the table has: at most 3 entries; how many. */
size_t sl_mark_keys(const struct sl_table *table, struct sl_key *keys);

/* The metric's axis: linear, within what the metric can be. */
void sl_score_axis(const struct sl_table *table, struct sl_axis *axis, double low, double high, double pixels,
                   int is_x);

/* Rows under each other, the best first. */
struct sl_rows {
    size_t n;
    const struct sl_table_row **row; /* (n) */
    char **name;                     /* (n), fitted into width */
    char *start;                     /* what all names begin with, which is taken off */
    double width, pitch;             /* of the column of names; from row to row */
};
enum { SL_NAMES_WIDTH = 300 };
/* Those that were scored (any: that ended well).  SL_ENOMEM; sl_rows_release in either case. */
int sl_rows_collect(const struct sl_table *table, int any, struct sl_rows *rows, struct sl_error *err);
void sl_rows_release(struct sl_rows *rows);
/* Writes the names right-aligned, ending 10 pixels left of x, from top on. */
void sl_rows_write(const struct sl_rows *rows, struct sl_figure *figure, double x, double top);

#endif
