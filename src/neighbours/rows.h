/* rows.h - rows that neighbours are searched among, as the search wants them. */
#ifndef SL_NEIGHBOURS_ROWS_H
#define SL_NEIGHBOURS_ROWS_H

#include "neighbours/filter.h"
#include "neighbours/sparse.h"
#include <shortlist/view.h>

enum sl_knn_way {
    SL_KNN_BYTE_GRAM,  /* Euclidean on bytes: exact integer products */
    SL_KNN_BYTE_SAD,   /* Manhattan on bytes */
    SL_KNN_FLOAT_GRAM, /* Euclidean on floats: products, then the best again in double */
    SL_KNN_DIRECT,     /* any other power, and rows too wide for the ways above */
    SL_KNN_SPARSE,     /* sparse rows, by the features that they share with a query */
};

/* Owns its arrays.  Once made it is only read: any number of threads may search it. */
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
    struct sl_knn_sparse sparse; /* of SPARSE */
    struct sl_knn_filter filter; /* of BYTE_GRAM and FLOAT_GRAM, where it pays; else all 0 */
};

/* A copy of the view's rows, without a filter: search.h makes the whole.  SL_OK or SL_ENOMEM.  Release it
 * either way. */
int sl_knn_rows_copy(struct sl_knn_rows *rows, const struct sl_view *x, double p);
void sl_knn_rows_release(struct sl_knn_rows *rows);

/* out (n, d) = x - mean; norm[i] = |out[i]|^2 in double. */
void sl_knn_centre(const float *x, size_t n, size_t d, const float *mean, float *out, double *norm);

#endif
