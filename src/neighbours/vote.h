/* vote.h - from neighbours to labels and shares of classes. */
#ifndef SL_NEIGHBOURS_VOTE_H
#define SL_NEIGHBOURS_VOTE_H

#include "kernels/topk.h"
#include "neighbours/rows.h"
#include <shortlist/error.h>

enum sl_knn_weights { SL_KNN_UNIFORM, SL_KNN_DISTANCE }; /* a vote's weight: 1, or 1 / distance */

/* All of it stays the caller's. */
struct sl_knn_voting {
    const int32_t *labels; /* of the rows that neighbours are numbers of: 0 ... k - 1 */
    int k;                 /* classes */
    int weights;           /* enum sl_knn_weights */
    double p;              /* that the neighbours were searched with */
    double unit;           /* of the stored features: see sl_knn_unit */
};

/* How long a stored 1 is in the view's own, scaled units. */
double sl_knn_unit(const struct sl_view *view);

/* weight (n): the votes of neighbours, for many calls of sl_knn_vote.  Those at distance 0 are infinite, and
 * not looked at where they decide. */
void sl_knn_weigh(const struct sl_knn_voting *voting, const struct sl_neighbour *found, size_t n,
                  double *weight);

/* The n >= 1 neighbours found, nearest first, vote.  weight: of sl_knn_weigh, or NULL.  votes (k): the
 * classes' shares; label: the largest one, of equal ones the lowest class; score (k): the shares in single
 * precision.  label and score may be NULL. */
void sl_knn_vote(const struct sl_knn_voting *voting, const struct sl_neighbour *found, const double *weight,
                 size_t n, double *votes, int32_t *label, float *score);

/* Is the farthest of the n neighbours found infinitely far, or no number?  Then they must not vote: SL_EDATA.
 */
int sl_knn_is_beyond(const struct sl_neighbour *found, size_t n);
int sl_knn_fail_beyond(size_t row, struct sl_error *err);

/* labels (n), scores (n, k) or both of the view's rows, each by its n_neighbors <= rows->n nearest rows;
 * either may be NULL.  SL_EUSAGE where they differ from rows in type or width, SL_EDATA
 * (sl_knn_is_beyond), SL_ENOMEM. */
int sl_knn_classify(const struct sl_knn_rows *rows, const struct sl_knn_voting *voting, size_t n_neighbors,
                    const struct sl_view *x, int threads, int32_t *labels, float *scores,
                    struct sl_error *err);

#endif
