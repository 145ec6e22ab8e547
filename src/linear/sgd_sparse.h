/* sgd_sparse.h - one epoch of stochastic gradient descent on sparse rows, for a few vectors. */
#ifndef SL_LINEAR_SGD_SPARSE_H
#define SL_LINEAR_SGD_SPARSE_H

#include "linear/sgd_step.h"

/* As sl_sgd_train_rows and sl_sgd_validate_rows (sgd_pass.h). */
void sl_sgd_train_sparse(const struct sl_sgd_rows *rows, struct sl_sgd_learner **learners, size_t n_learners,
                         const uint32_t *order, size_t n, double t);
void sl_sgd_validate_sparse(const struct sl_sgd_rows *rows, struct sl_sgd_learner **learners,
                            size_t n_learners, const uint32_t *order, size_t n);

#endif
