/* write_tree.c - the finished nodes of a grown tree.
 *
 * Leaves' values are sums of the gradients themselves, not of the rounded ones.  O(n), and O(nodes). */
#include "boosting/write_tree.h"
#include "core/memory.h"

/* Of the rows of a node; curvature with l2_regularization. */
struct slope {
    double gradient, curvature;
};

static struct slope slope_of(const struct sl_boost_step *step, const struct sl_boost_space *space,
                             const struct sl_boost_grown *node)
{
    double gradient = 0, curvature = step->limits.l2_regularization;
    for (size_t i = node->start; i < node->start + node->n; i++) {
        gradient += (double)step->gradient[space->rows[i]];
        curvature += (double)step->curvature[space->rows[i]];
    }
    return (struct slope){gradient, curvature};
}

static float leaf_value(const struct sl_boost_step *step, struct slope of)
{
    return of.curvature > 0 ? (float)(-step->learning_rate * of.gradient / (of.curvature + 2.2e-16)) : 0;
}

static double fall_of(struct slope of)
{
    return of.curvature > 0 ? of.gradient * of.gradient / (of.curvature + 2.2e-16) : 0;
}

/* The splits' gains, from the last node to the first, as children come behind their parents; slope holds the
 * leaves'. */
static void write_gains(const struct sl_boost_step *step, struct sl_boost_tree *tree, struct slope *slope)
{
    for (size_t i = tree->n; i-- > 0;) {
        const struct slope *left = &slope[i + 1], *right = &slope[tree->nodes[i].right];
        tree->gain[i] = 0;
        if (tree->nodes[i].feature < 0)
            continue;
        slope[i].gradient = left->gradient + right->gradient;
        slope[i].curvature = left->curvature + right->curvature - step->limits.l2_regularization;
        const double gain = fall_of(*left) + fall_of(*right) - fall_of(slope[i]);
        tree->gain[i] = gain > 0 ? (float)gain : 0;
    }
}

static void write_split(const struct sl_boost_step *step, const struct sl_boost_found *split,
                        struct sl_boost_tree *tree, struct sl_boost_node *out)
{
    if (!step->bins->n_codes[split->feature]) {
        out->value = sl_bins_edge(step->bins, split->feature, split->bin);
        return;
    }
    out->has_set = 1;
    out->set = (int32_t)tree->n_sets;
    tree->sets[tree->n_sets] = split->left;
    tree->sets[tree->n_sets++].bits[SL_BINS_MISSING / 64] &= ~(1ull << SL_BINS_MISSING % 64);
}

/* Writes all nodes in preorder, and the leaves' slopes. */
static void write_nodes(const struct sl_boost_step *step, const struct sl_boost_space *space,
                        struct sl_boost_tree *tree, float *raw, int32_t *stack, struct slope *slope)
{
    size_t waiting = 0;
    stack[waiting++] = 0;
    while (waiting) {
        const int32_t at = stack[--waiting];
        const struct sl_boost_grown *node = &space->nodes[at < 0 ? ~at : at];
        struct sl_boost_node *out = &tree->nodes[tree->n];
        if (at < 0) { /* a right child: its parent, which waits below it, learns its number */
            tree->nodes[stack[--waiting]].right = (int32_t)tree->n;
        }
        tree->n_rows[tree->n] = node->n;
        if (node->left < 0) {
            slope[tree->n] = slope_of(step, space, node);
            *out = (struct sl_boost_node){.feature = -1, .value = leaf_value(step, slope[tree->n])};
            for (size_t i = node->start; i < node->start + node->n; i++)
                raw[space->rows[i]] += out->value;
        } else {
            const struct sl_boost_found *s = &node->split;
            *out = (struct sl_boost_node){.feature = (int32_t)s->feature, .missing_left = s->missing_left};
            write_split(step, s, tree, out);
            stack[waiting++] = (int32_t)tree->n;
            stack[waiting++] = ~node->right;
            stack[waiting++] = node->left;
        }
        tree->n++;
    }
}

static size_t count_sets(const struct sl_boost_step *step, const struct sl_boost_space *space)
{
    size_t n = 0;
    for (size_t i = 0; i < space->n_nodes; i++)
        n += space->nodes[i].left >= 0 && step->bins->n_codes[space->nodes[i].split.feature];
    return n;
}

int sl_boost_write_tree(const struct sl_boost_step *step, const struct sl_boost_space *space,
                        struct sl_boost_tree *tree, float *raw)
{
    const size_t n = space->n_nodes, n_sets = count_sets(step, space);
    int32_t *stack = sl_alloc(2 * n + 2, sizeof *stack);
    struct slope *slope = sl_alloc(n, sizeof *slope);
    *tree = (struct sl_boost_tree){.nodes = sl_alloc(n, sizeof *tree->nodes),
                                   .sets = n_sets ? sl_alloc(n_sets, sizeof *tree->sets) : NULL,
                                   .n_rows = sl_alloc(n, sizeof *tree->n_rows),
                                   .gain = sl_alloc(n, sizeof *tree->gain)};
    int code = stack && slope && tree->nodes && (tree->sets || !n_sets) && tree->n_rows && tree->gain
                   ? SL_OK
                   : SL_ENOMEM;
    if (!code) {
        write_nodes(step, space, tree, raw, stack, slope);
        write_gains(step, tree, slope);
    }
    free(stack);
    free(slope);
    return code;
}
