/* grow.c - grows a tree: depth first, or best first where max_leaf_nodes bounds it.
 *
 * Large nodes come first, one by one, their features shared among the threads; the subtrees below them
 * are then grown one a thread.  A node's slot, rows and random stream follow from its parent alone, so
 * that the tree is the same for any number of threads.  O(n d) a level of the tree. */
#include "trees/grow.h"
#include "core/memory.h"
#include "core/threads.h"
#include "trees/near.h"
#include "trees/order.h"
#include "trees/split.h"
#include <math.h>
#include <omp.h>
#include <string.h>

/* A growth and those who work on it. */
struct crew {
    struct sl_tree_growth *g;
    int threads;
    struct sl_tree_space *spaces; /* (threads) */
    struct sl_tree_near *nears;   /* (threads): in use where features or thresholds are drawn */
    uint32_t *scratch, *stack;    /* (n) */
    int code;                     /* the first failure of any thread */
};

static void fail(struct crew *crew, int code)
{
#pragma omp critical(sl_tree_fail)
    if (!crew->code)
        crew->code = code;
}

static int failed(struct crew *crew)
{
    int code;
#pragma omp atomic read
    code = crew->code;
    return code;
}

/* Of the search for a split of n rows. */
static double count_operations(const struct sl_tree_growth *g, double n)
{
    enum { VALUE = 16 }; /* counted or sorted */
    return VALUE * n * (double)g->n_features;
}

static int threads_for(const struct crew *crew, uint32_t n)
{
    return sl_threads_for(count_operations(crew->g, n), crew->threads);
}

/* Finds the node's split, if it may have one. */
static void evaluate(struct crew *crew, struct sl_tree_node *node, struct sl_tree_space *spaces, int threads)
{
    const struct sl_tree_growth *g = crew->g;
    const struct sl_tree_options *options = &g->options;
    struct sl_tree_sight sight;
    node->is_split = 0;
    if (options->cancel && *options->cancel)
        fail(crew, SL_ECANCELLED);
    if (node->n < (uint32_t)options->min_samples_split || node->n / 2 < (uint32_t)options->min_samples_leaf ||
        (options->max_depth && node->depth >= options->max_depth) || failed(crew))
        return;
    sl_tree_look(g, node, spaces, &sight);
    if (sight.k < 2)
        return;
    int code = sl_tree_best_split(g, node, &sight, spaces, threads, &node->split);
    if (code)
        fail(crew, code);
    if (code || !(node->split.score > -INFINITY))
        return;
    node->gain = (node->split.score - sight.score) / g->total_weight;
    /* Rounding must not stop a split that gains nothing, such as the first one of an exclusive or. */
    node->is_split = node->gain + 2.2e-16 >= options->min_impurity_decrease;
}

/* A feature's codes: that of row i stands at [i * stride]. */
struct column {
    const uint8_t *bytes;
    const uint32_t *ranks;
    const uint64_t *bits;
    size_t stride;
    int shift; /* of bits */
};

static struct column column_of(const struct sl_tree_codes *codes, size_t feature)
{
    if (codes->columns)
        return (struct column){.bytes = codes->columns + feature * codes->n, .stride = 1};
    if (codes->bytes)
        return (struct column){.bytes = codes->bytes + feature, .stride = codes->d};
    if (!sl_tree_is_bit(codes, feature))
        return (struct column){.ranks = sl_tree_ranks(codes, feature), .stride = 1};
    struct column column = {.stride = codes->words};
    column.bits = sl_tree_bit_word(codes, feature, &column.shift);
    return column;
}

static inline uint32_t code_in(const struct column *column, size_t row)
{
    return column->bytes   ? column->bytes[row * column->stride]
           : column->ranks ? column->ranks[row]
                           : column->bits[row * column->stride] >> column->shift & 1;
}

/* Parts the node's rows, keeping their order, and makes its children. */
static void divide(struct crew *crew, struct sl_tree_node *node, uint32_t children[2])
{
    struct sl_tree_growth *g = crew->g;
    uint32_t *rows = g->rows + node->start, *right = crew->scratch + node->start, n_left = 0, n_right = 0;
    const struct column column = column_of(g->codes, node->split.feature);
    const uint32_t code = node->split.code;
    for (uint32_t i = 0; i < node->held; i++) { /* no branch: it would be guessed wrong */
        const uint32_t entry = rows[i], left = code_in(&column, sl_entry_row(entry)) <= code;
        rows[n_left] = entry;
        right[n_right] = entry;
        n_left += left;
        n_right += 1 - left;
    }
    memcpy(rows + n_left, right, n_right * sizeof *right);
    uint32_t slot = (uint32_t)(node - g->nodes);
    children[0] = sl_tree_left(slot);
    children[1] = sl_tree_right(slot, node->split.n_left);
    g->nodes[children[0]] = (struct sl_tree_node){
        .start = node->start, .held = n_left, .n = node->split.n_left, .depth = node->depth + 1};
    g->nodes[children[1]] = (struct sl_tree_node){.start = node->start + n_left,
                                                  .held = n_right,
                                                  .n = node->n - node->split.n_left,
                                                  .depth = node->depth + 1};
}

static void grow_near(struct crew *crew, uint32_t root, int thread, uint32_t *stack);

/* One subtree in one thread.  stack: room for as many nodes as the root has rows, which is enough, as waiting
 * nodes hold different rows. */
static void grow_subtree(struct crew *crew, uint32_t root, int thread, uint32_t *stack)
{
    struct sl_tree_growth *g = crew->g;
    uint32_t children[2];
    size_t waiting = 0;
    stack[waiting++] = root;
    while (waiting && !failed(crew)) {
        const uint32_t slot = stack[--waiting];
        struct sl_tree_node *node = &g->nodes[slot];
        if (sl_tree_near_is_worth(&crew->nears[thread], g, node)) {
            grow_near(crew, slot, thread, stack + waiting);
            continue;
        }
        evaluate(crew, node, crew->spaces + thread, 1);
        if (!node->is_split)
            continue;
        divide(crew, node, children);
        stack[waiting++] = children[1];
        stack[waiting++] = children[0];
    }
}

static void grow_near(struct crew *crew, uint32_t root, int thread, uint32_t *stack)
{
    const struct sl_tree_node node = crew->g->nodes[root];
    struct sl_tree_growth local;
    struct crew own = {
        .g = &local, .threads = 1, .spaces = crew->spaces, .nears = crew->nears, .scratch = crew->scratch};
    sl_tree_near_enter(&crew->nears[thread], crew->g, &node, &local);
    grow_subtree(&own, root, thread, stack);
    sl_tree_near_leave(&crew->nears[thread], crew->g, &node);
    if (own.code)
        fail(crew, own.code);
}

static void grow_depth_first(struct crew *crew)
{
    struct sl_tree_growth *g = crew->g;
    /* A node this small is grown with all below it by one thread; there are enough of them to share. */
    uint32_t small = g->n / 16 > 512 ? (uint32_t)(g->n / 16) : 512, children[2];
    uint32_t *large = sl_alloc(g->n, sizeof *large), *subtree = sl_alloc(g->n, sizeof *subtree);
    size_t n_large = 0, n_subtrees = 0;
    if (!large || !subtree) {
        fail(crew, SL_ENOMEM);
        goto done;
    }
    large[n_large++] = 0;
    while (n_large && !failed(crew)) {
        struct sl_tree_node *node = &g->nodes[large[--n_large]];
        if (node->n <= small) {
            subtree[n_subtrees++] = (uint32_t)(node - g->nodes);
            continue;
        }
        evaluate(crew, node, crew->spaces, threads_for(crew, node->n));
        if (!node->is_split)
            continue;
        divide(crew, node, children);
        large[n_large++] = children[1];
        large[n_large++] = children[0];
    }
#pragma omp parallel for num_threads(crew->threads) schedule(dynamic)
    for (size_t i = 0; i < n_subtrees; i++)
        grow_subtree(crew, subtree[i], omp_get_thread_num(), crew->stack + g->nodes[subtree[i]].start);
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

static void grow_best_first(struct crew *crew)
{
    struct sl_tree_growth *g = crew->g;
    struct heap heap = {.slot = crew->stack};
    uint32_t children[2];
    evaluate(crew, &g->nodes[0], crew->spaces, threads_for(crew, (uint32_t)g->n));
    if (g->nodes[0].is_split)
        push(g, &heap, 0);
    for (int leaves = 1; heap.n && leaves < g->options.max_leaf_nodes && !failed(crew); leaves++) {
        struct sl_tree_node *node = &g->nodes[pop(g, &heap)];
        divide(crew, node, children);
        for (int side = 0; side < 2; side++) {
            struct sl_tree_node *child = &g->nodes[children[side]];
            evaluate(crew, child, crew->spaces, threads_for(crew, child->n));
            if (child->is_split)
                push(g, &heap, children[side]);
        }
    }
    while (heap.n) /* splits that were found but not made */
        g->nodes[heap.slot[--heap.n]].is_split = 0;
}

static int make_crew(struct crew *crew)
{
    const struct sl_tree_growth *g = crew->g;
    const struct sl_tree_space_size size = {.n = g->n,
                                            .d = g->d,
                                            .k = (size_t)g->k,
                                            .bytes = g->codes->bytes != NULL,
                                            .wide = g->units || g->k > SL_ORDER_CLASSES ||
                                                    g->codes->n > SL_ORDER_CODES,
                                            .drawn = g->n_features < g->d,
                                            .random = g->options.splitter == SL_TREE_RANDOM};
    int code = SL_OK;
    crew->scratch = sl_alloc(g->n, sizeof *crew->scratch);
    crew->stack = sl_alloc(g->n, sizeof *crew->stack);
    crew->spaces = sl_alloc_zero((size_t)crew->threads, sizeof *crew->spaces);
    crew->nears = sl_alloc_zero((size_t)crew->threads, sizeof *crew->nears);
    if (!crew->scratch || !crew->stack || !crew->spaces || !crew->nears)
        return SL_ENOMEM;
    for (int t = 0; t < crew->threads && !code; t++)
        code = sl_tree_space_init(&crew->spaces[t], &size);
    for (int t = 0; t < crew->threads && !code && g->draws; t++)
        code = sl_tree_near_init(&crew->nears[t], g->codes, g->units != NULL);
    return code;
}

static void release_crew(struct crew *crew)
{
    for (int t = 0; t < crew->threads && crew->spaces; t++)
        sl_tree_space_release(&crew->spaces[t]);
    for (int t = 0; t < crew->threads && crew->nears; t++)
        sl_tree_near_release(&crew->nears[t]);
    free(crew->spaces);
    free(crew->nears);
    free(crew->scratch);
    free(crew->stack);
}

int sl_tree_grow(const struct sl_tree_sample *sample, const struct sl_tree_options *options,
                 struct sl_tree_growth *g, struct sl_error *err)
{
    enum { LEVELS = 8 };
    struct crew crew = {.g = g};
    crew.code = sl_tree_growth_init(g, sample, options);
    if (!crew.code) {
        crew.threads = sl_threads_for(LEVELS * count_operations(g, (double)g->n), options->threads);
        crew.code = make_crew(&crew);
    }
    if (!crew.code) {
        if (options->max_leaf_nodes)
            grow_best_first(&crew);
        else
            grow_depth_first(&crew);
    }
    release_crew(&crew);
    if (crew.code == SL_ECANCELLED)
        return sl_fail(err, SL_ECANCELLED, "tree: cancelled");
    return crew.code ? sl_fail_memory(err) : SL_OK;
}
