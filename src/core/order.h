/* order.h - comparators of numbers, for qsort and inside its comparators.
 *
 * Elements that compare equal come out of qsort in any order: glibc's is stable only while it gets memory,
 * others never are.  So a comparator ends with where elements stood, wherever equal ones differ. */
#ifndef SL_CORE_ORDER_H
#define SL_CORE_ORDER_H

/* Below, equal to or above 0, as x is to y; -0 and 0 are equal, and NaN is above all. */
int sl_compare_reals(double x, double y);

/* Of an array of doubles, or of floats: the same, but -0 is below 0, so that equal elements do not differ. */
int sl_by_real(const void *a, const void *b);
int sl_by_float(const void *a, const void *b);

#endif
