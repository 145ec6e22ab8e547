/* columns.c - features one by one, their codes sorted.  Cost: O(n) for each, O(n log n) for few rows. */
#include "trees/columns.h"
#include "trees/bits.h"
#include "trees/order.h"

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

/* Returns 0 where it is constant in the node. */
static int search_column(struct sl_tree_search *s, size_t feature)
{
    struct sl_tree_space *space = s->space;
    struct sl_tree_sweep sweep;
    uint32_t low, high;
    if (!space->narrow)
        return search_wide(s, feature);
    make_keys(s, feature, &low, &high);
    if (low >> SL_ORDER_CLASS_BITS == high >> SL_ORDER_CLASS_BITS)
        return 0;
    sl_order_keys(&space->narrow, &space->narrow_spare, space->bucket, s->sight->held, low, high);
    sl_tree_search_begin(s, feature, &sweep);
    sweep_keys(s, &sweep);
    sl_tree_search_end(s, &sweep, feature);
    return 1;
}

int sl_tree_search_columns(struct sl_tree_search *s, const uint32_t *features, size_t n)
{
    int useful = 0;
    for (size_t i = 0, bits; i < n && !(features[i] > s->best.feature && sl_tree_search_is_perfect(s));
         i += bits ? bits : 1) {
        bits = sl_tree_bits_together(s, features + i, n - i);
        useful += bits ? sl_tree_search_bits(s, features + i, bits) : search_column(s, features[i]);
    }
    return useful;
}
