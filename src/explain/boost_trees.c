/* boost_trees.c - boosted trees for the engine of Shapley values (trees/shap.h).
 *
 * A tree of one of several outputs adds to its class alone; that of the one output of two classes adds its
 * leaf to the second class's logit, and takes it from the first's.  Which way a row goes the boosted trees
 * themselves say: it may lack values.  Cost: a copy of the nodes. */
#include "explain/boost_trees.h"
#include "core/memory.h"
#include <math.h>
#include <string.h>

void sl_boost_sum_free(struct sl_boost_sum *sum)
{
    if (!sum)
        return;
    for (size_t t = 0; sum->made && t < sum->trees.n; t++) {
        free(sum->made[t].nodes);
        free(sum->made[t].share);
    }
    free(sum->made);
    free(sum->tree);
    free(sum->only);
    free(sum);
}

/* Two classes: share (leaves, k), else (leaves, 1). */
static int make_tree(const struct sl_boost *boost, const struct sl_boost_tree *from, struct sl_tree_model *to)
{
    const int both = boost->n_outputs == 1;
    const size_t k = both ? (size_t)boost->k : 1;
    *to = (struct sl_tree_model){
        .dtype = boost->dtype, .d = boost->d, .n_nodes = from->n, .k = (int)k, .n_rows = from->n_rows};
    to->nodes = sl_alloc(from->n, sizeof *to->nodes);
    to->share = sl_alloc_zero((from->n + 1) / 2 * k, sizeof *to->share);
    if (!to->nodes || !to->share)
        return SL_ENOMEM;
    for (size_t i = 0; i < from->n; i++) {
        const struct sl_boost_node *node = &from->nodes[i];
        to->nodes[i] = (struct sl_tree_inner){node->feature, node->has_set ? 0 : node->value, node->right};
        if (node->feature >= 0)
            continue;
        float *share = to->share + to->n_shares * k;
        to->nodes[i].right = (int32_t)to->n_shares++;
        share[both ? boost->present[1] : 0] = node->value;
        if (both)
            share[boost->present[0]] = -node->value;
    }
    return SL_OK;
}

static int goes_left(const void *vboost, size_t t, size_t node, const struct sl_view *x, size_t i)
{
    const struct sl_boost *boost = vboost;
    return sl_boost_goes_left(&boost->trees->tree[t], node, x, i);
}

struct sl_boost_sum *sl_boost_sum_new(const struct sl_boost *boost)
{
    const size_t outputs = (size_t)boost->n_outputs, n = boost->n_iter * outputs;
    struct sl_boost_sum *sum = sl_alloc_zero(1, sizeof *sum);
    if (!sum)
        return NULL;
    sum->trees = (struct sl_tree_sum){.n = n, .factor = 1, .goes_left = goes_left, .of = boost};
    sum->made = sl_alloc_zero(n, sizeof *sum->made);
    sum->tree = sl_alloc(n, sizeof *sum->tree);
    sum->only = sl_alloc(n, sizeof *sum->only);
    int code = sum->made && sum->tree && sum->only ? SL_OK : SL_ENOMEM;
    for (size_t t = 0; t < n && !code; t++) {
        code = make_tree(boost, &boost->trees->tree[t], &sum->made[t]);
        sum->tree[t] = &sum->made[t];
        sum->only[t] = outputs == 1 ? -1 : boost->present[t % outputs];
    }
    sum->trees.tree = sum->tree;
    sum->trees.only = sum->only;
    if (!code)
        return sum;
    sl_boost_sum_free(sum);
    return NULL;
}

double sl_boost_base(const struct sl_boost *boost, int32_t class)
{
    for (int c = 0; c < boost->n_present; c++)
        if (boost->present[c] == class)
            return boost->n_outputs > 1    ? (double)boost->baseline[c]
                   : boost->n_outputs == 1 ? (c ? 1 : -1) * (double)boost->baseline[0]
                                           : 0;
    return -INFINITY;
}
