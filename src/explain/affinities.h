/* affinities.h - what pulls points of a t-SNE together: probabilities of near rows. */
#ifndef SL_EXPLAIN_AFFINITIES_H
#define SL_EXPLAIN_AFFINITIES_H

#include "kernels/topk.h"
#include <shortlist/error.h>
#include <stddef.h>
#include <stdint.h>

enum { SL_PULL = 4 /* entries that rows are padded to */ };

/* Symmetric and sparse; they sum up to 1.  Rows are padded to SL_PULL entries by ones of probability 0, of
 * the row with itself. */
struct sl_affinities {
    size_t n;
    size_t *start;    /* (n + 1) */
    uint32_t *column; /* ascending in a row, but for the padding */
    float *p;
};

/* near (n, k): each row's nearest, by squared distances, without itself.  The probabilities of a row have the
 * perplexity asked for.  SL_ENOMEM. */
int sl_affinities_init(struct sl_affinities *a, const struct sl_neighbour *near, size_t n, size_t k,
                       double perplexity, int threads, struct sl_error *err);
void sl_affinities_release(struct sl_affinities *a);

/* pull (2) = the sum over row i's entries of p w (y_i - y_j), w = 1 / (1 + |y_i - y_j|^2). */
void sl_affinities_pull(const struct sl_affinities *a, size_t i, const float *y, float *pull);
/* The sum over all entries of p log(p / w): the divergence, less log(z). */
double sl_affinities_divergence(const struct sl_affinities *a, const float *y);

/* p (k) of squared distances d (k), ascending, such that their perplexity is the one asked for, by bisection.
 */
void sl_conditional(const float *d, size_t k, double perplexity, float *p);

#endif
