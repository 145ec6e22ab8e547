/* order.c - keys sorted by where they lie between the smallest and the largest one.
 *
 * Codes are ranks, so that those of a node are spread rather evenly: twice as many buckets as keys hold one
 * or none, and insertion puts the few that are out of order in their places.  O(n); where keys crowd, radix.
 */
#include "trees/order.h"
#include "kernels/keys.h"
#include <string.h>

enum {
    INSERTED = 4, /* keys that insertion sorts soonest (measured) */
    CROWDED = 64, /* keys of a bucket */
    DIGITS = 11,
    DIGIT = 1 << DIGITS,
};

_Static_assert((int)SL_ORDER_BUCKETS >= (int)DIGIT, "count serves both");

static void insert(uint32_t *a, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        const uint32_t x = a[i];
        size_t j = i;
        for (; j > 0 && a[j - 1] > x; j--)
            a[j] = a[j - 1];
        a[j] = x;
    }
}

static void swap(uint32_t **a, uint32_t **b)
{
    uint32_t *other = *a;
    *a = *b;
    *b = other;
}

/* Digits in which no two keys differ are passed over. */
static void sort_digits(uint32_t **keys, uint32_t **spare, uint32_t *count, size_t n, uint32_t differ)
{
    for (int shift = 0; shift < 32; shift += DIGITS) {
        if (!(differ >> shift & (DIGIT - 1)))
            continue;
        memset(count, 0, (DIGIT + 1) * sizeof *count);
        for (size_t i = 0; i < n; i++)
            count[((*keys)[i] >> shift & (DIGIT - 1)) + 1]++;
        for (int b = 0; b < DIGIT; b++)
            count[b + 1] += count[b];
        for (size_t i = 0; i < n; i++)
            (*spare)[count[(*keys)[i] >> shift & (DIGIT - 1)]++] = (*keys)[i];
        swap(keys, spare);
    }
}

void sl_order_keys(uint32_t **keys, uint32_t **spare, uint32_t *count, size_t n, uint32_t low, uint32_t high)
{
    const uint32_t *a = *keys;
    const size_t buckets = 2 * n < SL_ORDER_BUCKETS ? 2 * n : SL_ORDER_BUCKETS;
    const uint64_t scale = ((uint64_t)buckets << 32) / ((uint64_t)high - low + 1);
    uint32_t most = 0;
    if (n <= INSERTED) {
        insert(*keys, n);
        return;
    }
    if (n <= SL_FEW_KEYS) {
        sl_keys_sort_few(*keys, n, *spare);
        swap(keys, spare);
        return;
    }
    memset(count, 0, (buckets + 1) * sizeof *count);
    for (size_t i = 0; i < n; i++)
        count[((a[i] - low) * scale >> 32) + 1]++;
    for (size_t b = 0; b < buckets; b++) {
        most = count[b + 1] > most ? count[b + 1] : most;
        count[b + 1] += count[b];
    }
    if (most > CROWDED) {
        uint32_t differ = 0;
        for (size_t i = 1; i < n; i++)
            differ |= a[i] ^ a[0];
        sort_digits(keys, spare, count, n, differ);
        return;
    }
    for (size_t i = 0; i < n; i++)
        (*spare)[count[(a[i] - low) * scale >> 32]++] = a[i];
    insert(*spare, n);
    swap(keys, spare);
}
