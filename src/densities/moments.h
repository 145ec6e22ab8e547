/* moments.h - what each class's rows come to: their weight, and the mean and variance of every feature. */
#ifndef SL_DENSITIES_MOMENTS_H
#define SL_DENSITIES_MOMENTS_H

#include "data/classes.h"
#include <shortlist/error.h>
#include <shortlist/view.h>

/* Of m classes and d features, in the view's real values.  Owns its arrays. */
struct sl_moments {
    int m;
    size_t d;
    double *weight;   /* (m) the sum of its rows' weights */
    double *mean;     /* (m, d) */
    double *variance; /* (m, d) of the rows, divided by their weight: no sample's correction; or NULL */
};

/* weighted: by the view's weights, if it has any; else every row counts once.  Of bytes without weights the
 * sums are exact.  The same on any number of threads.  SL_ENOMEM (nothing held). */
int sl_moments_find(const struct sl_view *view, const struct sl_classes *classes, int weighted, int threads,
                    struct sl_moments *out, struct sl_error *err);
/* The same, but in the place of means the sums of the weighted features, or, above given, of 1 for what is
 * above it; no variances. */
int sl_sums_find(const struct sl_view *view, const struct sl_classes *classes, const double *above,
                 int threads, struct sl_moments *out, struct sl_error *err);
void sl_moments_release(struct sl_moments *moments);

/* out (d): the mean of all rows. */
void sl_moments_mean(const struct sl_moments *moments, double *out);
/* The largest variance that a feature has among all rows. */
double sl_moments_largest_variance(const struct sl_moments *moments);

#endif
