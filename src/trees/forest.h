/* forest.h - many trees whose probabilities are averaged: random forests (L. Breiman, "Random forests",
 * Machine Learning 45, 2001) and extremely randomized trees (Geurts, Ernst and Wehenkel, 2006).
 *
 * Tree t grows by the stream that is split from options.tree.rng by t, whatever the number of trees: a
 * forest's first trees are the smaller forest. */
#ifndef SL_TREES_FOREST_H
#define SL_TREES_FOREST_H

#include "trees/forest_model.h"

/* Classes count alike: never, as many rows as all have of them, as many as a tree's sample has. */
enum sl_forest_balance { SL_FOREST_AS_THEY_ARE, SL_FOREST_BALANCED, SL_FOREST_BALANCED_SUBSAMPLE };

/* Classifiers keep it in their configuration, so a number is an int or a double. */
struct sl_forest_options {
    struct sl_tree_options tree; /* balanced and class_weight are not read */
    double ccp_alpha;
    int n_estimators;   /* >= 1 */
    int bootstrap;      /* each tree grows on rows drawn with replacement, else on all */
    double max_samples; /* so many: 0 as many as there are rows, <= 1 a share, else a number */
    int balance;        /* enum sl_forest_balance */
    int oob_score;      /* with bootstrap: measure the accuracy out of bag */
};

/* Which of the trees, and how they are cut: one forest of those that one training gives. */
struct sl_forest_cut {
    size_t n; /* trees, 1 ... options.n_estimators */
    int max_depth;
    double ccp_alpha;
};

struct sl_forest_grown {
    struct sl_forest *forest; /* the caller's, by sl_forest_free */
    double impurity;          /* mean over the trees' leaves, by weight */
    double oob_accuracy;      /* NaN: not measured, or no row was out of every bag */
};

/* Grows options.n_estimators trees and makes out[i] by cuts[i], bit for bit what a forest grown so alone is.
 * options.tree.max_depth is that of the deepest cut; several depths and ccp_alphas only where
 * options.tree.max_leaf_nodes is 0.  x: the rows of sample->codes, read for oob_score.  SL_ENOMEM or
 * SL_ECANCELLED, and then all forests are NULL. */
int sl_forest_grow(const struct sl_tree_sample *sample, const struct sl_view *x,
                   const struct sl_forest_options *options, const struct sl_forest_cut *cuts, size_t n_cuts,
                   struct sl_forest_grown *out, struct sl_error *err);

#endif
