/* sgd_pass.h - one epoch of stochastic gradient descent for a group of classes. */
#ifndef SL_LINEAR_SGD_PASS_H
#define SL_LINEAR_SGD_PASS_H

#include "linear/sgd_step.h"

/* The learning rate of step t, for all schedules but adaptive. */
double sl_sgd_rate(const struct sl_sgd_rows *rows, double t);

/* A step of every class for each of the n rows of `order`, the first of them step t. */
void sl_sgd_train_group(const struct sl_sgd_rows *rows, const struct sl_sgd_group *group,
                        const uint32_t *order, size_t n, double t);

/* Shares of the n rows of `order`, by weight, that each class's problem gets right, (group->size). */
void sl_sgd_validate_group(const struct sl_sgd_rows *rows, const struct sl_sgd_group *group,
                           const uint32_t *order, size_t n, double *accuracy);

#endif
