/* shap_against.c - Shapley values of trees, where what is left out is another row's (interventional: Lundberg
 * et al., Nature Machine Intelligence 2, 2020).
 *
 * Row and background row go down the tree together, and part where a split sends them to different sides.  A
 * leaf is reached by the coalitions that hold all features by which only the row gets there (a of them), and
 * none of those by which only the other does (b).  Each of the first gets v (a-1)! b! / (a+b)!, each of the
 * second -v a! (b-1)! / (a+b)!, where v is the leaf's value.
 *
 * Cost: for a row, a background row and a tree the nodes that one of both, or a mixture of them, can reach,
 * times the features by which they differ.  Memory: a path a thread. */
#include "core/memory.h"
#include "core/threads.h"
#include "trees/shap.h"
#include <math.h>
#include <string.h>

/* A feature by which they went different ways. */
struct parted {
    int32_t feature;
    int by_row; /* this way is the row's, else the other's */
};

struct walk {
    const struct sl_tree_sum *trees;
    size_t number; /* of the tree */
    const struct sl_tree_model *tree;
    const struct sl_view *x, *background;
    size_t row, other;
    const int32_t *classes;
    size_t m;
    struct parted *parted; /* (depth) */
    double factor;
    double *phi; /* (m, d) */
};

/* (a-1)! b! / (a+b)! = 1 / (a choose(a+b, a)), in logarithms: paths may be long. */
static double weight(size_t a, size_t b)
{
    return exp(lgamma((double)a) + lgamma((double)b + 1) - lgamma((double)(a + b) + 1));
}

static void reach_leaf(const struct walk *w, size_t leaf, size_t n)
{
    size_t a = 0;
    for (size_t i = 0; i < n; i++)
        a += w->parted[i].by_row != 0;
    const double plus = a ? weight(a, n - a) : 0, minus = n > a ? weight(n - a, a) : 0;
    for (size_t c = 0; c < w->m; c++) {
        const double v = w->factor * sl_tree_share(w->trees, w->number, leaf, w->classes[c]);
        for (size_t i = 0; i < n; i++)
            w->phi[c * w->tree->d + (size_t)w->parted[i].feature] +=
                w->parted[i].by_row ? v * plus : -v * minus;
    }
}

/* What was decided of a feature on the way: 1 by the row, 0 by the other, -1 nothing. */
static int decided(const struct walk *w, int32_t feature, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (w->parted[i].feature == feature)
            return w->parted[i].by_row;
    return -1;
}

/* From a node on, by n features that they parted at.  As deep as the tree: a few hundred frames of little. */
static void descend(const struct walk *w, size_t at, size_t n)
{
    const struct sl_tree_inner *node = &w->tree->nodes[at];
    while (node->feature >= 0) {
        const int left = sl_tree_goes_left(w->trees, w->number, at, w->x, w->row),
                  other = sl_tree_goes_left(w->trees, w->number, at, w->background, w->other);
        const int by = left == other ? 1 : decided(w, node->feature, n);
        if (by < 0) {
            w->parted[n] = (struct parted){node->feature, 1};
            descend(w, left ? at + 1 : (size_t)node->right, n + 1);
            w->parted[n].by_row = 0;
            descend(w, other ? at + 1 : (size_t)node->right, n + 1);
            return;
        }
        at = (by ? left : other) ? at + 1 : (size_t)node->right;
        node = &w->tree->nodes[at];
    }
    reach_leaf(w, (size_t)node->right, n);
}

/* Splits on the longest path: depth (n_nodes) is scratch. */
static size_t depth_of(const struct sl_tree_model *tree, uint32_t *depth)
{
    size_t most = 0;
    depth[0] = 0;
    for (size_t i = 0; i < tree->n_nodes; i++) {
        if (tree->nodes[i].feature < 0)
            continue;
        depth[i + 1] = depth[tree->nodes[i].right] = depth[i] + 1;
        most = depth[i] + 1 > most ? depth[i] + 1 : most;
    }
    return most;
}

/* Of all trees; SIZE_MAX: no memory. */
static size_t deepest(const struct sl_tree_sum *trees)
{
    size_t most = 0;
    for (size_t t = 0; t < trees->n; t++) {
        uint32_t *depth = sl_alloc(trees->tree[t]->n_nodes, sizeof *depth);
        if (!depth)
            return SIZE_MAX;
        const size_t of = depth_of(trees->tree[t], depth);
        most = of > most ? of : most;
        free(depth);
    }
    return most;
}

static void explain_row(struct walk *w)
{
    memset(w->phi, 0, w->m * w->x->d * sizeof *w->phi);
    for (w->number = 0; w->number < w->trees->n; w->number++) {
        w->tree = w->trees->tree[w->number];
        if (!sl_tree_adds(w->trees, w->number, w->classes, w->m))
            continue;
        for (w->other = 0; w->other < w->background->n; w->other++)
            descend(w, 0, 0);
    }
}

int sl_tree_shap_against(const struct sl_tree_sum *trees, const struct sl_view *background,
                         const struct sl_view *x, const int32_t *classes, size_t m, int threads,
                         double *values, struct sl_error *err)
{
    const size_t depth = deepest(trees), size = m * x->d;
    int failed = depth == SIZE_MAX;
    threads = sl_threads_for(
        64. * (double)x->n * (double)background->n * (double)trees->n * (double)(depth + 1), threads);
#pragma omp parallel num_threads(failed ? 1 : threads) reduction(| : failed)
    {
        struct walk w = {.trees = trees, .x = x, .background = background, .m = m};
        w.factor = trees->factor / (double)background->n;
        w.parted = failed ? NULL : sl_alloc(depth + 1, sizeof *w.parted);
        failed |= !w.parted;
#pragma omp for schedule(dynamic)
        for (size_t i = 0; i < x->n; i++) {
            w.row = i;
            w.classes = classes + i * m;
            w.phi = values + i * size;
            if (!failed)
                explain_row(&w);
        }
        free(w.parted);
    }
    return failed ? sl_fail_memory(err) : SL_OK;
}
