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

#endif
