/* forest_model.h - the finished forest: what predictions and explanations read. */
#ifndef SL_TREES_FOREST_MODEL_H
#define SL_TREES_FOREST_MODEL_H

#include "trees/model.h"

/* Trees that several forests may have in common. */
struct sl_forest_trees {
    _Atomic int users;
    size_t n;
    struct sl_tree_model **tree; /* (n) */
};

struct sl_forest {
    enum sl_dtype dtype; /* of the training rows */
    size_t d, n;         /* the first n of the trees */
    int k;
    struct sl_forest_trees *trees;
};

/* n trees that are yet to be made, used once; NULL when out of memory. */
struct sl_forest_trees *sl_forest_trees_new(size_t n);
/* Frees them when nobody uses them any more. */
void sl_forest_trees_release(struct sl_forest_trees *trees);

void sl_forest_free(void *forest); /* struct sl_forest *, or NULL */

/* labels (n), scores (n, k): the trees' mean.  SL_EUSAGE where the rows differ from the training rows in type
 * or width. */
int sl_forest_predict(const void *forest, const struct sl_view *x, int threads, int32_t *labels,
                      struct sl_error *err);
int sl_forest_scores(const void *forest, const struct sl_view *x, int threads, float *scores,
                     struct sl_error *err);

/* Of n rows walked down all trees, for sl_threads_for. */
double sl_forest_walk_operations(const struct sl_forest *forest, size_t n);

void sl_forest_save(const void *forest, struct sl_writer *w);
/* like: dtype, d and k of the training view.  SL_EDATA when the record does not hold n trees. */
int sl_forest_load(struct sl_reader *r, const struct sl_view *like, size_t n, struct sl_forest **out,
                   struct sl_error *err);

#endif
