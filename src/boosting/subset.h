/* subset.h - the best split of a feature whose bins are categories: which of them go left.
 *
 * Of all ways to part them in two, the best by the sums' score keeps them in the order of gradient by second
 * derivative (W. D. Fisher, "On grouping for maximum homogeneity", JASA 53, 1958), so that one pass in that
 * order finds it. */
#ifndef SL_BOOSTING_SUBSET_H
#define SL_BOOSTING_SUBSET_H

#include "boosting/model.h"
#include "boosting/sums.h"

struct sl_boost_subset {
    float score; /* as sl_sums_best's; -1: there is none */
    struct sl_boost_set left;
};

/* sums: of the feature's block, from its lane on.  Its bins are 0 ... n_codes - 1 and, with has_missing, that
 * of missing values, which counts as one more category.  As in scikit-learn, a category of fewer than some 10
 * of the node's rows stays on the right, and few rows pull it to the middle of the order. */
struct sl_boost_subset sl_boost_best_subset(const uint64_t *sums, uint64_t total, size_t n_codes,
                                            int has_missing, const struct sl_sums_rule *rule);

#endif
