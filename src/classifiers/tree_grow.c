/* tree_grow.c - grows a tree: depth first, or best first where max_leaf_nodes bounds it.
 *
 * Large nodes come first, one by one, their features shared among the threads; the subtrees below them
 * are then grown one a thread.  A node's slot, rows and random stream follow from its parent alone, so
 * that the tree is the same for any number of threads.  O(n d) a level of the tree. */
#include "classifiers/tree.h"
#include "core/memory.h"
#include "kernels/histogram.h"
#include <math.h>
#include <omp.h>
#include <string.h>

static void release_space(struct sl_tree_space *space)
{
    free(space->local);
    free(space->class);
    free(space->total);
    free(space->weight);
    free(space->label);
    free(space->left);
    free(space->hist);
    free(space->keys);
    free(space->sorted);
    free(space->spare);
    free(space->order);
}

static int make_space(const struct sl_tree_growth *g, struct sl_tree_space *space)
{
    size_t k = (size_t)g->k, hist_k = k < SL_HIST_CLASSES ? k : SL_HIST_CLASSES;
    space->local = sl_alloc(k, sizeof *space->local);
    space->class = sl_alloc(k, sizeof *space->class);
    space->total = sl_alloc(k, sizeof *space->total);
    space->weight = sl_alloc(k, sizeof *space->weight);
    space->label = sl_alloc(g->n, sizeof *space->label);
    space->left = sl_alloc(k, sizeof *space->left);
    space->sorted = sl_alloc(g->n, sizeof *space->sorted);
    space->spare = sl_alloc(g->n, sizeof *space->spare);
    space->order = sl_alloc(g->d, sizeof *space->order);
    if (g->codes.bytes) {
        space->hist = sl_alloc(hist_k, SL_HIST_CLASS * sizeof *space->hist);
        space->keys = sl_alloc(SL_SORT_ROWS, SL_SORT_LANES * sizeof *space->keys);
        if (!space->hist || !space->keys)
            return SL_ENOMEM;
    }
    return space->local && space->class && space->total && space->weight && space->label && space->left &&
                   space->sorted && space->spare && space->order
               ? SL_OK
               : SL_ENOMEM;
}

static void fail(struct sl_tree_growth *g, int code)
{
#pragma omp critical(sl_tree_fail)
    if (!g->code)
        g->code = code;
}

static int failed(struct sl_tree_growth *g)
{
    int code;
#pragma omp atomic read
    code = g->code;
    return code;
}

/* Finds the node's split, if it may have one. */
static void evaluate(struct sl_tree_growth *g, struct sl_tree_node *node, struct sl_tree_space *spaces,
                     int threads)
{
    const struct sl_tree_config *config = g->config;
    struct sl_tree_sight sight;
    node->is_split = 0;
    if (g->fit->cancel && *g->fit->cancel)
        fail(g, SL_ECANCELLED);
    if (node->n < (uint32_t)config->min_samples_split || node->n / 2 < (uint32_t)config->min_samples_leaf ||
        (config->max_depth && node->depth >= config->max_depth) || failed(g))
        return;
    sl_tree_look(g, node, spaces, &sight);
    if (sight.k < 2)
        return;
    int code = sl_tree_best_split(g, node, &sight, spaces, threads, &node->split);
    if (code)
        fail(g, code);
    if (code || !(node->split.score > -INFINITY))
        return;
    node->gain = (node->split.score - sight.score) / g->total_weight;
    /* Rounding must not stop a split that gains nothing, such as the first one of an exclusive or. */
    node->is_split = node->gain + 2.2e-16 >= config->min_impurity_decrease;
}

static int goes_left(const struct sl_tree_codes *codes, const struct sl_tree_split *split, uint32_t row)
{
    size_t f = split->feature;
    uint32_t code = codes->bytes ? codes->bytes[row * codes->d + f] : codes->ranks[f * codes->n + row];
    return code <= split->code;
}

/* Parts the node's rows, keeping their order, and makes its children. */
static void divide(struct sl_tree_growth *g, struct sl_tree_node *node, uint32_t children[2])
{
    uint32_t *rows = g->rows + node->start, *right = g->scratch + node->start, n_left = 0, n_right = 0;
    for (uint32_t i = 0; i < node->n; i++) {
        if (goes_left(&g->codes, &node->split, rows[i]))
            rows[n_left++] = rows[i];
        else
            right[n_right++] = rows[i];
    }
    memcpy(rows + n_left, right, n_right * sizeof *right);
    uint32_t slot = (uint32_t)(node - g->nodes);
    children[0] = slot + 1;
    children[1] = slot + 2 * n_left;
    g->nodes[children[0]] =
        (struct sl_tree_node){.start = node->start, .n = n_left, .depth = node->depth + 1};
    g->nodes[children[1]] =
        (struct sl_tree_node){.start = node->start + n_left, .n = n_right, .depth = node->depth + 1};
}

/* One subtree in one thread.  Waiting nodes hold different rows, so the rows' part of g->stack is room
 * enough for all of them. */
static void grow_subtree(struct sl_tree_growth *g, uint32_t root, struct sl_tree_space *space)
{
    uint32_t *stack = g->stack + g->nodes[root].start, children[2];
    size_t waiting = 0;
    stack[waiting++] = root;
    while (waiting && !failed(g)) {
        struct sl_tree_node *node = &g->nodes[stack[--waiting]];
        evaluate(g, node, space, 1);
        if (!node->is_split)
            continue;
        divide(g, node, children);
        stack[waiting++] = children[1];
        stack[waiting++] = children[0];
    }
}

static void grow_depth_first(struct sl_tree_growth *g)
{
    /* A node this small is grown with all below it by one thread; there are enough of them to share. */
    uint32_t small = g->n / 16 > 512 ? (uint32_t)(g->n / 16) : 512, children[2];
    uint32_t *large = sl_alloc(g->n, sizeof *large), *subtree = sl_alloc(g->n, sizeof *subtree);
    size_t n_large = 0, n_subtrees = 0;
    if (!large || !subtree) {
        fail(g, SL_ENOMEM);
        goto done;
    }
    large[n_large++] = 0;
    while (n_large && !failed(g)) {
        struct sl_tree_node *node = &g->nodes[large[--n_large]];
        if (node->n <= small) {
            subtree[n_subtrees++] = (uint32_t)(node - g->nodes);
            continue;
        }
        evaluate(g, node, g->spaces, g->threads);
        if (!node->is_split)
            continue;
        divide(g, node, children);
        large[n_large++] = children[1];
        large[n_large++] = children[0];
    }
#pragma omp parallel for num_threads(g->threads) schedule(dynamic)
    for (size_t i = 0; i < n_subtrees; i++)
        grow_subtree(g, subtree[i], g->spaces + omp_get_thread_num());
done:
    free(large);
    free(subtree);
}

/* Splits that may be made, the largest gain on top; equal gains in the order of slots. */
struct heap {
    uint32_t *slot;
    size_t n;
};

static int before(const struct sl_tree_growth *g, uint32_t a, uint32_t b)
{
    double x = g->nodes[a].gain, y = g->nodes[b].gain;
    return x > y || (x == y && a < b);
}

static void push(const struct sl_tree_growth *g, struct heap *heap, uint32_t slot)
{
    size_t i = heap->n++;
    for (; i > 0 && before(g, slot, heap->slot[(i - 1) / 2]); i = (i - 1) / 2)
        heap->slot[i] = heap->slot[(i - 1) / 2];
    heap->slot[i] = slot;
}

static uint32_t pop(const struct sl_tree_growth *g, struct heap *heap)
{
    uint32_t top = heap->slot[0], last = heap->slot[--heap->n];
    size_t i = 0, child;
    while ((child = 2 * i + 1) < heap->n) {
        child += child + 1 < heap->n && before(g, heap->slot[child + 1], heap->slot[child]);
        if (!before(g, heap->slot[child], last))
            break;
        heap->slot[i] = heap->slot[child];
        i = child;
    }
    heap->slot[i] = last;
    return top;
}

static void grow_best_first(struct sl_tree_growth *g)
{
    struct heap heap = {.slot = g->stack};
    uint32_t children[2];
    evaluate(g, &g->nodes[0], g->spaces, g->threads);
    if (g->nodes[0].is_split)
        push(g, &heap, 0);
    for (int leaves = 1; heap.n && leaves < g->config->max_leaf_nodes && !failed(g); leaves++) {
        struct sl_tree_node *node = &g->nodes[pop(g, &heap)];
        divide(g, node, children);
        for (int side = 0; side < 2; side++) {
            struct sl_tree_node *child = &g->nodes[children[side]];
            evaluate(g, child, g->spaces, child->n > 512 ? g->threads : 1);
            if (child->is_split)
                push(g, &heap, children[side]);
        }
    }
    while (heap.n) /* splits that were found but not made */
        g->nodes[heap.slot[--heap.n]].is_split = 0;
}

/* Class by class, and so in every node: its parting keeps the order. */
static int order_rows(struct sl_tree_growth *g)
{
    uint32_t *next = sl_alloc_zero((size_t)g->k + 1, sizeof *next);
    if (!next)
        return SL_ENOMEM;
    for (size_t i = 0; i < g->n; i++)
        next[g->y[i] + 1]++;
    for (int c = 0; c < g->k; c++)
        next[c + 1] += next[c];
    for (size_t i = 0; i < g->n; i++)
        g->rows[next[g->y[i]]++] = (uint32_t)i;
    free(next);
    return SL_OK;
}

int sl_tree_grow(struct sl_tree_growth *g)
{
    g->rows = sl_alloc(g->n, sizeof *g->rows);
    g->scratch = sl_alloc(g->n, sizeof *g->scratch);
    g->stack = sl_alloc(g->n, sizeof *g->stack);
    g->nodes = sl_alloc(2 * g->n, sizeof *g->nodes);
    g->spaces = sl_alloc_zero((size_t)g->threads, sizeof *g->spaces);
    if (!g->rows || !g->scratch || !g->stack || !g->nodes || !g->spaces)
        fail(g, SL_ENOMEM);
    for (int t = 0; t < g->threads && g->spaces; t++)
        if (make_space(g, &g->spaces[t]))
            fail(g, SL_ENOMEM);
    if (!g->code && order_rows(g))
        fail(g, SL_ENOMEM);
    if (!g->code) {
        g->nodes[0] = (struct sl_tree_node){.n = (uint32_t)g->n};
        if (g->config->max_leaf_nodes)
            grow_best_first(g);
        else
            grow_depth_first(g);
    }
    for (int t = 0; t < g->threads && g->spaces; t++)
        release_space(&g->spaces[t]);
    free(g->spaces);
    g->spaces = NULL;
    return g->code;
}
