/* tree.c - decision tree: CART (Breiman, Friedman, Olshen and Stone, "Classification and Regression Trees",
 * 1984), as scikit-learn's DecisionTreeClassifier.
 *
 * Every node is split where the children's impurity is least among all features and all midpoints
 * between neighbouring values; equal splits go to the lowest feature, then the lowest threshold, where
 * scikit-learn draws one.  Cost: O(n d) a level, with 256-bin histograms that lose nothing on bytes.
 * Leaves out: missing values, monotonic constraints; scikit-learn takes values closer
 * than 1e-7 for equal, this does not. */
#include "classifiers/params.h"
#include "trees/grow.h"
#include "trees/predict.h"
#include <limits.h>
#include <math.h>
#include <shortlist/classifier.h>

struct config {
    struct sl_tree_options tree;
    double ccp_alpha;
};

static const struct sl_word criteria[] = {
    {"gini", SL_TREE_GINI}, {"entropy", SL_TREE_ENTROPY}, {"log_loss", SL_TREE_ENTROPY}, {NULL, 0}};
static const struct sl_word splitters[] = {{"best", SL_TREE_BEST}, {"random", SL_TREE_RANDOM}, {NULL, 0}};
static const struct sl_word none[] = {{"none", 0}, {NULL, 0}};
static const struct sl_word feature_words[] = {
    {"none", SL_TREE_ALL}, {"sqrt", SL_TREE_SQRT}, {"log2", SL_TREE_LOG2}, {NULL, 0}};

static const struct sl_param params[] = {
    SL_CHOICE_PARAM("criterion", struct config, tree.criterion, "gini", criteria, "gini,entropy",
                    "impurity that splits reduce"),
    SL_CHOICE_PARAM("splitter", struct config, tree.splitter, "best", splitters, NULL,
                    "best threshold of each feature, or one drawn at random"),
    SL_INT_OR_WORD_PARAM("max_depth", struct config, tree.max_depth, "none", 1, INT_MAX,
                         SL_SHARED | SL_SIMPLER_LOW, none, "4,6,8,10,12,15,20,none",
                         "splits on the longest path; none: no limit"),
    SL_INT_PARAM("min_samples_split", struct config, tree.min_samples_split, "2", 2, INT_MAX,
                 SL_LOG | SL_SIMPLER_HIGH, NULL, "rows that a node needs to be split"),
    SL_INT_PARAM("min_samples_leaf", struct config, tree.min_samples_leaf, "1", 1, INT_MAX,
                 SL_LOG | SL_SIMPLER_HIGH, "1,2,5,10,20,50", "rows that a leaf needs"),
    SL_REAL_OR_WORD_PARAM("max_features", struct config, tree.max_features, "none", 0, INT_MAX, SL_OPEN_MIN,
                          feature_words, NULL,
                          "features drawn for each split: a share if below 1, else a number"),
    SL_REAL_PARAM("min_impurity_decrease", struct config, tree.min_impurity_decrease, "0", 0, INFINITY,
                  SL_SIMPLER_HIGH, NULL, "impurity that a split must take from the whole tree's"),
    SL_INT_OR_WORD_PARAM("max_leaf_nodes", struct config, tree.max_leaf_nodes, "none", 2, INT_MAX,
                         SL_LOG | SL_SIMPLER_LOW, none, NULL,
                         "leaves, the best splits first; none: no limit"),
    SL_REAL_PARAM("ccp_alpha", struct config, ccp_alpha, "0", 0, INFINITY, SL_SHARED | SL_SIMPLER_HIGH,
                  "0,0.0001,0.0003,0.001,0.003", "pruning: impurity that a leaf must be worth"),
    SL_CLASS_WEIGHT_PARAM(struct config, tree.balanced, NULL,
                          "balanced: classes count alike, however many rows they have"),
    {0}};

static int tree_check(const void *vconfig, const struct sl_view *view, struct sl_error *err)
{
    const struct config *config = vconfig;
    if (config->tree.max_features > (double)view->d)
        return sl_fail(err, SL_EUSAGE, "max_features: %g are more than the data set's %zu features",
                       config->tree.max_features, view->d);
    if (view->n > SL_TREE_ROWS_MAX)
        return sl_fail(err, SL_EUSAGE, "tree: %zu rows are more than the %d it can hold", view->n,
                       SL_TREE_ROWS_MAX);
    return SL_OK;
}

/* 1: features and thresholds come from the stream as a forest's do. */
static int tree_draws(const void *vconfig)
{
    const struct config *config = vconfig;
    return config->tree.splitter != SL_TREE_BEST || config->tree.max_features != SL_TREE_ALL;
}

static int tree_fit(const struct sl_fit *fit, void **out, struct sl_error *err)
{
    const struct config *config = fit->config;
    const struct sl_view *train = fit->train;
    struct sl_tree_options options = config->tree;
    struct sl_tree_codes codes;
    struct sl_tree_model *model = NULL;
    options.rng = fit->rng;
    options.threads = fit->threads;
    options.cancel = fit->cancel;
    *out = NULL;
    int code = sl_tree_codes_make(train, options.splitter == SL_TREE_RANDOM, fit->threads, &codes, err);
    if (code)
        return code;
    const struct sl_tree_sample sample = {
        .codes = &codes, .y = train->y, .weight = train->weight, .k = train->k, .n = train->n};
    struct sl_tree_growth growth;
    code = sl_tree_grow(&sample, &options, &growth, err);
    if (!code)
        code = sl_tree_model_make(&growth, 0, config->ccp_alpha, &fit->report->objective, &model, err);
    sl_tree_growth_release(&growth);
    sl_tree_codes_release(&codes);
    *out = model;
    return code;
}

/* Many at once: features as codes once for all, and for each part one tree, grown to the largest depth. */

/* Where the splits are drawn, or the best leaf is split first, a smaller tree is another tree. */
static int tree_shares(const void *vconfig, const struct sl_view *view)
{
    const struct config *config = vconfig;
    (void)view;
    return config->tree.splitter == SL_TREE_BEST && config->tree.max_features == SL_TREE_ALL &&
           config->tree.max_leaf_nodes == 0;
}

/* The largest depth among a part's members (0: no limit), and their number. */
static size_t deepest(const struct sl_group *group, size_t part, int *max_depth)
{
    size_t n = 0;
    *max_depth = 1;
    for (size_t m = 0; m < group->n_members; m++) {
        const struct config *config = group->members[m].config;
        if (group->members[m].part != part)
            continue;
        if (config->tree.max_depth == 0 || *max_depth == 0)
            *max_depth = 0;
        else if (config->tree.max_depth > *max_depth)
            *max_depth = config->tree.max_depth;
        n++;
    }
    return n;
}

/* Cuts a member's tree from the part's.  shared: its share of coding and growing. */
static int cut_member(const struct sl_group *group, size_t m, const struct sl_tree_growth *growth,
                      struct sl_spent shared, struct sl_error *err)
{
    const struct config *config = group->members[m].config;
    struct sl_member_result result = {.member = m, .report = SL_NO_REPORT};
    struct sl_tree_model *model;
    struct sl_spent start = sl_spent_now();
    int code = sl_tree_model_make(growth, config->tree.max_depth, config->ccp_alpha, &result.report.objective,
                                  &model, err);
    if (code)
        return code;
    result.model = model;
    result.fit = sl_spent_add(sl_spent_since(start), shared, 1);
    return group->done(group->arg, &result);
}

static int fit_part(const struct sl_group *group, size_t part, const struct sl_tree_codes *codes,
                    struct sl_spent coding, struct sl_error *err)
{
    const struct config *first = group->members[0].config;
    const struct sl_tree_sample sample = {.codes = codes,
                                          .y = group->rows->y,
                                          .weight = group->rows->weight,
                                          .k = group->rows->k,
                                          .rows = group->parts[part].fit,
                                          .n = group->parts[part].n_fit};
    struct sl_tree_options options = first->tree;
    struct sl_tree_growth growth;
    struct sl_spent start = sl_spent_now();
    size_t n = deepest(group, part, &options.max_depth);
    if (n == 0)
        return SL_OK;
    options.threads = group->threads;
    options.cancel = group->cancel;
    int code = sl_tree_grow(&sample, &options, &growth, err);
    struct sl_spent shared = sl_spent_add(coding, sl_spent_since(start), (double)n);
    for (size_t m = 0; m < group->n_members && !code; m++)
        if (group->members[m].part == part)
            code =
                group->cancel && *group->cancel ? SL_ECANCELLED : cut_member(group, m, &growth, shared, err);
    sl_tree_growth_release(&growth);
    return code;
}

static int tree_fit_group(const struct sl_group *group, struct sl_error *err)
{
    struct sl_tree_codes codes;
    struct sl_spent start = sl_spent_now();
    int code = sl_tree_codes_make(group->rows, 0, group->threads, &codes, err);
    if (code)
        return code;
    struct sl_spent share =
        sl_spent_add((struct sl_spent){0}, sl_spent_since(start), (double)group->n_members);
    for (size_t part = 0; part < group->n_parts && !code; part++)
        code = fit_part(group, part, &codes, share, err);
    sl_tree_codes_release(&codes);
    return code;
}

static int tree_load(struct sl_reader *r, const struct sl_view *like, const void *config, void **out,
                     struct sl_error *err)
{
    struct sl_tree_model *model;
    (void)config;
    int code = sl_tree_load(r, like, &model, err);
    *out = model;
    return code;
}

const struct sl_classifier_type sl_classifier_tree = {
    .name = "tree",
    .title = "Decision tree",
    .reference = "CART: Breiman, Friedman, Olshen and Stone, Classification and Regression Trees (1984)",
    .flags = SL_RANDOM | SL_PROBABILITIES | SL_WEIGHS_ROWS,
    .inside = SL_INSIDE_TREE,
    .draws = tree_draws,
    .config_size = sizeof(struct config),
    .params = params,
    .check = tree_check,
    .fit = tree_fit,
    .fit_group = tree_fit_group,
    .shares = tree_shares,
    .predict = sl_tree_predict,
    .scores = sl_tree_scores,
    .save = sl_tree_save,
    .load = tree_load,
    .free = sl_tree_model_free,
};
