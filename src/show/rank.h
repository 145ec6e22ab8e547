/* rank.h - rows of a table judged by a metric other than accuracy. */
#ifndef SL_SHOW_RANK_H
#define SL_SHOW_RANK_H

#include <shortlist/show.h>

/* By the bootstrap: the intervals of all rows, and p-values (n) of their comparison with the best; those that
 * can not be told stay as they are. */
int sl_resample_rows(struct sl_table *table, const char *out, double *p, struct sl_error *err);

/* A row of a table, whose scores the store in the folder out keeps. */
struct sl_row_of {
    const struct sl_table *table;
    const struct sl_table_row *row;
    const char *out;
};
/* By the bootstrap: the p-value of the difference of two rows that scored the same rows, perhaps of two
 * studies; *p stays where it can not be told. */
int sl_resample_pair(const struct sl_row_of *x, const struct sl_row_of *y, double *p, struct sl_error *err);

#endif
