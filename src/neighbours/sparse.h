/* sparse.h - sparse rows that neighbours are searched among. */
#ifndef SL_NEIGHBOURS_SPARSE_H
#define SL_NEIGHBOURS_SPARSE_H

#include "kernels/topk.h"
#include <shortlist/view.h>

/* A copy of the rows, and for each feature the rows that have it.  Owns its arrays. */
struct sl_knn_sparse {
    size_t n, d;
    double p;
    struct sl_csr *rows; /* (n) */
    size_t *start;       /* (d + 1) of each feature in the next two */
    uint32_t *row;       /* (entries) */
    float *value;        /* (entries) */
    double *sum;         /* (n) of each row's |x|^p */
    double largest_sum;
    size_t longest; /* entries of a row, at most */
};

/* SL_OK or SL_ENOMEM; release it either way. */
int sl_knn_sparse_init(struct sl_knn_sparse *sparse, const struct sl_view *x, double p);
void sl_knn_sparse_release(struct sl_knn_sparse *sparse);

/* Leaves in top (m), each with k places, the k nearest rows of queries x (m).  SL_OK or SL_ENOMEM. */
int sl_knn_sparse_scan(const struct sl_knn_sparse *sparse, const struct sl_csr *x, size_t m, size_t k,
                       struct sl_topk *top);

#endif
