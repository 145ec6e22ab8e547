/* scorer.h - the scores that explanations are about: before the softmax or the sigmoid, where the model has
 * one. */
#ifndef SL_EXPLAIN_SCORER_H
#define SL_EXPLAIN_SCORER_H

#include "boosting/model.h"
#include "linear/model.h"
#include "model/model.h"
#include "nn/pass/network.h"
#include "trees/forest_model.h"

struct sl_scorer {
    const struct sl_model *model;
    int threads;
    size_t k;
    /* What the model is inside; the others are NULL. */
    const struct sl_network *network;
    const struct sl_linear *linear;
    const struct sl_tree_model *tree;
    const struct sl_forest *forest;
    const struct sl_boost *boost;
    struct sl_predictor *predictor; /* of the network, without test-time augmentation */
};

/* SL_EUSAGE where the classifier gives labels only; SL_ENOMEM, SL_EINTERNAL.  Release it either way. */
int sl_scorer_init(struct sl_scorer *scorer, const struct sl_model *model, int threads, struct sl_error *err);
void sl_scorer_release(struct sl_scorer *scorer);

/* scores (n, k) of rows as the classifier takes them: a network's before the softmax, a linear model's
 * and boosted trees' margins, else those that the classifier gives.  One call at a time. */
int sl_scorer_scores(const struct sl_scorer *scorer, const struct sl_view *prepared, float *scores,
                     struct sl_error *err);
/* The same of raw rows. */
int sl_scorer_raw_scores(const struct sl_scorer *scorer, const struct sl_view *raw, float *scores,
                         struct sl_error *err);

#endif
