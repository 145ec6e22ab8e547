/* logistic_group.h - many fits of logistic regression on the same rows at once: folds, penalties, tolerances.
 */
#ifndef SL_LINEAR_LOGISTIC_GROUP_H
#define SL_LINEAR_LOGISTIC_GROUP_H

#include "linear/logistic.h"
#include <shortlist/classifier.h>

/* As fit_group of a classifier, with options (n_members) in the place of configurations.  Products of all
 * members' weights are made at once, and sum in another order than those of a separate fit: each member goes
 * its own way by the same rules, to the same optimum within its tolerance, or for as many iterations.  A
 * member that a fit of its own would refuse is left out. */
int sl_logistic_fit_group(const struct sl_group *group, const struct sl_logistic_options *options,
                          struct sl_error *err);

#endif
