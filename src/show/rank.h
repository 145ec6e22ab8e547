/* rank.h - rows of a table judged by samples of the rows that they scored. */
#ifndef SL_SHOW_RANK_H
#define SL_SHOW_RANK_H

#include <shortlist/show.h>

/* By the bootstrap: the intervals of all rows, and p-values (n) of their comparison with the best; those that
 * can not be told stay as they are. */
int sl_resample_rows(struct sl_table *table, const char *out, double *p, struct sl_error *err);

/* By accuracy: ranks and chances of being the best.  Needs the best row and what is tied with it. */
int sl_rank_by_accuracy(struct sl_table *table, struct sl_error *err);
/* The same from values (n, m) of n samples, of which the largest is the best; which (m): rows of the table.
 */
int sl_rank_by_values(struct sl_table *table, const double *values, size_t n, const size_t *which, size_t m,
                      struct sl_error *err);
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
