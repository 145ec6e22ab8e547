/* write_tree.h - a tree that has been grown, as a model has it. */
#ifndef SL_BOOSTING_WRITE_TREE_H
#define SL_BOOSTING_WRITE_TREE_H

#include "boosting/space.h"

/* Adds the leaves' values to raw (bins->n), too.  SL_ENOMEM; release the tree. */
int sl_boost_write_tree(const struct sl_boost_step *step, const struct sl_boost_space *space,
                        struct sl_boost_tree *tree, float *raw);

#endif
