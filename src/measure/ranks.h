/* ranks.h - how sure the order of several classifiers is: their ranks in bootstrap samples of the rows that
 * all of them scored. */
#ifndef SL_MEASURE_RANKS_H
#define SL_MEASURE_RANKS_H

#include <stddef.h>
#include <stdint.h>

/* Samples that are drawn, and the least of them where there is so much to draw that it would take long. */
enum { SL_RANK_SAMPLES = 10000, SL_RANK_SAMPLES_LEAST = 1000 };

/* Of one classifier.  Those that are equal in a sample share its ranks there: each has every one of them as
 * often as the others. */
struct sl_rank {
    double low, high; /* from 1: the middle 95 % of its ranks */
    double best;      /* share of the samples in which it is the best */
};

/* Words that hold a bit for each of m classifiers. */
size_t sl_rank_words(size_t m);

/* By accuracy.  right (n, words): bit c of a scored row says that classifier c is right; rows come into
 * another order.  A sample has about n / repeats rows: so many were scored at a time.  out (m).  *samples:
 * how many were drawn.  SL_ENOMEM. */
int sl_rank_right(uint64_t *right, size_t n, size_t m, size_t repeats, struct sl_rank *out, size_t *samples);

/* By values (n, m) of n samples, of which the largest is the best.  A sample in which any is NaN is left
 * out; *samples: how many are not.  out (m), which is not set without samples.  SL_ENOMEM. */
int sl_rank_values(const double *values, size_t n, size_t m, struct sl_rank *out, size_t *samples);

#endif
