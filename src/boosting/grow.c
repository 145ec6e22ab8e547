/* grow.c - one boosted tree: the best split first where leaves are bounded, else depth first.
 *
 * The smaller child of a node is summed, the other one is what it leaves of its parent.  Groups of features
 * go to threads, each with its rows in chunks that stay in cache.  O(n d) a level, at most half of the rows
 * below the first, and O(256 d) a node. */
#include "boosting/grow.h"
#include "boosting/search.h"
#include "boosting/space.h"
#include "boosting/write_tree.h"
#include "core/memory.h"
#include "core/threads.h"
#include <math.h>
#include <string.h>

/* Adds a node's rows to n_blocks blocks of sums of bytes that stand in rows of stride. */
static void add_codes(const struct sl_boost_space *space, const struct sl_boost_grown *node,
                      const uint8_t *code, size_t stride, size_t n_blocks, uint64_t *sums)
{
    enum { CHUNK = 2048 };
    for (size_t from = node->start; from < node->start + node->n; from += CHUNK) {
        const size_t left = node->start + node->n - from, n = left < CHUNK ? left : CHUNK;
        for (size_t b = 0; b < n_blocks; b++)
            sl_sums_add(code + b * SL_SUMS_FEATURES, stride, space->rows + from, space->near + from, n,
                        sums + b * SL_SUMS_BLOCK);
    }
}

/* The node's sums of a group of features, whose blocks are first ... end - 1. */
static void sum_rows(const struct sl_boost_step *step, const struct sl_boost_space *space,
                     const struct sl_boost_grown *node, size_t first, size_t end)
{
    const size_t g = first / SL_BOOST_GROUP;
    const struct sl_joint_group *joint = step->joint ? &step->joint->group[g] : NULL;
    if (node == space->nodes && step->root) {
        for (size_t b = first; b < end; b++)
            memcpy(sl_boost_sums(space, node, b), step->root + b * SL_SUMS_BLOCK,
                   sl_boost_sums_size(step->bins, b));
        return;
    }
    for (size_t b = first; b < end; b++)
        memset(sl_boost_sums(space, node, b), 0, sl_boost_sums_size(step->bins, b));
    if (joint && sl_joint_pays(joint, end - first, node->n)) {
        uint64_t *sums = space->joint + g * space->joint_blocks * SL_SUMS_BLOCK;
        const size_t n_blocks = joint->width / SL_SUMS_FEATURES;
        memset(sums, 0, n_blocks * SL_SUMS_BLOCK * sizeof *sums);
        add_codes(space, node, joint->code, joint->width, n_blocks, sums);
        sl_joint_add_parted(joint, sums, sl_boost_sums(space, node, first));
    } else {
        size_t stride;
        const uint8_t *code = sl_bins_column(step->bins, first * SL_SUMS_FEATURES, &stride);
        add_codes(space, node, code, stride, end - first, sl_boost_sums(space, node, first));
    }
}

/* Takes a node of few rows out of its parent's sums, which become those of the other child. */
static void subtract_few(const struct sl_boost_step *step, const struct sl_boost_space *space,
                         const struct sl_boost_grown *few, const struct sl_boost_grown *other, size_t block)
{
    uint64_t negative[SL_SUMS_FEW];
    size_t stride;
    const uint8_t *code = sl_bins_column(step->bins, block * SL_SUMS_FEATURES, &stride);
    for (size_t i = 0; i < few->n; i++)
        negative[i] = -space->near[few->start + i];
    sl_sums_add(code, stride, space->rows + few->start, negative, few->n, sl_boost_sums(space, other, block));
}

/* Two nodes whose sums are made together, and what is left of a parent; nodes of few rows have none. */
struct pair {
    struct sl_boost_grown *node[2]; /* the first one's rows are added; the second one may be NULL */
    int from_parent;                /* the second one's slot holds its parent's sums */
    int searched[2];
};

static int is_summed(const struct sl_boost_grown *node)
{
    return node && !sl_boost_is_few(node);
}

/* The second node's sums of a block out of its parent's. */
static void subtract(const struct sl_boost_step *step, const struct sl_boost_space *space,
                     const struct pair *pair, size_t block)
{
    const struct sl_boost_grown *first = pair->node[0], *second = pair->node[1];
    if (is_summed(first))
        sl_sums_subtract(sl_boost_sums(space, second, block), sl_boost_sums(space, first, block),
                         sl_bins_used(step->bins, block * SL_SUMS_FEATURES));
    else
        subtract_few(step, space, first, second, block);
}

static void search_group(const struct sl_boost_step *step, struct sl_boost_space *space,
                         const struct pair *pair, size_t group)
{
    const size_t first = group * SL_BOOST_GROUP, last = first + SL_BOOST_GROUP;
    const size_t end = last < space->n_blocks ? last : space->n_blocks;
    struct sl_boost_found *found = space->found + 2 * group;
    found[0] = found[1] = (struct sl_boost_found){.score = -1};
    for (int side = 0; side < 2; side++)
        if (is_summed(pair->node[side]) && !(side && pair->from_parent))
            sum_rows(step, space, pair->node[side], first, end);
    for (size_t b = first; b < end; b++) {
        if (pair->from_parent)
            subtract(step, space, pair, b);
        for (int side = 0; side < 2; side++)
            if (pair->searched[side])
                sl_boost_search_block(step, space, pair->node[side], b, &found[side]);
    }
}

static float score_of(const struct sl_boost_step *step, uint64_t total)
{
    const double g = (double)sl_sums_gradient(&step->packed->rule.layout, total);
    const double h = (double)sl_sums_curvature(&step->packed->rule.layout, total);
    return (float)(g * g / (h + (double)step->packed->rule.l2));
}

/* Fills the nodes' splits; those with a gain are open then. */
static void search(const struct sl_boost_step *step, struct sl_boost_space *space, const struct pair *pair)
{
    double work = 0; /* for each feature */
    for (int side = 0; side < 2; side++)
        if (is_summed(pair->node[side]))
            work += 256 + 8 * (double)(side && pair->from_parent ? 0 : pair->node[side]->n);
        else if (pair->searched[side])
            work += (double)(pair->node[side]->n * pair->node[side]->n);
    const int threads = sl_threads_for(work * (double)(space->n_blocks * SL_SUMS_FEATURES), step->threads);
#pragma omp parallel for num_threads(threads) schedule(dynamic)
    for (size_t g = 0; g < space->n_groups; g++)
        search_group(step, space, pair, g);
    for (int side = 0; side < 2; side++) {
        struct sl_boost_grown *node = pair->node[side];
        struct sl_boost_found best = {.score = -1};
        for (size_t g = 0; g < space->n_groups && node; g++)
            if (space->found[2 * g + (size_t)side].score > best.score)
                best = space->found[2 * g + (size_t)side];
        if (!node)
            continue;
        node->split = best;
        node->gain = best.score < 0 ? -1 : best.score - score_of(step, node->total);
    }
}

static void gather_near(const struct sl_boost_step *step, struct sl_boost_space *space,
                        const struct sl_boost_grown *node)
{
    for (size_t i = node->start; i < node->start + node->n; i++)
        space->near[i] = step->packed->sum[space->rows[i]];
}

static uint64_t sum_near(const struct sl_boost_space *space, const struct sl_boost_grown *node)
{
    uint64_t sum = 0;
    for (size_t i = node->start; i < node->start + node->n; i++)
        sum += space->near[i];
    return sum;
}

/* Whether the node's rows have one gradient and one second derivative, but for how they were rounded: then
 * what a split would gain is chance. */
static int are_alike(const struct sl_boost_step *step, const struct sl_boost_space *space,
                     const struct sl_boost_grown *node)
{
    const struct sl_sums_layout *layout = &step->packed->rule.layout;
    const uint64_t *sum = step->packed->sum;
    const uint32_t *rows = space->rows + node->start;
    int64_t lower = sl_sums_gradient(layout, sum[rows[0]]), upper = lower;
    uint64_t least = sl_sums_curvature(layout, sum[rows[0]]), most = least;
    for (uint32_t i = 1; i < node->n && upper - lower <= 1 && most - least <= 1; i++) {
        const int64_t gradient = sl_sums_gradient(layout, sum[rows[i]]);
        const uint64_t curvature = sl_sums_curvature(layout, sum[rows[i]]);
        lower = gradient < lower ? gradient : lower;
        upper = gradient > upper ? gradient : upper;
        least = curvature < least ? curvature : least;
        most = curvature > most ? curvature : most;
    }
    return upper - lower <= 1 && most - least <= 1;
}

static int may_split(const struct sl_boost_step *step, const struct sl_boost_space *space,
                     const struct sl_boost_grown *node)
{
    const struct sl_boost_limits *limits = &step->limits;
    const uint64_t curvature = sl_sums_curvature(&step->packed->rule.layout, node->total);
    return node->n / 2 >= (uint32_t)limits->min_samples_leaf &&
           (!limits->max_depth || node->depth < limits->max_depth) &&
           (float)curvature >= 2 * step->packed->rule.min_curvature && !are_alike(step, space, node);
}

static void open_node(struct sl_boost_space *space, int32_t at)
{
    if (space->nodes[at].gain > 0)
        space->open[space->n_open++] = at;
    else
        sl_boost_give_slot(space, at);
}

static int begin(const struct sl_boost_step *step, struct sl_boost_space *space)
{
    memcpy(space->rows, step->rows, step->n * sizeof *space->rows);
    space->n_nodes = space->n_open = 0;
    for (size_t s = 0; s < space->n_slots; s++)
        space->holder[s] = -1;
    if (sl_boost_add_nodes(space, 1))
        return SL_ENOMEM;
    struct sl_boost_grown *root = &space->nodes[0];
    root->n = (uint32_t)step->n;
    if (!step->packed->has_gain)
        return SL_OK;
    gather_near(step, space, root);
    root->total = sum_near(space, root);
    if (!may_split(step, space, root))
        return SL_OK;
    const struct pair pair = {.node = {root, NULL}, .searched = {1, 0}};
    if (is_summed(root) && sl_boost_take_slot(space, 0))
        return SL_ENOMEM;
    search(step, space, &pair);
    open_node(space, 0);
    return SL_OK;
}

/* Which bins go left. */
static void fill_sides(const struct sl_bins *bins, const struct sl_boost_found *split, uint8_t goes_left[256])
{
    const int is_category = bins->n_codes[split->feature] > 0;
    for (unsigned bin = 0; bin < 256; bin++)
        goes_left[bin] = (uint8_t)(is_category ? sl_boost_has(&split->left, bin) : bin <= split->bin);
    if (bins->has_missing[split->feature])
        goes_left[SL_BINS_MISSING] = split->missing_left;
}

/* Parts the node's rows, keeping their order; returns how many go left.  Where no row of the training rows
 * lacks the value, one that does will go where more of them go. */
static uint32_t part_rows(const struct sl_boost_step *step, struct sl_boost_space *space,
                          struct sl_boost_grown *node)
{
    const struct sl_bins *bins = step->bins;
    const uint8_t *code = bins->column + node->split.feature * bins->n;
    const int has_missing = bins->has_missing[node->split.feature];
    uint8_t goes_left[256];
    fill_sides(bins, &node->split, goes_left);
    uint32_t *rows = space->rows + node->start, n_left = 0, n_right = 0;
    for (uint32_t i = 0; i < node->n; i++) {
        const uint32_t row = rows[i];
        const uint32_t left = goes_left[code[row]];
        rows[n_left] = row;
        space->scratch[n_right] = row;
        n_left += left;
        n_right += 1 - left;
    }
    memcpy(rows + n_left, space->scratch, n_right * sizeof *rows);
    if (!has_missing)
        node->split.missing_left = n_left > n_right;
    return n_left;
}

/* Sums the smaller child, and searches both. */
static int search_children(const struct sl_boost_step *step, struct sl_boost_space *space, int32_t parent,
                           int32_t small, int32_t large)
{
    struct sl_boost_grown *nodes = space->nodes;
    struct pair pair = {
        .node = {&nodes[small], &nodes[large]},
        .from_parent = nodes[parent].slot >= 0 && is_summed(&nodes[large]),
        .searched = {may_split(step, space, &nodes[small]), may_split(step, space, &nodes[large])}};
    nodes[small].gain = nodes[large].gain = -1;
    if (!pair.searched[0] && !pair.searched[1]) {
        sl_boost_give_slot(space, parent);
        return SL_OK;
    }
    if (pair.from_parent) {
        nodes[large].slot = nodes[parent].slot;
        space->holder[nodes[large].slot] = large;
        nodes[parent].slot = SL_BOOST_NO_SLOT;
    } else {
        gather_near(step, space, &nodes[large]);
        sl_boost_give_slot(space, parent);
        if (is_summed(&nodes[large]) && sl_boost_take_slot(space, large))
            return SL_ENOMEM;
    }
    if (is_summed(&nodes[small]) && sl_boost_take_slot(space, small))
        return SL_ENOMEM;
    search(step, space, &pair);
    open_node(space, large);
    open_node(space, small);
    return SL_OK;
}

static int split(const struct sl_boost_step *step, struct sl_boost_space *space, int32_t at, int searches)
{
    if (sl_boost_add_nodes(space, 2))
        return SL_ENOMEM;
    struct sl_boost_grown *node = &space->nodes[at];
    const int32_t left = (int32_t)space->n_nodes - 2, right = left + 1;
    const uint32_t n_left = part_rows(step, space, node);
    struct sl_boost_grown *children = &space->nodes[left];
    node->left = left;
    node->right = right;
    children[0].start = node->start;
    children[0].n = n_left;
    children[1].start = node->start + n_left;
    children[1].n = node->n - n_left;
    children[0].depth = children[1].depth = node->depth + 1;
    if (!searches) {
        sl_boost_give_slot(space, at);
        return SL_OK;
    }
    const int small = n_left > node->n - n_left;
    gather_near(step, space, &children[small]);
    children[small].total = sum_near(space, &children[small]);
    children[!small].total = node->total - children[small].total;
    return search_children(step, space, at, left + small, left + !small);
}

/* The open node that is split next: the one with the most gain, of equal ones the first; without a bound of
 * leaves the last one, so that few sums are waiting. */
static int32_t next_node(struct sl_boost_space *space, int best_first)
{
    size_t at = space->n_open - 1;
    for (size_t i = 0; best_first && i < space->n_open; i++) {
        const struct sl_boost_grown *a = &space->nodes[space->open[i]], *b = &space->nodes[space->open[at]];
        if (a->gain > b->gain || (a->gain == b->gain && space->open[i] < space->open[at]))
            at = i;
    }
    int32_t node = space->open[at];
    space->open[at] = space->open[--space->n_open];
    return node;
}

int sl_boost_grow(const struct sl_boost_step *step, struct sl_boost_space *space, struct sl_boost_tree *tree,
                  float *raw)
{
    const int most = step->limits.max_leaf_nodes;
    *tree = (struct sl_boost_tree){0};
    int code = begin(step, space);
    for (int leaves = 2; !code && space->n_open && (!most || leaves <= most); leaves++) {
        if (step->cancel && *step->cancel)
            return SL_ECANCELLED;
        code = split(step, space, next_node(space, most > 0), !most || leaves < most);
    }
    return code ? code : sl_boost_write_tree(step, space, tree, raw);
}
