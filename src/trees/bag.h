/* bag.h - the rows that a forest's tree grows on, and the accuracy on those that it does not. */
#ifndef SL_TREES_BAG_H
#define SL_TREES_BAG_H

#include "trees/forest_model.h"
#include "trees/growth.h"

/* Which of n rows each tree has in its bag. */
struct sl_bags {
    size_t n, words; /* of a tree */
    uint64_t *bit;   /* (trees, words); NULL: not kept */
};

/* Rows that each tree draws of n; max_samples as in struct sl_forest_options (forest.h). */
size_t sl_bag_size(double max_samples, size_t n);

/* Draws a bag of tree t from the sample: rows (sl_bag_size), ascending, with repeats; count (n) is
 * scratch. */
void sl_bag_draw(struct sl_rng *rng, const struct sl_tree_sample *sample, size_t size, uint32_t *count,
                 uint32_t *rows, struct sl_bags *bags, size_t t);

/* The share of the sample's rows that the trees which have not seen them get right, among rows that there are
 * such trees for; NaN where there is none.  SL_ENOMEM. */
int sl_bag_accuracy(const struct sl_bags *bags, const struct sl_tree_sample *sample, const struct sl_view *x,
                    const struct sl_forest *forest, int threads, double *accuracy);

#endif
