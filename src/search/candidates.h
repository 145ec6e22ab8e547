/* candidates.h - the combinations of values that a search looks at. */
#ifndef SL_SEARCH_CANDIDATES_H
#define SL_SEARCH_CANDIDATES_H

#include "study/experiment.h"

/* A copy of the experiment with one row for each candidate, by its settings `search` and `trials`; note (256)
 * gets what was otherwise than asked for.  Pure: drawn ones follow from the experiment's seed. */
int sl_candidates_make(const struct sl_experiment *experiment, struct sl_experiment **out, char note[256],
                       struct sl_error *err);

/* Adds a copy of a row with one value each to the experiment. */
int sl_candidates_copy(struct sl_experiment *to, const struct sl_row_spec *from, struct sl_error *err);

#endif
