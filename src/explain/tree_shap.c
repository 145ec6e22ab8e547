/* tree_shap.c - exact Shapley values of trees and forests, whose score is the share of a class, and of
 * boosted trees, whose score is the margin that they add up to.
 *
 * The engine's (trees/shap.h); here they are joined to explainers. */
#include "core/memory.h"
#include "explain/boost_trees.h"
#include "explain/method.h"
#include "trees/shap.h"

struct state {
    struct sl_tree_sum sum;
    const struct sl_tree_model **tree; /* owned, (sum.n); of boosted trees they are boosted's */
    struct sl_boost_sum *boosted;
};

static int refuse(const struct sl_explainer *e, struct sl_error *err)
{
    return e->scorer.tree || e->scorer.forest || e->scorer.boost
               ? SL_OK
               : sl_fail(err, SL_EUSAGE,
                         "it needs a decision tree, a forest or boosted trees, and %s is none",
                         e->model->type->name);
}

static int counts_rows(const struct sl_explainer *e)
{
    if (e->scorer.boost)
        return 1;
    if (e->scorer.tree)
        return e->scorer.tree->n_rows != NULL;
    for (size_t t = 0; t < e->scorer.forest->n; t++)
        if (!e->scorer.forest->trees->tree[t]->n_rows)
            return 0;
    return 1;
}

static int refuse_without_counts(const struct sl_explainer *e, struct sl_error *err)
{
    int code = refuse(e, err);
    if (!code && !counts_rows(e))
        code =
            sl_fail(err, SL_EUSAGE,
                    "it needs the numbers of training rows in the nodes, which a model file of format 1 has "
                    "not");
    return code;
}

static int begin(struct sl_explainer *e, struct sl_error *err)
{
    const struct sl_forest *forest = e->scorer.forest;
    struct state *state = sl_alloc_zero(1, sizeof *state);
    e->state = state;
    if (!state)
        return sl_fail_memory(err);
    if (e->scorer.boost) {
        state->boosted = sl_boost_sum_new(e->scorer.boost);
        if (!state->boosted)
            return sl_fail_memory(err);
        state->sum = state->boosted->trees;
        return SL_OK;
    }
    state->sum.n = forest ? forest->n : 1;
    state->sum.factor = 1 / (double)state->sum.n;
    state->tree = sl_alloc(state->sum.n, sizeof *state->tree);
    if (!state->tree)
        return sl_fail_memory(err);
    for (size_t t = 0; t < state->sum.n; t++)
        state->tree[t] = forest ? forest->trees->tree[t] : e->scorer.tree;
    state->sum.tree = state->tree;
    return SL_OK;
}

static void end(struct sl_explainer *e)
{
    struct state *state = e->state;
    if (state) {
        free(state->tree);
        sl_boost_sum_free(state->boosted);
    }
    free(state);
}

/* background NULL: path-dependent. */
static int run_engine(struct sl_explainer *e, const struct sl_explain_block *b,
                      const struct sl_view *background, struct sl_error *err)
{
    const struct state *state = e->state;
    const size_t size = b->n * b->m * e->width;
    double *values = sl_alloc(size, sizeof *values);
    if (!values)
        return sl_fail_memory(err);
    int code = background ? sl_tree_shap_against(&state->sum, background, &b->prepared, b->classes, b->m,
                                                 e->options.threads, values, err)
                          : sl_tree_shap(&state->sum, &b->prepared, b->classes, b->m, e->options.threads,
                                         values, err);
    for (size_t i = 0; i < size && !code; i++)
        b->values[i] = (float)values[i];
    free(values);
    return code;
}

static int run_path_dependent(struct sl_explainer *e, const struct sl_explain_block *b, struct sl_error *err)
{
    const struct state *state = e->state;
    double *base = sl_alloc(e->scorer.k, sizeof *base);
    if (!base)
        return sl_fail_memory(err);
    for (size_t c = 0; c < e->scorer.k; c++)
        base[c] = sl_tree_expectation(&state->sum, (int32_t)c) +
                  (e->scorer.boost ? sl_boost_base(e->scorer.boost, (int32_t)c) : 0);
    for (size_t p = 0; p < b->n * b->m; p++)
        b->score[p].base = base[b->classes[p]];
    free(base);
    return run_engine(e, b, NULL, err);
}

static int run_against(struct sl_explainer *e, const struct sl_explain_block *b, struct sl_error *err)
{
    return run_engine(e, b, &e->background.view, err);
}

const struct sl_method sl_method_tree_shap = {
    .about = {.name = "tree-shap",
              .title = "Tree SHAP, path-dependent",
              .needs = "a decision tree, a forest or boosted trees",
              .help = "exact Shapley values; what is left out follows the training rows down the trees",
              .reference = "Lundberg, Erion, Lee, arXiv:1802.03888 (2018)"},
    .flags = SL_METHOD_FEATURES,
    .refuse = refuse_without_counts,
    .begin = begin,
    .end = end,
    .run = run_path_dependent,
};

const struct sl_method sl_method_tree_shap_interventional = {
    .about = {.name = "tree-shap-interventional",
              .title = "Tree SHAP, interventional",
              .needs = "a decision tree, a forest or boosted trees",
              .help = "exact Shapley values; what is left out is that of the background's rows",
              .reference = "Lundberg et al., Nature Machine Intelligence 2 (2020)",
              .background = 50},
    .flags = SL_METHOD_FEATURES,
    .refuse = refuse,
    .begin = begin,
    .end = end,
    .run = run_against,
};
