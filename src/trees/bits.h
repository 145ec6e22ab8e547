/* bits.h - the search of columns of two values, whose bits stand side by side: nothing is sorted, several are
 * counted at once. */
#ifndef SL_TREES_BITS_H
#define SL_TREES_BITS_H

#include "trees/search.h"

/* left[c][l]: rows of the node's class c whose bit of feature l is 0, of n <= SL_KEYS_BITS features whose
 * bits are of one word. */
void sl_tree_count_bits(const struct sl_tree_search *s, const uint32_t *features, size_t n,
                        uint32_t (*left)[SL_KEYS_BITS]);

/* How many of the next n >= 1 features, in ascending order, sl_tree_search_bits can take: 0 where the first
 * is no bit, or classes have weights. */
size_t sl_tree_bits_together(const struct sl_tree_search *s, const uint32_t *features, size_t n);

/* So many.  Returns how many are not constant in the node. */
int sl_tree_search_bits(struct sl_tree_search *s, const uint32_t *features, size_t n);

#endif
