/* power_law.h - how a cost grows with the number of rows, from a few sizes. */
#ifndef SL_MEASURE_POWER_LAW_H
#define SL_MEASURE_POWER_LAW_H

#include <stddef.h>

enum { SL_LAW_LEAST = 3, SL_LAW_MOST = 16 }; /* sizes */

/* cost(n) = floor + factor n^exponent, none of them negative but the exponent where its bounds allow it. */
struct sl_power_law {
    double floor, factor, exponent;
};

/* Bounds of the exponent, what it is like where the sizes leave that open, by what share chance changes a
 * cost, and by what amount it changes the smallest one. */
struct sl_law_bounds {
    double least, most, usual, chance, grain;
};

/* Of count sizes (SL_LAW_LEAST ... SL_LAW_MOST, above 0, ascending) with their costs.  -1 where there are too
 * few of them, or a size or a cost is not finite or negative. */
int sl_power_law_fit(const double *size, const double *cost, size_t count, struct sl_law_bounds bounds,
                     struct sl_power_law *law);
double sl_power_law_at(const struct sl_power_law *law, double size);

/* The factor >= 1 that the law's cost at a size may be wrong by: by as much as leaving out one of the sizes
 * changes it, at least by what their costs differ from the law, and by a tenth. */
double sl_power_law_error(const double *size, const double *cost, size_t count, struct sl_law_bounds bounds,
                          double at);

#endif
