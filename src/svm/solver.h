/* solver.h - the dual problem of one pair of classes, solved. */
#ifndef SL_SVM_SOLVER_H
#define SL_SVM_SOLVER_H

#include "svm/work.h"

struct sl_svm_solution {
    double rho;
    double objective; /* 1/2 beta' K beta - sum |beta| */
    long steps;
    int converged;
};

/* Solves the pair; w->beta is the solution until the next call.  Kernel rows are computed by threads
 * threads.  SL_OK, SL_ENOMEM, or SL_EINTERNAL when oneDNN refuses. */
int sl_svm_solve(struct sl_svm_workspace *w, const struct sl_svm_pair *pair,
                 const struct sl_svm_limits *limits, int threads, struct sl_svm_solution *solution);

#endif
