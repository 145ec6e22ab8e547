/* verdict.h - what a table comes to, in words. */
#ifndef SL_SHOW_VERDICT_H
#define SL_SHOW_VERDICT_H

#include <shortlist/show.h>

/* Fills table->verdict; the rows are judged. */
int sl_table_verdict(struct sl_table *table, struct sl_error *err);
void sl_verdict_release(struct sl_verdict *verdict);

#endif
