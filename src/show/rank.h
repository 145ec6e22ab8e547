/* rank.h - rows of a table judged by a metric other than accuracy. */
#ifndef SL_SHOW_RANK_H
#define SL_SHOW_RANK_H

#include <shortlist/show.h>

/* By the bootstrap: the intervals of all rows, and p-values (n) of their comparison with the best; those that
 * can not be told stay as they are. */
int sl_resample_rows(struct sl_table *table, const char *out, double *p, struct sl_error *err);

#endif
