/* forest.c - random forest: L. Breiman, "Random forests", Machine Learning 45, 2001, as
 * scikit-learn's RandomForestClassifier.
 *
 * Trees grow on bootstrap samples, and each split is the best among sqrt(d) features that are drawn for it;
 * the forest's probabilities are the mean of its trees'.  Equal splits go to the lowest feature, then the
 * lowest threshold.  Cost: O(trees n sqrt(d) log n). Leaves out: missing values, monotonic constraints;
 * scikit-learn takes values closer than 1e-7 for equal, this does not. */
#include "classifiers/forests.h"

static const struct sl_param params[] = {SL_FORESTS_PARAMS("true"), {0}};

static int fit(const struct sl_fit *fit, void **out, struct sl_error *err)
{
    return sl_forests_fit(fit, SL_TREE_BEST, out, err);
}

static int fit_group(const struct sl_group *group, struct sl_error *err)
{
    return sl_forests_fit_group(group, SL_TREE_BEST, err);
}

const struct sl_classifier_type sl_classifier_forest = {
    .name = "forest",
    .title = "Random forest",
    .reference = "Breiman, Random forests, Machine Learning 45 (2001)",
    .flags = SL_RANDOM | SL_PROBABILITIES | SL_WEIGHS_ROWS | SL_SHARES_STREAM,
    .inside = SL_INSIDE_FOREST,
    .config_size = sizeof(struct sl_forests_config),
    .params = params,
    .check = sl_forests_check,
    .fit = fit,
    .fit_group = fit_group,
    .shares = sl_forests_shares,
    .predict = sl_forest_predict,
    .scores = sl_forest_scores,
    .save = sl_forest_save,
    .load = sl_forests_load,
    .free = sl_forest_free,
};
