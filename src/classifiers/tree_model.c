/* tree_model.c - the finished tree: made of the grown one, saved, loaded.
 *
 * Twelve bytes a node in preorder, so that a walk down runs forward through memory.
 * A record is a tree only if every child comes after its parent, so no walk can loop. */
#include "classifiers/tree.h"
#include "core/memory.h"

void sl_tree_model_free(void *vmodel)
{
    struct sl_tree_model *model = vmodel;
    if (!model)
        return;
    free(model->nodes);
    free(model->share);
    free(model->label);
    free(model);
}

static struct sl_tree_model *model_new(size_t n_nodes, size_t n_leaves, int k)
{
    struct sl_tree_model *model = sl_alloc_zero(1, sizeof *model);
    if (!model)
        return NULL;
    model->n_nodes = n_nodes;
    model->n_leaves = n_leaves;
    model->k = k;
    model->nodes = sl_alloc(n_nodes, sizeof *model->nodes);
    model->share = sl_alloc(n_leaves, (size_t)k * sizeof *model->share);
    model->label = sl_alloc(n_leaves, sizeof *model->label);
    if (model->nodes && model->share && model->label)
        return model;
    sl_tree_model_free(model);
    return NULL;
}

/* The most likely class of a leaf; ties go to the lowest label. */
static int32_t argmax(const float *share, int k)
{
    int32_t best = 0;
    for (int32_t c = 1; c < k; c++)
        if (share[c] > share[best])
            best = c;
    return best;
}

/* Fills a leaf from its rows and returns its impurity times its weight. */
static double make_leaf(const struct sl_tree_growth *g, const struct sl_tree_node *node, uint32_t *total,
                        struct sl_tree_model *model, size_t leaf)
{
    float *share = model->share + leaf * (size_t)g->k;
    double all = 0;
    for (int c = 0; c < g->k; c++)
        total[c] = 0;
    for (uint32_t i = 0; i < node->n; i++)
        total[g->y[g->rows[node->start + i]]]++;
    for (int c = 0; c < g->k; c++)
        all += total[c] * (g->weight ? g->weight[c] : 1);
    for (int c = 0; c < g->k; c++)
        share[c] = (float)(total[c] * (g->weight ? g->weight[c] : 1) / all);
    model->label[leaf] = argmax(share, g->k);
    double score = sl_tree_score(&g->rule, g->k, total, g->weight);
    return (g->rule.criterion == SL_TREE_GINI ? all : 0) - score;
}

static size_t count_leaves(const struct sl_tree_growth *g)
{
    size_t leaves = 0, waiting = 0;
    g->stack[waiting++] = 0;
    while (waiting) {
        uint32_t slot = g->stack[--waiting];
        if (!g->nodes[slot].is_split) {
            leaves++;
            continue;
        }
        g->stack[waiting++] = slot + 2 * g->nodes[slot].split.n_left;
        g->stack[waiting++] = slot + 1;
    }
    return leaves;
}

/* Numbers the reachable slots in preorder.  A waiting right child's slot remembers its parent's number:
 * in scratch, which holds one entry a waiting node. */
int sl_tree_model_make(const struct sl_tree_growth *g, double *impurity, struct sl_tree_model **out)
{
    size_t n_leaves = count_leaves(g), at = 0, leaf = 0, waiting = 0;
    struct sl_tree_model *model = *out = model_new(2 * n_leaves - 1, n_leaves, g->k);
    uint32_t *total = sl_alloc((size_t)g->k, sizeof *total), *parent = g->scratch;
    if (!model || !total) {
        sl_tree_model_free(model);
        free(total);
        *out = NULL;
        return SL_ENOMEM;
    }
    model->d = g->d;
    model->dtype = g->fit->train->dtype;
    *impurity = 0;
    parent[waiting] = 0;
    g->stack[waiting++] = 0;
    for (; waiting; at++) {
        uint32_t slot = g->stack[--waiting];
        const struct sl_tree_node *node = &g->nodes[slot];
        if (parent[waiting] != UINT32_MAX && at > 0)
            model->nodes[parent[waiting]].right = (int32_t)at;
        if (node->is_split) {
            model->nodes[at] = (struct sl_tree_inner){.feature = (int32_t)node->split.feature,
                                                      .threshold = node->split.threshold};
            parent[waiting] = (uint32_t)at;
            g->stack[waiting++] = slot + 2 * node->split.n_left;
            parent[waiting] = UINT32_MAX; /* the left child follows at once */
            g->stack[waiting++] = slot + 1;
        } else {
            model->nodes[at] = (struct sl_tree_inner){.feature = -1, .right = (int32_t)leaf};
            *impurity += make_leaf(g, node, total, model, leaf++);
        }
    }
    *impurity /= g->total_weight;
    free(total);
    return SL_OK;
}

void sl_tree_save(const void *vmodel, struct sl_writer *w)
{
    const struct sl_tree_model *model = vmodel;
    sl_put_u64(w, model->n_nodes);
    for (size_t i = 0; i < model->n_nodes; i++) {
        sl_put_i32(w, model->nodes[i].feature);
        sl_put_f32(w, model->nodes[i].threshold);
        sl_put_i32(w, model->nodes[i].right);
    }
    sl_put_u64(w, model->n_leaves);
    sl_put_f32s(w, model->share, model->n_leaves * (size_t)model->k);
}

static int is_node(const struct sl_tree_model *model, size_t i)
{
    struct sl_tree_inner node = model->nodes[i];
    if (node.feature < 0)
        return node.right >= 0 && (size_t)node.right < model->n_leaves;
    return (size_t)node.feature < model->d && node.right > (int64_t)i + 1 &&
           (size_t)node.right < model->n_nodes;
}

static int is_sound(const struct sl_tree_model *model)
{
    for (size_t i = 0; i < model->n_nodes; i++)
        if (!is_node(model, i))
            return 0;
    for (size_t i = 0; i < model->n_leaves * (size_t)model->k; i++)
        if (!(model->share[i] >= 0 && model->share[i] <= 1))
            return 0;
    return 1;
}

int sl_tree_load(struct sl_reader *r, const struct sl_view *like, const void *config, void **out,
                 struct sl_error *err)
{
    (void)config;
    *out = NULL;
    size_t n_nodes = sl_get_count(r, 1, INT32_MAX, 12), n_leaves = n_nodes / 2 + 1, k = (size_t)like->k;
    if (r->failed || (r->size - r->at) / 4 / k < n_leaves)
        return sl_fail(err, SL_EDATA, "the record does not hold a tree");
    struct sl_tree_model *model = model_new(n_nodes, n_leaves, like->k);
    if (!model)
        return sl_fail_memory(err);
    model->dtype = like->dtype;
    model->d = like->d;
    for (size_t i = 0; i < n_nodes; i++) {
        model->nodes[i].feature = sl_get_i32(r);
        model->nodes[i].threshold = sl_get_f32(r);
        model->nodes[i].right = sl_get_i32(r);
    }
    int same = sl_get_u64(r) == n_leaves;
    sl_get_f32s(r, model->share, n_leaves * k);
    if (r->failed || !same || !is_sound(model)) {
        sl_tree_model_free(model);
        return sl_fail(err, SL_EDATA, "the record does not hold a tree");
    }
    for (size_t leaf = 0; leaf < n_leaves; leaf++)
        model->label[leaf] = argmax(model->share + leaf * k, like->k);
    *out = model;
    return SL_OK;
}
