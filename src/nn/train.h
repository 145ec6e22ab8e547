/* train.h - fitting a net: epochs of shuffled batches until a rule stops them. */
#ifndef SL_NN_TRAIN_H
#define SL_NN_TRAIN_H

#include "nn/augment.h"
#include "nn/net.h"
#include "nn/optimiser.h"
#include "nn/pass.h"
#include "nn/schedule.h"
#include <shortlist/classifier.h>

enum sl_monitor { SL_MONITOR_ACCURACY, SL_MONITOR_LOSS };

/* Classifiers keep it in their configuration, so a number is an int or a double. */
struct sl_train_options {
    struct sl_optimiser_options optimiser;
    struct sl_schedule schedule;
    int init; /* enum sl_init */
    int batch_size, epochs, shuffle;
    double alpha;               /* L2: alpha / (2 rows of the batch) times the weights' sum of squares; not for AdamW */
    double label_smoothing;     /* of the loss that is minimised and reported for training (loss.h) */
    struct sl_augment_options augment; /* of the images that are trained on */
    double ema_decay;           /* of the mean of the weights that is judged and kept in their place; 0: none */
    double tol;
    int n_iter_no_change;       /* 0: no rule stops the fit before the last epoch */
    int early_stopping;         /* judge by a part of the training rows, and keep the best weights */
    int monitor;                /* enum sl_monitor: what of these rows is judged */
    double validation_fraction;
};

/* A fitted net, as mlp and cnn keep it. */
struct sl_network {
    struct sl_net *net;
    float *params;    /* (n_params) */
    uint8_t *present; /* (k): classes that had rows */
    struct sl_looks looks; /* with what it predicts; set by whoever made it */
};

/* A network with room for its parameters. */
int sl_network_new(const char *line, struct sl_shape in, int classes, struct sl_network **out,
                   struct sl_error *err);
/* The same of two classes with one logistic output. */
int sl_network_new_logistic(const char *line, struct sl_shape in, struct sl_network **out, struct sl_error *err);
void sl_network_free(void *network);

/* Trains.  SL_EDIVERGED when the loss is not finite.  When the caller cancels, the weights after the latest
 * whole epoch are kept, or with early stopping the best so far; before the first epoch: SL_ECANCELLED. */
int sl_network_train(struct sl_network *network, const struct sl_fit *fit, const struct sl_train_options *options,
                     struct sl_error *err);

/* What classifiers over a network share. */
int sl_network_scores(const void *network, const struct sl_view *x, int threads, float *scores,
                      struct sl_error *err);
int sl_network_predict(const void *network, const struct sl_view *x, int threads, int32_t *labels,
                       struct sl_error *err);
void sl_network_save(const void *network, struct sl_writer *w);
/* SL_EDIVERGED where the weights are such that ordinary rows of like's kind make numbers beyond floats. */
int sl_network_check(const struct sl_network *network, const struct sl_view *like, struct sl_error *err);
/* Reads into a new network, for rows of like's kind; SL_EDATA when the record does not hold one. */
int sl_network_load(struct sl_network *network, struct sl_reader *r, const struct sl_view *like, struct sl_error *err);

#endif
