/* filter.h - a lower bound on Euclidean distances, from a few principal directions. */
#ifndef SL_NEIGHBOURS_FILTER_H
#define SL_NEIGHBOURS_FILTER_H

#include <shortlist/view.h>

enum {
    SL_KNN_SHORT = 64,  /* numbers that stand for a row */
    SL_KNN_UNFIT = 100, /* beside SL_OK and the codes of errors: the filter does not serve these rows */
};

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

/* From training rows x (n, d).  SL_KNN_UNFIT: these rows have no bound (too large, all alike).
 * Errors: SL_ENOMEM, or SL_EINTERNAL when oneDNN refuses.  Unless it is SL_OK the filter is released. */
int sl_knn_filter_init(struct sl_knn_filter *filter, enum sl_dtype dtype, const void *x, size_t n, size_t d,
                       int threads);
void sl_knn_filter_release(struct sl_knn_filter *filter);

/* Short rows (m, SL_KNN_SHORT) and squared lengths (m) of rows x (m, d), on the calling thread.
 * SL_KNN_UNFIT: one is too long.  Errors: as above. */
int sl_knn_filter_rows(const struct sl_knn_filter *filter, enum sl_dtype dtype, const void *x, size_t m,
                       float *shorts, float *add);

#endif
