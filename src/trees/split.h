/* split.h - the best split of a node. */
#ifndef SL_TREES_SPLIT_H
#define SL_TREES_SPLIT_H

#include "trees/search.h"

/* Counts the node's classes into the space. */
void sl_tree_look(const struct sl_tree_growth *growth, const struct sl_tree_node *node,
                  struct sl_tree_space *space, struct sl_tree_sight *sight);

/* The best split of a node that spaces[0] looked at last, by options: equal scores go to the lowest feature,
 * then the lowest threshold.  threads > 1: features are shared between spaces (threads).  The growth is only
 * read. SL_OK (best->score is -INFINITY where there is none) or SL_ENOMEM. */
int sl_tree_best_split(const struct sl_tree_growth *growth, const struct sl_tree_node *node,
                       const struct sl_tree_sight *sight, struct sl_tree_space *spaces, int threads,
                       struct sl_tree_split *best);

#endif
