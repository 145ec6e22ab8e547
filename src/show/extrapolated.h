/* extrapolated.h - what a table's rows would take on another number of training rows: cells. */
#ifndef SL_SHOW_EXTRAPOLATED_H
#define SL_SHOW_EXTRAPOLATED_H

#include "show/notes.h"

/* "83 (62-111)"; buf (SL_CELL) is "". */
void sl_cell_estimated_fit(struct sl_table_context *context, const struct sl_table_row *row, char *buf);
void sl_cell_estimated_score(struct sl_table_context *context, const struct sl_table_row *row, char *buf);
void sl_cell_estimated_memory(struct sl_table_context *context, const struct sl_table_row *row, char *buf);
void sl_cell_growth(struct sl_table_context *context, const struct sl_table_row *row, char *buf);

#endif
