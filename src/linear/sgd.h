/* sgd.h - linear classifiers by stochastic gradient descent: Bottou, "Stochastic gradient descent tricks"
 * (2012), one class against the rest. */
#ifndef SL_LINEAR_SGD_H
#define SL_LINEAR_SGD_H

#include "linear/model.h"
#include "linear/run.h"
#include "linear/sgd_loss.h"

enum sl_sgd_penalty { SL_SGD_NO_PENALTY, SL_SGD_L1, SL_SGD_L2, SL_SGD_ELASTICNET };
enum sl_sgd_rate { SL_SGD_OPTIMAL, SL_SGD_CONSTANT, SL_SGD_INVSCALING, SL_SGD_ADAPTIVE };

/* The classifier keeps it in its configuration, so a number is an int or a double. */
struct sl_sgd_options {
    int loss, penalty, learning_rate; /* enum sl_sgd_loss, sl_sgd_penalty, sl_sgd_rate */
    int fit_intercept;
    int max_iter;               /* epochs, >= 1 */
    int shuffle;                /* another order of the rows in every epoch */
    int early_stopping;         /* by accuracy on rows held out, else by the sum of losses */
    int n_iter_no_change;       /* epochs without improvement before a class stops */
    double alpha;               /* weight of the penalty; > 0 with SL_SGD_OPTIMAL */
    double l1_ratio;            /* elasticnet: share of the L1 norm */
    double tol;                 /* improvement a row below which an epoch counts as none; -1: no rule stops */
    double eta0;                /* learning rate at the start; > 0 but with SL_SGD_OPTIMAL */
    double power_t;             /* invscaling: eta0 / t^power_t */
    double validation_fraction; /* early_stopping: share of the rows held out, of every class, in (0, 1) */
};

/* Trains every vector of the model, which is one of these classes; weights (m) of the classes.  The report
 * gets the epochs, and whether every class stopped before max_iter.  SL_ENOMEM, SL_ECANCELLED; SL_EDIVERGED
 * when weights overflow. */
int sl_sgd_train(const struct sl_sgd_options *options, const struct sl_view *train,
                 const struct sl_classes *classes, const double *weights, const struct sl_linear_run *run,
                 struct sl_linear *model, struct sl_fit_report *report, struct sl_error *err);

#endif
