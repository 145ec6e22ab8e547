/* single.h - solving a pair one SMO step at a time over all its rows, for any kernel: Fan, Chen and Lin,
 * Working set selection using second order information, JMLR 6 (2005). */
#ifndef SL_SVM_SINGLE_H
#define SL_SVM_SINGLE_H

#include "svm/work.h"

/* From the betas and f that stand in k to the solution, or to a limit.  SL_OK, SL_ENOMEM,
 * or SL_EINTERNAL when oneDNN refuses. */
int sl_svm_solve_by_steps(struct sl_svm_work *k);

#endif
