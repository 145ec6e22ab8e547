/* model.h - the finished tree: what predictions and explanations read. */
#ifndef SL_TREES_MODEL_H
#define SL_TREES_MODEL_H

#include "trees/growth.h"
#include <shortlist/pack.h>

struct sl_tree_inner {
    int32_t feature; /* -1: a leaf */
    float threshold; /* <= goes left */
    int32_t right;   /* node; of a leaf: its row of share */
};

/* Nodes in preorder: the root first, a left child right behind its parent.  Leaves have rows of share in that
 * order; those that hold one class alone may have one in common. */
struct sl_tree_model {
    enum sl_dtype dtype;
    size_t d, n_nodes, n_shares;
    int k;
    struct sl_tree_inner *nodes; /* (n_nodes) */
    float *share;                /* (n_shares, k): of each class among a leaf's training rows, weighted */
    int32_t *label;              /* (n_shares): the most likely class */
    uint32_t *n_rows; /* (n_nodes): training rows that came through; NULL: not known, as in a model from
                         a file of format 1 */
    double *weight;   /* (n_nodes): their weight; NULL: that of a row is 1, or n_rows is NULL */
};

/* A model of the tree cut at max_depth (0: as it was grown) and pruned with ccp_alpha (0: not at all).  Where
 * growth.options.max_leaf_nodes is 0 it is, bit for bit, that of a tree grown to that max_depth, so
 * one tree grown to the largest depth serves all.  The growth is only read, and may be used again; the model
 * owns all that it needs.  impurity: the leaves' mean, by weight.  SL_ENOMEM. */
int sl_tree_model_make(const struct sl_tree_growth *growth, int max_depth, double ccp_alpha, double *impurity,
                       struct sl_tree_model **out, struct sl_error *err);
void sl_tree_model_free(void *model);
/* Gives all leaves that hold one class alone one row of share: most leaves of a forest do.  SL_ENOMEM. */
int sl_tree_model_merge(struct sl_tree_model *model, struct sl_error *err);

void sl_tree_save(const void *model, struct sl_writer *w);
/* like: dtype, d and k of the training view.  SL_EDATA when the record does not hold a tree: every child
 * comes after its parent, so no walk can loop, and numbers of rows add up. */
int sl_tree_load(struct sl_reader *r, const struct sl_view *like, struct sl_tree_model **out,
                 struct sl_error *err);

#endif
