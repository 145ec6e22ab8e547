/* sets.h - solving a pair by working sets, for a positive semidefinite kernel: Joachims, Making large-scale
 * SVM learning practical (1999). */
#ifndef SL_SVM_SETS_H
#define SL_SVM_SETS_H

#include "svm/work.h"

/* From the betas and f that stand in k to the solution, or to a limit.  SL_OK, SL_ENOMEM,
 * or SL_EINTERNAL when oneDNN refuses. */
int sl_svm_solve_by_sets(struct sl_svm_work *k);

#endif
