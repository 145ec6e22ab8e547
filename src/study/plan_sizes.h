/* plan_sizes.h - how many rows the trials of a plan fit and score. */
#ifndef SL_STUDY_PLAN_SIZES_H
#define SL_STUDY_PLAN_SIZES_H

#include "study/experiment.h"

struct sl_plan_sizes {
    size_t n_train, n_validation;
    size_t n_fit;   /* rows of the smallest training part of a trial */
    size_t n_sizes; /* of train_sizes; 0: every row is fitted on all that there are */
    size_t *sizes;  /* (n_sizes), ascending; owned */
};

/* Of a data set of n rows; sl_plan_sizes_release either way. */
int sl_plan_sizes_make(const struct sl_experiment *experiment, size_t n, struct sl_plan_sizes *out,
                       struct sl_error *err);
void sl_plan_sizes_release(struct sl_plan_sizes *sizes);

#endif
