/* Few keys in order, against qsort: all numbers of them, with equal ones and the largest.  What is gathered
 * of entries, against a row at a time. */
#include <setjmp.h>
#include <shortlist/rng.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kernels/keys.h"

static int by_key(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static uint32_t key_of(struct sl_rng *rng, int kind)
{
    const uint32_t any = (uint32_t)sl_rng_bits(rng);
    return kind == 0 ? any : kind == 1 ? any % 4 : kind == 2 ? 0 - any % 3 : UINT32_MAX;
}

static void keys_are_sorted(void **state)
{
    uint32_t keys[SL_FEW_KEYS], want[SL_FEW_KEYS], sorted[SL_FEW_KEYS + 1];
    (void)state;
    struct sl_rng *rng = sl_rng_new(6, "keys");
    for (size_t n = 0; n <= SL_FEW_KEYS; n++)
        for (int i = 0; i < 40; i++) {
            for (size_t j = 0; j < n; j++)
                want[j] = keys[j] = key_of(rng, i % 4);
            qsort(want, n, sizeof *want, by_key);
            sorted[n] = 5; /* is not written to */
            sl_keys_sort_few(keys, n, sorted);
            assert_memory_equal(sorted, want, n * sizeof *sorted);
            assert_int_equal(sorted[n], 5);
        }
    sl_rng_free(rng);
}

enum { MOST = 200 };

/* The codes themselves, of any 32 bits; those at most `cut` count as many times as their rows. */
static void check_count(const uint32_t *column, const uint32_t *entries, size_t n, uint32_t cut)
{
    uint32_t keys[MOST + 1], low, high, least = UINT32_MAX, most = 0, count = 0;
    keys[n] = 5; /* is not written to */
    sl_keys_range(column, entries, n, keys, &low, &high);
    for (size_t i = 0; i < n; i++) {
        const uint32_t key = column[entries[i] & 0x3fffffff];
        assert_int_equal(keys[i], key);
        least = key < least ? key : least;
        most = key > most ? key : most;
        count += key <= cut ? entries[i] / 0x40000000 + 1 : 0;
    }
    assert_int_equal(low, least);
    assert_int_equal(high, most);
    assert_int_equal(keys[n], 5);
    assert_int_equal(sl_keys_count(keys, entries, n, cut), count);
}

static void entries_are_gathered(void **state)
{
    enum { ROWS = 300, STRIDE = 3 };
    uint32_t column[ROWS], any[ROWS], entries[MOST], keys[MOST + 1], low, high;
    uint8_t labels[MOST + 1];
    uint8_t label[MOST];
    (void)state;
    struct sl_rng *rng = sl_rng_new(7, "keys");
    for (size_t r = 0; r < ROWS; r++) {
        column[r] = (uint32_t)sl_rng_below(rng, 1u << 25);
        any[r] = key_of(rng, (int)(r % 3));
    }
    for (size_t n = 1; n <= MOST; n++) {
        uint32_t least = UINT32_MAX, most = 0, times = 0;
        for (size_t i = 0; i < n; i++) {
            entries[i] = (uint32_t)sl_rng_below(rng, ROWS) | (uint32_t)sl_rng_below(rng, 4)
                                                                 << SL_ENTRY_TIMES_SHIFT;
            label[i] = (uint8_t)sl_rng_below(rng, 128);
        }
        keys[n] = 5; /* is not written to */
        labels[n] = 5;
        sl_keys_gather(column, entries, label, n, 7, keys, &low, &high);
        const uint32_t labelled = sl_keys_label(entries, n, 9, 5, labels);
        for (size_t i = 0; i < n; i++) {
            assert_int_equal(labels[i], 9 + 32 * (entries[i] / 0x40000000));
            times += entries[i] / 0x40000000 + 1;
            const uint32_t row = entries[i] & 0x3fffffff, key = column[row] * 128 + label[i];
            assert_int_equal(keys[i], key);
            least = key < least ? key : least;
            most = key > most ? key : most;
        }
        assert_int_equal(low, least);
        assert_int_equal(high, most);
        assert_int_equal(keys[n], 5);
        assert_int_equal(labels[n], 5);
        assert_int_equal(labelled, times);
        check_count(any, entries, n, any[entries[0] & 0x3fffffff]);
    }
    sl_rng_free(rng);
}

/* Classes of 0, 1 ... entries; eight bits of a word, also the lowest and the highest. */
static void bits_are_counted(void **state)
{
    enum { ROWS = 300, CLASSES = 9, MOST = 40, STRIDE = 2 };
    uint32_t entries[CLASSES * MOST], held[CLASSES], count[CLASSES + 1][SL_KEYS_BITS];
    uint64_t words[ROWS * STRIDE], mask[SL_KEYS_BITS];
    (void)state;
    struct sl_rng *rng = sl_rng_new(8, "keys");
    for (size_t w = 0; w < ROWS * STRIDE; w++)
        words[w] = sl_rng_bits(rng);
    for (int run = 0; run < 50; run++) {
        size_t n = 0;
        for (int c = 0; c < CLASSES; c++) {
            held[c] = c ? (uint32_t)sl_rng_below(rng, MOST + 1) : (uint32_t)run % 2;
            for (uint32_t i = 0; i < held[c]; i++)
                entries[n++] = (uint32_t)sl_rng_below(rng, ROWS) | (uint32_t)sl_rng_below(rng, 4)
                                                                       << SL_ENTRY_TIMES_SHIFT;
        }
        for (int l = 0; l < SL_KEYS_BITS; l++)
            mask[l] = (uint64_t)1 << (l == 0 ? 0 : l == 1 ? 63 : sl_rng_below(rng, 64));
        count[CLASSES][0] = 5; /* is not written to */
        sl_keys_count_bits(words + 1, STRIDE, entries, held, CLASSES, mask, count);
        const uint32_t *entry = entries;
        for (int c = 0; c < CLASSES; entry += held[c++])
            for (int l = 0; l < SL_KEYS_BITS; l++) {
                uint32_t want = 0;
                for (uint32_t i = 0; i < held[c]; i++)
                    if (words[STRIDE * (entry[i] & 0x3fffffff) + 1] & mask[l])
                        want += entry[i] / 0x40000000 + 1;
                assert_int_equal(count[c][l], want);
            }
        assert_int_equal(count[CLASSES][0], 5);
    }
    sl_rng_free(rng);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(keys_are_sorted),
                                       cmocka_unit_test(entries_are_gathered),
                                       cmocka_unit_test(bits_are_counted)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
