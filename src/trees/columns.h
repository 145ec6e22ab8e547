/* columns.h - the search of any features of a node, one by one where they are no bits. */
#ifndef SL_TREES_COLUMNS_H
#define SL_TREES_COLUMNS_H

#include "trees/search.h"

/* Any n features, in ascending order: their codes sorted by bucket or radix, bits counted.  It may stop at a
 * perfect split.  Returns how many of those that it looked at are not constant in the node. */
int sl_tree_search_columns(struct sl_tree_search *s, const uint32_t *features, size_t n);

#endif
