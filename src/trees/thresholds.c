/* thresholds.c - splits at thresholds that are drawn.
 *
 * P. Geurts, D. Ernst and L. Wehenkel, "Extremely randomized trees", Machine Learning 63, 2006.  A feature's
 * range in the node and the rows on the left of one threshold are all that is asked for, nothing is sorted.
 * Rows stand class by class, so that those on the left are counted class by class.  O(n) a feature. */
#include "trees/thresholds.h"
#include "kernels/lanes.h"
#include "trees/bits.h"
#include <math.h>

/* Between the smallest and the largest value in the node. */
static float draw_threshold(const struct sl_tree_codes *codes, size_t feature, uint32_t low, uint32_t high,
                            double uniform)
{
    double a = sl_tree_value(codes, feature, low), b = sl_tree_value(codes, feature, high);
    float threshold = (float)(a + uniform * (b - a));
    return threshold >= b || threshold < a ? (float)a : threshold;
}

/* The largest code that goes left, of those from low to below high. */
static uint32_t find_cut(const struct sl_tree_codes *codes, size_t feature, uint32_t low, uint32_t high,
                         float threshold)
{
    if (sl_tree_is_by_key(codes, feature))
        return sl_tree_key_of(threshold);
    if (!codes->values)
        return (uint32_t)threshold;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (sl_tree_value(codes, feature, middle) <= (double)threshold)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* The split after the rows that have moved. */
static void end_sweep(struct sl_tree_search *s, struct sl_tree_sweep *sweep, size_t feature, float threshold)
{
    sl_tree_sweep_consider(sweep, sweep->code + 1);
    if (!(sweep->best > -INFINITY))
        return;
    const struct sl_tree_split split = {.score = sweep->best,
                                        .feature = (uint32_t)feature,
                                        .code = sweep->best_code,
                                        .n_left = sweep->best_n_left,
                                        .threshold = threshold};
    sl_tree_take(&s->best, &split);
}

/* The codes of the node's rows, and their range. */
static void gather(struct sl_tree_search *s, size_t feature, uint32_t *low, uint32_t *high)
{
    const struct sl_tree_codes *codes = s->g->codes;
    const uint32_t *rows = s->sight->rows;
    uint32_t *code = s->space->narrow;
    if (!codes->bytes && !sl_tree_is_bit(codes, feature)) {
        sl_keys_range(sl_tree_ranks(codes, feature), rows, s->sight->held, code, low, high);
        return;
    }
    *low = UINT32_MAX;
    *high = 0;
    for (size_t i = 0; i < s->sight->held; i++) {
        code[i] = sl_tree_code(codes, sl_entry_row(rows[i]), feature);
        *low = code[i] < *low ? code[i] : *low;
        *high = code[i] > *high ? code[i] : *high;
    }
}

/* Rows with weights, of which no entry is repeated. */
static int search_rows(struct sl_tree_search *s, size_t feature, double uniform)
{
    const uint32_t *code = s->space->narrow, *rows = s->sight->rows;
    struct sl_tree_sweep sweep;
    uint32_t low, high;
    gather(s, feature, &low, &high);
    if (low == high)
        return 0;
    const float threshold = draw_threshold(s->g->codes, feature, low, high, uniform);
    const uint32_t cut = find_cut(s->g->codes, feature, low, high, threshold);
    sl_tree_search_begin(s, feature, &sweep);
    for (size_t i = 0; i < s->sight->held; i++)
        if (code[i] <= cut)
            sl_tree_sweep_move_mass(&sweep, cut, s->seen->local[s->g->y[rows[i]]], 1, s->g->units[rows[i]]);
    end_sweep(s, &sweep, feature, threshold);
    return 1;
}

/* A threshold, and where the counts of the rows on its left stand: of class c in left[c * stride]. */
struct drawn {
    uint32_t feature, cut;
    float threshold;
    const uint32_t *left;
    size_t stride;
};

static void score(struct sl_tree_search *s, const struct drawn *drawn)
{
    const struct sl_tree_content node = sl_tree_content_of(s->g, s->sight, s->seen);
    const size_t n = s->sight->n, least = (size_t)s->g->options.min_samples_leaf;
    struct sl_tree_split split = {
        .feature = drawn->feature, .code = drawn->cut, .threshold = drawn->threshold};
    for (int c = 0; c < node.k; c++)
        split.n_left += drawn->left[(size_t)c * drawn->stride];
    if (split.n_left < least || n - split.n_left < least)
        return;
    split.score = sl_tree_split_score(&s->g->rule, &node, drawn->left, drawn->stride, split.n_left, n);
    sl_tree_take(&s->best, &split);
}

/* Classes with weights: their sums are those of a sweep. */
static void score_weighted(struct sl_tree_search *s, const struct drawn *drawn)
{
    struct sl_tree_sweep sweep;
    sl_tree_search_begin(s, drawn->feature, &sweep);
    for (int c = 0; c < s->sight->k; c++)
        sl_tree_sweep_move(&sweep, drawn->cut, c, drawn->left[(size_t)c * drawn->stride]);
    end_sweep(s, &sweep, drawn->feature, drawn->threshold);
}

static void take(struct sl_tree_search *s, const struct drawn *drawn)
{
    (s->g->weight ? score_weighted : score)(s, drawn);
}

/* Bytes or ranks. */
static int search_column(struct sl_tree_search *s, uint32_t feature, double uniform)
{
    const uint32_t *code = s->space->narrow, *rows = s->sight->rows;
    uint32_t *left = s->space->lanes_left, low, high;
    gather(s, feature, &low, &high);
    if (low == high)
        return 0;
    struct drawn drawn = {.feature = feature, .left = left, .stride = SL_LANES};
    drawn.threshold = draw_threshold(s->g->codes, feature, low, high, uniform);
    drawn.cut = find_cut(s->g->codes, feature, low, high, drawn.threshold);
    for (int c = 0; c < s->sight->k; c++) {
        const size_t held = s->seen->held[c];
        left[(size_t)c * SL_LANES] = sl_keys_count(code, rows, held, drawn.cut);
        code += held;
        rows += held;
    }
    take(s, &drawn);
    return 1;
}

/* Bits of one word. */
static int search_bits(struct sl_tree_search *s, const uint32_t *features, const double *uniform, size_t n)
{
    uint32_t(*left)[SL_KEYS_BITS] = s->space->bits_left;
    int useful = 0;
    sl_tree_count_bits(s, features, n, left);
    for (size_t l = 0; l < n; l++) {
        size_t n_left = 0;
        for (int c = 0; c < s->sight->k; c++)
            n_left += left[c][l];
        if (n_left == 0 || n_left == s->sight->n)
            continue;
        take(s, &(struct drawn){.feature = features[l],
                                .threshold = draw_threshold(s->g->codes, features[l], 0, 1, uniform[l]),
                                .left = &left[0][l],
                                .stride = SL_KEYS_BITS});
        useful++;
    }
    return useful;
}

/* Those of the features that are bits; of each word as many at a time as are counted together. */
static int search_all_bits(struct sl_tree_search *s, const uint32_t *features, const double *uniform,
                           size_t n)
{
    const struct sl_tree_codes *codes = s->g->codes;
    uint32_t bits[SL_KEYS_BITS];
    double own[SL_KEYS_BITS];
    uint8_t done[SL_LANES] = {0};
    int useful = 0, shift;
    for (size_t first = 0; first < n; first++) {
        size_t m = 0;
        if (done[first] || !sl_tree_is_bit(codes, features[first]))
            continue;
        const uint64_t *word = sl_tree_bit_word(codes, features[first], &shift);
        for (size_t l = first; l < n && m < SL_KEYS_BITS; l++) {
            if (done[l] || !sl_tree_is_bit(codes, features[l]) ||
                sl_tree_bit_word(codes, features[l], &shift) != word)
                continue;
            done[l] = 1;
            bits[m] = features[l];
            own[m++] = uniform[l];
        }
        useful += search_bits(s, bits, own, m);
    }
    return useful;
}

int sl_tree_search_thresholds(struct sl_tree_search *s, const uint32_t *features, const double *uniform,
                              size_t n)
{
    int useful = 0;
    for (size_t l = 0; l < n; l++)
        if (s->g->units)
            useful += search_rows(s, features[l], uniform[l]);
        else if (!sl_tree_is_bit(s->g->codes, features[l]))
            useful += search_column(s, features[l], uniform[l]);
    return s->g->units ? useful : useful + search_all_bits(s, features, uniform, n);
}

int sl_tree_search_threshold_lanes(struct sl_tree_search *s, const uint32_t *features, const double *uniform,
                                   int lanes)
{
    const uint8_t *block = s->space->block;
    uint8_t low[SL_LANES], high[SL_LANES], cut[SL_LANES] = {0};
    uint32_t *left = s->space->lanes_left;
    float threshold[SL_LANES];
    int useful = 0;
    sl_lanes_range(block, s->sight->n, low, high);
    for (int l = 0; l < lanes; l++)
        if (low[l] < high[l]) {
            threshold[l] = draw_threshold(s->g->codes, features[l], low[l], high[l], uniform[l]);
            cut[l] = (uint8_t)find_cut(s->g->codes, features[l], low[l], high[l], threshold[l]);
            useful++;
        }
    for (int c = 0; c < s->sight->k; c++) {
        sl_lanes_count(block, s->seen->total[c], cut, left + (size_t)c * SL_LANES);
        block += (size_t)s->seen->total[c] * SL_LANES;
    }
    for (int l = 0; l < lanes; l++)
        if (low[l] < high[l])
            take(s, &(struct drawn){features[l], cut[l], threshold[l], left + l, SL_LANES});
    return useful;
}
