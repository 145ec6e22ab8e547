/* search.c - the best split of a node among eight features: by its sums, or, where it has few rows, by its
 * rows.
 *
 * Scanning the bins takes as long for three rows as for all of them, and most nodes of deep trees have few.
 */
#include "boosting/search.h"
#include "boosting/subset.h"
#include <string.h>

static void take(struct sl_boost_found *best, float score, size_t feature, uint8_t bin, int missing_left)
{
    if (score > best->score)
        *best = (struct sl_boost_found){
            .score = score, .feature = (uint32_t)feature, .bin = bin, .missing_left = (uint8_t)missing_left};
}

static void take_subset(const struct sl_bins *bins, const uint64_t *sums, uint64_t total,
                        const struct sl_sums_rule *rule, size_t feature, struct sl_boost_found *best)
{
    const struct sl_boost_subset found =
        sl_boost_best_subset(sums, total, bins->n_codes[feature], bins->has_missing[feature], rule);
    if (found.score > best->score)
        *best = (struct sl_boost_found){.score = found.score,
                                        .feature = (uint32_t)feature,
                                        .missing_left = (uint8_t)sl_boost_has(&found.left, SL_BINS_MISSING),
                                        .left = found.left};
}

/* A block of a node: its sums, or NULL where it has few rows, and is searched by them. */
struct block {
    const uint64_t *sums;
    const uint8_t *code; /* of few rows: theirs */
    size_t stride, n;
    const uint32_t *rows;
    const uint64_t *near;
    uint64_t total;
};

static void best_of(const struct block *block, const struct sl_sums_rule *rule, int last,
                    float score[SL_SUMS_FEATURES], uint8_t bin[SL_SUMS_FEATURES])
{
    if (block->sums)
        sl_sums_best(block->sums, block->total, rule, last, score, bin);
    else
        sl_sums_best_of_few(block->code, block->stride, block->rows, block->near, block->n, block->total,
                            rule, last, score, bin);
}

/* The best split of a block's features; of numbers missing values on the right, then on the left. */
static void search_block(const struct sl_boost_step *step, const struct block *block, size_t first,
                         struct sl_boost_found *best)
{
    const struct sl_bins *bins = step->bins;
    const uint8_t *missing = bins->has_missing + first;
    const uint16_t *n_codes = bins->n_codes + first;
    struct sl_sums_rule rule = step->packed->rule;
    float score[SL_SUMS_FEATURES];
    uint8_t bin[SL_SUMS_FEATURES];
    const uint64_t curvature = sl_sums_curvature(&rule.layout, block->total);
    rule.layout.rows_a_curvature = (float)block->n / (float)curvature;
    best_of(block, &rule, (int)sl_bins_used(bins, first) - 2, score, bin);
    for (size_t f = 0; f < SL_SUMS_FEATURES; f++)
        if (n_codes[f])
            take_subset(bins, block->sums + f, block->total, &rule, first + f, best);
        else
            take(best, score[f], first + f, bin[f], 0);
    if (!memchr(missing, 1, SL_SUMS_FEATURES))
        return;
    best_of(block, &rule, 253, score, bin);
    for (size_t f = 0; f < SL_SUMS_FEATURES; f++)
        if (missing[f] && !n_codes[f])
            take(best, score[f], first + f, bin[f], 1);
}

void sl_boost_search_block(const struct sl_boost_step *step, const struct sl_boost_space *space,
                           const struct sl_boost_grown *node, size_t at, struct sl_boost_found *best)
{
    const size_t first = at * SL_SUMS_FEATURES;
    struct block block = {.n = node->n,
                          .rows = space->rows + node->start,
                          .near = space->near + node->start,
                          .total = node->total};
    block.code = sl_bins_column(step->bins, first, &block.stride);
    if (!sl_boost_is_few(node))
        block.sums = sl_boost_sums(space, node, at);
    else if (space->few && sl_bins_have_categories(step->bins, first)) {
        uint64_t *sums = space->few + at / SL_BOOST_GROUP * SL_SUMS_BLOCK; /* the group is one thread's */
        memset(sums, 0, sl_boost_sums_size(step->bins, at));
        sl_sums_add(block.code, block.stride, block.rows, block.near, block.n, sums);
        block.sums = sums;
    }
    search_block(step, &block, first, best);
}
