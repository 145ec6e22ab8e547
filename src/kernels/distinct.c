/* distinct.c - places of floats among their distinct values. */
#include "kernels/distinct.h"
#include "core/order.h"
#include <stdlib.h>
#include <string.h>

static uint32_t bits_of(float x)
{
    uint32_t bits;
    x += 0.0f; /* -0 becomes 0 */
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static float float_of(uint32_t bits)
{
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* Few values --------------------------------------------------------------------------------------*/

void sl_few_begin(struct sl_few *few)
{
    few->n = 0;
    memset(few->place, 0, sizeof few->place);
}

/* The slot of these bits, or the free one where they belong. */
static size_t slot_of(const struct sl_few *few, uint32_t bits)
{
    size_t slot = bits * 0x9e3779b1u >> 22;
    while (few->place[slot] && few->key[slot] != bits)
        slot = (slot + 1) % SL_FEW_SLOTS;
    return slot;
}

int sl_few_add(struct sl_few *few, const float *x, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const uint32_t bits = bits_of(x[i]);
        const size_t slot = slot_of(few, bits);
        if (few->place[slot])
            continue;
        if (few->n == SL_FEW_VALUES)
            return 0;
        few->key[slot] = bits;
        few->value[few->n++] = float_of(bits);
        few->place[slot] = (uint16_t)few->n;
    }
    return 1;
}

void sl_few_sort(struct sl_few *few)
{
    qsort(few->value, few->n, sizeof *few->value, sl_by_float);
    for (size_t i = 0; i < few->n; i++)
        few->place[slot_of(few, bits_of(few->value[i]))] = (uint16_t)(i + 1);
}

void sl_few_ranks(const struct sl_few *few, const float *x, size_t n, uint8_t *rank, size_t stride)
{
    for (size_t i = 0; i < n; i++)
        rank[i * stride] = (uint8_t)(few->place[slot_of(few, bits_of(x[i]))] - 1);
}

/* Many values -------------------------------------------------------------------------------------*/

enum { DIGIT = 11, DIGITS = 3, VALUES = 1 << DIGIT };

static size_t digit_of(uint64_t pair, int digit)
{
    return (size_t)(pair >> (32 + DIGIT * digit)) & (VALUES - 1);
}

/* Sorts pairs by one digit, into `to`; 0: it is the same of all, nothing is done. */
static int sort_digit(const uint64_t *pairs, size_t n, int digit, uint64_t *to)
{
    uint32_t at[VALUES + 1] = {0};
    for (size_t i = 0; i < n; i++)
        at[digit_of(pairs[i], digit) + 1]++;
    if (at[digit_of(pairs[0], digit) + 1] == n)
        return 0;
    for (size_t v = 1; v < VALUES; v++)
        at[v] += at[v - 1];
    for (size_t i = 0; i < n; i++)
        to[at[digit_of(pairs[i], digit)]++] = pairs[i];
    return 1;
}

/* Sorts pairs of a key, above, and a row by the key; returns which of the two holds them then. */
static uint64_t *sort_pairs(uint64_t *pairs, uint64_t *to, size_t n)
{
    for (int digit = 0; digit < DIGITS; digit++)
        if (sort_digit(pairs, n, digit, to)) {
            uint64_t *sorted = to;
            to = pairs;
            pairs = sorted;
        }
    return pairs;
}

size_t sl_ranks(const float *x, size_t n, uint64_t *scratch, float *value, uint32_t *rank)
{
    size_t m = 0;
    if (n == 0)
        return 0;
    for (size_t i = 0; i < n; i++)
        scratch[i] = (uint64_t)sl_key_of_float(x[i] + 0.0f) << 32 | (uint32_t)i;
    const uint64_t *sorted = sort_pairs(scratch, scratch + n, n);
    for (size_t i = 0; i < n; i++) {
        const uint32_t key = (uint32_t)(sorted[i] >> 32);
        if (i == 0 || key != (uint32_t)(sorted[i - 1] >> 32))
            value[m++] = sl_float_of_key(key);
        rank[(uint32_t)sorted[i]] = (uint32_t)(m - 1);
    }
    return m;
}
