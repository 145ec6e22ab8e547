/* checkpoints.h - fits of a net that differ in their number of epochs, by one training each part. */
#ifndef SL_NN_CHECKPOINTS_H
#define SL_NN_CHECKPOINTS_H

#include "nn/train/train.h"

/* What a classifier over a network knows of its configurations. */
struct sl_network_kind {
    int (*make)(const void *config, const struct sl_view *like, struct sl_network **out,
                struct sl_error *err);
    struct sl_train_options (*options)(const void *config);
};

/* As fit_group: members differ in options' epochs, and those of a part have one stream.  A member that
 * diverges is left out. */
int sl_network_train_group(const struct sl_group *group, const struct sl_network_kind *kind,
                           struct sl_error *err);

#endif
