/* model.c - the finished tree: made of the grown one, saved, loaded.
 *
 * Twelve bytes a node in preorder, so that a walk down runs forward through memory.
 * A record is a tree only if every child comes after its parent, so no walk can loop. */
#include "trees/model.h"
#include "core/memory.h"
#include "trees/cut.h"
#include <math.h>
#include <string.h>

void sl_tree_model_free(void *vmodel)
{
    struct sl_tree_model *model = vmodel;
    if (!model)
        return;
    free(model->nodes);
    free(model->share);
    free(model->label);
    free(model->n_rows);
    free(model->weight);
    free(model);
}

/* Which counts a record holds. */
enum { NO_COUNTS, ROWS, ROWS_AND_WEIGHTS };

/* A model without counts and shares. */
static struct sl_tree_model *model_new(size_t n_nodes, int k)
{
    struct sl_tree_model *model = sl_alloc_zero(1, sizeof *model);
    if (!model)
        return NULL;
    model->n_nodes = n_nodes;
    model->k = k;
    model->nodes = sl_alloc(n_nodes, sizeof *model->nodes);
    if (model->nodes)
        return model;
    sl_tree_model_free(model);
    return NULL;
}

static int add_shares(struct sl_tree_model *model, size_t n)
{
    model->n_shares = n;
    model->share = sl_alloc(n, (size_t)model->k * sizeof *model->share);
    model->label = sl_alloc(n, sizeof *model->label);
    return model->share && model->label ? SL_OK : SL_ENOMEM;
}

static int add_counts(struct sl_tree_model *model, int counts)
{
    model->n_rows = sl_alloc(model->n_nodes, sizeof *model->n_rows);
    if (counts == ROWS_AND_WEIGHTS)
        model->weight = sl_alloc(model->n_nodes, sizeof *model->weight);
    return model->n_rows && (counts == ROWS || model->weight) ? SL_OK : SL_ENOMEM;
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
                        int64_t *mass, struct sl_tree_model *model, size_t leaf)
{
    float *share = model->share + leaf * (size_t)g->k;
    double all = sl_tree_totals(g, node, total, mass);
    const struct sl_tree_content content = {g->k, total, mass, g->weight};
    for (int c = 0; c < g->k; c++)
        share[c] = (float)((double)mass[c] * (g->weight ? g->weight[c] : 1) / all);
    model->label[leaf] = argmax(share, g->k);
    double score = sl_tree_score(&g->rule, &content);
    return (g->rule.criterion == SL_TREE_GINI ? all : 0) - score;
}

/* Fills the model's arrays; returns the impurity of all leaves times their weights. */
static double fill(const struct sl_tree_growth *g, const struct sl_tree_kept *kept, uint32_t *total,
                   int64_t *mass, struct sl_tree_model *model)
{
    double impurity = 0;
    for (size_t i = 0, leaf = 0; i < model->n_nodes; i++) {
        const struct sl_tree_node *node = &g->nodes[kept[i].slot];
        model->n_rows[i] = node->n;
        if (model->weight)
            model->weight[i] = sl_tree_totals(g, node, total, mass);
        if (kept[i].right) {
            model->nodes[i] = (struct sl_tree_inner){.feature = (int32_t)node->split.feature,
                                                     .threshold = node->split.threshold,
                                                     .right = (int32_t)kept[i].right};
        } else {
            model->nodes[i] = (struct sl_tree_inner){.feature = -1, .right = (int32_t)leaf};
            impurity += make_leaf(g, node, total, mass, model, leaf++);
        }
    }
    return impurity;
}

int sl_tree_model_make(const struct sl_tree_growth *g, int max_depth, double ccp_alpha, double *impurity,
                       struct sl_tree_model **out, struct sl_error *err)
{
    struct sl_tree_kept *kept = NULL;
    struct sl_tree_model *model = NULL;
    size_t n = 0;
    uint32_t *total = sl_alloc((size_t)g->k, sizeof *total);
    int64_t *mass = sl_alloc((size_t)g->k, sizeof *mass);
    int code = total && mass ? sl_tree_cut(g, max_depth, ccp_alpha, &kept, &n) : SL_ENOMEM;
    if (!code)
        code = (model = model_new(n, g->k)) ? add_shares(model, n / 2 + 1) : SL_ENOMEM;
    if (!code)
        code = add_counts(model, g->weight ? ROWS_AND_WEIGHTS : ROWS);
    if (!code) {
        model->d = g->d;
        model->dtype = g->codes->dtype;
        *impurity = fill(g, kept, total, mass, model) / g->total_weight;
    } else {
        sl_tree_model_free(model);
        model = NULL;
    }
    free(kept);
    free(total);
    free(mass);
    *out = model;
    return code ? sl_fail_memory(err) : SL_OK;
}

/* Moves the shares that stay to the front; number (n_shares): where each one goes.  Returns how many stay. */
static size_t merge_shares(struct sl_tree_model *model, int32_t *pure, int32_t *number)
{
    const size_t k = (size_t)model->k;
    size_t n = 0;
    for (size_t c = 0; c < k; c++)
        pure[c] = -1;
    for (size_t i = 0; i < model->n_shares; i++) {
        int32_t label = model->label[i];
        int is_pure = model->share[i * k + (size_t)label] == 1;
        if (is_pure && pure[label] >= 0) {
            number[i] = pure[label];
            continue;
        }
        number[i] = (int32_t)n;
        if (is_pure)
            pure[label] = (int32_t)n;
        memmove(model->share + n * k, model->share + i * k, k * sizeof *model->share);
        model->label[n++] = label;
    }
    return n;
}

int sl_tree_model_merge(struct sl_tree_model *model, struct sl_error *err)
{
    const size_t k = (size_t)model->k;
    int32_t *pure = sl_alloc(k, sizeof *pure), *number = sl_alloc(model->n_shares, sizeof *number);
    float *all = model->share;
    int32_t *labels = model->label;
    int code = pure && number ? SL_OK : SL_ENOMEM;
    if (!code) {
        size_t n = merge_shares(model, pure, number);
        for (size_t i = 0; i < model->n_nodes; i++)
            if (model->nodes[i].feature < 0)
                model->nodes[i].right = number[model->nodes[i].right];
        code = add_shares(model, n);
        if (!code) {
            memcpy(model->share, all, n * k * sizeof *all);
            memcpy(model->label, labels, n * sizeof *labels);
        }
        free(all);
        free(labels);
    }
    free(pure);
    free(number);
    return code ? sl_fail_memory(err) : SL_OK;
}

static int counts_of(const struct sl_tree_model *model)
{
    return model->weight ? ROWS_AND_WEIGHTS : model->n_rows ? ROWS : NO_COUNTS;
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
    sl_put_u64(w, model->n_shares);
    sl_put_f32s(w, model->share, model->n_shares * (size_t)model->k);
    sl_put_u8(w, (uint8_t)counts_of(model)); /* from here on since format 2 */
    for (size_t i = 0; model->n_rows && i < model->n_nodes; i++)
        sl_put_i32(w, (int32_t)model->n_rows[i]);
    if (model->weight)
        sl_put_f64s(w, model->weight, model->n_nodes);
}

static int is_node(const struct sl_tree_model *model, size_t i)
{
    struct sl_tree_inner node = model->nodes[i];
    if (node.feature < 0)
        return node.right >= 0 && (size_t)node.right < model->n_shares;
    return (size_t)node.feature < model->d && node.right > (int64_t)i + 1 &&
           (size_t)node.right < model->n_nodes;
}

static int is_sound(const struct sl_tree_model *model)
{
    for (size_t i = 0; i < model->n_nodes; i++)
        if (!is_node(model, i))
            return 0;
    for (size_t i = 0; i < model->n_shares * (size_t)model->k; i++)
        if (!(model->share[i] >= 0 && model->share[i] <= 1))
            return 0;
    return 1;
}

/* Every row of a node is one of either child's. */
static int counts_add_up(const struct sl_tree_model *model)
{
    for (size_t i = 0; model->n_rows && i < model->n_nodes; i++) {
        const size_t left = i + 1, right = (size_t)model->nodes[i].right;
        const uint32_t *n = model->n_rows;
        const double *w = model->weight;
        if (n[i] < 1 || n[i] > SL_TREE_ROWS_MAX || (w && !(w[i] > 0 && w[i] < INFINITY)))
            return 0;
        if (model->nodes[i].feature < 0)
            continue;
        if (n[i] != n[left] + n[right] || (w && fabs(w[left] + w[right] - w[i]) > 1e-9 * w[i]))
            return 0;
    }
    return 1;
}

static void get_nodes(struct sl_reader *r, struct sl_tree_model *model)
{
    for (size_t i = 0; i < model->n_nodes; i++) {
        model->nodes[i].feature = sl_get_i32(r);
        model->nodes[i].threshold = sl_get_f32(r);
        model->nodes[i].right = sl_get_i32(r);
    }
}

static int get_counts(struct sl_reader *r, struct sl_tree_model *model)
{
    uint8_t counts = sl_get_u8(r);
    if (r->failed || counts > ROWS_AND_WEIGHTS)
        return SL_EDATA;
    if (counts == NO_COUNTS)
        return SL_OK;
    if (add_counts(model, counts))
        return SL_ENOMEM;
    for (size_t i = 0; i < model->n_nodes; i++)
        model->n_rows[i] = (uint32_t)sl_get_i32(r);
    if (model->weight)
        sl_get_f64s(r, model->weight, model->n_nodes);
    return SL_OK;
}

static int get_model(struct sl_reader *r, struct sl_tree_model *model)
{
    const size_t k = (size_t)model->k;
    get_nodes(r, model);
    size_t n_shares = sl_get_count(r, 1, model->n_nodes / 2 + 1, 4 * k);
    if (r->failed)
        return SL_EDATA;
    if (add_shares(model, n_shares))
        return SL_ENOMEM;
    sl_get_f32s(r, model->share, n_shares * k);
    int code = r->format == 1 ? SL_OK : get_counts(r, model);
    if (code || r->failed || !is_sound(model) || !counts_add_up(model))
        return code ? code : SL_EDATA;
    for (size_t leaf = 0; leaf < model->n_shares; leaf++)
        model->label[leaf] = argmax(model->share + leaf * k, model->k);
    return SL_OK;
}

int sl_tree_load(struct sl_reader *r, const struct sl_view *like, struct sl_tree_model **out,
                 struct sl_error *err)
{
    *out = NULL;
    size_t n_nodes = sl_get_count(r, 1, INT32_MAX, 12);
    if (r->failed)
        return sl_fail(err, SL_EDATA, "the record does not hold a tree");
    struct sl_tree_model *model = model_new(n_nodes, like->k);
    if (!model)
        return sl_fail_memory(err);
    model->dtype = like->dtype;
    model->d = like->d;
    int code = get_model(r, model);
    if (code) {
        sl_tree_model_free(model);
        return code == SL_ENOMEM ? sl_fail_memory(err)
                                 : sl_fail(err, SL_EDATA, "the record does not hold a tree");
    }
    *out = model;
    return SL_OK;
}
