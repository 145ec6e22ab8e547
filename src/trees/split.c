/* split.c - the best split of a node.
 *
 * Byte features, scored by unweighted Gini, are screened by the kernels, many at a time; only the few
 * that come within rounding of the best are swept exactly.  All other cases sweep every feature:
 *   few rows             keys sorted by a network, 32 features at a time
 *   bytes                histograms, 16 features at a time
 *   ranks, many classes, weights of rows
 *                        one feature at a time, its codes sorted by radix
 *   max_features, random one feature at a time, in random order
 * Cost of a node of n rows, d features, k classes: O(n d) and O(256 k d), or O(n d log^2 n) for few rows. */
#include "trees/split.h"
#include "kernels/histogram.h"
#include <math.h>
#include <omp.h>
#include <string.h>

/* From here on sorting costs more than a histogram's 256 bytes (measured). */
enum { FEW_ROWS = 176 };

static struct sl_tree_content content_of(const struct sl_tree_growth *g, const struct sl_tree_sight *sight,
                                         const struct sl_tree_space *seen)
{
    return (struct sl_tree_content){
        .k = sight->k, .total = seen->total, .mass = seen->mass, .weight = g->weight ? seen->weight : NULL};
}

void sl_tree_look(const struct sl_tree_growth *g, const struct sl_tree_node *node,
                  struct sl_tree_space *space, struct sl_tree_sight *sight)
{
    *sight = (struct sl_tree_sight){.rows = g->rows + node->start, .n = node->n};
    sl_tree_count(g, node, space->total, space->mass);
    for (int c = 0; c < g->k; c++) {
        uint32_t total = space->total[c];
        space->local[c] = total ? sight->k : -1;
        if (!total)
            continue;
        space->class[sight->k] = c;
        space->total[sight->k] = total;
        space->mass[sight->k] = space->mass[c];
        if (g->weight)
            space->weight[sight->k] = g->weight[c];
        sight->k++;
    }
    for (size_t i = 0; i < sight->n && sight->k <= 256; i++)
        space->label[i] = (uint8_t)space->local[g->y[sight->rows[i]]];
    const struct sl_tree_content content = content_of(g, sight, space);
    sight->score = sl_tree_score(&g->rule, &content);
}

/* What the threads that search one node share, and one thread's part of it. */
struct search {
    const struct sl_tree_growth *g;
    const struct sl_tree_sight *sight;
    const struct sl_tree_space *seen; /* the space that looked at the node */
    struct sl_tree_space *space;
    struct sl_tree_split best;
};

static void take(struct sl_tree_split *best, const struct sl_tree_split *split)
{
    if (split->score > best->score || (split->score == best->score && split->feature < best->feature))
        *best = *split;
}

static void begin(struct search *s, struct sl_tree_sweep *sweep)
{
    const struct sl_tree_content content = content_of(s->g, s->sight, s->seen);
    sl_tree_sweep_begin(sweep, &s->g->rule, &content, s->space->left, s->space->mass_left,
                        (size_t)s->g->options.min_samples_leaf);
}

static void end(struct search *s, const struct sl_tree_sweep *sweep, size_t feature)
{
    if (!(sweep->best > -INFINITY))
        return;
    struct sl_tree_split split = {
        .score = sweep->best,
        .feature = (uint32_t)feature,
        .code = sweep->best_code,
        .n_left = sweep->best_n_left,
        .threshold = sl_tree_middle(s->g->codes, feature, sweep->best_code, sweep->next_code)};
    take(&s->best, &split);
}

/* Each side holds one class: no split can score more.  With weights the sums are rounded: never. */
static int is_perfect(const struct search *s)
{
    double most = s->g->rule.criterion == SL_TREE_GINI ? (double)s->sight->n : 0;
    return !s->g->weight && s->best.score >= most;
}

static int is_screened(const struct search *s)
{
    return s->g->rule.criterion == SL_TREE_GINI && !s->g->weight;
}

/* Can a feature whose score is about this be the best? */
static int may_win(const struct search *s, float about)
{
    return about > 0 && (double)about >= s->best.score * (1 - (double)SL_GINI_SLACK);
}

static void search_sorted_block(struct search *s, size_t first)
{
    const struct sl_tree_codes *codes = s->g->codes;
    size_t n = s->sight->n, d = codes->d;
    int lanes = d - first < SL_SORT_LANES ? (int)(d - first) : SL_SORT_LANES;
    int16_t *keys = s->space->keys;
    float about[SL_SORT_LANES];
    sl_sort_keys(codes->bytes, d, s->sight->rows, n, s->seen->label, first, lanes, keys);
    if (is_screened(s))
        sl_sort_gini(keys, s->seen->total, s->sight->k, n, (size_t)s->g->options.min_samples_leaf, about);
    for (int lane = 0; lane < lanes && !is_perfect(s); lane++) {
        if (is_screened(s) && !may_win(s, about[lane]))
            continue;
        struct sl_tree_sweep sweep;
        begin(s, &sweep);
        for (size_t i = 0; i < n; i++) {
            int key = keys[i * SL_SORT_LANES + (size_t)lane];
            sl_tree_sweep_move(&sweep, (uint32_t)key >> 7, key & 127, 1);
        }
        end(s, &sweep, first + (size_t)lane);
    }
}

static void sweep_histogram(struct search *s, size_t feature, const uint16_t *hist)
{
    struct sl_tree_sweep sweep;
    begin(s, &sweep);
    for (uint32_t byte = 0; byte < 256; byte++)
        for (int c = 0; c < s->sight->k; c++) {
            uint32_t m = hist[(size_t)c * SL_HIST_CLASS + byte * SL_HIST_LANES];
            if (m)
                sl_tree_sweep_move(&sweep, byte, c, m);
        }
    end(s, &sweep, feature);
}

static void search_histogram_block(struct search *s, size_t first)
{
    const struct sl_tree_codes *codes = s->g->codes;
    const uint32_t *total = s->seen->total;
    size_t d = codes->d;
    int lanes = d - first < SL_HIST_LANES ? (int)(d - first) : SL_HIST_LANES, k = s->sight->k;
    uint16_t *hist = s->space->hist;
    float about[SL_HIST_LANES];
    memset(hist, 0, (size_t)k * SL_HIST_CLASS * sizeof *hist);
    sl_hist_count(codes->bytes, d, s->sight->rows, total, k, first, lanes, hist);
    if (is_screened(s))
        sl_hist_gini(hist, total, k, (size_t)s->g->options.min_samples_leaf, about);
    for (int lane = 0; lane < lanes; lane++)
        if (!is_screened(s) || may_win(s, about[lane]))
            sweep_histogram(s, first + (size_t)lane, hist + lane);
}

/* Sorts by the code in the upper half; the result is in *a. */
static void sort_codes(uint64_t **a, uint64_t **spare, size_t n)
{
    if (n <= 32) {
        for (size_t i = 1; i < n; i++) {
            uint64_t x = (*a)[i];
            size_t j = i;
            for (; j > 0 && (*a)[j - 1] > x; j--)
                (*a)[j] = (*a)[j - 1];
            (*a)[j] = x;
        }
        return;
    }
    uint64_t differ = 0;
    for (size_t i = 1; i < n; i++)
        differ |= (*a)[i] ^ (*a)[0];
    for (int shift = 32; shift < 64; shift += 8) {
        size_t count[257] = {0};
        if (!(differ >> shift & 255))
            continue;
        for (size_t i = 0; i < n; i++)
            count[((*a)[i] >> shift & 255) + 1]++;
        for (int b = 0; b < 256; b++)
            count[b + 1] += count[b];
        for (size_t i = 0; i < n; i++)
            (*spare)[count[(*a)[i] >> shift & 255]++] = (*a)[i];
        uint64_t *swap = *a;
        *a = *spare;
        *spare = swap;
    }
}

/* sorted[i] = code << 32 | class of the node's rows, or with weights of rows code << 32 | i. */
static void gather(struct search *s, size_t feature)
{
    const struct sl_tree_codes *codes = s->g->codes;
    const uint32_t *rows = s->sight->rows, *ranks = codes->ranks ? codes->ranks + feature * codes->n : NULL;
    for (size_t i = 0; i < s->sight->n; i++) {
        uint64_t code = codes->bytes ? codes->bytes[rows[i] * codes->d + feature] : ranks[rows[i]];
        uint32_t low = s->g->units ? (uint32_t)i : (uint32_t)s->seen->local[s->g->y[rows[i]]];
        s->space->sorted[i] = code << 32 | low;
    }
}

/* One row of sorted. */
static void move_sorted(const struct search *s, struct sl_tree_sweep *sweep, uint64_t entry)
{
    uint32_t code = (uint32_t)(entry >> 32), low = (uint32_t)entry;
    if (!s->g->units) {
        sl_tree_sweep_move(sweep, code, (int)low, 1);
        return;
    }
    uint32_t row = s->sight->rows[low];
    sl_tree_sweep_move_mass(sweep, code, s->seen->local[s->g->y[row]], 1, s->g->units[row]);
}

static void search_column(struct search *s, size_t feature)
{
    struct sl_tree_sweep sweep;
    gather(s, feature);
    sort_codes(&s->space->sorted, &s->space->spare, s->sight->n);
    begin(s, &sweep);
    for (size_t i = 0; i < s->sight->n; i++)
        move_sorted(s, &sweep, s->space->sorted[i]);
    end(s, &sweep, feature);
}

static int is_constant(struct search *s, size_t feature)
{
    gather(s, feature);
    for (size_t i = 1; i < s->sight->n; i++)
        if (s->space->sorted[i] >> 32 != s->space->sorted[0] >> 32)
            return 0;
    return 1;
}

/* splitter=random: one threshold, uniform between the smallest and the largest value in the node. */
static void search_random_threshold(struct search *s, size_t feature, struct sl_rng *rng)
{
    const struct sl_tree_codes *codes = s->g->codes;
    struct sl_tree_sweep sweep;
    gather(s, feature);
    sort_codes(&s->space->sorted, &s->space->spare, s->sight->n);
    const uint64_t *sorted = s->space->sorted;
    size_t n = s->sight->n, n_left = 0;
    double low = sl_tree_value(codes, feature, (uint32_t)(sorted[0] >> 32));
    double high = sl_tree_value(codes, feature, (uint32_t)(sorted[n - 1] >> 32));
    float threshold = (float)(low + sl_rng_uniform(rng) * (high - low));
    if (threshold >= high || threshold < low)
        threshold = (float)low;
    begin(s, &sweep);
    sweep.min_leaf = n; /* the move never scores: only the split after n_left rows counts */
    while (n_left < n &&
           sl_tree_value(codes, feature, (uint32_t)(sorted[n_left] >> 32)) <= (double)threshold) {
        move_sorted(s, &sweep, sorted[n_left++]);
    }
    sweep.min_leaf = (size_t)s->g->options.min_samples_leaf;
    sl_tree_sweep_consider(&sweep, (uint32_t)(sorted[n_left] >> 32));
    if (!(sweep.best > -INFINITY))
        return;
    struct sl_tree_split split = {.score = sweep.best,
                                  .feature = (uint32_t)feature,
                                  .code = sweep.best_code,
                                  .n_left = sweep.best_n_left,
                                  .threshold = threshold};
    take(&s->best, &split);
}

/* As scikit-learn: features are drawn without replacement until n_features have been, constant ones
 * counted, and go on as long as all were constant. */
static int search_drawn(struct search *s, uint64_t stream)
{
    const struct sl_tree_growth *g = s->g;
    uint32_t *order = s->space->order;
    struct sl_rng *rng = sl_rng_split(g->options.rng, stream);
    if (!rng)
        return SL_ENOMEM;
    size_t useful = 0;
    for (size_t f = 0; f < g->d; f++)
        order[f] = (uint32_t)f;
    for (size_t i = 0; i < g->d && (i < g->n_features || !useful); i++) {
        size_t j = i + sl_rng_below(rng, g->d - i);
        uint32_t feature = order[j];
        order[j] = order[i];
        order[i] = feature;
        if (is_constant(s, feature))
            continue;
        useful++;
        if (g->options.splitter == SL_TREE_RANDOM)
            search_random_threshold(s, feature, rng);
        else
            search_column(s, feature);
    }
    sl_rng_free(rng);
    return SL_OK;
}

typedef void search_block(struct search *, size_t first);

/* All features, block by block.  Features are in order, so one thread may stop at a perfect split. */
static void search_all(struct search *s, search_block *block, size_t width)
{
    for (size_t first = 0; first < s->g->d && !is_perfect(s); first += width)
        block(s, first);
}

static void search_all_threads(struct search *s, struct sl_tree_space *spaces, int threads,
                               search_block *block, size_t width)
{
    const struct sl_tree_growth *g = s->g;
#pragma omp parallel num_threads(threads)
    {
        struct search mine = *s;
#pragma omp for schedule(dynamic) nowait
        for (size_t first = 0; first < g->d; first += width) {
            mine.space = spaces + omp_get_thread_num();
            block(&mine, first);
        }
#pragma omp critical(sl_tree_best)
        take(&s->best, &mine.best);
    }
}

int sl_tree_best_split(const struct sl_tree_growth *g, const struct sl_tree_node *node,
                       const struct sl_tree_sight *sight, struct sl_tree_space *spaces, int threads,
                       struct sl_tree_split *best)
{
    struct search s = {.g = g,
                       .sight = sight,
                       .seen = spaces,
                       .space = spaces,
                       .best = {.score = -INFINITY, .feature = UINT32_MAX}};
    int code = SL_OK, counted = g->codes->bytes && !g->units; /* what the kernels count are rows */
    search_block *block = search_column;
    size_t width = 1;
    if (counted && sight->k <= SL_SORT_CLASSES && sight->n <= FEW_ROWS) {
        block = search_sorted_block;
        width = SL_SORT_LANES;
    } else if (counted && sight->k <= SL_HIST_CLASSES && sight->n <= SL_HIST_ROWS) {
        block = search_histogram_block;
        width = SL_HIST_LANES;
    }
    if (g->n_features < g->d || g->options.splitter == SL_TREE_RANDOM)
        code = search_drawn(&s, (uint64_t)(node - g->nodes));
    else if (threads > 1)
        search_all_threads(&s, spaces, threads, block, width);
    else
        search_all(&s, block, width);
    *best = s.best;
    return code;
}
