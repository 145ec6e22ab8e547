/* train.h - fitting a net: epochs of shuffled batches until a rule stops them. */
#ifndef SL_NN_TRAIN_H
#define SL_NN_TRAIN_H

#include "nn/pass/network.h"
#include "nn/train/train_options.h"
#include <shortlist/classifier.h>

/* Trains a new network on fit->train, whose rows have the shape that it was made for.  SL_EUSAGE when early
 * stopping leaves no rows on one side, SL_ENOMEM, SL_EINTERNAL; SL_EDIVERGED when the loss is not finite, or
 * as sl_network_check.  When the caller cancels, the weights after the latest whole epoch are kept, or with
 * early stopping the best so far; before the first epoch: SL_ECANCELLED. */
int sl_network_train(struct sl_network *network, const struct sl_fit *fit,
                     const struct sl_train_options *options, struct sl_error *err);

/* Whether an epoch depends on how many there will be: fewer epochs are then not the first of more, and a fit
 * keeps no state (struct sl_fit_state) and goes on from none (SL_EDATA). */
int sl_train_apart(const struct sl_train_options *options);

/* The same, telling of checkpoints (NULL: none) on the way. */
int sl_network_train_by(struct sl_network *network, const struct sl_fit *fit,
                        const struct sl_train_options *options, const struct sl_checkpoints *checkpoints,
                        struct sl_error *err);

#endif
