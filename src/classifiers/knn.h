/* knn.h - search for nearest neighbours, shared by the two files of knn. */
#ifndef SL_CLASSIFIERS_KNN_H
#define SL_CLASSIFIERS_KNN_H

#include "classifiers/knn_filter.h"
#include "kernels/topk.h"
#include <shortlist/dataset.h>
#include <shortlist/error.h>

enum sl_knn_way {
    SL_KNN_BYTE_GRAM,  /* Euclidean on bytes: exact integer products */
    SL_KNN_BYTE_SAD,   /* Manhattan on bytes */
    SL_KNN_FLOAT_GRAM, /* Euclidean on floats: products, then the best again in double */
    SL_KNN_DIRECT,     /* any other power, and rows too wide for the ways above */
};

/* Training rows as the search wants them.  Owns its arrays. */
struct sl_knn_rows {
    enum sl_knn_way way;
    enum sl_dtype dtype;
    size_t n, d;
    double p;                    /* of the Minkowski metric */
    int8_t *bytes;               /* (n, d): bytes - 128; NULL for floats */
    int32_t *norm;               /* (n): squared norm of the bytes (BYTE_GRAM), 0 (BYTE_SAD), else NULL */
    float *floats;               /* (n, d); NULL for bytes */
    float *mean;                 /* (d): FLOAT_GRAM only, as are the next two */
    float *centred;              /* (n, d): floats - mean */
    float *cnorm;                /* (n): squared norms of centred */
    double max_norm;             /* the largest of them, as a length */
    double *power;               /* (256): v to the p; DIRECT on bytes only */
    struct sl_knn_filter filter; /* of BYTE_GRAM and FLOAT_GRAM, where it pays; else all 0 */
};

/* Takes a copy of x (n, d).  filter_k: neighbours that searches will ask for, or 0: measure every row,
 * without a filter.  On error rows is released. */
int sl_knn_rows_init(struct sl_knn_rows *rows, enum sl_dtype dtype, const void *x, size_t n, size_t d,
                     double p, size_t filter_k, int threads, struct sl_error *err);
void sl_knn_rows_release(struct sl_knn_rows *rows);

enum { SL_KNN_QUERIES = 256 }; /* in a block */

/* found[i * k ...]: the k nearest rows of queries x (m, d), m <= SL_KNN_QUERIES, sorted by (distance,
 * row); key is the distance to the power p, in units of the features as they are stored.  Single-threaded.
 * k <= n. */
int sl_knn_search(const struct sl_knn_rows *rows, const void *x, size_t m, size_t k,
                  struct sl_neighbour *found, struct sl_error *err);

#endif
