/* path.h - gradients of scores at many points for each row, and what they come to: the loop that the methods
 * on gradients share. */
#ifndef SL_EXPLAIN_PATH_H
#define SL_EXPLAIN_PATH_H

#include "explain/method.h"

/* A pair of a row and a class: items are numbered as a block's (n, m) arrays. */
struct sl_path {
    struct sl_explainer *explainer;
    const struct sl_explain_block *block;
    size_t samples;      /* points of an item */
    size_t n;            /* items: */
    const size_t *items; /* (n) their numbers */
    /* NULL: the row itself; or writes the item's point (width).  SL_OK or SL_ENOMEM. */
    int (*point)(const struct sl_path *path, size_t item, size_t sample, float *point);
    /* NULL: nothing; or makes the gradient (width) at a point what it adds to the item's values. */
    void (*weigh)(const struct sl_path *path, size_t item, size_t sample, const float *point,
                  float *gradient);
};

static inline const float *sl_path_row(const struct sl_path *path, size_t item)
{
    return path->block->x + item / path->block->m * path->explainer->width;
}

/* Each item's values (at its place in block->values) become their mean over the item's points; variance, as
 * large, the variance of that mean, or NULL.  Computed in an order that depends on nothing else.  SL_ENOMEM,
 * SL_EINTERNAL. */
int sl_path_run(const struct sl_path *path, float *variance, struct sl_error *err);

/* A weigh: the gradient times the way from the baseline to the row. */
void sl_path_times_way(const struct sl_path *path, size_t item, size_t sample, const float *point,
                       float *gradient);

/* The numbers of all items, 0 ... n m - 1; the caller frees them.  NULL: no memory. */
size_t *sl_path_all(const struct sl_explain_block *block);

#endif
