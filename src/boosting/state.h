/* state.h - what a fit keeps from iteration to iteration. */
#ifndef SL_BOOSTING_STATE_H
#define SL_BOOSTING_STATE_H

#include "boosting/job.h"
#include "boosting/space.h"

struct sl_boost_state {
    const struct sl_boost_job *job;
    const struct sl_boost_options *options;
    struct sl_boost_result *out;
    struct sl_bins bins;
    struct sl_joint joint;
    uint32_t *rows, *held, *all_watched; /* all_watched: 0, 1, ... */
    size_t n, n_held;
    int32_t *class, *y, *watched_y;    /* class (k): its number among those present, or -1; y of x's rows */
    double *weight;                    /* of x's rows, or NULL */
    float *raw, *gradient, *curvature; /* (outputs, rows of x) */
    float *watched_raw;                /* (outputs, n_watch) */
    int n_outputs, outer, inner;       /* threads: over outputs, and within a tree */
    struct sl_boost_space **space;     /* (outer) */
    size_t wave;                       /* outputs whose trees begin together */
    struct sl_boost_packed *packed;    /* (wave), with room of each in whole (wave, rows of x) */
    uint64_t *whole, *roots;           /* roots (wave, blocks, SL_SUMS_BLOCK): sums, or NULL */
    struct sl_boost_tree *tree;        /* (n_outputs): of the iteration */
    double *held_loss;                 /* (max_iter + 1) */
    uint64_t seed;
};

/* Fills in all but job, options and out, and makes the model without trees; release the state on error, too.
 * SL_ENOMEM; SL_EUSAGE where there are too few rows to hold some out. */
int sl_boost_prepare(struct sl_boost_state *f, struct sl_error *err);
void sl_boost_release_state(struct sl_boost_state *f);

#endif
