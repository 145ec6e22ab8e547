/* trainer.h - the state of a net's training, how it is set up and released. */
#ifndef SL_NN_TRAINER_H
#define SL_NN_TRAINER_H

#include "nn/pass/network.h"
#include "nn/train/held_out.h"
#include "nn/train/prune.h"
#include "nn/train/step.h"
#include "nn/train/train_options.h"
#include <shortlist/classifier.h>

enum { SL_TRAINER_STEPS = 64 }; /* in one go: threads are called together once for all */

/* The state of a fit. */
struct sl_trainer {
    struct sl_network *network;
    const struct sl_fit *fit;
    const struct sl_train_options *o;
    struct sl_stepper *stepper;
    struct sl_predictor *judge; /* between epochs; NULL: nothing is judged */
    struct sl_optimiser optimiser;
    struct sl_augmenter augmenter;
    struct sl_rng *order;
    uint64_t key;
    uint32_t *rows;             /* (n): the training rows, shuffled */
    size_t n, batch;            /* batch: rows of a step */
    struct sl_prune prune;      /* with prune_ratio */
    const uint32_t *epoch_rows; /* (n_epoch): those of this epoch, in order */
    size_t n_epoch;
    struct sl_held_out held_out; /* with early stopping */
    float *kept; /* the best weights with early stopping, else those of the latest epoch, which a cancelled
                    fit falls back to; NULL: not needed */
    int any_kept;
    float *average;     /* with ema_decay */
    float *row_weights; /* (rows of train) where they have weights, or classes are balanced */
    size_t epoch;       /* done before this one */
    double slower;      /* what the adaptive schedule has made of the learning rate: 1, 1/5, ... */
    double best, began;
    int no_change;
    struct sl_optimiser *begun; /* (SL_TRAINER_STEPS), with steps: those that are taken in one go */
    struct sl_step *steps;
    const struct sl_checkpoints *checkpoints; /* NULL: none */
    size_t reached;                           /* of them */
    int ended;                                /* a rule has stopped the fit */
    struct sl_epoch *curve;                   /* (n_curve) of a fit that may go on later */
    size_t n_curve;
    double earlier; /* seconds of the fit that this one goes on from */
};

/* From network, fit, o and checkpoints; released either way.  SL_EUSAGE, SL_ENOMEM, SL_EINTERNAL. */
int sl_trainer_begin(struct sl_trainer *t, struct sl_error *err);
void sl_trainer_release(struct sl_trainer *t);

/* Adds a point to the curve; SL_ENOMEM. */
int sl_trainer_keep_point(struct sl_trainer *t, const struct sl_epoch *point);

#endif
