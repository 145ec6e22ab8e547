/* tree_prune.c - minimal cost-complexity pruning (Breiman, Friedman, Olshen and Stone, "Classification and
 * Regression Trees", 1984, section 3.3).
 *
 * R(t) is the share of the total impurity in node t; the weakest link is the inner node with the least
 *     g(t) = (R(t) - R(leaves below t)) / (leaves below t - 1).
 * Weakest links become leaves as long as g(t) <= alpha.  O(nodes^2) at worst. */
#include "classifiers/tree.h"
#include "core/memory.h"
#include <math.h>

struct link {
    uint32_t slot, left, right; /* numbers of the children in this array; 0: a leaf */
    double own, below;          /* R(t), and of its leaves */
    uint32_t leaves;
};

/* The reachable nodes in preorder; returns how many. */
static size_t collect(const struct sl_tree_growth *g, struct link *links)
{
    size_t n = 0, waiting = 0;
    struct {
        uint32_t slot, parent;
    } *stack = sl_alloc(g->n + 1, sizeof *stack);
    if (!stack)
        return 0;
    stack[waiting].slot = 0;
    stack[waiting++].parent = UINT32_MAX;
    while (waiting) {
        uint32_t slot = stack[--waiting].slot, parent = stack[waiting].parent;
        if (parent != UINT32_MAX)
            links[parent].right = (uint32_t)n;
        links[n] = (struct link){.slot = slot};
        if (g->nodes[slot].is_split) {
            links[n].left = (uint32_t)n + 1;
            stack[waiting].slot = slot + 2 * g->nodes[slot].split.n_left;
            stack[waiting++].parent = (uint32_t)n;
            stack[waiting].slot = slot + 1;
            stack[waiting++].parent = UINT32_MAX; /* follows at once */
        }
        n++;
    }
    free(stack);
    return n;
}

/* R(t) of every node: its impurity times its weight, as a share of the total weight. */
static void own_impurity(const struct sl_tree_growth *g, struct link *link, uint32_t *total)
{
    const struct sl_tree_node *node = &g->nodes[link->slot];
    double weight = 0;
    for (int c = 0; c < g->k; c++)
        total[c] = 0;
    for (uint32_t i = 0; i < node->n; i++)
        total[g->y[g->rows[node->start + i]]]++;
    for (int c = 0; c < g->k; c++)
        weight += total[c] * (g->weight ? g->weight[c] : 1);
    double score = sl_tree_score(&g->rule, g->k, total, g->weight);
    link->own = ((g->rule.criterion == SL_TREE_GINI ? weight : 0) - score) / g->total_weight;
}

int sl_tree_prune(struct sl_tree_growth *g, double alpha)
{
    struct link *links = sl_alloc(2 * g->n, sizeof *links);
    uint32_t *total = sl_alloc((size_t)g->k, sizeof *total);
    size_t n = links && total ? collect(g, links) : 0;
    for (size_t i = 0; i < n; i++)
        own_impurity(g, &links[i], total);
    for (int pruned = n > 1; pruned;) {
        size_t weakest = 0;
        double least = INFINITY;
        pruned = 0;
        for (size_t i = n; i-- > 0;) { /* children stand behind their parents */
            struct link *link = &links[i];
            int is_split = g->nodes[link->slot].is_split;
            link->leaves = is_split ? links[link->left].leaves + links[link->right].leaves : 1;
            link->below = is_split ? links[link->left].below + links[link->right].below : link->own;
            double strength = is_split ? (link->own - link->below) / (link->leaves - 1) : INFINITY;
            if (strength <= least && is_split) { /* among equals the one nearest to the root */
                least = strength;
                weakest = i;
            }
        }
        /* Also those below what was pruned before come up again; cutting them changes nothing. */
        if (least <= alpha) {
            g->nodes[links[weakest].slot].is_split = 0;
            pruned = 1;
        }
    }
    free(links);
    free(total);
    return n ? SL_OK : SL_ENOMEM;
}
