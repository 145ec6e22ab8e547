/* grow.h - one boosted tree: Newton steps in its leaves (T. Chen and C. Guestrin, "XGBoost: a scalable tree
 * boosting system", KDD 2016), split by histograms. */
#ifndef SL_BOOSTING_GROW_H
#define SL_BOOSTING_GROW_H

#include "boosting/bins.h"
#include "boosting/model.h"
#include <signal.h>

/* Classifiers keep it in their configuration, so a number is an int or a double. */
struct sl_boost_limits {
    int max_leaf_nodes;   /* 0: none; else the best splits first */
    int max_depth;        /* 0: none */
    int min_samples_leaf; /* >= 1 */
    double l2_regularization;
};

/* What one thread, or several together, keep from tree to tree. */
struct sl_boost_space;

/* For trees on n of the bins' rows; NULL when out of memory. */
struct sl_boost_space *sl_boost_space_new(const struct sl_bins *bins, size_t n);
void sl_boost_space_free(struct sl_boost_space *space);

/* What a tree is grown on, and how. */
struct sl_boost_step {
    const struct sl_bins *bins;
    const uint32_t *rows; /* (n) of the bins, ascending */
    size_t n;
    const float *gradient, *curvature; /* (bins->n): of the loss by the row's output; curvature >= 0 */
    uint64_t seed;                     /* of what is rounded at random */
    struct sl_boost_limits limits;
    double learning_rate;
    int threads;
    const volatile sig_atomic_t *cancel;
};

/* Grows a tree, and adds its leaves' values to raw (bins->n) for the step's rows.  The same tree on any
 * number of threads.  SL_ENOMEM or SL_ECANCELLED; release the tree. */
int sl_boost_grow(const struct sl_boost_step *step, struct sl_boost_space *space, struct sl_boost_tree *tree,
                  float *raw);

#endif
