/* boost_trees.h - boosted trees as trees whose leaves hold what they add to the classes' margins. */
#ifndef SL_EXPLAIN_BOOST_TREES_H
#define SL_EXPLAIN_BOOST_TREES_H

#include "boosting/model.h"
#include "trees/shap.h"

struct sl_boost_sum {
    struct sl_tree_sum trees;
    struct sl_tree_model *made;        /* (trees.n); numbers of rows are the boosted model's */
    const struct sl_tree_model **tree; /* (trees.n) */
    int32_t *only;                     /* (trees.n) */
};

/* NULL when out of memory.  boost must outlive it. */
struct sl_boost_sum *sl_boost_sum_new(const struct sl_boost *boost);
void sl_boost_sum_free(struct sl_boost_sum *sum);

/* What a class has before the first tree; -infinity for one without training rows. */
double sl_boost_base(const struct sl_boost *boost, int32_t class);

#endif
