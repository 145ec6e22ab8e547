/* solver.h - the dual problem of one pair of classes, solved. */
#ifndef SL_SVM_SOLVER_H
#define SL_SVM_SOLVER_H

#include "svm/work.h"
#include <shortlist/classifier.h>

struct sl_svm_solution {
    double rho;
    double objective; /* 1/2 beta' K beta - sum |beta| */
    long steps;
    int converged;
    int clipped; /* 0: no beta came to C on the way, which every larger C would have taken too, bit for bit */
};

/* Solves the pair that w->cache has begun; w->beta is the solution until the next call.  SL_OK, SL_ENOMEM, or
 * SL_EINTERNAL when oneDNN refuses. */
int sl_svm_solve(struct sl_svm_workspace *w, const struct sl_svm_pair *pair,
                 const struct sl_svm_limits *limits, struct sl_svm_solution *solution);

/* What n solutions come to: steps, objective, whether all have converged. */
void sl_svm_report(const struct sl_svm_solution *solutions, size_t n, struct sl_fit_report *report);

/* Steps for a pair of a fit of n rows. */
long sl_svm_step_limit(int max_iter, size_t n);

#endif
