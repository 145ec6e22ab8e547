/* columns.h - the table's columns, for people and for spreadsheets. */
#ifndef SL_SHOW_COLUMNS_H
#define SL_SHOW_COLUMNS_H

#include "show/grid.h"
#include <shortlist/show.h>

/* For people: the columns named in list (NULL: what there is), marks, and notes that say what they mean. */
int sl_table_grid(const struct sl_table *table, const char *list, struct sl_grid *grid, struct sl_error *err);
/* For spreadsheets: every field of the JSON, one column each. */
int sl_table_record_grid(const struct sl_table *table, struct sl_grid *grid, struct sl_error *err);
/* The same with the names and columns of scikit-learn's cv_results_. */
int sl_cv_results_grid(const struct sl_table *table, struct sl_grid *grid, struct sl_error *err);

/* The lines above every table: title, data and split, machine. */
void sl_study_heading(const struct sl_study *study, struct sl_grid *grid);

#endif
