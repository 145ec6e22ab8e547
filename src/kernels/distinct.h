/* distinct.h - the place of each value of a column of finite floats among its distinct values: by hashing
 * where they are few, else by radix.  O(n).  0 and -0 are one value. */
#ifndef SL_KERNELS_DISTINCT_H
#define SL_KERNELS_DISTINCT_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Floats as whole numbers in the same order, and back; -0 is below 0. */
static inline uint32_t sl_key_of_float(float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits & 0x80000000u ? ~bits : bits | 0x80000000u;
}

static inline float sl_float_of_key(uint32_t key)
{
    const uint32_t bits = key & 0x80000000u ? key & 0x7fffffffu : ~key;
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

enum { SL_FEW_VALUES = 256, SL_FEW_SLOTS = 1024 };

/* Up to 256 distinct values. */
struct sl_few {
    size_t n;
    float value[SL_FEW_VALUES];   /* (n), in the order in which they came; ascending once sorted */
    uint32_t key[SL_FEW_SLOTS];   /* of a hash table: the value's bits */
    uint16_t place[SL_FEW_SLOTS]; /* its index + 1; 0: the slot is free */
};

/* Begins without values. */
void sl_few_begin(struct sl_few *few);
/* Adds n values; returns 0 as soon as there are more than 256 distinct ones. */
int sl_few_add(struct sl_few *few, const float *x, size_t n);
/* Puts the values in ascending order. */
void sl_few_sort(struct sl_few *few);
/* rank[i * stride] = the index of x[i], i < n; each x[i] is one of the values. */
void sl_few_ranks(const struct sl_few *few, const float *x, size_t n, uint8_t *rank, size_t stride);

/* rank[i] of each of n < 2^32 values; returns how many are distinct, which value (n) begins with, ascending.
 * scratch: 2 n numbers. */
size_t sl_ranks(const float *x, size_t n, uint64_t *scratch, float *value, uint32_t *rank);

#endif
