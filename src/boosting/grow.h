/* grow.h - one boosted tree: Newton steps in its leaves (T. Chen and C. Guestrin, "XGBoost: a scalable tree
 * boosting system", KDD 2016), split by histograms. */
#ifndef SL_BOOSTING_GROW_H
#define SL_BOOSTING_GROW_H

#include "boosting/model.h"
#include "boosting/space.h"

/* Grows a tree, and adds its leaves' values to raw (bins->n) for the step's rows.  The same tree on any
 * number of threads.  SL_ENOMEM or SL_ECANCELLED; release the tree. */
int sl_boost_grow(const struct sl_boost_step *step, struct sl_boost_space *space, struct sl_boost_tree *tree,
                  float *raw);

#endif
