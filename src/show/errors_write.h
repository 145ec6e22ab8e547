/* errors_write.h - an error analysis in words and numbers. */
#ifndef SL_SHOW_ERRORS_WRITE_H
#define SL_SHOW_ERRORS_WRITE_H

#include "show/grid.h"
#include <jansson.h>
#include <shortlist/show.h>

/* The parts of an analysis as grids, for people, the first with what it comes to in a few sentences; a part
 * without anything to say has no columns. */
enum { SL_ERRORS_GRIDS = 8 };
void sl_errors_grid(const struct sl_errors *errors, int part, struct sl_grid *grid);

/* Some of them (errors_lists.c), and what all share. */
void sl_errors_list_grid(const struct sl_errors *errors, const char *above, const size_t *list, size_t n,
                         struct sl_grid *grid);
void sl_errors_suspects_grid(const struct sl_errors *errors, size_t listed, struct sl_grid *grid);
void sl_errors_rivals_grid(const struct sl_errors *errors, struct sl_grid *grid);
/* Titles up to a NULL; those of numbers begin with '>'. */
void sl_errors_columns(struct sl_grid *grid, const char *const *titles);
double sl_per_cent(size_t part, size_t of); /* 0 of none */

/* What an analysis comes to, in a few sentences; the caller frees it.  NULL when out of memory. */
char *sl_errors_verdict(const struct sl_errors *errors);
/* Subsets of its kind with a higher error rate, or the same and before it: of each kind the first are shown.
 */
enum { SL_SUBSETS_SHOWN = 20 };
size_t sl_errors_subset_place(const struct sl_errors *errors, size_t i);

void sl_errors_record_grid(const struct sl_errors *errors, struct sl_grid *grid); /* a line a row */
json_t *sl_errors_json(const struct sl_errors *errors);

#endif
