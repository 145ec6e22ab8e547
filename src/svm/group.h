/* group.h - many support vector machines on the same rows at once: folds, penalties and kernels. */
#ifndef SL_SVM_GROUP_H
#define SL_SVM_GROUP_H

#include "svm/options.h"
#include <shortlist/classifier.h>

/* Products of the two largest classes, the largest part of a group's memory. */
double sl_svm_group_bytes(const struct sl_view *shape);

/* As fit_group of a classifier, with options (n_members) in the place of configurations: kernels
 * of one kind, own solver. A member that a fit of its own would refuse is left out.  The others come to the
 * same optimum within tol, by another path: with all kernel rows at hand steps go among all rows (whole.c).
 * They keep below group->memory by fewer threads and members at once; SL_ENOMEM where not even one fits.
 * On bytes a kernel that is not positive semidefinite, which has one path only, gives what separate fits
 * give, bit for bit. */
int sl_svm_fit_group(const struct sl_group *group, const struct sl_svm_options *options,
                     struct sl_error *err);

#endif
