/* impurity.c - impurity importance: what a model's splits by a column take from the impurity of its training
 * rows (Breiman, Friedman, Olshen and Stone, 1984; scikit-learn's feature_importances_).
 *
 * Classes' weights in a node are sums of its leaves', which the model has, so that nothing need be kept for
 * it: any file of a tree or forest serves.  Each tree's sum to 1.  O(nodes k).  Columns with many values are
 * favoured, and nothing is said of rows that were not fitted; permutation has neither fault. */
#include "core/memory.h"
#include "explain/method.h"
#include "trees/forest_model.h"
#include <math.h>
#include <string.h>

const struct sl_method sl_method_impurity = {
    .about = {.name = "impurity",
              .title = "Impurity importance",
              .needs = "a decision tree or a forest",
              .help = "share of the training rows' impurity that the splits by a column take away",
              .reference = "Breiman, Friedman, Olshen, Stone (1984)",
              .of_all = 1,
              .of_model = 1},
};

struct work {
    const struct sl_tree_model **tree; /* (n) */
    size_t n, width, most;             /* most: nodes of a tree */
    int gini;
    double *sum; /* (most, k): weight of each class in a node */
    double *own; /* (width): of one tree */
};

/* Times the weight of all classes. */
static double impurity_of(const double *sum, int k, int gini)
{
    double impurity = 0, all = 0;
    for (int c = 0; c < k; c++)
        all += sum[c];
    if (all <= 0)
        return 0;
    for (int c = 0; c < k; c++) {
        const double p = sum[c] / all;
        impurity += gini ? p * (1 - p) : p > 0 ? -p * log2(p) : 0;
    }
    return all * impurity;
}

/* From the last node to the first: children come behind their parents. */
static void add_up(const struct sl_tree_model *tree, double *sum)
{
    const size_t k = (size_t)tree->k;
    for (size_t i = tree->n_nodes; i-- > 0;) {
        const struct sl_tree_inner *node = &tree->nodes[i];
        double *own = sum + i * k;
        if (node->feature < 0) {
            const float *share = tree->share + (size_t)node->right * k;
            const double weight = tree->weight ? tree->weight[i] : (double)tree->n_rows[i];
            for (size_t c = 0; c < k; c++)
                own[c] = weight * (double)share[c];
            continue;
        }
        const double *left = own + k, *right = sum + (size_t)node->right * k;
        for (size_t c = 0; c < k; c++)
            own[c] = left[c] + right[c];
    }
}

/* Shares of w->own, which are 0 where the tree splits nothing. */
static void weigh_tree(const struct work *w, const struct sl_tree_model *tree)
{
    const size_t k = (size_t)tree->k;
    double total = 0;
    memset(w->own, 0, w->width * sizeof *w->own);
    add_up(tree, w->sum);
    for (size_t i = 0; i < tree->n_nodes; i++) {
        const struct sl_tree_inner *node = &tree->nodes[i];
        if (node->feature < 0)
            continue;
        const double *own = w->sum + i * k;
        const double taken = impurity_of(own, tree->k, w->gini) - impurity_of(own + k, tree->k, w->gini) -
                             impurity_of(w->sum + (size_t)node->right * k, tree->k, w->gini);
        w->own[node->feature] += taken > 0 ? taken : 0;
        total += taken > 0 ? taken : 0;
    }
    for (size_t j = 0; j < w->width && total > 0; j++)
        w->own[j] /= total;
}

/* As explain.c's columns of features. */
static size_t column_of(const struct sl_model *model, size_t feature)
{
    const struct sl_encoding *encoding = model->encoding;
    const size_t d = model->raw.d;
    size_t at = 0;
    if (!encoding || encoding->width == d)
        return feature;
    for (size_t j = 0; j < d; j++)
        if (feature < (at += encoding->code[j].width))
            return j;
    for (size_t j = 0; j < d; j++)
        if (encoding->code[j].lacks && feature < ++at)
            return j;
    return d - 1;
}

/* mean and deviation hold sums of the trees' shares and of their squares until the end. */
static void weigh_trees(const struct work *w, const struct sl_model *model, struct sl_importance *out,
                        double *column)
{
    const size_t d = model->raw.d;
    for (size_t j = 0; j < d; j++)
        out[j] = (struct sl_importance){0, 0};
    for (size_t t = 0; t < w->n; t++) {
        memset(column, 0, d * sizeof *column);
        weigh_tree(w, w->tree[t]);
        for (size_t f = 0; f < w->width; f++)
            if (w->own[f] > 0)
                column[column_of(model, f)] += w->own[f];
        for (size_t j = 0; j < d; j++) {
            out[j].mean += column[j];
            out[j].deviation += column[j] * column[j];
        }
    }
    for (size_t j = 0; j < d; j++) {
        const double mean = out[j].mean / (double)w->n;
        const double spread = out[j].deviation / (double)w->n - mean * mean;
        out[j] = (struct sl_importance){mean, spread > 0 ? sqrt(spread) : 0};
    }
}

static int list_trees(const struct sl_model *model, struct work *w, struct sl_error *err)
{
    const struct sl_forest *forest = model->payload;
    const int is_forest = model->type->inside == SL_INSIDE_FOREST;
    if (!is_forest && model->type->inside != SL_INSIDE_TREE)
        return sl_fail(err, SL_EUSAGE, "impurity needs a decision tree or a forest, and %s is none",
                       model->type->name);
    w->n = is_forest ? forest->n : 1;
    w->tree = sl_alloc(w->n, sizeof *w->tree);
    if (!w->tree)
        return sl_fail_memory(err);
    for (size_t t = 0; t < w->n; t++) {
        w->tree[t] = is_forest ? forest->trees->tree[t] : model->payload;
        if (!w->tree[t]->n_rows)
            return sl_fail(err, SL_EUSAGE,
                           "impurity needs the numbers of training rows in the nodes, which a model file of "
                           "format 1 has not");
        w->most = w->tree[t]->n_nodes > w->most ? w->tree[t]->n_nodes : w->most;
    }
    w->width = w->tree[0]->d;
    return SL_OK;
}

int sl_impurity_importance(const struct sl_model *model, struct sl_importance *out, struct sl_error *err)
{
    char criterion[32] = "gini";
    double *column = NULL;
    struct work w = {0};
    int code = list_trees(model, &w, err);
    if (!code) {
        const struct sl_param *param = sl_param_find(model->type->params, "criterion", NULL);
        if (param)
            sl_param_print(param, model->config, criterion, sizeof criterion);
        w.gini = strstr(criterion, "gini") != NULL;
        w.sum = sl_alloc(w.most, (size_t)w.tree[0]->k * sizeof *w.sum);
        w.own = sl_alloc(w.width, sizeof *w.own);
        column = sl_alloc(model->raw.d, sizeof *column);
        code = w.sum && w.own && column ? SL_OK : sl_fail_memory(err);
    }
    if (!code)
        weigh_trees(&w, model, out, column);
    free(w.tree);
    free(w.sum);
    free(w.own);
    free(column);
    return code;
}
