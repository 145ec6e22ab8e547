/* forests.h - what the classifiers made of many trees share: their configuration, rows of their tables, and
 * how the engine is called. */
#ifndef SL_CLASSIFIERS_FORESTS_H
#define SL_CLASSIFIERS_FORESTS_H

#include "classifiers/params.h"
#include "trees/forest.h"
#include <limits.h>
#include <shortlist/classifier.h>

struct sl_forests_config {
    struct sl_forest_options forest;
};

extern const struct sl_word sl_words_tree_criterion[], sl_words_none[], sl_words_max_features[];
extern const struct sl_word sl_words_forest_weight[];

/* BOOTSTRAP: "true" or "false". */
#define SL_FORESTS_PARAMS(BOOTSTRAP)                                                                         \
    SL_INT_PARAM("n_estimators", struct sl_forests_config, forest.n_estimators, "100", 1, 100000,            \
                 SL_LOG | SL_SHARED, "25,50,100,200", "trees"),                                              \
        SL_CHOICE_PARAM("criterion", struct sl_forests_config, forest.tree.criterion, "gini",                \
                        sl_words_tree_criterion, "gini,entropy", "impurity that splits reduce"),             \
        SL_INT_OR_WORD_PARAM("max_depth", struct sl_forests_config, forest.tree.max_depth, "none", 1,        \
                             INT_MAX, SL_SHARED | SL_SIMPLER_LOW, sl_words_none, "8,12,16,20,none",          \
                             "splits on the longest path; none: no limit"),                                  \
        SL_INT_PARAM("min_samples_split", struct sl_forests_config, forest.tree.min_samples_split, "2", 2,   \
                     INT_MAX, SL_LOG | SL_SIMPLER_HIGH, NULL, "rows that a node needs to be split"),         \
        SL_INT_PARAM("min_samples_leaf", struct sl_forests_config, forest.tree.min_samples_leaf, "1", 1,     \
                     INT_MAX, SL_LOG | SL_SIMPLER_HIGH, "1,2,5,10", "rows that a leaf needs"),               \
        SL_REAL_OR_WORD_PARAM("max_features", struct sl_forests_config, forest.tree.max_features, "sqrt", 0, \
                              INT_MAX, SL_OPEN_MIN, sl_words_max_features, "sqrt,log2,0.1,0.3",              \
                              "features drawn for each split: a share if below 1, else a number"),           \
        SL_REAL_PARAM("min_impurity_decrease", struct sl_forests_config, forest.tree.min_impurity_decrease,  \
                      "0", 0, INFINITY, SL_SIMPLER_HIGH, NULL,                                               \
                      "impurity that a split must take from the whole tree's"),                              \
        SL_INT_OR_WORD_PARAM("max_leaf_nodes", struct sl_forests_config, forest.tree.max_leaf_nodes, "none", \
                             2, INT_MAX, SL_LOG | SL_SIMPLER_LOW, sl_words_none, NULL,                       \
                             "leaves, the best splits first; none: no limit"),                               \
        SL_REAL_PARAM("ccp_alpha", struct sl_forests_config, forest.ccp_alpha, "0", 0, INFINITY,             \
                      SL_SHARED | SL_SIMPLER_HIGH, "0,0.0001,0.0003,0.001",                                  \
                      "pruning: impurity that a leaf must be worth"),                                        \
        SL_BOOL_PARAM("bootstrap", struct sl_forests_config, forest.bootstrap, BOOTSTRAP, NULL,              \
                      "grow each tree on rows drawn with replacement"),                                      \
        SL_REAL_OR_WORD_PARAM("max_samples", struct sl_forests_config, forest.max_samples, "none", 0,        \
                              INT_MAX, SL_OPEN_MIN, sl_words_none, NULL,                                     \
                              "rows that bootstrap draws: a share if at most 1, else a number"),             \
        SL_BOOL_PARAM("oob_score", struct sl_forests_config, forest.oob_score, "false", NULL,                \
                      "measure the accuracy on rows out of bag"),                                            \
        SL_CHOICE_PARAM("class_weight", struct sl_forests_config, forest.balance, "none",                    \
                        sl_words_forest_weight, SL_CLASS_WEIGHT_GRID,                                        \
                        "balanced: classes count alike, of all rows or of each tree's sample")

/* Bytes of codes that a processor's caches hold; of more the order in memory counts (forests.c).  Tests set
 * it lower, before any other call. */
extern size_t sl_forests_near;

int sl_forests_check(const void *config, const struct sl_view *view, struct sl_error *err);
/* splitter: enum sl_tree_splitter. */
int sl_forests_fit(const struct sl_fit *fit, int splitter, void **out, struct sl_error *err);
int sl_forests_fit_group(const struct sl_group *group, int splitter, struct sl_error *err);
int sl_forests_shares(const void *config, const struct sl_view *view);
int sl_forests_load(struct sl_reader *r, const struct sl_view *like, const void *config, void **out,
                    struct sl_error *err);

#endif
