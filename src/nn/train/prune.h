/* prune.h - rows that an epoch passes over, because the net knows them well.
 *
 * Of the rows whose loss, when they were last trained on, was below the mean, a share is left out by lot;
 * those of them that stay weigh 1 / (1 - share), so that an epoch's gradient is in the mean that of all rows.
 * The first epoch, which tells the losses, and the last eighth, one at least, take all rows (Z. Qin et al.,
 * "InfoBatch: Lossless Training Speed Up by Unbiased Dynamic Data Pruning", ICLR 2024). */
#ifndef SL_NN_PRUNE_H
#define SL_NN_PRUNE_H

#include "nn/train/step_inputs.h"
#include <shortlist/error.h>
#include <shortlist/rng.h>

/* Owns its arrays; n_train: rows of the view. */
struct sl_prune {
    double ratio;                 /* the share */
    struct sl_row_result *result; /* (n_train): when it was last trained on; at first the loss is infinite */
    float *stands_for;            /* (n_train): how many rows each of this epoch's stands for */
    float *weights;               /* (n_train): that times its own weight */
    uint32_t *rows;               /* (n): of this epoch, of at most n_train */
    size_t n;
    struct sl_rng *rng;
};

/* For n_train rows; the stream is split from rng.  SL_ENOMEM; release it either way. */
int sl_prune_begin(struct sl_prune *prune, double ratio, size_t n_train, const struct sl_rng *rng,
                   struct sl_error *err);
void sl_prune_release(struct sl_prune *prune);

/* Whether the epoch behind so many, of so many, takes all rows. */
int sl_prune_takes_all(size_t epoch, size_t epochs);

/* Chooses among the n rows, whose order stays.  own: (n_train) their own weights, or NULL: all 1. */
void sl_prune_choose(struct sl_prune *prune, const uint32_t *rows, size_t n, int all, const float *own);

/* After the epoch: the share of all its rows, also those that were left out, that was predicted rightly. */
double sl_prune_accuracy(const struct sl_prune *prune);

#endif
