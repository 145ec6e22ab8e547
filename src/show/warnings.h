/* warnings.h - finds what makes a table misleading. */
#ifndef SL_SHOW_WARNINGS_H
#define SL_SHOW_WARNINGS_H

#include <shortlist/show.h>

/* Fills table->warnings, by code; the rest of the table is made. */
int sl_table_warn(struct sl_table *table, struct sl_error *err);

#endif
