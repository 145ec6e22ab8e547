/* histogram.h - the two loops in which a decision tree on byte features spends its time.
 *
 * Both look at a block of neighbouring features at once, one feature a vector lane, and answer with
 * the best Gini score that a split of each feature can reach,
 *     score = sum_c L_c^2 / n_L + sum_c R_c^2 / n_R      (larger is purer; n for a perfect split)
 * in single precision, to within SL_GINI_SLACK of the exact value: good enough to name the few features
 * that can be the best, which the caller then compares exactly. */
#ifndef SL_KERNELS_HISTOGRAM_H
#define SL_KERNELS_HISTOGRAM_H

#include <stddef.h>
#include <stdint.h>

enum {
    SL_HIST_LANES = 16,                       /* features of a histogram block */
    SL_HIST_ROWS = 65535,                     /* rows that a histogram's 16-bit counters can hold */
    SL_HIST_CLASSES = 32,                     /* and classes */
    SL_HIST_CLASS = 256 * SL_HIST_LANES + 32, /* counters of a class: not a multiple of the cache's ways */
    SL_SORT_LANES = 32,                       /* features of a sorted block */
    SL_SORT_ROWS = 255,                       /* rows that a sorted block can hold: n^2 < 2^16 */
    SL_SORT_CLASSES = 128,                    /* and classes: key = byte << 7 | class < 2^15 */
};

/* The relative error of a score is below 1e-6 for up to 128 classes; the slack leaves room. */
#define SL_GINI_SLACK 1e-5f

/* hist[c][byte][lane] += 1 for rows of x (., stride), which stand class by class, total[c] of each of k
 * classes, SL_HIST_ROWS in all at most: byte x[row][first + lane], lane < lanes <= SL_HIST_LANES.
 * hist (k, SL_HIST_CLASS). */
void sl_hist_count(const uint8_t *x, size_t stride, const uint32_t *rows, const uint32_t *total, int k,
                   size_t first, int lanes, uint16_t *hist);

/* best[lane]: the best score among splits after one of the 256 bytes that leave at least min_leaf rows
 * on each side; 0 where there is none. */
void sl_hist_gini(const uint16_t *hist, const uint32_t *total, int k, size_t min_leaf,
                  float best[SL_HIST_LANES]);

/* The same for few rows: no histogram but sorted keys.  Writes keys (n, SL_SORT_LANES), each lane sorted,
 * key = byte << 7 | class; lanes beyond `lanes` hold a constant byte.  n <= SL_SORT_ROWS. */
void sl_sort_keys(const uint8_t *x, size_t stride, const uint32_t *rows, size_t n, const uint8_t *label,
                  size_t first, int lanes, int16_t *keys);
void sl_sort_gini(const int16_t *keys, const uint32_t *total, int k, size_t n, size_t min_leaf,
                  float best[SL_SORT_LANES]);

/* The plain version of all of the above, for one feature. */
float sl_gini_plain(const uint8_t *x, size_t stride, const uint32_t *rows, size_t n, const uint8_t *label,
                    size_t feature, int k, size_t min_leaf);

#endif
