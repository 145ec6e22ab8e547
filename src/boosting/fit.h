/* fit.h - gradient boosting of trees: J. Friedman, "Greedy function approximation: a gradient boosting
 * machine", Annals of Statistics 29, 2001, with the second derivatives of XGBoost and the histograms of
 * LightGBM (G. Ke et al., NeurIPS 2017), as scikit-learn's HistGradientBoostingClassifier.
 *
 *   bins   features as ordered bins, missing values in one of their own
 *   joint  features of few bins side by side in one byte
 *   loss   log loss and its derivatives
 *   sums   gradients summed by bin; the best split of a node
 *   space  a tree's memory while it grows, on what step.h says
 *   search the best split of a node, by its sums or by its few rows
 *   subset the best split of a category
 *   grow   one tree; write_tree: its nodes as the model has them
 *   roots  gradients as whole numbers, and what the trees of an iteration begin with
 *   job    rows, options and result of a fit; state: what it keeps, and prepares
 *   fit    trees until there are enough, or the rows held out say so
 *   model  the finished model: walked; model_file: saved, loaded */
#ifndef SL_BOOSTING_FIT_H
#define SL_BOOSTING_FIT_H

#include "boosting/job.h"

/* The first iterations do not depend on max_iter.  SL_ENOMEM; SL_ECANCELLED before the first iteration;
 * SL_EUSAGE where there are too few rows to hold some out. */
int sl_boost_fit(const struct sl_boost_job *job, const struct sl_boost_options *options,
                 struct sl_boost_result *out, struct sl_error *err);

#endif
