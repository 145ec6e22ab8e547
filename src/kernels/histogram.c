/* histogram.c - best Gini split of many byte features at once, one feature a vector lane.
 *
 * Many rows: counts by (class, byte, feature), then one pass over the 256 bytes.  A row's 16 bytes update
 * 16 different counters, so that no update waits for the one before it, although half of all pixels are
 * 0; rows of one class update 8 KiB, which stay in the nearest cache.  O(n d + 256 k d).
 * Few rows: keys (byte, class) sorted by Batcher's odd-even merge network (K. Batcher, "Sorting networks
 * and their applications", 1968), whose steps do not depend on the data and so run on 32 features at
 * once; then one pass over the n sorted rows.  O(n (log^2 n + k) d), without the 256.
 *
 * The vectors are GCC's: the compiler splits them where the machine's registers are narrower. */
#include "kernels/histogram.h"
#include "kernels/dispatch.h"
#include <string.h>

/* 32 bytes: the widest that AVX2 and AVX-512 machines both hold in one register. */
typedef float f32x8 __attribute__((vector_size(32)));
typedef uint32_t u32x8 __attribute__((vector_size(32), may_alias));
typedef int32_t i32x8 __attribute__((vector_size(32)));
typedef uint16_t u16x16 __attribute__((vector_size(32)));
typedef int16_t i16x16 __attribute__((vector_size(32)));

enum { AHEAD = 12 }; /* rows */

void sl_hist_count(const uint8_t *x, size_t stride, const uint32_t *rows, const uint32_t *total, int k,
                   size_t first, int lanes, uint16_t *hist)
{
    for (int c = 0; c < k; c++, hist += SL_HIST_CLASS) {
        for (size_t i = 0; i < total[c]; i++) {
            const uint8_t *row = x + rows[i] * stride + first;
            /* Rows lie anywhere: without this the wait for them is half of the time. */
            if (i + AHEAD < total[c])
                __builtin_prefetch(x + rows[i + AHEAD] * stride + first);
            if (lanes == SL_HIST_LANES) {
#pragma GCC unroll 16
                for (int l = 0; l < SL_HIST_LANES; l++)
                    hist[row[l] * SL_HIST_LANES + l]++;
            } else {
                for (int l = 0; l < lanes; l++)
                    hist[row[l] * SL_HIST_LANES + l]++;
            }
        }
        rows += total[c];
    }
}

/* All bits set where a signed number is negative.  Masks are made so, and floats >= 0 compared by their
 * bits, which are ordered alike: GCC turns comparisons of vectors into scalar code where a clone's
 * registers are narrower. */
#define MASK_NEGATIVE(ints, bits) ((ints) >> (bits - 1))

/* best = max(best, score) where the mask is set. */
#define KEEP_LARGER(best, score, mask)                                                                       \
    do {                                                                                                     \
        i32x8 s_ = (i32x8)(score) & (mask), b_ = (i32x8)(best);                                              \
        i32x8 larger_ = MASK_NEGATIVE(b_ - s_, 32);                                                          \
        best = (f32x8)((larger_ & s_) | (~larger_ & b_));                                                    \
    } while (0)

SL_CLONED_VOID(extern, sl_hist_gini,
               (const uint16_t *hist, const uint32_t *total, int k, size_t min_leaf,
                float best_out[SL_HIST_LANES]),
               (hist, total, k, min_leaf, best_out))
{
    f32x8 zero = {0}, left[SL_HIST_CLASSES][2], best[2] = {{0}, {0}};
    f32x8 least = zero + (float)(min_leaf ? min_leaf : 1);
    float all[SL_HIST_CLASSES], n = 0;
    for (int c = 0; c < k; c++) {
        left[c][0] = left[c][1] = zero;
        all[c] = (float)total[c];
        n += all[c];
    }
    for (size_t byte = 0; byte < 255; byte++) {
        const uint16_t *counts = hist + byte * SL_HIST_LANES;
        f32x8 n_left[2] = {zero, zero}, left2[2] = {zero, zero}, right2[2] = {zero, zero};
        for (int c = 0; c < k; c++, counts += SL_HIST_CLASS) {
            u32x8 pairs = *(const u32x8 *)counts; /* two lanes in each: [0] the even ones, [1] the odd */
            f32x8 here[2] = {__builtin_convertvector((i32x8)(pairs & 0xffff), f32x8),
                             __builtin_convertvector((i32x8)(pairs >> 16), f32x8)};
            for (int h = 0; h < 2; h++) {
                f32x8 l = left[c][h] + here[h], r = all[c] - l;
                left[c][h] = l;
                n_left[h] += l;
                left2[h] += l * l;
                right2[h] += r * r;
            }
        }
        for (int h = 0; h < 2; h++) {
            f32x8 n_right = n - n_left[h];
            /* Where a side is empty the division gives infinity or NaN, and the mask keeps it out. */
            f32x8 score = left2[h] / n_left[h] + right2[h] / n_right;
            i32x8 too_few = MASK_NEGATIVE((i32x8)n_left[h] - (i32x8)least, 32) |
                            MASK_NEGATIVE((i32x8)n_right - (i32x8)least, 32);
            KEEP_LARGER(best[h], score, ~too_few);
        }
    }
    for (int l = 0; l < SL_HIST_LANES; l++)
        best_out[l] = best[l % 2][l / 2];
}

enum { LANES = SL_SORT_LANES };

/* Sorts every lane of keys (n, LANES) by Batcher's network. */
SL_CLONED_VOID(static, sort_lanes, (int16_t * keys, size_t n), (keys, n))
{
    for (size_t p = 1; p < n; p *= 2)
        for (size_t step = p; step > 0; step /= 2)
            for (size_t from = step % p; from + step < n; from += 2 * step) {
                size_t end = from + step < n - step ? from + step : n - step;
                for (size_t i = from; i < end; i++) {
                    if ((i & (2 * p - 1)) + step >= 2 * p) /* not within one block of 2 p */
                        continue;
                    int16_t *restrict a = keys + i * LANES, *restrict b = keys + (i + step) * LANES;
                    for (int l = 0; l < LANES; l++) {
                        int16_t x = a[l], y = b[l];
                        a[l] = x < y ? x : y;
                        b[l] = x < y ? y : x;
                    }
                }
            }
}

SL_CLONED_VOID(static, fill_lanes,
               (const uint8_t *x, size_t stride, const uint32_t *rows, size_t n, const uint8_t *label,
                int16_t *keys),
               (x, stride, rows, n, label, keys))
{
    for (size_t i = 0; i < n; i++) {
        const uint8_t *row = x + rows[i] * stride;
        for (int l = 0; l < LANES; l++)
            keys[i * LANES + (size_t)l] = (int16_t)(row[l] << 7 | label[i]);
    }
}

void sl_sort_keys(const uint8_t *x, size_t stride, const uint32_t *rows, size_t n, const uint8_t *label,
                  size_t first, int lanes, int16_t *keys)
{
    if (lanes == LANES)
        fill_lanes(x + first, stride, rows, n, label, keys);
    else {
        for (size_t i = 0; i < n; i++)
            for (int l = 0; l < LANES; l++)
                keys[i * LANES + (size_t)l] =
                    (int16_t)((l < lanes ? x[rows[i] * stride + first + (size_t)l] : 0) << 7 | label[i]);
    }
    sort_lanes(keys, n);
}

SL_CLONED_VOID(extern, sl_sort_gini,
               (const int16_t *keys, const uint32_t *total, int k, size_t n, size_t min_leaf,
                float best_out[SL_SORT_LANES]),
               (keys, total, k, n, min_leaf, best_out))
{
    i16x16 left[2][SL_SORT_CLASSES], zero = {0};
    u16x16 left2[2] = {{0}, {0}}, right2[2] = {{0}, {0}}, squares_left[2],
           squares_right[2]; /* 0 where equal bytes can not be parted */
    f32x8 best[4] = {{0}, {0}, {0}, {0}}, score[4];
    size_t least = min_leaf ? min_leaf : 1;
    for (int c = 0; c < k; c++) {
        left[0][c] = left[1][c] = zero;
        right2[0] += (uint16_t)(total[c] * total[c]);
        right2[1] = right2[0];
    }
    for (size_t i = 0; i + least < n; i++) {
        for (size_t h = 0; h < 2; h++) {
            const int16_t *at = keys + i * LANES + h * 16;
            i16x16 key = *(const i16x16 *)at, next = *(const i16x16 *)(at + LANES);
            i16x16 class = key & 127, here = zero, there = zero; /* its rows: on the left so far, in all */
            for (int c = 0; c < k; c++) {
                i16x16 mine = MASK_NEGATIVE((class ^ (int16_t)c) - 1, 16);
                here |= mine & left[h][c];
                there |= mine & (int16_t)total[c];
                left[h][c] -= mine;
            }
            left2[h] += (u16x16)(2 * here + 1); /* (x + 1)^2 - x^2 */
            right2[h] -= (u16x16)(2 * (there - here) - 1);
            u16x16 differ = (u16x16)MASK_NEGATIVE(-((next ^ key) >> 7), 16);
            squares_left[h] = left2[h] & differ;
            squares_right[h] = right2[h] & differ;
        }
        if (i + 1 < least)
            continue;
        float part_left = 1.0f / (float)(i + 1), part_right = 1.0f / (float)(n - i - 1);
        for (int l = 0; l < LANES; l++)
            ((float *)score)[l] = (float)((uint16_t *)squares_left)[l] * part_left +
                                  (float)((uint16_t *)squares_right)[l] * part_right;
        for (int h = 0; h < 4; h++)
            KEEP_LARGER(best[h], score[h], ~(i32x8){0});
    }
    memcpy(best_out, best, sizeof best);
}

float sl_gini_plain(const uint8_t *x, size_t stride, const uint32_t *rows, size_t n, const uint8_t *label,
                    size_t feature, int k, size_t min_leaf)
{
    double best = 0;
    for (int byte = 0; byte < 255; byte++) {
        double left[256] = {0}, right[256] = {0}, n_left = 0, left2 = 0, right2 = 0;
        for (size_t i = 0; i < n; i++) {
            int goes_left = x[rows[i] * stride + feature] <= byte;
            n_left += goes_left;
            (goes_left ? left : right)[label[i]]++;
        }
        double n_right = (double)n - n_left;
        if (n_left < 1 || n_right < 1 || n_left < (double)min_leaf || n_right < (double)min_leaf)
            continue;
        for (int c = 0; c < k; c++) {
            left2 += left[c] * left[c];
            right2 += right[c] * right[c];
        }
        double score = left2 / n_left + right2 / n_right;
        best = score > best ? score : best;
    }
    return (float)best;
}
