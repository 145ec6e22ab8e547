/* topk.h - the k smallest of many keys, read block by block. */
#ifndef SL_KERNELS_TOPK_H
#define SL_KERNELS_TOPK_H

#include <stddef.h>
#include <stdint.h>

struct sl_neighbour {
    double key; /* whole numbers below 2^53 are exact */
    uint32_t row;
};

/* A max-heap of the k best so far, ordered by (key, row).  heap (k) is the caller's; n = 0 begins anew.
 * Blocks must come in ascending order of rows: of equal keys the lower row stays. */
struct sl_topk {
    struct sl_neighbour *heap;
    size_t k, n;
};

/* The key that a newcomer must be below to get in; infinity while there is room. */
double sl_topk_limit(const struct sl_topk *t);

void sl_topk_offer(struct sl_topk *t, double key, uint32_t row);

/* Offer the keys of rows first ... first + n - 1: add[j] + factor * p[j] (which must fit in 32 bits). */
void sl_topk_scan_i32(struct sl_topk *t, const int32_t *p, int32_t factor, const int32_t *add, size_t n,
                      uint32_t first);
void sl_topk_scan_f32(struct sl_topk *t, const float *p, float factor, const float *add, size_t n,
                      uint32_t first);

/* Lists, ascending, the j < n for which add[j] + factor * p[j] < limit; found (n).  Returns how many. */
size_t sl_below_f32(const float *p, float factor, const float *add, size_t n, float limit, uint32_t *found);

/* Sorts the heap by (key, row), ascending; it is a heap no more. */
void sl_topk_sort(struct sl_topk *t);

#endif
