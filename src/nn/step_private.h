/* step_private.h - what the parts of a step of training share: step.c, step_first.c, step_update.c. */
#ifndef SL_NN_STEP_PRIVATE_H
#define SL_NN_STEP_PRIVATE_H

#include "nn/pass_private.h"

/* One step, as one thread sees it. */
struct sl_job {
    struct sl_pass *pass;
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

/* The tiles of stage s's weights are dealt out so: begin, begin + stride ... below end.  Those of a first
 * layer that is split by turns, as neighbouring parts of images are alike in how much of them is 0. */
struct sl_deal {
    size_t begin, end, stride;
};

static inline struct sl_deal sl_deal_weights(const struct sl_job *job, size_t s)
{
    size_t n = job->pass->work[s].n_tiles;
    if (job->pass->split && s == 1)
        return (struct sl_deal){(size_t)job->thread, n, (size_t)job->threads};
    return (struct sl_deal){sl_share_start(job, n), sl_share_end(job, n), 1};
}

/* Waits until all threads are here. */
static inline void sl_meet(const struct sl_job *job)
{
    sl_barrier_wait(&job->pass->barrier, job->threads);
}

/* A tile of a dense layer's weight matrix. */
struct sl_tile sl_weights_tile(const struct sl_pass *pass, size_t s, size_t t);

/* The first layer (step_first.c) ------------------------------------------------------------------- */

/* Where it is split by features: this thread's part of the product, then, when all threads have met, a tile's
 * output. */
int sl_first_multiply(const struct sl_job *job);
void sl_first_add(const struct sl_job *job, struct sl_at *at);

/* Where it takes bytes, not split: a tile's rows, then, when all threads have met, this thread's part of
 * their transpose, and output. */
void sl_first_read(const struct sl_job *job, const struct sl_at *at);
void sl_first_transpose(const struct sl_job *job);
void sl_first_forward(const struct sl_job *job, const struct sl_at *at);

/* In both cases: dw = scale dL/dw + keep dw for a tile of its weights (with its first row the biases too,
 * which do not decay). */
int sl_first_gradient(const struct sl_job *job, struct sl_tile tile, float scale, float keep, float *dw);

/* Gradient and update of all weights (step_update.c) ------------------------------------------------- */

/* When all rows have passed, with lanes already added. */
int sl_update_weights(const struct sl_job *job);
/* Adds all lanes to the first, in order, and arranges the sums as the parameters are. */
int sl_add_lanes(const struct sl_job *job);
/* The running mean of the weights, after the step. */
void sl_average_weights(const struct sl_job *job);

#endif
