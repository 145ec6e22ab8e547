/* near.h - the nearest other rows of each row. */
#ifndef SL_EXPLAIN_NEAR_H
#define SL_EXPLAIN_NEAR_H

#include "explain/features.h"
#include "neighbours/search.h"

/* near (n, k): the k < n nearest of each row, without itself, by Euclidean distance (key: squared), of equal
 * ones the earlier row.  The rows are kept.  SL_ENOMEM, SL_ECANCELLED. */
int sl_near_rows(const struct sl_features *features, size_t k, int threads,
                 const volatile sig_atomic_t *cancel, struct sl_neighbour *near, struct sl_error *err);

/* The same of chosen rows (m) of a view: near (m, k). */
int sl_near_chosen(const struct sl_view *view, const uint32_t *rows, size_t m, size_t k, int threads,
                   struct sl_neighbour *near, struct sl_error *err);

#endif
