/* rules.h - what tests, warnings and verdict ask of a table's rows. */
#ifndef SL_SHOW_RULES_H
#define SL_SHOW_RULES_H

#include <shortlist/show.h>

#define SL_FAR_SLOWER 10 /* times */
#define SL_SHORTEST 0.01 /* seconds that can be compared, where they were measured once */
#define SL_NOISIEST 0.1  /* standard error of a median of several runs, as part of it */

int sl_row_counts(const struct sl_table_row *row); /* it was scored, and well */
int sl_row_is_majority(const struct sl_table_row *row);
int sl_row_beats_majority(const struct sl_table_row *row); /* by accuracy, surely */
double sl_row_seconds(const struct sl_table_row *row);     /* to fit and to score */
/* The standard error of a median over runs is about 1.25 times that of their mean.  NaN: it was not measured.
 */
double sl_error_of_median(double std, double runs);
int sl_row_is_doubtful(
    const struct sl_table_row *row); /* measured again, its times may be quite other ones */

/* Its estimates at the number of training rows that was asked about; NULL: there are none. */
const struct sl_extrapolated_row *sl_row_extrapolated(const struct sl_table *table,
                                                      const struct sl_table_row *row);

/* Is row a before row b by the table's metric? */
int sl_table_is_better(const struct sl_table *table, size_t a, size_t b);

#endif
