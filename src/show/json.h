/* json.h - a study's table as JSON values. */
#ifndef SL_SHOW_JSON_H
#define SL_SHOW_JSON_H

#include "core/json_text.h"
#include "show/grid.h"
#include <shortlist/show.h>
#include <stdio.h>

/* A new reference, or NULL when out of memory. */
json_t *sl_row_json(const struct sl_table *table, const struct sl_table_row *row);
json_t *sl_table_json(const struct sl_table *table);

/* The number called key in a JSON text, NaN where the text is NULL or has none, or memory runs out, which
 * sets *no_memory. */
double sl_json_find(const char *text, const char *key, int *no_memory);

/* A cell of a grid for spreadsheets; elements of an array stand between blanks, null is empty. */
void sl_json_cell(struct sl_grid *grid, json_t *value);

/* Writes and releases value. */
int sl_json_write(json_t *value, FILE *to, struct sl_error *err);

#endif
