/* errors_write.h - an error analysis in words and numbers. */
#ifndef SL_SHOW_ERRORS_WRITE_H
#define SL_SHOW_ERRORS_WRITE_H

#include "show/grid.h"
#include <jansson.h>
#include <shortlist/show.h>

/* The parts of an analysis as grids, for people; a part without anything to say has no columns. */
enum { SL_ERRORS_GRIDS = 8 };
void sl_errors_grid(const struct sl_errors *errors, int part, struct sl_grid *grid);
/* What it comes to, in a few sentences; the caller frees it, NULL without memory. */
char *sl_errors_verdict(const struct sl_errors *errors);

void sl_errors_record_grid(const struct sl_errors *errors, struct sl_grid *grid); /* a line a row */
json_t *sl_errors_json(const struct sl_errors *errors);

#endif
