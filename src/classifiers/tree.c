/* tree.c - decision tree: CART (Breiman, Friedman, Olshen and Stone, "Classification and Regression Trees",
 * 1984), as scikit-learn's DecisionTreeClassifier.
 *
 * Every node is split where the children's impurity is least among all features and all midpoints
 * between neighbouring values; equal splits go to the lowest feature, then the lowest threshold, where
 * scikit-learn draws one.  Cost: O(n d) a level, with 256-bin histograms that lose nothing on bytes.
 * Leaves out: missing values, weights of rows, monotonic constraints; scikit-learn takes values closer
 * than 1e-7 for equal, this does not. */
#include "classifiers/tree.h"
#include "classifiers/params.h"
#include "core/memory.h"
#include <limits.h>
#include <math.h>

static const struct sl_word criteria[] = {
    {"gini", SL_TREE_GINI}, {"entropy", SL_TREE_ENTROPY}, {"log_loss", SL_TREE_ENTROPY}, {NULL, 0}};
static const struct sl_word splitters[] = {{"best", SL_TREE_BEST}, {"random", SL_TREE_RANDOM}, {NULL, 0}};
static const struct sl_word none[] = {{"none", 0}, {NULL, 0}};
static const struct sl_word feature_words[] = {
    {"none", SL_TREE_ALL}, {"sqrt", SL_TREE_SQRT}, {"log2", SL_TREE_LOG2}, {NULL, 0}};

static const struct sl_param params[] = {
    SL_CHOICE_PARAM("criterion", struct sl_tree_config, criterion, "gini", criteria, "gini,entropy",
                    "impurity that splits reduce"),
    SL_CHOICE_PARAM("splitter", struct sl_tree_config, splitter, "best", splitters, NULL,
                    "best threshold of each feature, or one drawn at random"),
    SL_INT_OR_WORD_PARAM("max_depth", struct sl_tree_config, max_depth, "none", 1, INT_MAX, 0, none,
                         "4,6,8,10,12,15,20,none", "splits on the longest path; none: no limit"),
    SL_INT_PARAM("min_samples_split", struct sl_tree_config, min_samples_split, "2", 2, INT_MAX, SL_LOG, NULL,
                 "rows that a node needs to be split"),
    SL_INT_PARAM("min_samples_leaf", struct sl_tree_config, min_samples_leaf, "1", 1, INT_MAX, SL_LOG,
                 "1,2,5,10,20,50", "rows that a leaf needs"),
    SL_REAL_OR_WORD_PARAM("max_features", struct sl_tree_config, max_features, "none", 0, INT_MAX,
                          SL_OPEN_MIN, feature_words, NULL,
                          "features drawn for each split: a share if below 1, else a number"),
    SL_REAL_PARAM("min_impurity_decrease", struct sl_tree_config, min_impurity_decrease, "0", 0, INFINITY, 0,
                  NULL, "impurity that a split must take from the whole tree's"),
    SL_INT_OR_WORD_PARAM("max_leaf_nodes", struct sl_tree_config, max_leaf_nodes, "none", 2, INT_MAX, SL_LOG,
                         none, NULL, "leaves, the best splits first; none: no limit"),
    SL_REAL_PARAM("ccp_alpha", struct sl_tree_config, ccp_alpha, "0", 0, INFINITY, 0,
                  "0,0.0001,0.0003,0.001,0.003", "pruning: impurity that a leaf must be worth"),
    SL_CLASS_WEIGHT_PARAM(struct sl_tree_config, balanced, NULL,
                          "balanced: classes count alike, however many rows they have"),
    {0}};

static int tree_check(const void *vconfig, const struct sl_view *view, struct sl_error *err)
{
    const struct sl_tree_config *config = vconfig;
    if (config->max_features > (double)view->d)
        return sl_fail(err, SL_EUSAGE, "max_features: %g are more than the data set's %zu features",
                       config->max_features, view->d);
    if (view->n > INT32_MAX / 2)
        return sl_fail(err, SL_EUSAGE, "tree: %zu rows are more than the %d it can hold", view->n,
                       INT32_MAX / 2);
    return SL_OK;
}

static size_t n_features(double max_features, size_t d)
{
    double n = max_features == SL_TREE_ALL    ? (double)d
               : max_features == SL_TREE_SQRT ? sqrt((double)d)
               : max_features == SL_TREE_LOG2 ? log2((double)d)
               : max_features < 1             ? max_features * (double)d
                                              : max_features;
    return n < 1 ? 1 : n > (double)d ? d : (size_t)n;
}

/* scikit-learn's "balanced": n / (classes present * rows of the class). */
static int make_weights(struct sl_tree_growth *g)
{
    double present = 0;
    g->total_weight = (double)g->n;
    if (!g->config->balanced)
        return SL_OK;
    g->weight = sl_alloc_zero((size_t)g->k, sizeof *g->weight);
    if (!g->weight)
        return SL_ENOMEM;
    for (size_t i = 0; i < g->n; i++)
        g->weight[g->y[i]]++;
    for (int c = 0; c < g->k; c++)
        present += g->weight[c] > 0;
    for (int c = 0; c < g->k; c++)
        g->weight[c] = g->weight[c] > 0 ? (double)g->n / (present * g->weight[c]) : 0;
    return SL_OK;
}

static void release(struct sl_tree_growth *g)
{
    sl_tree_codes_release(&g->codes);
    free(g->rule.x_log_x);
    free(g->weight);
    free(g->rows);
    free(g->scratch);
    free(g->stack);
    free(g->nodes);
}

static int tree_fit(const struct sl_fit *fit, void **out, struct sl_error *err)
{
    const struct sl_tree_config *config = fit->config;
    const struct sl_view *train = fit->train;
    struct sl_tree_growth g = {.config = config,
                               .fit = fit,
                               .n = train->n,
                               .d = train->d,
                               .k = train->k,
                               .y = train->y,
                               .n_features = n_features(config->max_features, train->d),
                               .threads = fit->threads};
    *out = NULL;
    int code = sl_tree_codes_make(train, g.threads, &g.codes, err);
    if (!code)
        code = make_weights(&g);
    if (!code)
        code = sl_tree_rule_make(&g.rule, (enum sl_tree_criterion)config->criterion, g.weight, g.n);
    if (!code)
        code = sl_tree_grow(&g);
    if (!code && config->ccp_alpha > 0)
        code = sl_tree_prune(&g, config->ccp_alpha);
    if (!code)
        code = sl_tree_model_make(&g, &fit->report->objective, (struct sl_tree_model **)out);
    release(&g);
    if (code == SL_ECANCELLED)
        return sl_fail(err, code, "tree: cancelled");
    return code ? sl_fail_memory(err) : SL_OK;
}

const struct sl_classifier_type sl_classifier_tree = {
    .name = "tree",
    .title = "Decision tree",
    .reference = "CART: Breiman, Friedman, Olshen and Stone, Classification and Regression Trees (1984)",
    .flags = SL_RANDOM | SL_PROBABILITIES,
    .config_size = sizeof(struct sl_tree_config),
    .params = params,
    .check = tree_check,
    .fit = tree_fit,
    .predict = sl_tree_predict,
    .scores = sl_tree_scores,
    .save = sl_tree_save,
    .load = sl_tree_load,
    .free = sl_tree_model_free,
};
