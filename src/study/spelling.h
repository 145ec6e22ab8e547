/* spelling.h - a configuration as a scikit-learn program of 2017 writes it, in our words. */
#ifndef SL_STUDY_SPELLING_H
#define SL_STUDY_SPELLING_H

#include "study/experiment.h"

enum { SL_SPELLED_MAX = 24, SL_SPELLED_NAME = 48 };

/* A hyperparameter and its one value, as text: 1, rbf, true, none, [100,10]. */
struct sl_spelled {
    char name[SL_SPELLED_NAME], value[SL_TEXT_MAX];
};

/* Adds the configuration of a scikit-learn classifier to the experiment: a row, called after what was
 * written, or one of its refusals.  What is not written is as scikit-learn 0.19 had it.  SL_EUSAGE for a
 * classifier, hyperparameter or value that there is not; SL_ENOMEM. */
int sl_spelling_add(struct sl_experiment *experiment, const char *classifier, const struct sl_spelled *values,
                    size_t n, struct sl_error *err);

#endif
