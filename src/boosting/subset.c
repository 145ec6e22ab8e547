/* subset.c - categories in the order of their gradients, and the best cut of that.
 *
 * Both ends are tried up to the middle, as categories of few rows stay on the right of either.  O(codes log
 * codes). */
#include "boosting/subset.h"
#include "boosting/bins.h"
#include <stdlib.h>

static const double LEAST =
    10; /* rows by the node's mean second derivative; scikit-learn's MIN_CAT_SUPPORT */

struct part {
    double gradient, curvature;
    double value; /* gradient by second derivative: the place in the order */
    float rows;
    uint8_t bin;
};

static struct part part_of(uint64_t sum, size_t bin, const struct sl_sums_layout *layout)
{
    struct part part = {.gradient = (double)sl_sums_gradient(layout, sum),
                        .curvature = (double)sl_sums_curvature(layout, sum),
                        .bin = (uint8_t)bin};
    part.rows = layout->count_bits ? (float)(sum & ((1ull << layout->count_bits) - 1))
                                   : (float)part.curvature * layout->rows_a_curvature;
    return part;
}

static int by_value(const void *a, const void *b)
{
    const struct part *x = a, *y = b;
    return x->value != y->value ? (x->value > y->value) - (x->value < y->value) : x->bin - y->bin;
}

/* Those of enough rows, in order; returns how many.  Bin 0 is what the others leave of the node. */
static size_t take_parts(const uint64_t *sums, uint64_t total, size_t n_codes, int has_missing,
                         const struct sl_sums_rule *rule, struct part *parts)
{
    const double one = (double)rule->one;
    uint64_t others = has_missing ? sums[SL_BINS_MISSING * SL_SUMS_FEATURES] : 0;
    size_t n = 0;
    for (size_t b = 1; b < n_codes; b++)
        others += sums[b * SL_SUMS_FEATURES];
    for (size_t i = 0; i < n_codes + (has_missing != 0); i++) {
        const size_t bin = i < n_codes ? i : SL_BINS_MISSING;
        struct part part = part_of(bin ? sums[bin * SL_SUMS_FEATURES] : total - others, bin, &rule->layout);
        part.value = part.gradient / (part.curvature + LEAST * one);
        if (part.curvature * (double)rule->layout.rows_a_curvature >= LEAST)
            parts[n++] = part;
    }
    qsort(parts, n, sizeof *parts, by_value);
    return n;
}

static double score_of(const struct part *side, const struct sl_sums_rule *rule)
{
    return side->gradient * side->gradient / (side->curvature + (double)rule->l2);
}

static int is_enough(const struct part *side, const struct sl_sums_rule *rule)
{
    return side->rows >= rule->min_rows && side->curvature >= (double)rule->min_curvature;
}

/* The best cut from one end on: returns how many parts are on the left, 0 where none is better than *best. */
static size_t best_cut(const struct part *parts, size_t n, int from_end, const struct part *node,
                       const struct sl_sums_rule *rule, double *best)
{
    struct part left = {0};
    size_t found = 0;
    for (size_t i = 0; i < (n + 1) / 2; i++) {
        const struct part *next = &parts[from_end ? n - 1 - i : i];
        left.gradient += next->gradient;
        left.curvature += next->curvature;
        left.rows += next->rows;
        const struct part right = {.gradient = node->gradient - left.gradient,
                                   .curvature = node->curvature - left.curvature,
                                   .rows = node->rows - left.rows};
        if (!is_enough(&right, rule))
            break;
        const double score = score_of(&left, rule) + score_of(&right, rule);
        if (is_enough(&left, rule) && score > *best) {
            *best = score;
            found = i + 1;
        }
    }
    return found;
}

struct sl_boost_subset sl_boost_best_subset(const uint64_t *sums, uint64_t total, size_t n_codes,
                                            int has_missing, const struct sl_sums_rule *rule)
{
    struct part parts[256];
    const struct part node = part_of(total, 0, &rule->layout);
    const size_t n = take_parts(sums, total, n_codes, has_missing, rule, parts);
    struct sl_boost_subset out = {.score = -1};
    double best = -1;
    if (n < 2)
        return out;
    const size_t first = best_cut(parts, n, 0, &node, rule, &best);
    const size_t last = best_cut(parts, n, 1, &node, rule, &best); /* better than the first, if any */
    out.score = (float)best;
    for (size_t i = 0; i < (last ? last : first); i++)
        sl_boost_put(&out.left, parts[last ? n - 1 - i : i].bin);
    return out;
}
