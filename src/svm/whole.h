/* whole.h - the dual problem of a pair of few rows: steps among all of them. */
#ifndef SL_SVM_WHOLE_H
#define SL_SVM_WHOLE_H

#include "svm/work.h"

/* Kernel rows come from a gram: at most SL_SVM_WHOLE of them, which the cache can hold together. */
int sl_svm_fits_whole(const struct sl_svm_work *k);

/* Solves the pair; kernel positive semidefinite.  SL_OK, SL_ENOMEM, or SL_EINTERNAL when oneDNN refuses. */
int sl_svm_solve_whole(struct sl_svm_work *k);

#endif
