/* sgd_pass.h - one epoch of stochastic gradient descent for a group of classes. */
#ifndef SL_LINEAR_SGD_PASS_H
#define SL_LINEAR_SGD_PASS_H

#include "linear/sgd_options.h"
#include <shortlist/view.h>
#include <stddef.h>
#include <stdint.h>

enum { SL_SGD_GROUP = 5 }; /* as many vectors as one pass over a row multiplies at full speed */

/* One binary problem: a class against the rest. */
struct sl_sgd_learner {
    int class_number;
    float *v; /* (ld) w = scale v */
    float *q; /* (ld) L1 penalty that each weight has received, NULL without */
    double scale, b;
    double u;   /* L1 penalty that each weight should have received */
    double eta; /* adaptive: of this class */
    double weight_own, weight_rest;
    double sum_loss, best; /* best: least sum of losses, or highest accuracy */
    int stalled;           /* epochs without improvement */
    int stopped, finite;
};

/* What a pass reads of the training. */
struct sl_sgd_rows {
    const struct sl_sgd_options *options;
    const struct sl_view *view;
    const int32_t *number; /* (view->n) class numbers */
    size_t ld;
    double l1_ratio, t0;
};

struct sl_sgd_group {
    struct sl_sgd_learner *learners[SL_SGD_GROUP];
    const float *v[SL_SGD_GROUP];
    int size;
    float *x; /* (SL_ROWS_STEP, ld) for rows that are converted */
};

/* The learning rate of step t, for all schedules but adaptive. */
double sl_sgd_rate(const struct sl_sgd_rows *rows, double t);

/* A step of every class for each of the n rows of `order`, the first of them step t. */
void sl_sgd_train_group(const struct sl_sgd_rows *rows, const struct sl_sgd_group *group,
                        const uint32_t *order, size_t n, double t);

/* Shares of the n rows of `order`, by weight, that each class's problem gets right, (group->size). */
void sl_sgd_validate_group(const struct sl_sgd_rows *rows, const struct sl_sgd_group *group,
                           const uint32_t *order, size_t n, double *accuracy);

#endif
