/* sums.h - the two loops in which boosting spends its time: sums of gradients by bin, and the best split that
 * they give.
 *
 * A row's gradient, its second derivative and its count of one are one whole number of 64 bits, so that one
 * addition serves all three and sums are exact in any order: on any number of threads, and of a node less one
 * of its children. (Y. Shi, G. Ke, Z. Chen, S. Zheng and T.-Y. Liu, "Quantized training of gradient boosting
 * decision trees", NeurIPS 2022, which shows that few bits are enough where they are rounded at random.) */
#ifndef SL_BOOSTING_SUMS_H
#define SL_BOOSTING_SUMS_H

#include <stddef.h>
#include <stdint.h>

enum {
    SL_SUMS_FEATURES = 8,                   /* of a block, side by side */
    SL_SUMS_BLOCK = 256 * SL_SUMS_FEATURES, /* numbers of a block: (256 bins, 8 features) */
    SL_SUMS_FOUR = 4,                       /* features, and outputs, of a quad */
    SL_SUMS_FEW = 40, /* rows: of so many the best split is found sooner without sums by bin (bench/README) */
    SL_SUMS_QUAD = 256 * SL_SUMS_FOUR * SL_SUMS_FOUR, /* numbers: (256 bins, 4 features, 4 outputs) */
};

/* Where the parts of a sum lie, from above: the gradient, signed, gradient_bits; the second derivative; the
 * count, count_bits, which is 0 for so many rows that it is told by the second derivative. */
struct sl_sums_layout {
    int gradient_bits, curvature_bits, count_bits;
    float rows_a_curvature; /* without a count: rows for each unit of the second derivative */
};

/* For sums of up to n rows. */
struct sl_sums_layout sl_sums_layout_for(size_t n);

static inline uint64_t sl_sums_pack(const struct sl_sums_layout *layout, int64_t gradient, uint64_t curvature)
{
    const int above = layout->curvature_bits + layout->count_bits;
    return ((uint64_t)gradient << above) + (curvature << layout->count_bits) + (layout->count_bits > 0);
}

static inline int64_t sl_sums_gradient(const struct sl_sums_layout *layout, uint64_t sum)
{
    return (int64_t)sum >> (layout->curvature_bits + layout->count_bits);
}

static inline uint64_t sl_sums_curvature(const struct sl_sums_layout *layout, uint64_t sum)
{
    return sum >> layout->count_bits & ((1ull << layout->curvature_bits) - 1);
}

/* sums[bin][f] += packed[i] for rows of code (., stride), bin = code[rows[i]][f], f < 8; bin 0 is not
 * kept: it is what all others leave of a node's sum. */
void sl_sums_add(const uint8_t *code, size_t stride, const uint32_t *rows, const uint64_t *packed, size_t n,
                 uint64_t sums[SL_SUMS_BLOCK]);

/* The same of four features, for four outputs at once: sums[bin][f][o] += packed[i][o], f < 4. */
void sl_sums_add_four(const uint8_t *code, size_t stride, const uint32_t *rows,
                      const uint64_t (*packed)[SL_SUMS_FOUR], size_t n, uint64_t sums[SL_SUMS_QUAD]);

/* parent -= child, of the first `bins` bins. */
void sl_sums_subtract(uint64_t parent[SL_SUMS_BLOCK], const uint64_t child[SL_SUMS_BLOCK], size_t bins);

/* What a split must leave on each side, in the units of the sums. */
struct sl_sums_rule {
    struct sl_sums_layout layout;
    float l2;            /* added to a side's second derivative */
    float min_rows;      /* at least */
    float min_curvature; /* at least */
    float one;           /* a second derivative of 1 */
};

/* Of each of the 8 features, among splits behind one of the bins 0 ... last:
 * score = G_L^2 / (H_L + l2) + G_R^2 / (H_R + l2), -1 where there is none, and the bin; equal scores go to
 * the lowest bin.  total: of the node.  Bins above last + 1 are left out of the right side, and so go left:
 * last is two less than the number of bins (-1: there is one alone), or 253 for missing values (bin 255) on
 * the left. */
void sl_sums_best(const uint64_t sums[SL_SUMS_BLOCK], uint64_t total, const struct sl_sums_rule *rule,
                  int last, float score[SL_SUMS_FEATURES], uint8_t bin[SL_SUMS_FEATURES]);

/* The same of the node's rows themselves, as sl_sums_add takes them: n <= SL_SUMS_FEW. */
void sl_sums_best_of_few(const uint8_t *code, size_t stride, const uint32_t *rows, const uint64_t *packed,
                         size_t n, uint64_t total, const struct sl_sums_rule *rule, int last,
                         float score[SL_SUMS_FEATURES], uint8_t bin[SL_SUMS_FEATURES]);

#endif
