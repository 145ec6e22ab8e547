/* drawn.h - the best split among features, or of thresholds, that are drawn. */
#ifndef SL_TREES_DRAWN_H
#define SL_TREES_DRAWN_H

#include "trees/search.h"

/* As scikit-learn: features are drawn without replacement until n_features have been, constant ones counted,
 * and then go on until one is not constant.  stream: of the node, split from options.rng.  SL_ENOMEM. */
int sl_tree_search_drawn(struct sl_tree_search *search, uint64_t stream);

#endif
