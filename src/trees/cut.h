/* cut.h - which nodes of a grown tree are kept: a smaller depth, minimal cost-complexity pruning. */
#ifndef SL_TREES_CUT_H
#define SL_TREES_CUT_H

#include "trees/growth.h"

struct sl_tree_kept {
    uint32_t slot;  /* of the growth */
    uint32_t right; /* number in the list of the right child, the left one follows at once; 0: a leaf */
};

/* Lists in preorder the nodes (n) of the tree cut at max_depth (0: as it was grown) and pruned with ccp_alpha
 * (0: not at all).  Where options.max_leaf_nodes is 0, growth is depth first and no split depends on
 * another branch, so that the list is that of a tree grown to that max_depth.  SL_OK or SL_ENOMEM; the caller
 * frees the list. */
int sl_tree_cut(const struct sl_tree_growth *growth, int max_depth, double ccp_alpha,
                struct sl_tree_kept **kept, size_t *n);

#endif
