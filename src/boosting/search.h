/* search.h - the best split of a node among eight features. */
#ifndef SL_BOOSTING_SEARCH_H
#define SL_BOOSTING_SEARCH_H

#include "boosting/space.h"

/* A node of few rows has no sums: its rows and near are read, for categories too. */
static inline int sl_boost_is_few(const struct sl_boost_grown *node)
{
    return node->n <= SL_SUMS_FEW;
}

/* Makes *best the best split of the node's features of one block, where that is better. */
void sl_boost_search_block(const struct sl_boost_step *step, const struct sl_boost_space *space,
                           const struct sl_boost_grown *node, size_t at, struct sl_boost_found *best);

#endif
