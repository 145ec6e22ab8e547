/* sgd.h - linear classifiers by stochastic gradient descent: Bottou, "Stochastic gradient descent tricks"
 * (2012), one class against the rest. */
#ifndef SL_LINEAR_SGD_H
#define SL_LINEAR_SGD_H

#include "linear/model.h"
#include "linear/run.h"
#include "linear/sgd_options.h"

/* Trains every vector of the model, which is one of these classes; weights (m) of the classes.  list
 * (train->n): where the rows stand in train->x, or NULL: one after the other.  The report gets the epochs,
 * and whether every class stopped before max_iter.  SL_ENOMEM, SL_ECANCELLED; SL_EDIVERGED when weights
 * overflow. */
int sl_sgd_train(const struct sl_sgd_options *options, const struct sl_view *train, const uint32_t *list,
                 const struct sl_classes *classes, const double *weights, const struct sl_linear_run *run,
                 struct sl_linear *model, struct sl_fit_report *report, struct sl_error *err);

#endif
