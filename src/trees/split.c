/* split.c - the best split of a node.
 *
 * Byte features, scored by unweighted Gini, are screened by the kernels, many at a time; only the few
 * that come within rounding of the best are swept exactly.  All other cases sweep every feature:
 *   few rows             keys sorted by a network, 32 features at a time
 *   bytes                histograms, 16 features at a time
 *   ranks, many classes, weights of rows
 *                        one feature at a time, its codes sorted by bucket or radix; bits counted
 * Where features or thresholds are drawn: drawn.c.
 * Cost of a node of n rows, d features, k classes: O(n d) and O(256 k d), or O(n d log^2 n) for few rows. */
#include "trees/split.h"
#include "kernels/histogram.h"
#include "trees/columns.h"
#include "trees/drawn.h"
#include "trees/order.h"
#include <math.h>
#include <omp.h>
#include <string.h>

/* How many of the n entries from the first on are of its class, by doubling steps, then halves: O(log). */
static uint32_t run_length(const int32_t *y, const uint32_t *rows, uint32_t n)
{
    const int32_t class = y[sl_entry_row(rows[0])];
    uint32_t low = 0, step = 1; /* entry low is of the class */
    while (low + step < n && y[sl_entry_row(rows[low + step])] == class) {
        low += step;
        step *= 2;
    }
    uint32_t high = low + step < n ? low + step : n; /* entry high is not */
    while (high - low > 1) {
        const uint32_t middle = low + (high - low) / 2;
        if (y[sl_entry_row(rows[middle])] == class)
            low = middle;
        else
            high = middle;
    }
    return high;
}

/* The node's classes, which it numbers: rows stand class by class.  An entry's label is its class, and above
 * that how many times it counts: the lower bits of keys. */
static void count_runs(const struct sl_tree_growth *g, struct sl_tree_sight *sight,
                       struct sl_tree_space *space)
{
    const uint32_t *rows = sight->rows;
    for (int c = 0; c < g->k; c++)
        space->local[c] = -1;
    for (size_t i = 0, n; i < sight->held; i += n, sight->k++) {
        const int c = sight->k, class = g->y[sl_entry_row(rows[i])];
        n = run_length(g->y, rows + i, (uint32_t)(sight->held - i));
        space->local[class] = c;
        space->class[c] = class;
        space->held[c] = space->total[c] = (uint32_t)n;
        if (g->repeats)
            space->total[c] = sl_keys_label(rows + i, n, (uint32_t)c, SL_ORDER_TIMES_SHIFT, space->label + i);
        else
            memset(space->label + i, c, n); /* read where there are no more than 256 */
    }
}

/* Masses and weights of the classes. */
static void add_masses(const struct sl_tree_growth *g, const struct sl_tree_sight *sight,
                       struct sl_tree_space *space)
{
    const uint32_t *rows = sight->rows;
    for (int c = 0; c < sight->k; c++) {
        space->mass[c] = g->units ? 0 : space->total[c];
        for (uint32_t i = 0; i < space->held[c] && g->units; i++)
            space->mass[c] += g->units[rows[i]];
        rows += space->held[c];
        if (g->weight)
            space->weight[c] = g->weight[space->class[c]];
    }
}

void sl_tree_look(const struct sl_tree_growth *g, const struct sl_tree_node *node,
                  struct sl_tree_space *space, struct sl_tree_sight *sight)
{
    *sight = (struct sl_tree_sight){.rows = g->rows + node->start, .held = node->held, .n = node->n};
    count_runs(g, sight, space);
    add_masses(g, sight, space);
    const struct sl_tree_content content = sl_tree_content_of(g, sight, space);
    sight->score = sl_tree_score(&g->rule, &content);
}

static void search_sorted_block(struct sl_tree_search *s, size_t first, size_t width)
{
    const struct sl_tree_codes *codes = s->g->codes;
    const size_t n = s->sight->n;
    const int lanes = (int)width;
    int screened = sl_tree_search_is_screened(s);
    int16_t *keys = s->space->keys;
    float about[SL_SORT_LANES];
    sl_sort_keys(codes->bytes, codes->d, s->sight->rows, n, s->seen->label, first, lanes, keys);
    if (screened)
        sl_sort_gini(keys, s->seen->total, s->sight->k, n, (size_t)s->g->options.min_samples_leaf, about);
    for (int lane = 0; lane < lanes && !sl_tree_search_is_perfect(s); lane++)
        if (!screened || sl_tree_search_may_win(s, first + (size_t)lane, about[lane]))
            sl_tree_search_keys(s, keys, lane, first + (size_t)lane);
}

static void search_histogram_block(struct sl_tree_search *s, size_t first, size_t width)
{
    const struct sl_tree_codes *codes = s->g->codes;
    const uint32_t *total = s->seen->total;
    const int lanes = (int)width, k = s->sight->k;
    int screened = sl_tree_search_is_screened(s);
    uint16_t *hist = s->space->hist;
    float about[SL_HIST_LANES];
    memset(hist, 0, (size_t)k * SL_HIST_CLASS * sizeof *hist);
    sl_hist_count(codes->bytes, codes->d, s->sight->rows, total, k, first, lanes, hist);
    if (screened)
        sl_hist_gini(hist, total, k, (size_t)s->g->options.min_samples_leaf, about);
    for (int lane = 0; lane < lanes; lane++)
        if (!screened || sl_tree_search_may_win(s, first + (size_t)lane, about[lane]))
            sl_tree_search_histogram(s, hist, lane, first + (size_t)lane);
}

static void search_columns(struct sl_tree_search *s, size_t first, size_t width)
{
    uint32_t features[SL_KEYS_BITS];
    for (size_t i = 0; i < width; i++)
        features[i] = (uint32_t)(first + i);
    sl_tree_search_columns(s, features, width);
}

/* The features first ... first + width - 1. */
typedef void search_block(struct sl_tree_search *, size_t first, size_t width);

static size_t narrower(size_t width, size_t left)
{
    return width < left ? width : left;
}

/* All features, block by block.  Features are in order, so one thread may stop at a perfect split. */
static void search_all(struct sl_tree_search *s, search_block *block, size_t width)
{
    for (size_t first = 0; first < s->g->d && !sl_tree_search_is_perfect(s); first += width)
        block(s, first, narrower(width, s->g->d - first));
}

static void search_all_threads(struct sl_tree_search *s, struct sl_tree_space *spaces, int threads,
                               search_block *block, size_t width)
{
    const struct sl_tree_growth *g = s->g;
#pragma omp parallel num_threads(threads)
    {
        struct sl_tree_search mine = *s;
#pragma omp for schedule(dynamic) nowait
        for (size_t first = 0; first < g->d; first += width) {
            mine.space = spaces + omp_get_thread_num();
            block(&mine, first, narrower(width, g->d - first));
        }
        sl_tree_search_tell_threshold(&mine);
#pragma omp critical(sl_tree_best)
        sl_tree_take(&s->best, &mine.best);
    }
}

int sl_tree_best_split(const struct sl_tree_growth *g, const struct sl_tree_node *node,
                       const struct sl_tree_sight *sight, struct sl_tree_space *spaces, int threads,
                       struct sl_tree_split *best)
{
    struct sl_tree_search s = {.g = g,
                               .sight = sight,
                               .seen = spaces,
                               .space = spaces,
                               .best = {.score = -INFINITY, .feature = UINT32_MAX}};
    int code = SL_OK, counted = g->codes->bytes && !g->units; /* what the kernels count are rows */
    const int random = g->options.splitter == SL_TREE_RANDOM, drawn = g->draws;
    const int shared = !drawn && threads > 1;
    search_block *block = search_columns;
    size_t width = shared ? 1 : SL_KEYS_BITS; /* threads share few columns evenly */
    if (counted && sight->k <= SL_SORT_CLASSES && sight->n <= SL_TREE_FEW_ROWS) {
        block = search_sorted_block;
        width = SL_SORT_LANES;
    } else if (counted && sight->k <= SL_HIST_CLASSES && sight->n <= SL_HIST_ROWS) {
        block = search_histogram_block;
        width = SL_HIST_LANES;
    }
    if (drawn)
        code = sl_tree_search_drawn(&s, (uint64_t)(node - g->nodes));
    else if (shared)
        search_all_threads(&s, spaces, threads, block, width);
    else
        search_all(&s, block, width);
    if (!random && !shared)
        sl_tree_search_tell_threshold(&s);
    *best = s.best;
    return code;
}
