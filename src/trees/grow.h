/* grow.h - grows a decision tree: CART (Breiman, Friedman, Olshen and Stone, "Classification and Regression
 * Trees", 1984).
 *
 *   codes   features as ordered whole numbers, bytes where 256 are enough: made once, for any number of trees
 *   lay     the order in which codes lie in memory
 *   growth  sample, options and nodes
 *   sweep   the criterion; the exact score of every split of one feature
 *   split   the best split of a node: which features, by which of the kernels
 *   drawn   the same among features that are drawn
 *   thresholds  or of thresholds that are
 *   search  what the two share
 *   grow    nodes, depth first or best first; threads
 *   cut     the nodes that are kept: a smaller depth, minimal cost-complexity pruning
 *   model   the finished tree: made of a grown one, saved, loaded
 *   predict rows walked down it
 *
 * Codes, then growth, then as many models of it as there are depths and ccp_alphas to compare. */
#ifndef SL_TREES_GROW_H
#define SL_TREES_GROW_H

#include "trees/growth.h"

/* The same sample, options and stream give the same tree, whatever the number of threads.  SL_ENOMEM, or
 * SL_ECANCELLED when options->cancel is raised.  Release the growth either way. */
int sl_tree_grow(const struct sl_tree_sample *sample, const struct sl_tree_options *options,
                 struct sl_tree_growth *growth, struct sl_error *err);

#endif
