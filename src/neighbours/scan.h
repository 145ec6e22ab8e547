/* scan.h - a block of queries against all rows. */
#ifndef SL_NEIGHBOURS_SCAN_H
#define SL_NEIGHBOURS_SCAN_H

#include "kernels/topk.h"
#include "neighbours/rows.h"

/* One block of queries at work. */
struct sl_knn_scan {
    const struct sl_knn_rows *rows;
    const void *x; /* (m, d), of the rows' type, or a struct sl_csr */
    size_t m, k;
    struct sl_topk *top; /* (m) */
};

enum { SL_KNN_ROWS = 1024 }; /* that a block of queries is measured against at a time */

/* Empties the heaps, and puts them in found (m, k). */
void sl_knn_scan_begin(const struct sl_knn_scan *scan, struct sl_neighbour *found);
/* Leaves each query's k nearest rows in its heap: measures every row.  SL_OK, SL_ENOMEM,
 * or SL_EINTERNAL when oneDNN refuses. */
int sl_knn_scan_all(const struct sl_knn_scan *scan);
/* The same by the rows' filter; SL_KNN_UNFIT: it does not pay for these queries. */
int sl_knn_scan_filtered(const struct sl_knn_scan *scan);

#endif
