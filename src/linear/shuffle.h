/* shuffle.h - a random order of row numbers, drawn fast. */
#ifndef SL_LINEAR_SHUFFLE_H
#define SL_LINEAR_SHUFFLE_H

#include <shortlist/rng.h>

/* Uniform to within 2^-32: good for an order, and faster than a division a row. */
static inline void sl_shuffle_rows(struct sl_rng *rng, uint32_t *a, size_t n)
{
    for (size_t i = n; i > 1; i--) {
        size_t j = (size_t)(((unsigned __int128)sl_rng_bits(rng) * i) >> 64);
        uint32_t swap = a[i - 1];
        a[i - 1] = a[j];
        a[j] = swap;
    }
}

#endif
