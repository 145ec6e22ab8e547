/* keys.c - rows in the order of one feature.  O(n) each; of few keys O(n^2). */
#include "kernels/keys.h"
#include "kernels/dispatch.h"
#include <string.h>

SL_CLONED_VOID(extern, sl_keys_gather,
               (const uint32_t *restrict column, const uint32_t *restrict entries,
                const uint8_t *restrict label, size_t n, int shift, uint32_t *restrict keys, uint32_t *low,
                uint32_t *high),
               (column, entries, label, n, shift, keys, low, high))
{
    uint32_t least = UINT32_MAX, most = 0;
    for (size_t i = 0; i < n; i++) {
        const uint32_t key = column[sl_entry_row(entries[i])] << shift | label[i];
        keys[i] = key;
        least = key < least ? key : least;
        most = key > most ? key : most;
    }
    *low = least;
    *high = most;
}

SL_CLONED(extern, uint32_t, sl_keys_label,
          (const uint32_t *restrict entries, size_t n, uint32_t class, int shift, uint8_t *restrict label),
          (entries, n, class, shift, label))
{
    uint32_t count = 0;
    for (size_t i = 0; i < n; i++) {
        const uint32_t times = sl_entry_times(entries[i]);
        label[i] = (uint8_t)(class | (times - 1) << shift);
        count += times;
    }
    return count;
}

SL_CLONED_VOID(extern, sl_keys_range,
               (const uint32_t *restrict column, const uint32_t *restrict entries, size_t n,
                uint32_t *restrict keys, uint32_t *low, uint32_t *high),
               (column, entries, n, keys, low, high))
{
    uint32_t least = UINT32_MAX, most = 0;
    for (size_t i = 0; i < n; i++) {
        const uint32_t key = column[sl_entry_row(entries[i])];
        keys[i] = key;
        least = key < least ? key : least;
        most = key > most ? key : most;
    }
    *low = least;
    *high = most;
}

SL_CLONED(extern, uint32_t, sl_keys_count,
          (const uint32_t *restrict keys, const uint32_t *restrict entries, size_t n, uint32_t most),
          (keys, entries, n, most))
{
    uint32_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += sl_entry_times(entries[i]) & -(uint32_t)(keys[i] <= most);
    return count;
}

typedef uint64_t words4 __attribute__((vector_size(32)));

SL_CLONED_VOID(extern, sl_keys_count_bits,
               (const uint64_t *words, size_t stride, const uint32_t *entries, const uint32_t *held, int k,
                const uint64_t mask[SL_KEYS_BITS], uint32_t (*count)[SL_KEYS_BITS]),
               (words, stride, entries, held, k, mask, count))
{
    words4 low_mask, high_mask;
    memcpy(&low_mask, mask, sizeof low_mask);
    memcpy(&high_mask, mask + 4, sizeof high_mask);
    for (int c = 0; c < k; entries += held[c++]) {
        words4 low = {0}, high = {0};
        for (uint32_t i = 0; i < held[c]; i++) {
            const uint64_t word = words[sl_entry_row(entries[i]) * stride];
            const uint64_t times = sl_entry_times(entries[i]);
            low += (words4)((low_mask & word) == low_mask) & times;
            high += (words4)((high_mask & word) == high_mask) & times;
        }
        for (int l = 0; l < 4; l++) {
            count[c][l] = (uint32_t)low[l];
            count[c][l + 4] = (uint32_t)high[l];
        }
    }
}

/* Few keys are sorted by counting, for each, how many stand before it: so many keys at a time. */
enum { WIDE = 8 };

typedef int32_t keys8 __attribute__((vector_size(4 * WIDE)));

/* Unsigned keys in the order of signed numbers, which vectors compare. */
SL_INLINE int32_t to_signed(uint32_t key)
{
    return (int32_t)(key ^ 0x80000000u);
}

/* Where the keys of one vector go: behind all that are smaller, and behind equal ones that stood before. */
SL_INLINE void find_places(const int32_t *a, size_t n, size_t first, uint32_t place[WIDE])
{
    const size_t end = first + WIDE < n ? first + WIDE : n;
    keys8 own, lane = {0, 1, 2, 3, 4, 5, 6, 7}, places = {0};
    memcpy(&own, a + first, sizeof own);
    for (size_t j = 0; j < first; j++)
        places -= a[j] <= own;
    for (size_t j = first; j < end; j++)
        places -= (a[j] < own) | ((a[j] == own) & ((int32_t)(j - first) < lane));
    for (size_t j = end; j < n; j++)
        places -= a[j] < own;
    memcpy(place, &places, sizeof places);
}

SL_CLONED_VOID(extern, sl_keys_sort_few, (const uint32_t *keys, size_t n, uint32_t *sorted),
               (keys, n, sorted))
{
    int32_t a[SL_FEW_KEYS];
    uint32_t place[WIDE];
    const size_t padded = (n + WIDE - 1) / WIDE * WIDE;
    for (size_t i = 0; i < n; i++)
        a[i] = to_signed(keys[i]);
    for (size_t i = n; i < padded; i++)
        a[i] = INT32_MAX;
    for (size_t first = 0; first < n; first += WIDE) {
        find_places(a, n, first, place);
        for (size_t i = first; i < n && i < first + WIDE; i++)
            sorted[place[i - first]] = keys[i];
    }
}
