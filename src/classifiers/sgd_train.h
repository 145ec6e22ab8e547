/* sgd_train.h - the training loop of sgd.c. */
#ifndef SL_CLASSIFIERS_SGD_TRAIN_H
#define SL_CLASSIFIERS_SGD_TRAIN_H

#include "classifiers/linear_model.h"
#include "classifiers/sgd_loss.h"

enum sl_sgd_penalty { SL_SGD_NO_PENALTY, SL_SGD_L1, SL_SGD_L2, SL_SGD_ELASTICNET };
enum sl_sgd_rate { SL_SGD_OPTIMAL, SL_SGD_CONSTANT, SL_SGD_INVSCALING, SL_SGD_ADAPTIVE };

struct sl_sgd_config {
    int loss, penalty, learning_rate; /* enum sl_sgd_loss, sl_sgd_penalty, sl_sgd_rate */
    int fit_intercept, max_iter, shuffle, early_stopping, n_iter_no_change, balanced;
    double alpha, l1_ratio, tol, eta0, power_t, validation_fraction; /* tol -1: none */
};

/* Trains every vector of the model; weights (m) of the classes. */
int sl_sgd_train(const struct sl_fit *fit, const struct sl_sgd_config *config,
                 const struct sl_classes *classes, const double *weights, struct sl_linear *model,
                 struct sl_error *err);

#endif
