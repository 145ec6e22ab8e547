/* drawn.c - the best split among features, or of thresholds, that are drawn.
 *
 * Up to 32 drawn byte features are gathered side by side, and then go through the kernels that all features
 * of a node go through: sorted keys of few rows, else histograms; or thresholds are drawn (thresholds.c).
 * Ranks, weights of rows and many classes: one feature at a time.  Cost of a node of n rows: O(n n_features),
 * times log^2 n for few rows. */
#include "trees/drawn.h"
#include "kernels/histogram.h"
#include "kernels/lanes.h"
#include "trees/columns.h"
#include "trees/thresholds.h"
#include <string.h>

enum { CHUNK = SL_TREE_CHUNK };

/* Side by side: the lanes' features, and for thresholds a uniform number each. */
struct batch {
    uint32_t feature[SL_LANES];
    double uniform[SL_LANES];
    int lanes;
};

/* Of n of the node's rows, into the space's block. */
static void gather(struct sl_tree_search *s, const struct batch *batch, const uint32_t *rows, size_t n)
{
    const struct sl_tree_codes *codes = s->g->codes;
    if (codes->columns)
        sl_lanes_gather_columns(codes->columns, codes->n, rows, n, batch->feature, batch->lanes,
                                s->space->block);
    else
        sl_lanes_gather(codes->bytes, codes->d, rows, n, batch->feature, batch->lanes, s->space->block);
}

/* The functions below return how many of the batch's features are not constant in the node. */

static int search_thresholds(struct sl_tree_search *s, const struct batch *batch)
{
    gather(s, batch, s->sight->rows, s->sight->n);
    return sl_tree_search_threshold_lanes(s, batch->feature, batch->uniform, batch->lanes);
}

static int search_sorted(struct sl_tree_search *s, const struct batch *batch)
{
    const size_t n = s->sight->n;
    int screened = sl_tree_search_is_screened(s), useful = 0;
    int16_t *keys = s->space->keys;
    float about[SL_SORT_LANES];
    gather(s, batch, s->sight->rows, n);
    sl_sort_keys(s->space->block, SL_LANES, s->space->count, n, s->seen->label, 0, SL_LANES, keys);
    if (screened)
        sl_sort_gini(keys, s->seen->total, s->sight->k, n, (size_t)s->g->options.min_samples_leaf, about);
    for (int l = 0; l < batch->lanes; l++) {
        if (keys[l] >> 7 == keys[(n - 1) * SL_SORT_LANES + (size_t)l] >> 7)
            continue;
        useful++;
        if (!screened || sl_tree_search_may_win(s, batch->feature[l], about[l]))
            sl_tree_search_keys(s, keys, l, batch->feature[l]);
    }
    return useful;
}

/* Both halves of the lanes have a histogram; a chunk of rows is gathered once for the two. */
static void count_halves(struct sl_tree_search *s, const struct batch *batch, uint16_t *hist[2])
{
    const uint32_t *rows = s->sight->rows;
    for (int c = 0; c < s->sight->k; c++)
        for (size_t left = s->seen->total[c]; left > 0;) {
            const uint32_t n = left < CHUNK ? (uint32_t)left : CHUNK;
            gather(s, batch, rows, n);
            for (int h = 0; h < 2 && h * SL_HIST_LANES < batch->lanes; h++)
                sl_hist_count(s->space->block, SL_LANES, s->space->count, &n, 1, (size_t)h * SL_HIST_LANES,
                              SL_HIST_LANES, hist[h] + (size_t)c * SL_HIST_CLASS);
            rows += n;
            left -= n;
        }
}

static int is_constant(const uint16_t *hist, int k, int lane, uint32_t byte, size_t n)
{
    size_t same = 0;
    for (int c = 0; c < k; c++)
        same += hist[(size_t)c * SL_HIST_CLASS + byte * SL_HIST_LANES + (size_t)lane];
    return same == n;
}

static int search_histograms(struct sl_tree_search *s, const struct batch *batch)
{
    const struct sl_tree_codes *codes = s->g->codes;
    const int k = s->sight->k, screened = sl_tree_search_is_screened(s);
    const size_t size = (size_t)k * SL_HIST_CLASS;
    uint16_t *hist[2] = {s->space->hist, s->space->hist + size};
    float about[SL_HIST_LANES];
    int useful = 0;
    memset(hist[0], 0, (batch->lanes > SL_HIST_LANES ? 2 : 1) * size * sizeof **hist);
    count_halves(s, batch, hist);
    for (int h = 0; h < 2 && h * SL_HIST_LANES < batch->lanes; h++) {
        if (screened)
            sl_hist_gini(hist[h], s->seen->total, k, (size_t)s->g->options.min_samples_leaf, about);
        for (int l = 0; l < SL_HIST_LANES && h * SL_HIST_LANES + l < batch->lanes; l++) {
            uint32_t feature = batch->feature[h * SL_HIST_LANES + l];
            if (is_constant(hist[h], k, l, sl_tree_code(codes, s->sight->rows[0], feature), s->sight->n))
                continue;
            useful++;
            if (!screened || sl_tree_search_may_win(s, feature, about[l]))
                sl_tree_search_histogram(s, hist[h], l, feature);
        }
    }
    return useful;
}

static int search_thresholds_one_by_one(struct sl_tree_search *s, const struct batch *batch)
{
    return sl_tree_search_thresholds(s, batch->feature, batch->uniform, (size_t)batch->lanes);
}

/* In the order of features: behind a perfect split none can be better. */
static int search_one_by_one(struct sl_tree_search *s, const struct batch *batch)
{
    uint32_t feature[SL_LANES];
    for (int l = 0; l < batch->lanes; l++) {
        int i = l;
        for (; i > 0 && feature[i - 1] > batch->feature[l]; i--)
            feature[i] = feature[i - 1];
        feature[i] = batch->feature[l];
    }
    return sl_tree_search_columns(s, feature, (size_t)batch->lanes);
}

typedef int search_batch(struct sl_tree_search *, const struct batch *);

static search_batch *choose(const struct sl_tree_search *s)
{
    const struct sl_tree_growth *g = s->g;
    const int random = g->options.splitter == SL_TREE_RANDOM;
    if (random)
        return g->codes->bytes && !g->units && s->sight->n <= SL_TREE_BLOCK_ROWS
                   ? search_thresholds
                   : search_thresholds_one_by_one;
    if (!g->codes->bytes || g->units)
        return search_one_by_one;
    if (s->sight->k <= SL_SORT_CLASSES && s->sight->n <= SL_TREE_FEW_ROWS)
        return search_sorted;
    return s->sight->k <= SL_HIST_CLASSES && s->sight->n <= SL_HIST_ROWS ? search_histograms
                                                                         : search_one_by_one;
}

/* The next so many of the features, in an order that is drawn as they are asked for. */
static void draw(struct sl_tree_search *s, struct sl_rng *rng, size_t *drawn, size_t n, struct batch *batch)
{
    uint32_t *order = s->space->order, *swapped = s->space->swapped;
    batch->lanes = (int)n;
    for (int l = 0; l < batch->lanes; l++) {
        size_t i = (*drawn)++, j = i + sl_rng_below(rng, s->g->d - i);
        uint32_t feature = order[j];
        order[j] = order[i];
        order[i] = feature;
        swapped[i] = (uint32_t)j;
        batch->feature[l] = feature;
    }
    for (int l = 0; l < batch->lanes && s->g->options.splitter == SL_TREE_RANDOM; l++)
        batch->uniform[l] = sl_rng_uniform(rng);
}

/* The order is the same again for the next node, whoever searches it. */
static void put_back(struct sl_tree_space *space, size_t drawn)
{
    while (drawn-- > 0) {
        uint32_t feature = space->order[drawn];
        space->order[drawn] = space->order[space->swapped[drawn]];
        space->order[space->swapped[drawn]] = feature;
    }
}

int sl_tree_search_drawn(struct sl_tree_search *s, uint64_t stream)
{
    const struct sl_tree_growth *g = s->g;
    search_batch *search = choose(s);
    struct batch batch;
    size_t drawn = 0;
    int useful = 0;
    struct sl_rng *rng = sl_rng_split(g->options.rng, stream);
    if (!rng)
        return SL_ENOMEM;
    while (drawn < g->n_features) {
        size_t left = g->n_features - drawn;
        draw(s, rng, &drawn, left < SL_LANES ? left : SL_LANES, &batch);
        useful += search(s, &batch);
    }
    while (!useful && drawn < g->d) {
        draw(s, rng, &drawn, 1, &batch);
        useful = (g->options.splitter == SL_TREE_RANDOM ? search_thresholds_one_by_one
                                                        : search_one_by_one)(s, &batch);
    }
    put_back(s->space, drawn);
    sl_rng_free(rng);
    return SL_OK;
}
