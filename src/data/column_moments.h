/* column_moments.h - what a scaling is made of. */
#ifndef SL_DATA_COLUMN_MOMENTS_H
#define SL_DATA_COLUMN_MOMENTS_H

#include <shortlist/error.h>
#include <shortlist/view.h>

/* Least and greatest value, mean and variance of each feature, and how many values it has. */
struct sl_column_moments {
    double *min, *max, *mean, *variance, *count; // (d) each
};

/* Of bytes, floats or doubles as they are stored; of doubles those that are NaN are left out.  Free *block,
 * which holds them.  SL_ENOMEM. */
int sl_column_moments_make(const struct sl_view *view, struct sl_column_moments *moments, double **block);

#endif
