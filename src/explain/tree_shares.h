/* tree_shares.h - columns' importance as what trees say of features: a weighted mean over the trees, and how
 * far they differ. */
#ifndef SL_EXPLAIN_TREE_SHARES_H
#define SL_EXPLAIN_TREE_SHARES_H

#include <shortlist/explain.h>
#include <stddef.h>

struct sl_tree_shares {
    const struct sl_model *model;
    struct sl_importance *out; /* as many as the raw rows have columns */
    size_t width;              /* features */
    double *own;               /* (width): what the tree at hand says; 0 where none is */
    double *column, weight;
};

/* SL_ENOMEM; release it also then. */
int sl_tree_shares_begin(const struct sl_model *model, size_t width, struct sl_importance *out,
                         struct sl_tree_shares *shares);
/* Takes in what a tree says, own in shares of their sum, and makes own 0 again. */
void sl_tree_shares_add(struct sl_tree_shares *shares, double weight);
void sl_tree_shares_end(struct sl_tree_shares *shares);
void sl_tree_shares_release(struct sl_tree_shares *shares);

/* The sum of own. */
double sl_tree_shares_total(const struct sl_tree_shares *shares);

#endif
