/* cut.c - which nodes of a grown tree are kept.
 *
 * A smaller depth: nodes at that depth become leaves.  O(nodes).
 * Minimal cost-complexity pruning (Breiman, Friedman, Olshen and Stone, "Classification and Regression
 * Trees", 1984, section 3.3): R(t) is the share of the total impurity in node t; the weakest link is the
 * inner node with the least g(t) = (R(t) - R(leaves below t)) / (leaves below t - 1). Weakest links become
 * leaves as long as g(t) <= alpha.  O(nodes^2) at worst. */
#include "trees/cut.h"
#include "core/memory.h"
#include <math.h>
#include <shortlist/error.h>

struct waiting {
    uint32_t slot, parent; /* number of the parent whose right child it is, or UINT32_MAX */
};

/* The nodes down to max_depth in preorder; returns how many.  stack (n + 1). */
static size_t list_nodes(const struct sl_tree_growth *g, int max_depth, struct waiting *stack,
                         struct sl_tree_kept *kept)
{
    size_t n = 0, waiting = 0;
    stack[waiting++] = (struct waiting){0, UINT32_MAX};
    for (; waiting; n++) {
        const struct waiting next = stack[--waiting];
        const struct sl_tree_node *node = &g->nodes[next.slot];
        if (next.parent != UINT32_MAX)
            kept[next.parent].right = (uint32_t)n;
        kept[n] = (struct sl_tree_kept){.slot = next.slot};
        if (!node->is_split || (max_depth && node->depth >= max_depth))
            continue;
        stack[waiting++] = (struct waiting){sl_tree_right(next.slot, node->split.n_left), (uint32_t)n};
        stack[waiting++] = (struct waiting){sl_tree_left(next.slot), UINT32_MAX}; /* follows at once */
    }
    return n;
}

struct link {
    double own, below; /* R(t), and of its leaves */
    uint32_t leaves;
};

/* R(t): a node's impurity times its weight, as a share of the total weight. */
static double own_impurity(const struct sl_tree_growth *g, uint32_t slot, uint32_t *total, int64_t *mass)
{
    double weight = sl_tree_totals(g, &g->nodes[slot], total, mass);
    const struct sl_tree_content content = {g->k, total, mass, g->weight};
    double score = sl_tree_score(&g->rule, &content);
    return ((g->rule.criterion == SL_TREE_GINI ? weight : 0) - score) / g->total_weight;
}

/* Updates what lies below each link; returns the weakest one, *strength its g(t), INFINITY where all are
 * leaves. */
static size_t find_weakest(const struct sl_tree_kept *kept, struct link *links, size_t n, double *least)
{
    size_t weakest = 0;
    *least = INFINITY;
    for (size_t i = n; i-- > 0;) { /* children stand behind their parents */
        const struct link *left = &links[i + 1], *right = &links[kept[i].right];
        int is_split = kept[i].right != 0;
        links[i].leaves = is_split ? left->leaves + right->leaves : 1;
        links[i].below = is_split ? left->below + right->below : links[i].own;
        double strength = is_split ? (links[i].own - links[i].below) / (links[i].leaves - 1) : INFINITY;
        if (strength <= *least && is_split) { /* among equals the one nearest to the root */
            *least = strength;
            weakest = i;
        }
    }
    return weakest;
}

/* Drops the nodes that no split leads to any more; returns how many stay.  number (n) is scratch. */
static size_t drop_unreachable(struct sl_tree_kept *kept, size_t n, uint32_t *number)
{
    size_t m = 0;
    for (size_t i = 0; i < n; i++)
        number[i] = i ? UINT32_MAX : 0;
    for (size_t i = 0; i < n; i++) {
        if (number[i] == UINT32_MAX)
            continue;
        number[i] = (uint32_t)m++;
        if (kept[i].right)
            number[i + 1] = number[kept[i].right] = 0;
    }
    for (size_t i = 0; i < n; i++)
        if (number[i] != UINT32_MAX)
            kept[number[i]] = (struct sl_tree_kept){kept[i].slot, kept[i].right ? number[kept[i].right] : 0};
    return m;
}

static int prune(const struct sl_tree_growth *g, double alpha, struct sl_tree_kept *kept, size_t *n)
{
    struct link *links = sl_alloc(*n + 1, sizeof *links);
    uint32_t *total = sl_alloc((size_t)g->k, sizeof *total), *number = sl_alloc(*n, sizeof *number);
    int64_t *mass = sl_alloc((size_t)g->k, sizeof *mass);
    int code = links && total && mass && number ? SL_OK : SL_ENOMEM;
    for (size_t i = 0; i < *n && !code; i++)
        links[i].own = own_impurity(g, kept[i].slot, total, mass);
    while (!code) {
        double least;
        size_t weakest = find_weakest(kept, links, *n, &least);
        if (!(least <= alpha) || isinf(least))
            break;
        /* Also those below what was pruned before come up again; cutting them changes nothing. */
        kept[weakest].right = 0;
    }
    if (!code)
        *n = drop_unreachable(kept, *n, number);
    free(links);
    free(total);
    free(mass);
    free(number);
    return code;
}

int sl_tree_cut(const struct sl_tree_growth *g, int max_depth, double ccp_alpha, struct sl_tree_kept **out,
                size_t *n)
{
    struct sl_tree_kept *kept = sl_alloc(2 * g->n, sizeof *kept);
    struct waiting *stack = sl_alloc(g->n + 1, sizeof *stack);
    int code = kept && stack ? SL_OK : SL_ENOMEM;
    if (!code) {
        *n = list_nodes(g, max_depth, stack, kept);
        if (ccp_alpha > 0)
            code = prune(g, ccp_alpha, kept, n);
    }
    free(stack);
    if (code)
        free(kept);
    *out = code ? NULL : kept;
    return code;
}
