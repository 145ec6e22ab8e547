/* search.h - the nearest rows of a query, exactly.
 *
 *   filter  a lower bound on Euclidean distances, from a few principal directions
 *   rows    the rows that are searched, as the search wants them
 *   scan    a block of queries against all rows, by products where the metric allows
 *   search  blocks of queries on threads
 *   vote    from neighbours to labels and shares of classes
 *   folds   one search for every number of neighbours, every weighting and every fold
 *
 * Brute force (Fix and Hodges, 1951), with an exact lower bound where it pays (filter.c).  A neighbour is
 * (key, row): the distance to the power p, in units of the features as they are stored, and the row's number.
 * Neighbours are sorted by (key, row): of equal distances the lower row is nearer. */
#ifndef SL_NEIGHBOURS_SEARCH_H
#define SL_NEIGHBOURS_SEARCH_H

#include "kernels/topk.h"
#include "neighbours/rows.h"
#include <shortlist/error.h>
#include <signal.h>

struct sl_knn_options {
    double p;  /* of the Minkowski metric, >= 1; 2 is Euclidean, 1 is Manhattan */
    int brute; /* measure every row; else those that a bound rules out are left out: the result is the same */
    int threads;                         /* >= 1 */
    const volatile sig_atomic_t *cancel; /* NULL, or a flag: when it is raised a search of many rows ends */
};

/* Calls what searches among n rows will call. */
void sl_knn_warm_up(enum sl_dtype dtype, size_t n, size_t d, const struct sl_knn_options *options);

/* Takes a copy of the view's rows, bytes or finite floats; labels are not looked at.  k: neighbours that
 * searches will ask for as a rule; it decides whether a bound pays, never the result.  SL_ENOMEM: rows is
 * released. */
int sl_knn_rows_init(struct sl_knn_rows *rows, const struct sl_view *x, size_t k,
                     const struct sl_knn_options *options, struct sl_error *err);

enum { SL_KNN_QUERIES = 256 }; /* in a block */

/* Of a search for the neighbours of m queries (core/threads.h). */
double sl_knn_operations(const struct sl_knn_rows *rows, size_t m);

/* found (m, k): the k <= rows->n nearest rows of queries x (m, d; or a struct sl_csr), m <= SL_KNN_QUERIES,
 * of the rows' type and units.  Single-threaded.  SL_ENOMEM. */
int sl_knn_search(const struct sl_knn_rows *rows, const void *x, size_t m, size_t k,
                  struct sl_neighbour *found, struct sl_error *err);

/* The same for any number of queries of bytes or floats, on threads.  A query that is itself one of the rows
 * finds itself, too: who wants its neighbours asks for one more and drops it, or the last where more than k
 * rows equal it. SL_ENOMEM, SL_ECANCELLED. */
int sl_knn_search_many(const struct sl_knn_rows *rows, const void *x, size_t m, size_t k,
                       const struct sl_knn_options *options, struct sl_neighbour *found,
                       struct sl_error *err);

#endif
