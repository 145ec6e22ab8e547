/* diff.h - what the comparison of two studies consists of. */
#ifndef SL_SHOW_DIFF_H
#define SL_SHOW_DIFF_H

#include "show/grid.h"
#include <jansson.h>
#include <shortlist/diff.h>

/* A cost, and what is noise of it. */
struct sl_cost {
    enum sl_measure_id measure;
    double noise; /* the factor within which one measurement varies */
    double least; /* smaller values count as this one */
    const char *better, *worse;
};
extern const struct sl_cost sl_costs[SL_N_COSTS];

int sl_cost_is_time(int id);
/* The least factor of times that were measured several times; else twice the standard error of the ratio. */
extern const double sl_runs_noise;

/* after / before, where a single value that is too small to be measured well counts as the least that is;
 * NaN: one was not measured. */
double sl_counted_ratio(const struct sl_diff_row *row, int id);

/* Fills settings of a row that both studies have. */
int sl_diff_row_settings(struct sl_diff_row *row, struct sl_error *err);
/* Fills the settings of the studies, and whether times compare. */
int sl_diff_study_settings(struct sl_diff *diff, struct sl_error *err);

void sl_diff_grid(const struct sl_diff *diff, struct sl_grid *grid);
/* NULL when out of memory. */
json_t *sl_diff_json(const struct sl_diff *diff);
/* The rows of the JSON, a column a field. */
int sl_diff_record_grid(const struct sl_diff *diff, struct sl_grid *grid, struct sl_error *err);

#endif
