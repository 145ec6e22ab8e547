/* svc_rows.h - training rows as the solvers of linear SVMs see them, and their products with weights.
 *
 * A feature's value is unit times what is stored: bytes stay bytes, and floats far from 1 are stored divided
 * by a power of two.  Solvers work with weights of what is stored, w = unit * the real weights, so that a
 * row's score is the product of w and the stored row; 1/2 of the real weights' squares is w.w / (2 unit^2).
 * The intercept is the weight of a constant feature, which is not stored: element d of a vector. */
#ifndef SL_LINEAR_SVC_ROWS_H
#define SL_LINEAR_SVC_ROWS_H

#include "kernels/sparse_row.h"
#include <shortlist/dataset.h>
#include <shortlist/error.h>

struct sl_svc_rows {
    size_t n, d;
    size_t ld;     /* width of a stored row: the features, and zeros */
    size_t size;   /* of a vector of weights: d, the intercept's, and zeros; a multiple of SL_LANES, >= ld */
    const void *x; /* (n, ld), or more rows: uint8_t or float; or a struct sl_csr */
    const uint32_t *list; /* (n) where the rows stand in x; NULL: one after the other; dense rows only */
    int bytes;            /* which */
    int sparse;
    double unit;     /* > 0 */
    int chosen;      /* the unit is chosen by the rows' values */
    double constant; /* the constant feature's value; 0: no intercept */
    void *owned;     /* NULL where x is the view's */
};

/* constant <= 0: no intercept.  SL_ENOMEM (nothing held).  The view's rows are used in place where they fit.
 */
int sl_svc_rows_init(struct sl_svc_rows *rows, const struct sl_view *view, double constant, int threads,
                     struct sl_error *err);
/* The n listed rows of all, as sl_svc_rows_init on them alone would have them; all must outlive them.  0
 * where it would divide them by another number than all. */
int sl_svc_rows_part(struct sl_svc_rows *part, const struct sl_svc_rows *all, const uint32_t *list, size_t n,
                     double constant, int threads);
void sl_svc_rows_release(struct sl_svc_rows *rows);

/* What the objective multiplies half the square of weight j by: 1 / unit^2, or for the intercept's 1. */
double sl_svc_penalty(const struct sl_svc_rows *rows, size_t j);

/* Of dense rows. */
static inline const void *sl_svc_row(const struct sl_svc_rows *rows, size_t i)
{
    const size_t at = rows->list ? rows->list[i] : i;
    return (const char *)rows->x + at * rows->ld * (rows->bytes ? 1 : sizeof(float));
}

/* Of sparse ones. */
static inline struct sl_sparse_row sl_svc_sparse_row(const struct sl_svc_rows *rows, size_t i)
{
    return sl_csr_row(rows->x, i);
}

static inline size_t sl_svc_entries(const struct sl_svc_rows *rows)
{
    const struct sl_csr *x = rows->x;
    return x->start[rows->n] - x->start[0];
}

/* Row i's score with the weights w (size). */
double sl_svc_score(const struct sl_svc_rows *rows, size_t i, const double *w);

/* w += a times row i and its constant feature. */
void sl_svc_add(const struct sl_svc_rows *rows, size_t i, double a, double *w);

/* Row i's sum of squares in real values, with its constant feature. */
double sl_svc_square(const struct sl_svc_rows *rows, size_t i);

/* diagonal (size) += a times the squares of row i's features and its constant one. */
void sl_svc_add_squares(const struct sl_svc_rows *rows, size_t i, double a, double *diagonal);

/* out (size) = the sum over the n listed rows of h[i] (x_i . v) x_i, in single precision; h by row number. */
void sl_svc_curve(const struct sl_svc_rows *rows, const uint32_t *list, size_t n, const float *h,
                  const float *v, float *out);

/* out (n, size): the listed rows with their constant feature as floats, each times the root of factor h[row].
 */
void sl_svc_gather(const struct sl_svc_rows *rows, const uint32_t *list, size_t n, const float *h,
                   double factor, float *out);

#endif
