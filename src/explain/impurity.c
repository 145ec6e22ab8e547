/* impurity.c - impurity importance: what a model's splits by a column take from the impurity of its training
 * rows (Breiman, Friedman, Olshen and Stone, 1984; scikit-learn's feature_importances_).
 *
 * Classes' weights in a node are sums of its leaves', which the model has, so that nothing need be kept for
 * it: any file of a tree or forest serves.  Each tree's sum to 1.  O(nodes k).  Columns with many values are
 * favoured, and nothing is said of rows that were not fitted; permutation has neither fault. */
#include "core/memory.h"
#include "explain/method.h"
#include "explain/tree_shares.h"
#include "trees/forest_model.h"
#include <math.h>
#include <string.h>

struct work {
    const struct sl_tree_model **tree; /* (n) */
    size_t n, most;                    /* most: nodes of a tree */
    int gini;
    double *sum; /* (most, k): weight of each class in a node */
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

static void weigh_tree(const struct work *w, const struct sl_tree_model *tree, double *own)
{
    const size_t k = (size_t)tree->k;
    add_up(tree, w->sum);
    for (size_t i = 0; i < tree->n_nodes; i++) {
        const struct sl_tree_inner *node = &tree->nodes[i];
        if (node->feature < 0)
            continue;
        const double *sum = w->sum + i * k;
        const double taken = impurity_of(sum, tree->k, w->gini) - impurity_of(sum + k, tree->k, w->gini) -
                             impurity_of(w->sum + (size_t)node->right * k, tree->k, w->gini);
        own[node->feature] += taken > 0 ? taken : 0;
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
    return SL_OK;
}

static int weigh(const struct sl_model *model, struct sl_importance *out, struct sl_error *err)
{
    char criterion[32] = "gini";
    struct sl_tree_shares shares = {0};
    struct work w = {0};
    int code = list_trees(model, &w, err);
    if (!code) {
        const struct sl_param *param = sl_param_find(model->type->params, "criterion", NULL);
        if (param)
            sl_param_print(param, model->config, criterion, sizeof criterion);
        w.gini = strstr(criterion, "gini") != NULL;
        w.sum = sl_alloc(w.most, (size_t)w.tree[0]->k * sizeof *w.sum);
        code =
            sl_tree_shares_begin(model, w.tree[0]->d, out, &shares) || !w.sum ? sl_fail_memory(err) : SL_OK;
    }
    for (size_t t = 0; t < w.n && !code; t++) {
        weigh_tree(&w, w.tree[t], shares.own);
        sl_tree_shares_add(&shares, 1);
    }
    if (!code)
        sl_tree_shares_end(&shares);
    sl_tree_shares_release(&shares);
    free(w.tree);
    free(w.sum);
    return code;
}

const struct sl_method sl_method_impurity = {
    .about = {.name = "impurity",
              .title = "Impurity importance",
              .needs = "a decision tree or a forest",
              .help = "share of the training rows' impurity that the splits by a column take away",
              .reference = "Breiman, Friedman, Olshen, Stone (1984)",
              .of_all = 1,
              .of_model = 1},
    .weigh = weigh,
};
