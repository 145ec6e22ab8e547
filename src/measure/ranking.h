/* ranking.h - the rows by the falling score of one class, and what that order is worth.
 *
 * Rows have weights, several lanes of them at a time: each lane is a sample of the rows, in which a row
 * stands as often as its weight says. */
#ifndef SL_MEASURE_RANKING_H
#define SL_MEASURE_RANKING_H

#include <shortlist/metrics.h>

enum { SL_LANES = 8 };

/* The ranking by one class's scores. */
struct sl_ranking {
    int32_t class;
    size_t n;
    uint32_t *order;      /* (n) rows, the largest score first */
    unsigned char *last;  /* (n): the next one in order has a lower score */
    const int32_t *truth; /* (n), the caller's */
};

/* One ranking for each class that occurs. */
struct sl_rankings {
    int m, binary;         /* rankings; of two classes, the first of which has the same area as the second */
    struct sl_ranking *of; /* (m), by class */
};

/* Scores (n, k), as in sl_rank_scores; truth must outlive the rankings.  SL_ENOMEM. */
int sl_rankings_make(const int32_t *truth, const float *scores, size_t n, int k, struct sl_rankings *out);
void sl_rankings_release(struct sl_rankings *rankings);

/* out (SL_LANES): of the samples that weights (n, SL_LANES) draw. */
void sl_rankings_score(const struct sl_rankings *rankings, const unsigned char *weights,
                       struct sl_ranked out[SL_LANES]);

#endif
