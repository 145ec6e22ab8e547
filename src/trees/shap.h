/* shap.h - Shapley values of trees: what each feature of a row adds to a class's output of one tree or of the
 * sum of several. */
#ifndef SL_TREES_SHAP_H
#define SL_TREES_SHAP_H

#include "trees/model.h"

/* The output of a row for class c: factor times the sum over the trees of share[leaf, c].  Trees of the same
 * dtype and d, and of as many classes, but for those of one class only, whose share is (n_shares, 1). */
struct sl_tree_sum {
    const struct sl_tree_model *const *tree; /* (n) */
    size_t n;
    double factor;
    const int32_t *only; /* (n): the class that a tree adds to, -1: all; NULL: all trees do */
    /* NULL: a value goes left where it is at most the threshold.  Else whether node at of tree t sends row i
     * of x there. */
    int (*goes_left)(const void *of, size_t t, size_t at, const struct sl_view *x, size_t i);
    const void *of;
};

/* The leaf's share of a class in tree t: of a class that the tree does not add to 0. */
static inline double sl_tree_share(const struct sl_tree_sum *trees, size_t t, size_t leaf, int32_t class)
{
    const int32_t only = trees->only ? trees->only[t] : -1;
    const struct sl_tree_model *tree = trees->tree[t];
    if (only >= 0)
        return only == class ? (double)tree->share[leaf] : 0;
    return (double)tree->share[leaf * (size_t)tree->k + (size_t) class];
}

/* Does tree t add to one of the classes (m)? */
static inline int sl_tree_adds(const struct sl_tree_sum *trees, size_t t, const int32_t *classes, size_t m)
{
    if (!trees->only || trees->only[t] < 0)
        return 1;
    for (size_t c = 0; c < m; c++)
        if (classes[c] == trees->only[t])
            return 1;
    return 0;
}

/* What a feature adds where those that are left out follow the training rows' shares down both ways (Lundberg
 * and Lee's path-dependent tree SHAP).  values (x->n, m, d) for classes (x->n, m); they sum to the row's
 * output less sl_tree_expectation.  The trees know their numbers of rows.  SL_ENOMEM. */
int sl_tree_shap(const struct sl_tree_sum *trees, const struct sl_view *x, const int32_t *classes, size_t m,
                 int threads, double *values, struct sl_error *err);
/* The output's mean over the training rows of each tree. */
double sl_tree_expectation(const struct sl_tree_sum *trees, int32_t class);

/* The same where those that are left out are another row's: the mean over the rows of background, so that
 * they sum to the row's output less the background's mean.  Both views of the trees' dtype.  SL_ENOMEM. */
int sl_tree_shap_against(const struct sl_tree_sum *trees, const struct sl_view *background,
                         const struct sl_view *x, const int32_t *classes, size_t m, int threads,
                         double *values, struct sl_error *err);

/* Whether a node of a tree sends row i of the view, of the trees' dtype, to its left child. */
static inline int sl_tree_goes_left(const struct sl_tree_sum *trees, size_t t, size_t node,
                                    const struct sl_view *x, size_t i)
{
    if (trees->goes_left)
        return trees->goes_left(trees->of, t, node, x, i);
    const struct sl_tree_inner *from = &trees->tree[t]->nodes[node];
    const size_t at = i * x->d + (size_t)from->feature;
    const float value = x->dtype == SL_U8 ? (float)((const uint8_t *)x->x)[at] : ((const float *)x->x)[at];
    return value <= from->threshold;
}

#endif
