/* whole.h - the dual problem of a pair of few rows: steps among all of them. */
#ifndef SL_SVM_WHOLE_H
#define SL_SVM_WHOLE_H

#include "svm/work.h"

/* At most SL_SVM_WHOLE rows, whose kernel rows the cache can hold together; no weights in their place. */
int sl_svm_fits_whole(const struct sl_svm_work *k);

/* Solves the pair; kernel positive semidefinite.  SL_OK, SL_ENOMEM, or SL_EINTERNAL when oneDNN refuses. */
int sl_svm_solve_whole(struct sl_svm_work *k);

#endif
