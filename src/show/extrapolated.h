/* extrapolated.h - what a table's rows would take on another number of training rows: cells, notes, JSON. */
#ifndef SL_SHOW_EXTRAPOLATED_H
#define SL_SHOW_EXTRAPOLATED_H

#include "core/json_text.h"
#include "show/notes.h"

/* "83 (62-111)"; buf (SL_CELL) is "". */
void sl_cell_estimated_fit(struct sl_table_context *context, const struct sl_table_row *row, char *buf);
void sl_cell_estimated_score(struct sl_table_context *context, const struct sl_table_row *row, char *buf);
void sl_cell_estimated_memory(struct sl_table_context *context, const struct sl_table_row *row, char *buf);
void sl_cell_growth(struct sl_table_context *context, const struct sl_table_row *row, char *buf);
void sl_note_extrapolation(const struct sl_table_context *context, struct sl_grid *grid);

/* An object of the row's fields; a new reference, NULL where memory ran out. */
json_t *sl_extrapolated_json(const struct sl_table *table, const struct sl_table_row *row);

#endif
