/* filter.h - a lower bound on Euclidean distances, from a few principal directions. */
#ifndef SL_NEIGHBOURS_FILTER_H
#define SL_NEIGHBOURS_FILTER_H

#include <shortlist/dataset.h>

enum { SL_KNN_SHORT = 64 }; /* numbers that stand for a row */

/* With short rows s(x) (SL_KNN_SHORT) and squared lengths add(x), both from sl_knn_filter_rows,
 *     |a - b|^2 >= add(a) + add(b) - 2 s(a).s(b)
 * however the right side is rounded in single precision.  Owns its arrays. */
struct sl_knn_filter {
    size_t d;
    float *mean;   /* (d) */
    float *basis;  /* (SL_KNN_SHORT - 1, d): orthonormal rows, or 0 */
    double slack;  /* relative error of all of it */
    float *shorts; /* (n, SL_KNN_SHORT): of the training rows */
    float *add;    /* (n) */
};

/* From training rows x (n, d).  0; 1: these rows have no bound (too large, all alike); -1: out of memory.
 * Unless it is 0 the filter is released. */
int sl_knn_filter_init(struct sl_knn_filter *filter, enum sl_dtype dtype, const void *x, size_t n, size_t d,
                       int threads);
void sl_knn_filter_release(struct sl_knn_filter *filter);

/* Short rows (m, SL_KNN_SHORT) and squared lengths (m) of rows x (m, d), on the calling thread.  0; 1: one
 * is too long; -1: out of memory. */
int sl_knn_filter_rows(const struct sl_knn_filter *filter, enum sl_dtype dtype, const void *x, size_t m,
                       float *shorts, float *add);

#endif
