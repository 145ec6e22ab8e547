/* sgd.h - linear classifiers by stochastic gradient descent: Bottou, "Stochastic gradient descent tricks"
 * (2012), one class against the rest. */
#ifndef SL_LINEAR_SGD_H
#define SL_LINEAR_SGD_H

#include "linear/sgd_fit.h"

/* Trains n fits that go with each other, each with the result of a training of its own, to the last bit;
 * those that differ in max_iter alone share one where they stand side by side.  list (train->n): where the
 * rows stand in train->x, or NULL: one after the other.  Threads, the stream and the flag are those of the
 * first fit's run.  SL_ENOMEM, SL_ECANCELLED. */
int sl_sgd_train(const struct sl_view *train, const uint32_t *list, const struct sl_classes *classes,
                 struct sl_sgd_fit *fits, size_t n, struct sl_error *err);

/* SL_EDIVERGED, in words. */
int sl_sgd_fail_diverged(const struct sl_sgd_fit *fit, struct sl_error *err);

#endif
