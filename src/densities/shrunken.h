/* shrunken.h - covariance matrices, and shrinking them towards a multiple of the unit matrix. */
#ifndef SL_DENSITIES_SHRUNKEN_H
#define SL_DENSITIES_SHRUNKEN_H

#include "data/classes.h"
#include <shortlist/error.h>
#include <shortlist/view.h>

/* S (d, d): the sum of (x - mean)(x - mean)' over n rows, which list names (NULL: the first n); mean (d) of
 * them. SL_ENOMEM, SL_EINTERNAL. */
int sl_scatter(const struct sl_view *view, const uint32_t *list, size_t n, const double *mean, int threads,
               double *S, struct sl_error *err);

/* Makes the first call of the library that sl_scatter will use for such rows, if it uses one. */
void sl_scatter_warm_up(const struct sl_view *view);

/* S (d, d) <- (1 - share) S + share trace(S) / d I. */
void sl_shrink(double *S, size_t d, double share);

/* S (d, d): the mean over the classes, by their shares, of their covariances, each shrunken as Ledoit and
 * Wolf estimate it, of features that are standardised for it.  SL_ENOMEM, SL_EINTERNAL. */
int sl_ledoit_wolf(const struct sl_view *view, const struct sl_classes *classes, int threads, double *S,
                   struct sl_error *err);

#endif
