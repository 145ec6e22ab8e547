/* search.c - one feature's rows swept in the order of their codes. */
#include "trees/search.h"
#include "kernels/histogram.h"
#include "trees/order.h"
#include <math.h>
#include <string.h>

struct sl_tree_content sl_tree_content_of(const struct sl_tree_growth *g, const struct sl_tree_sight *sight,
                                          const struct sl_tree_space *seen)
{
    return (struct sl_tree_content){
        .k = sight->k, .total = seen->total, .mass = seen->mass, .weight = g->weight ? seen->weight : NULL};
}

int sl_tree_take(struct sl_tree_split *best, const struct sl_tree_split *split)
{
    const int better =
        split->score > best->score || (split->score == best->score && split->feature < best->feature);
    if (better)
        *best = *split;
    return better;
}

void sl_tree_search_begin(struct sl_tree_search *s, size_t feature, struct sl_tree_sweep *sweep)
{
    const struct sl_tree_content content = sl_tree_content_of(s->g, s->sight, s->seen);
    sl_tree_sweep_begin(sweep, &s->g->rule, &content, s->space->left, s->space->mass_left,
                        (size_t)s->g->options.min_samples_leaf);
    /* sl_tree_take's order: of equal splits that of the lowest feature. */
    sweep->best = feature > s->best.feature ? s->best.score : nextafter(s->best.score, -INFINITY);
}

void sl_tree_search_end(struct sl_tree_search *s, const struct sl_tree_sweep *sweep, size_t feature)
{
    if (!(sweep->best > -INFINITY))
        return;
    const struct sl_tree_split split = {.score = sweep->best,
                                        .feature = (uint32_t)feature,
                                        .code = sweep->best_code,
                                        .n_left = sweep->best_n_left};
    if (sl_tree_take(&s->best, &split))
        s->next = sweep->next_code;
}

void sl_tree_search_tell_threshold(struct sl_tree_search *s)
{
    if (s->best.score > -INFINITY)
        s->best.threshold = sl_tree_middle(s->g->codes, s->best.feature, s->best.code, s->next);
}

int sl_tree_search_is_perfect(const struct sl_tree_search *s)
{
    double most = s->g->rule.criterion == SL_TREE_GINI ? (double)s->sight->n : 0;
    return !s->g->weight && s->best.score >= most;
}

int sl_tree_search_is_screened(const struct sl_tree_search *s)
{
    return s->g->rule.criterion == SL_TREE_GINI && !s->g->weight;
}

int sl_tree_search_may_win(const struct sl_tree_search *s, size_t feature, float about)
{
    if (feature > s->best.feature && sl_tree_search_is_perfect(s))
        return 0;
    return about > 0 && (double)about >= s->best.score * (1 - (double)SL_GINI_SLACK);
}

void sl_tree_search_keys(struct sl_tree_search *s, const int16_t *keys, int lane, size_t feature)
{
    struct sl_tree_sweep sweep;
    sl_tree_search_begin(s, feature, &sweep);
    for (size_t i = 0; i < s->sight->n; i++) {
        int key = keys[i * SL_SORT_LANES + (size_t)lane];
        sl_tree_sweep_move(&sweep, (uint32_t)key >> 7, key & 127, 1);
    }
    sl_tree_search_end(s, &sweep, feature);
}

void sl_tree_search_histogram(struct sl_tree_search *s, const uint16_t *hist, int lane, size_t feature)
{
    struct sl_tree_sweep sweep;
    hist += lane;
    sl_tree_search_begin(s, feature, &sweep);
    for (uint32_t byte = 0; byte < 256; byte++)
        for (int c = 0; c < s->sight->k; c++) {
            uint32_t m = hist[(size_t)c * SL_HIST_CLASS + byte * SL_HIST_LANES];
            if (m)
                sl_tree_sweep_move(&sweep, byte, c, m);
        }
    sl_tree_search_end(s, &sweep, feature);
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

/* sorted[i] = code << 32 | class of the node's rows, or with weights of rows code << 32 | i.  Returns 0 where
 * all codes are the same. */
static int gather(struct sl_tree_search *s, size_t feature)
{
    uint64_t differ = 0, first = sl_tree_code(s->g->codes, s->sight->rows[0], feature);
    for (size_t i = 0; i < s->sight->n; i++) {
        uint32_t row = s->sight->rows[i];
        uint64_t code = sl_tree_code(s->g->codes, row, feature);
        uint32_t low = s->g->units ? (uint32_t)i : (uint32_t)s->seen->local[s->g->y[row]];
        s->space->sorted[i] = code << 32 | low;
        differ |= code ^ first;
    }
    return differ != 0;
}

/* One row of sorted. */
static void move_sorted(const struct sl_tree_search *s, struct sl_tree_sweep *sweep, uint64_t entry)
{
    uint32_t code = (uint32_t)(entry >> 32), low = (uint32_t)entry;
    if (!s->g->units) {
        sl_tree_sweep_move(sweep, code, (int)low, 1);
        return;
    }
    uint32_t row = s->sight->rows[low];
    sl_tree_sweep_move_mass(sweep, code, s->seen->local[s->g->y[row]], 1, s->g->units[row]);
}

static int search_wide(struct sl_tree_search *s, size_t feature)
{
    struct sl_tree_sweep sweep;
    if (!gather(s, feature))
        return 0;
    sort_codes(&s->space->sorted, &s->space->spare, s->sight->n);
    sl_tree_search_begin(s, feature, &sweep);
    for (size_t i = 0; i < s->sight->n; i++)
        move_sorted(s, &sweep, s->space->sorted[i]);
    sl_tree_search_end(s, &sweep, feature);
    return 1;
}

/* Keys of order.h, and their range. */
static void make_keys(struct sl_tree_search *s, size_t feature, uint32_t *low, uint32_t *high)
{
    const struct sl_tree_codes *codes = s->g->codes;
    const uint32_t *rows = s->sight->rows;
    const uint8_t *label = s->seen->label;
    uint32_t *keys = s->space->narrow;
    if (!codes->bytes && !sl_tree_is_bit(codes, feature)) {
        sl_keys_gather(sl_tree_ranks(codes, feature), rows, label, s->sight->held, SL_ORDER_CLASS_BITS, keys,
                       low, high);
        return;
    }
    *low = UINT32_MAX;
    *high = 0;
    for (size_t i = 0; i < s->sight->held; i++) {
        const uint32_t code = sl_tree_code(codes, sl_entry_row(rows[i]), feature),
                       key = code << SL_ORDER_CLASS_BITS | label[i];
        keys[i] = key;
        *low = key < *low ? key : *low;
        *high = key > *high ? key : *high;
    }
}

/* A key's class; *times: how many rows it stands for. */
static inline uint32_t class_of_key(uint32_t key, int repeats, uint32_t *times)
{
    const uint32_t label = key & (SL_ORDER_CLASSES - 1);
    *times = repeats ? 1 + (label >> SL_ORDER_TIMES_SHIFT) : 1;
    return repeats ? label & (SL_ORDER_CLASSES_REPEATED - 1) : label;
}

/* The sweep by Gini, without weights: most splits are seen to be no better before anything is divided.  Sums
 * of squares are whole numbers below 2^53, as there are SL_ORDER_CODES rows at most, and doubles hold them:
 * that of the right is sum_c total_c^2 - 2 sum_c total_c left_c + sum_c left_c^2, so that the two sides share
 * a chain of additions. */
static inline void sweep_gini(struct sl_tree_sweep *sweep, const uint32_t *keys, size_t held, int repeats)
{
    const double below_best = 1 - 1e-12; /* more than is lost by rounding */
    const double n = (double)sweep->n, least = (double)sweep->min_leaf, most = n - least;
    const uint32_t *total = sweep->node.total;
    uint32_t *left = sweep->left, before = keys[0] >> SL_ORDER_CLASS_BITS, times;
    double l = 0, left_sum = 0, rest = (double)sweep->right_sum, best = sweep->best * below_best;
    for (size_t i = 0; i < held; i++) {
        const uint32_t code = keys[i] >> SL_ORDER_CLASS_BITS, c = class_of_key(keys[i], repeats, &times);
        const double right_sum = rest + left_sum, r = n - l;
        if (left_sum * r + right_sum * l > best * (l * r) && code != before && l >= least && l <= most) {
            sweep->code = before;
            sweep->n_left = (size_t)l;
            sweep->left_sum = (int64_t)left_sum;
            sweep->right_sum = (int64_t)right_sum;
            sl_tree_sweep_consider(sweep, code);
            best = sweep->best * below_best;
        }
        before = code;
        left_sum += (double)((2 * (int64_t)left[c] + times) * times);
        rest -= (double)(2 * (int64_t)total[c] * times);
        l += times;
        left[c] += times;
    }
}

static void sweep_keys(struct sl_tree_search *s, struct sl_tree_sweep *sweep)
{
    const uint32_t *keys = s->space->narrow;
    const size_t held = s->sight->held;
    if (sl_tree_search_is_screened(s)) {
        if (s->g->repeats)
            sweep_gini(sweep, keys, held, 1);
        else
            sweep_gini(sweep, keys, held, 0);
        return;
    }
    for (size_t i = 0; i < held; i++) {
        uint32_t times, c = class_of_key(keys[i], s->g->repeats, &times);
        sl_tree_sweep_move(sweep, keys[i] >> SL_ORDER_CLASS_BITS, (int)c, times);
    }
}

/* Rows of each class whose bit is 0.  Few are counted one by one, as classes are fewer still. */
static void count_left(const struct sl_tree_search *s, size_t feature, uint32_t *left)
{
    enum { FEW = 32 };
    const struct sl_tree_codes *codes = s->g->codes;
    const uint32_t *rows = s->sight->rows;
    const size_t held = s->sight->held;
    int shift;
    const uint64_t *word = sl_tree_bit_word(codes, feature, &shift);
    memcpy(left, s->seen->total, (size_t)s->sight->k * sizeof *left);
    for (size_t i = 0; i < held && held <= FEW; i++) {
        uint32_t times, c = class_of_key(s->seen->label[i], s->g->repeats, &times);
        left[c] -= (uint32_t)(word[sl_entry_row(rows[i]) * codes->words] >> shift & 1) * times;
    }
    for (int c = 0; c < s->sight->k && held > FEW; c++) {
        left[c] -= sl_keys_count_bits(word, codes->words, rows, s->seen->held[c], shift);
        rows += s->seen->held[c];
    }
}

/* A column of bits: nothing is sorted. */
static int search_bits(struct sl_tree_search *s, size_t feature)
{
    const struct sl_tree_content node = sl_tree_content_of(s->g, s->sight, s->seen);
    const size_t n = s->sight->n, least = (size_t)s->g->options.min_samples_leaf;
    struct sl_tree_split split = {.feature = (uint32_t)feature};
    count_left(s, feature, s->space->left);
    for (int c = 0; c < node.k; c++)
        split.n_left += s->space->left[c];
    if (split.n_left == 0 || split.n_left == n)
        return 0;
    if (split.n_left < least || n - split.n_left < least)
        return 1;
    split.score = sl_tree_split_score(&s->g->rule, &node, s->space->left, 1, split.n_left, n);
    if (sl_tree_take(&s->best, &split))
        s->next = 1;
    return 1;
}

int sl_tree_search_column(struct sl_tree_search *s, size_t feature)
{
    struct sl_tree_space *space = s->space;
    struct sl_tree_sweep sweep;
    uint32_t low, high;
    if (!space->narrow)
        return search_wide(s, feature);
    if (!s->g->weight && sl_tree_is_bit(s->g->codes, feature))
        return search_bits(s, feature);
    make_keys(s, feature, &low, &high);
    if (low >> SL_ORDER_CLASS_BITS == high >> SL_ORDER_CLASS_BITS)
        return 0;
    sl_order_keys(&space->narrow, &space->narrow_spare, space->bucket, s->sight->held, low, high);
    sl_tree_search_begin(s, feature, &sweep);
    sweep_keys(s, &sweep);
    sl_tree_search_end(s, &sweep, feature);
    return 1;
}
