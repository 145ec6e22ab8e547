/* covariance.h - matrices of covariances of features, or of products of rows. */
#ifndef SL_EXPLAIN_COVARIANCE_H
#define SL_EXPLAIN_COVARIANCE_H

#include "explain/features.h"

/* mean (width) of all rows. */
int sl_feature_means(const struct sl_features *features, double *mean, struct sl_error *err);

/* covariance (width, width), with n - 1 in the denominator; exact sums where the rows are bytes.  Also mean
 * (width).  n >= 2.  SL_ENOMEM, SL_EINTERNAL. */
int sl_covariances(const struct sl_features *features, int threads, double *mean, double *covariance,
                   struct sl_error *err);

/* products (n, n) of the rows less their mean, divided by n - 1: the same eigenvalues.  Also mean (width).
 * All rows are kept. */
int sl_row_products(const struct sl_features *features, int threads, double *mean, double *products,
                    struct sl_error *err);

/* out (n, width) = rows first ... less mean, in double; floats (n, width) is scratch. */
int sl_centred_block(const struct sl_features *features, size_t first, size_t n, const double *mean,
                     float *floats, double *out, struct sl_error *err);

#endif
