/* scaling_sparse.h - scaling of sparse rows: by a factor a feature, and never shifted, so that 0 stays 0. */
#ifndef SL_DATA_SCALING_SPARSE_H
#define SL_DATA_SCALING_SPARSE_H

#include <shortlist/error.h>
#include <shortlist/scaling.h>

/* factor (d): 1 / the largest |x| (minmax) or 1 / the standard deviation (standard) of each feature; 1 where
 * that is 0.  SL_ENOMEM. */
int sl_sparse_scaling_fit(enum sl_scaling_kind kind, const struct sl_view *train, double *factor);

/* *owned: fresh sparse rows, each value times its feature's factor: free() them.  SL_ENOMEM. */
int sl_sparse_scaling_apply(const struct sl_view *view, const double *factor, void **owned);

#endif
