/* train_options.h - what the training of a net can be asked for. */
#ifndef SL_NN_TRAIN_OPTIONS_H
#define SL_NN_TRAIN_OPTIONS_H

#include "nn/pass/augment.h"
#include "nn/train/optimiser.h"
#include "nn/train/schedule.h"
#include <shortlist/classifier.h>

enum sl_monitor { SL_MONITOR_ACCURACY, SL_MONITOR_LOSS };

/* Classifiers keep it in their configuration, so a number is an int or a double. */
struct sl_train_options {
    struct sl_optimiser_options optimiser;
    struct sl_schedule schedule;
    int init; /* enum sl_init */
    int batch_size, epochs, shuffle;
    double alpha; /* L2: alpha / (2 rows of the batch) times the weights' sum of squares; not for AdamW */
    double label_smoothing; /* of the loss that is minimised and reported for training (loss.h) */
    int balanced;           /* rows weigh n / (k count) of their class in that loss: classes count alike */
    struct sl_augment_options augment; /* of the images that are trained on */
    double ema_decay;   /* of the mean of the weights that is judged and kept in their place; 0: none */
    double prune_ratio; /* of the rows that are easy, left out of an epoch (prune.h); 0: none */
    double tol;
    int n_iter_no_change; /* 0: no rule stops the fit before the last epoch */
    int early_stopping;   /* judge by a part of the training rows, and keep the best weights */
    int monitor;          /* enum sl_monitor: what of these rows is judged */
    double validation_fraction;
};

/* Epochs of one training at which fits of fewer epochs would have ended: as long as the learning rate does
 * not depend on how many there will be, its weights then are theirs. */
struct sl_checkpoints {
    const int *epochs; /* (n) ascending, none above options->epochs */
    size_t n;
    /* Of number i, at the end of that epoch, or of the one that a rule stopped the fit after: the parameters
     * (n_params) and the report of a fit of so many epochs.  Another value than SL_OK ends the training. */
    int (*reached)(void *arg, size_t i, const float *params, const struct sl_fit_report *report);
    void *arg;
};

#endif
