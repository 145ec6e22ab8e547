/* sgd_sparse.h - one epoch of stochastic gradient descent on sparse rows, for a group of classes. */
#ifndef SL_LINEAR_SGD_SPARSE_H
#define SL_LINEAR_SGD_SPARSE_H

#include "linear/sgd_pass.h"

/* As sl_sgd_train_group and sl_sgd_validate_group. */
void sl_sgd_train_sparse(const struct sl_sgd_rows *rows, const struct sl_sgd_group *group,
                         const uint32_t *order, size_t n, double t);
void sl_sgd_validate_sparse(const struct sl_sgd_rows *rows, const struct sl_sgd_group *group,
                            const uint32_t *order, size_t n, double *accuracy);

#endif
