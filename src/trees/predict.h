/* predict.h - rows walked down a finished tree. */
#ifndef SL_TREES_PREDICT_H
#define SL_TREES_PREDICT_H

#include "trees/model.h"

/* labels (n), scores (n, k): the shares of the leaf that a row ends in.  model is a struct sl_tree_model;
 * SL_EUSAGE where the rows differ from its training rows in type or width. */
int sl_tree_predict(const void *model, const struct sl_view *x, int threads, int32_t *labels,
                    struct sl_error *err);
int sl_tree_scores(const void *model, const struct sl_view *x, int threads, float *scores,
                   struct sl_error *err);

/* shares[i]: which row of model->share row first + i of x ends in, i < n.  x has the model's type and width.
 */
void sl_tree_find_shares(const struct sl_tree_model *model, const struct sl_view *x, size_t first, size_t n,
                         int32_t *shares);
/* The same of one row. */
int32_t sl_tree_find_share(const struct sl_tree_model *model, const struct sl_view *x, size_t row);

#endif
