/* estimates.h - a file of estimates, frozen: so that runs that know nothing of each other deal trials alike.
 *
 *     {"format": "shortlist-estimate", "version": 1,
 *      "seconds": 81.4, "megabytes": 1204.2,
 *      "units": [{"key": "9f3a...", "classifier": "svm", "row": "SVM", "seconds": 12.3, "megabytes": 88.1},
 *                ...]}
 *
 * One entry for each trial's key in the store (sl_trial_store_key); the seconds of a trial that is fitted
 * with others are its share of theirs; null: not known.  Above, the sum of the seconds and the largest of the
 * megabytes (of 10^6 bytes), of those that are known. */
#ifndef SL_STUDY_ESTIMATES_H
#define SL_STUDY_ESTIMATES_H

#include <shortlist/plan.h>

struct sl_trial_estimate {
    double seconds, megabytes; /* NaN: not known */
};

/* of (trials of the plan): written so that the path never holds half of it. */
int sl_estimates_write(const char *path, const struct sl_plan *plan, char (*keys)[33],
                       const struct sl_trial_estimate *of, struct sl_error *err);

/* Sets of (n) for the trials with these keys; NaN for those that the file does not have.  SL_EDATA for what
 * is no such file, SL_EUSAGE where it has none of them: it is of other trials. */
int sl_estimates_read(const char *path, char (*keys)[33], size_t n, struct sl_trial_estimate *of,
                      struct sl_error *err);

/* The seconds alone; a trial whose are not known gets the mean of the others, or 1. */
int sl_estimates_seconds(const char *path, char (*keys)[33], size_t n, double *seconds, struct sl_error *err);

#endif
