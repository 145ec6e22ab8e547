/* step_private.h - what the parts of a step of training share.
 *
 * Adding a way to take the rows of a batch through a net and back
 *   1. Write its functions in a file step_NAME.c that ends with const struct sl_strategy sl_strategy_NAME = {
 * ... };
 *   2. Name it in the table in step.c, before those that serve more nets.
 * The first layer's variants are a table of the same kind (step_first.h). */
#ifndef SL_NN_STEP_PRIVATE_H
#define SL_NN_STEP_PRIVATE_H

#include "core/barrier.h"
#include "nn/pass/augment.h"
#include "nn/pass/loss.h"
#include "nn/pass/pass.h"
#include "nn/train/step_inputs.h"
#include <signal.h>

enum {
    SL_WEIGHTS_TILE = 1 << 13, /* weights summed over lanes, updated or averaged at once */
    SL_WIDE_BATCH = 64,        /* a batch of flat rows up to this size is not cut into tiles of rows */
    SL_NARROW = 128,           /* columns of a tile then, and of a tile of weights */
    SL_WIDE = 512,             /* columns of a tile else */
};

/* Rows and columns of a tile. */
struct sl_cut {
    size_t rows, cols;
};

/* How a stage's parameters are cut for their update, and for a dense layer's gradient: tiles of w_rows x
 * w_cols of the weight matrix, with the tiles of row 0 the biases; else (w_rows 0) runs of SL_WEIGHTS_TILE
 * weights, then the biases. */
struct sl_weight_cut {
    size_t first_tile, n_tiles; /* of those of all stages */
    size_t w_rows, w_cols;
};

struct sl_stepper;
struct sl_job;
struct sl_first_type;

/* A way to take the rows of a batch through the net and back.  One is chosen when a stepper is made, by sizes
 * alone, never by the number of threads, so that a step gives the same bits on any number of them. */
struct sl_strategy {
    const char *name;
    /* Whether it is meant for such a net and batches of at most so many rows.  The first in the table that is
     * serves. */
    int (*suits)(const struct sl_net *net, size_t batch);
    struct sl_cut (*cut)(const struct sl_net *net, size_t batch);
    /* Whether stage s's output, and its gradient, are kept for the whole batch; else for one tile a thread.
     */
    int (*keeps_out)(const struct sl_net *net, size_t s);
    int (*keeps_d)(const struct sl_net *net, size_t s);
    /* How the first layer may be computed: the first of these (NULL ends) that suits serves. */
    const struct sl_first_type *const *firsts;
    /* NULL, or takes what memory it wants, beside the buffers, to stepper->own.  SL_ENOMEM. */
    int (*begin)(struct sl_stepper *stepper, struct sl_error *err);
    void (*end)(void *own);
    /* One thread's part of forward, loss and backward; every thread calls it.  It may return before others
     * have done theirs.  All inputs and gradients that layers by columns want for their weights are in place
     * when all have returned.  SL_OK, or codes of stage.h, or-ed, here and below. */
    int (*run)(const struct sl_job *job);
    /* NULL, or puts together in stepper->grads, when all have met after run, the gradients that came row by
     * row.  All threads call it, and have met again when it returns. */
    int (*collect)(const struct sl_job *job);
};

extern const struct sl_strategy sl_strategy_segments, sl_strategy_chained, sl_strategy_layers;

struct sl_stepper {
    struct sl_pass *pass;
    const struct sl_strategy *strategy;
    const struct sl_first_type *first;
    void *own, *first_own;                /* memory of these two */
    const struct sl_augmenter *augmenter; /* NULL: images stay as they are */
    struct sl_cut cut;
    struct sl_weight_cut *weights; /* (n_stages) */
    size_t n_weight_tiles;
    float *grads;             /* (n_params) */
    double *squares;          /* (n_weight_tiles) */
    struct sl_loss_sum *sums; /* (n_row_tiles) */
    struct sl_barrier barrier;
    _Atomic size_t end; /* steps before this one are made: fewer where they end early */
};

/* One step, as one thread sees it. */
struct sl_job {
    struct sl_stepper *stepper;
    const struct sl_pass *pass; /* the stepper's */
    const struct sl_step *step;
    size_t step_no; /* of those made together */
    float *params;
    size_t n_row_tiles; /* that hold rows of this batch */
    int thread, threads;
    const volatile sig_atomic_t *cancel;
};

/* The first of this thread's share of n tiles; that of the next thread is where the share ends. */
static inline size_t sl_share_start(const struct sl_job *job, size_t n)
{
    return n * (size_t)job->thread / (size_t)job->threads;
}

static inline size_t sl_share_end(const struct sl_job *job, size_t n)
{
    return n * (size_t)(job->thread + 1) / (size_t)job->threads;
}

/* Waits until all threads are here. */
static inline void sl_meet(const struct sl_job *job)
{
    sl_barrier_wait(&job->stepper->barrier, job->threads);
}

/* Tiles of weights (step_weights.c) ------------------------------------------------------------------ */

/* Cuts the parameters of all stages.  SL_ENOMEM. */
int sl_weights_cut(struct sl_stepper *stepper);
/* Tile t of the weight matrix of stage s, by columns. */
struct sl_tile sl_weights_tile(const struct sl_stepper *stepper, size_t s, size_t t);

/* Rows of a batch (step_rows.c) ---------------------------------------------------------------------- */

/* Of strategies for nets of dense layers: keeps_out and keeps_d that keep all, and the rows of a tile of a
 * batch of more than SL_WIDE_BATCH, an even number of which serves two cores. */
int sl_keeps_all(const struct sl_net *net, size_t s);
size_t sl_flat_rows(size_t batch);
/* Tile number row_tile of the batch, all its rows. */
struct sl_at sl_at_rows(const struct sl_job *job, size_t row_tile);
/* Stages begin ... end - 1, forward: from stage 1 on after the rows have been read. */
int sl_forward_stages(const struct sl_job *job, size_t begin, size_t end, struct sl_at *at);
/* Scores to probabilities, loss, and the gradient with regard to the last main layer's output. */
void sl_end_rows(const struct sl_job *job, struct sl_at *at);
/* From stage last, whose gradient is there and derived, down to end, whose gradient then is.  sums: gradients
 * that come row by row are added to it. */
int sl_backward_stages(const struct sl_job *job, size_t last, size_t end, struct sl_at *at, float *sums);

/* Update (step_update.c) ----------------------------------------------------------------------------- */

/* When all rows have passed and gradients that come row by row are collected: the others, and the update. */
int sl_update_weights(const struct sl_job *job);
/* The running mean of the weights, when all threads have met after the update. */
void sl_average_weights(const struct sl_job *job);

#endif
