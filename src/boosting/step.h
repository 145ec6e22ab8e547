/* step.h - what a boosted tree is grown on, and how. */
#ifndef SL_BOOSTING_STEP_H
#define SL_BOOSTING_STEP_H

#include "boosting/bins.h"
#include "boosting/joint.h"
#include "boosting/sums.h"
#include <signal.h>

/* Classifiers keep it in their configuration, so a number is an int or a double. */
struct sl_boost_limits {
    int max_leaf_nodes;   /* 0: none; else the best splits first */
    int max_depth;        /* 0: none */
    int min_samples_leaf; /* >= 1 */
    double l2_regularization;
};

/* An output's gradients as whole numbers. */
struct sl_boost_packed {
    uint64_t *sum; /* (bins' rows): gradient, curvature and count of each */
    struct sl_sums_rule rule;
    int has_gain; /* 0: gradients or curvatures are all 0 */
};

/* What a tree is grown on, and how. */
struct sl_boost_step {
    const struct sl_bins *bins;
    const struct sl_joint *joint; /* of the bins, or NULL: features are summed one by one */
    const uint32_t *rows;         /* (n) of the bins, ascending */
    size_t n;
    const float *gradient, *curvature;    /* (bins->n): of the loss by the row's output; curvature >= 0 */
    const struct sl_boost_packed *packed; /* of them */
    const uint64_t *root;                 /* (blocks, SL_SUMS_BLOCK): sums of all rows, or NULL */
    uint64_t seed;                        /* of what is rounded at random */
    struct sl_boost_limits limits;
    double learning_rate;
    int threads;
    const volatile sig_atomic_t *cancel;
};

#endif
