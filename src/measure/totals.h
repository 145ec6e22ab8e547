/* totals.h - the metrics of labels, from sums over the classes.  Numbers of rows are doubles, so that rows
 * may have weights; whole numbers below 2^53 are exact. */
#ifndef SL_MEASURE_TOTALS_H
#define SL_MEASURE_TOTALS_H

#include <shortlist/metrics.h>

struct sl_class_rows {
    double right, support, predicted;
};

/* Zeroed is empty; classes are added one after the other. */
struct sl_totals {
    double n, right, occurring, counted; /* rows; rows that are right; classes that occur; that count */
    double recall, precision, f1, f1_weighted;
    double supports, predictions, both; /* sums of squares, and of products, of the numbers of rows */
};

/* Returns the scores of the class. */
struct sl_class_scores sl_totals_add(struct sl_totals *totals, const struct sl_class_rows *rows);
/* Without rows every metric is NaN. */
void sl_totals_metrics(const struct sl_totals *totals, struct sl_metrics *out);

#endif
