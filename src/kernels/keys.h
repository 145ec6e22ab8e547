/* keys.h - rows in the order of one feature: the entries that stand for rows, what is gathered for them from
 * one column, and few keys sorted. */
#ifndef SL_KERNELS_KEYS_H
#define SL_KERNELS_KEYS_H

#include <stddef.h>
#include <stdint.h>

/* An entry is a row's number, and above it, less 1, how many times the row counts. */
enum { SL_ENTRY_TIMES_SHIFT = 30, SL_ENTRY_TIMES_MOST = 4 };

static inline uint32_t sl_entry_row(uint32_t entry)
{
    return entry & ((1u << SL_ENTRY_TIMES_SHIFT) - 1);
}

static inline uint32_t sl_entry_times(uint32_t entry)
{
    return 1 + (entry >> SL_ENTRY_TIMES_SHIFT);
}

/* keys[i] = column[row of entry i] << shift | label[i], for n >= 1 entries; the least and the largest of
 * them. */
void sl_keys_gather(const uint32_t *column, const uint32_t *entries, const uint8_t *label, size_t n,
                    int shift, uint32_t *keys, uint32_t *low, uint32_t *high);

/* label[i] = class | (times - 1) << shift for entries of one class; returns how many rows they stand for. */
uint32_t sl_keys_label(const uint32_t *entries, size_t n, uint32_t class, int shift, uint8_t *label);

/* keys[i] = column[row of entry i], and their range, for n >= 1 entries. */
void sl_keys_range(const uint32_t *column, const uint32_t *entries, size_t n, uint32_t *keys, uint32_t *low,
                   uint32_t *high);

/* How many rows the entries stand for whose key is at most `most`. */
uint32_t sl_keys_count(const uint32_t *keys, const uint32_t *entries, size_t n, uint32_t most);

enum { SL_KEYS_BITS = 8 }; /* are counted in one pass */

/* count[c][l] = how many rows of class c, each as many times as it counts, have the bit mask[l]: row r's
 * bits are words[r * stride].  The entries stand class by class, held[c] of each of k classes.  Lanes whose
 * mask is 0 are of no use. */
void sl_keys_count_bits(const uint64_t *words, size_t stride, const uint32_t *entries, const uint32_t *held,
                        int k, const uint64_t mask[SL_KEYS_BITS], uint32_t (*count)[SL_KEYS_BITS]);

enum { SL_FEW_KEYS = 48 }; /* more go to buckets (trees/order.c) */

/* sorted (n): keys (n) in ascending order; n <= SL_FEW_KEYS, and the two do not overlap.  Without a guess of
 * which of two is larger: O(n^2), some eight keys at a time. */
void sl_keys_sort_few(const uint32_t *keys, size_t n, uint32_t *sorted);

#endif
