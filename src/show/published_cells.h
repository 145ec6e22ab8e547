/* published_cells.h - the cells of what was published of a row. */
#ifndef SL_SHOW_PUBLISHED_CELLS_H
#define SL_SHOW_PUBLISHED_CELLS_H

#include "show/notes.h"

enum { SL_CELL = 1024 };

/* The published number of the table's metric; NaN: none. */
double sl_find_published(struct sl_table_context *context, const struct sl_table_row *row);

/* buf (SL_CELL) is "", and stays so where nothing was published. */
void sl_cell_published(struct sl_table_context *context, const struct sl_table_row *row, char *buf);
void sl_cell_difference(struct sl_table_context *context, const struct sl_table_row *row, char *buf);
void sl_cell_published_train(struct sl_table_context *context, const struct sl_table_row *row, char *buf);
void sl_cell_published_fit(struct sl_table_context *context, const struct sl_table_row *row, char *buf);
void sl_cell_published_score(struct sl_table_context *context, const struct sl_table_row *row, char *buf);

#endif
