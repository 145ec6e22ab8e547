/* sgd_options.h - what stochastic gradient descent can be asked for. */
#ifndef SL_LINEAR_SGD_OPTIONS_H
#define SL_LINEAR_SGD_OPTIONS_H

#include "linear/sgd_loss.h"

enum sl_sgd_penalty { SL_SGD_NO_PENALTY, SL_SGD_L1, SL_SGD_L2, SL_SGD_ELASTICNET };
/* The last two are passive-aggressive steps, as long as the row's loss asks for (sgd.c). */
enum sl_sgd_rate {
    SL_SGD_OPTIMAL,
    SL_SGD_CONSTANT,
    SL_SGD_INVSCALING,
    SL_SGD_ADAPTIVE,
    SL_SGD_PA1,
    SL_SGD_PA2
};

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
    double C;                   /* PA1: the longest step; PA2: how little a step is shortened; > 0 */
    double power_t;             /* invscaling: eta0 / t^power_t */
    double validation_fraction; /* early_stopping: share of the rows held out, of every class, in (0, 1) */
};

/* The share of the L1 norm in the penalty. */
double sl_sgd_l1_ratio(const struct sl_sgd_options *options);

/* Can fits of such options and equal streams be trained together, on rows and an order that are the same for
 * all?  Are they one training, of which each is a part (but for class weights)? */
int sl_sgd_goes_with(const struct sl_sgd_options *a, const struct sl_sgd_options *b);
int sl_sgd_differs_in_epochs(const struct sl_sgd_options *a, const struct sl_sgd_options *b);

#endif
