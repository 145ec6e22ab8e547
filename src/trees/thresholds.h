/* thresholds.h - splits at thresholds that are drawn between the smallest and the largest value of a node. */
#ifndef SL_TREES_THRESHOLDS_H
#define SL_TREES_THRESHOLDS_H

#include "trees/search.h"

/* n <= SL_LANES features, whatever their codes are; uniform (n), in [0, 1), draws the thresholds.  Returns
 * how many are not constant in the node. */
int sl_tree_search_thresholds(struct sl_tree_search *s, const uint32_t *features, const double *uniform,
                              size_t n);

/* The same of byte features that were gathered side by side into the space's block, of all the node's rows.
 */
int sl_tree_search_threshold_lanes(struct sl_tree_search *s, const uint32_t *features, const double *uniform,
                                   int lanes);

#endif
