/* report.h - one row of a table in full: scores of each class and the confusion matrix; grids in the output
 * formats. */
#ifndef SL_SHOW_REPORT_H
#define SL_SHOW_REPORT_H

#include "show/grid.h"
#include <jansson.h>
#include <shortlist/show.h>

struct sl_class_report {
    const struct sl_table *table;
    const struct sl_table_row *row;
    int k;
    uint64_t *counts;                /* (k, k): true by predicted class */
    struct sl_class_scores *classes; /* (k) */
    struct sl_class_scores weighted; /* their mean by support, which is all rows */
    struct sl_metrics metrics;
};

/* The row called name, or NULL with SL_EUSAGE and the nearest name. */
const struct sl_table_row *sl_table_find(const struct sl_table *table, const char *name,
                                         struct sl_error *err);

/* SL_EUSAGE when the row has no predictions. */
int sl_class_report_make(const struct sl_table *table, const struct sl_table_row *row,
                         struct sl_class_report *report, struct sl_error *err);
void sl_class_report_free(struct sl_class_report *report);

void sl_class_report_grid(const struct sl_class_report *report, struct sl_grid *grid);
void sl_confusion_grid(const struct sl_class_report *report, struct sl_grid *grid);
/* The pairs of classes that are confused most. */
void sl_confused_pairs_grid(const struct sl_class_report *report, struct sl_grid *grid);
void sl_class_record_grid(const struct sl_class_report *report, struct sl_grid *grid);
json_t *sl_class_report_json(const struct sl_class_report *report);

/* Writes a grid in any format but JSON, its texts made fit for people first; a failure is the grid's. */
void sl_grid_write(struct sl_grid *grid, enum sl_output_format format, int width, FILE *to);
/* Releases the grid.  code, or what went wrong in filling or writing it. */
int sl_grid_finish(struct sl_grid *grid, FILE *to, int code, struct sl_error *err);

#endif
