/* folds.h - one search for every number of neighbours, every weighting and every fold.
 *
 * The k_max nearest rows hold the k nearest of every k below, and a fold's rows are searched among the rows
 * of the others only: so a sweep over numbers of neighbours and weightings by cross-validation measures each
 * pair of rows once, not once for each of its values.  Predictions are, bit for bit, those of separate fits
 * on the folds' training rows, in the order in which they stand in the view. */
#ifndef SL_NEIGHBOURS_FOLDS_H
#define SL_NEIGHBOURS_FOLDS_H

#include "neighbours/search.h"
#include "neighbours/vote.h"

/* Owns its arrays but fold; which stays the caller's and must outlive it. */
struct sl_knn_folds {
    size_t n, k_max;
    const int32_t *fold; /* (n): see sl_knn_folds_search */
    struct sl_neighbour
        *found;     /* (n, k_max): neighbours of each scored row, as rows of the view, nearest first */
    double *weight; /* (n, k_max): votes by distance, or NULL */
    size_t *count;  /* (n_folds): so many of them, where a fold is left fewer rows than k_max */
};

/* Searches for the neighbours of every row of x that has a fold, among the rows that have another, or none.
 * fold (n): 0 ... n_folds - 1, or -1: a neighbour to all, scored by none (so a plain split is one fold, 0
 * where rows validate and -1 where they train).  k_max >= 1: beyond a fold's training rows it means all of
 * them, as does a number of neighbours.  Memory: 16 k_max bytes a row, and a copy of the rows.  SL_EUSAGE
 * where a fold leaves no row to train on, SL_ENOMEM, SL_ECANCELLED: nothing needs to be released. */
int sl_knn_folds_search(const struct sl_view *x, const int32_t *fold, int n_folds, size_t k_max,
                        const struct sl_knn_options *options, struct sl_knn_folds *folds,
                        struct sl_error *err);
void sl_knn_folds_release(struct sl_knn_folds *folds);

/* Computes the votes by distance once, for all calls of sl_knn_folds_predict with weights by distance and the
 * same unit and p.  Memory: 8 k_max bytes a row.  SL_ENOMEM. */
int sl_knn_folds_weigh(struct sl_knn_folds *folds, const struct sl_knn_voting *voting, int threads,
                       struct sl_error *err);

/* labels (n), scores (n, k) or both of the given rows (n), which have a fold each, by their n_neighbors <=
 * k_max nearest ones; labels or scores may be NULL.  voting->labels are those of the view.  Single-threaded:
 * a vote is far less work than threads take to meet.  SL_EDATA (sl_knn_is_beyond), SL_ENOMEM. */
int sl_knn_folds_predict(const struct sl_knn_folds *folds, const struct sl_knn_voting *voting,
                         const uint32_t *rows, size_t n, size_t n_neighbors, int32_t *labels, float *scores,
                         struct sl_error *err);

#endif
