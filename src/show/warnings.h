/* warnings.h - finds what makes a table misleading. */
#ifndef SL_SHOW_WARNINGS_H
#define SL_SHOW_WARNINGS_H

#include <shortlist/show.h>

/* Fills table->warnings, by code; the rest of the table is made. */
int sl_table_warn(struct sl_table *table, struct sl_error *err);
/* Share of the most frequent class among the rows that were scored; NaN where there are none. */
double sl_largest_share(const struct sl_table *table, const struct sl_table_row *row);
void sl_warnings_release(struct sl_warnings *warnings);

#endif
