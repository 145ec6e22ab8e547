/* gain.c - importance by a model's splits: what those of boosted trees take from the loss, and how many
 * splits of any trees there are by a column (T. Chen and C. Guestrin, KDD 2016; XGBoost's total_gain and
 * weight).
 *
 * A gain is that of the second order: G^2 / (H + lambda) of both children less that of the node.  Trees count
 * by their gains, so that the mean of their shares is the share of all.  O(nodes). */
#include "boosting/model.h"
#include "explain/method.h"
#include "explain/tree_shares.h"
#include "trees/forest_model.h"

/* Adds a boosted tree's splits, by their gains or one each. */
static void add_boosted(const struct sl_boost_tree *tree, int by_gain, double *own)
{
    for (size_t i = 0; i < tree->n; i++)
        if (tree->nodes[i].feature >= 0)
            own[tree->nodes[i].feature] += by_gain ? (double)tree->gain[i] : 1;
}

static void add_tree(const struct sl_tree_model *tree, double *own)
{
    for (size_t i = 0; i < tree->n_nodes; i++)
        if (tree->nodes[i].feature >= 0)
            own[tree->nodes[i].feature] += 1;
}

static void weigh_boosted(const struct sl_boost *boost, int by_gain, struct sl_tree_shares *shares)
{
    for (size_t t = 0; t < boost->n_iter * (size_t)boost->n_outputs; t++) {
        add_boosted(&boost->trees->tree[t], by_gain, shares->own);
        sl_tree_shares_add(shares, sl_tree_shares_total(shares));
    }
}

static void weigh_forest(const struct sl_forest *forest, struct sl_tree_shares *shares)
{
    for (size_t t = 0; t < forest->n; t++) {
        add_tree(forest->trees->tree[t], shares->own);
        sl_tree_shares_add(shares, sl_tree_shares_total(shares));
    }
}

/* Features as the classifier takes them. */
static size_t width_of(const struct sl_model *model)
{
    if (model->type->inside == SL_INSIDE_BOOSTING)
        return ((const struct sl_boost *)model->payload)->d;
    if (model->type->inside == SL_INSIDE_FOREST)
        return ((const struct sl_forest *)model->payload)->trees->tree[0]->d;
    return ((const struct sl_tree_model *)model->payload)->d;
}

static int weigh_by(const struct sl_model *model, int by_gain, struct sl_importance *out,
                    struct sl_error *err)
{
    struct sl_tree_shares shares;
    int code = sl_tree_shares_begin(model, width_of(model), out, &shares) ? sl_fail_memory(err) : SL_OK;
    if (!code && model->type->inside == SL_INSIDE_BOOSTING) {
        weigh_boosted(model->payload, by_gain, &shares);
    } else if (!code && model->type->inside == SL_INSIDE_FOREST) {
        weigh_forest(model->payload, &shares);
    } else if (!code) {
        add_tree(model->payload, shares.own);
        sl_tree_shares_add(&shares, 1);
    }
    if (!code)
        sl_tree_shares_end(&shares);
    sl_tree_shares_release(&shares);
    return code;
}

static int weigh_gain(const struct sl_model *model, struct sl_importance *out, struct sl_error *err)
{
    if (model->type->inside != SL_INSIDE_BOOSTING)
        return sl_fail(err, SL_EUSAGE,
                       "gain needs boosted trees, and %s is none: of a tree or a forest take impurity",
                       model->type->name);
    const struct sl_boost *boost = model->payload;
    if (boost->n_iter && boost->n_outputs && !boost->trees->tree[0].gain)
        return sl_fail(err, SL_EUSAGE,
                       "gain needs what splits gain, which a model file of format 6 or before has not: take "
                       "splits, or fit "
                       "it again");
    return weigh_by(model, 1, out, err);
}

static int weigh_splits(const struct sl_model *model, struct sl_importance *out, struct sl_error *err)
{
    const enum sl_inside inside = model->type->inside;
    if (inside != SL_INSIDE_BOOSTING && inside != SL_INSIDE_FOREST && inside != SL_INSIDE_TREE)
        return sl_fail(err, SL_EUSAGE,
                       "splits needs a decision tree, a forest or boosted trees, and %s is none",
                       model->type->name);
    return weigh_by(model, 0, out, err);
}

const struct sl_method sl_method_gain = {
    .about = {.name = "gain",
              .title = "Gain importance",
              .needs = "boosted trees",
              .help = "share of what all splits take from the loss that is taken by splits by a column",
              .reference = "Friedman (2001); Chen, Guestrin (2016)",
              .of_all = 1,
              .of_model = 1},
    .weigh = weigh_gain,
};

const struct sl_method sl_method_splits = {
    .about = {.name = "splits",
              .title = "Importance by numbers of splits",
              .needs = "a decision tree, a forest or boosted trees",
              .help = "share of the splits that are by a column",
              .reference = "Chen, Guestrin (2016)",
              .of_all = 1,
              .of_model = 1},
    .weigh = weigh_splits,
};
