/* scored_repeats.h - how often the repeats of a study's row get the same rows wrong. */
#ifndef SL_SHOW_SCORED_REPEATS_H
#define SL_SHOW_SCORED_REPEATS_H

#include <shortlist/errors.h>
#include <shortlist/study.h>

/* Fills least_wrong, most_wrong and, where the rows of the repeats are known, wrong_in of a row with several
 * repeats.  rows: the study's data, with the numbers of the scored rows in scored; NULL: not open. */
int sl_scored_repeats(const struct sl_study_row *row, struct sl_study_rows *rows,
                      struct sl_scored_rows *scored, struct sl_error *err);

#endif
