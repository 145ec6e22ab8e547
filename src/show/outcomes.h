/* outcomes.h - the outcomes of a row: which were scored, how often, and which of two rows stand against each
 * other. */
#ifndef SL_SHOW_OUTCOMES_H
#define SL_SHOW_OUTCOMES_H

#include <shortlist/study.h>

/* Was it scored, and well? */
int sl_is_scored(const struct sl_outcome *outcome);
/* Of the outcomes that were scored. */
size_t sl_count_repeats(const struct sl_study_row *row);
/* A count over all repeats as that of one, rounded. */
uint64_t sl_per_repeat(uint64_t count, size_t repeats);
/* NaN of a single number. */
double sl_sample_std(const double *x, size_t n, double mean);

/* The outcome of a row that stands against one of the same fold and repeat of another row; NULL: none. */
const struct sl_outcome *sl_partner(const struct sl_study_row *row, const struct sl_outcome *of);
/* Did two outcomes, perhaps of two studies, score the same rows? */
int sl_same_rows(const struct sl_outcome *a, const struct sl_outcome *b);
/* The same of all outcomes of two rows, each with its partner. */
int sl_all_same_rows(const struct sl_study_row *a, const struct sl_study_row *b);
/* Rows that only one of the two got right, per repeat.  -1 where they did not score the same rows. */
int sl_discordant(const struct sl_study_row *a, const struct sl_study_row *b, uint64_t *only_a,
                  uint64_t *only_b);

#endif
