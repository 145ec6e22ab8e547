/* sgd_options.c - which settings of stochastic gradient descent can be trained together. */
#include "linear/sgd_options.h"
#include <string.h>

double sl_sgd_l1_ratio(const struct sl_sgd_options *options)
{
    return options->penalty == SL_SGD_L1 ? 1 : options->penalty == SL_SGD_ELASTICNET ? options->l1_ratio : 0;
}

int sl_sgd_goes_with(const struct sl_sgd_options *a, const struct sl_sgd_options *b)
{
    const int held_out = !a->early_stopping || a->validation_fraction == b->validation_fraction;
    return a->shuffle == b->shuffle && a->early_stopping == b->early_stopping && held_out &&
           (sl_sgd_l1_ratio(a) > 0) ==
               (sl_sgd_l1_ratio(b) > 0); /* the L1 penalty takes the rows one by one */
}

int sl_sgd_differs_in_epochs(const struct sl_sgd_options *a, const struct sl_sgd_options *b)
{
    struct sl_sgd_options same = *a;
    same.max_iter = b->max_iter;
    return memcmp(&same, b, sizeof same) == 0;
}
