/* svc_metric.h - what conjugate gradients are preconditioned with: the Hessian of the squared hinge
 *     H = P + 2 sum_i C_i x_i x_i'     over the rows inside their margins, P the penalties,
 * factored where that is worth its time, or its diagonal. */
#ifndef SL_LINEAR_SVC_METRIC_H
#define SL_LINEAR_SVC_METRIC_H

#include "linear/svc_rows.h"

struct sl_svc_metric {
    size_t size;
    const float *U; /* (size, size) Cholesky factor of H / scale, or NULL: the diagonal is used */
    double scale;
    double *diagonal; /* (size) */
    float *owned;     /* (size, size), or NULL: no factor of its own yet */
    float *scratch;   /* (size) */
};

/* The multiply-adds that a factor over n rows takes, divided by what a matrix product does in the time of one
 * of a row's products. */
double sl_svc_factor_cost(const struct sl_svc_rows *rows, size_t n);
/* The same of one step of conjugate gradients with a factor. */
double sl_svc_step_cost(const struct sl_svc_rows *rows, size_t n);
/* Is a factor ever worth its memory and time? */
int sl_svc_can_factor(const struct sl_svc_rows *rows);

/* Brings up what factors of n rows of d features will use, before a clock starts. */
void sl_svc_metric_warm_up(size_t n, size_t d);

/* 0: no memory.  Starts with the diagonal of the penalties. */
int sl_svc_metric_init(struct sl_svc_metric *metric, const struct sl_svc_rows *rows);
void sl_svc_metric_release(struct sl_svc_metric *metric);

/* H over the n listed rows, C_i = scale * h[i] by row number: its factor, or its diagonal.  SL_OK, SL_ENOMEM,
 * SL_EINTERNAL. */
int sl_svc_metric_factor(struct sl_svc_metric *metric, const struct sl_svc_rows *rows, const uint32_t *list,
                         size_t n, const float *h, double scale, int threads);
void sl_svc_metric_diagonal(struct sl_svc_metric *metric, const struct sl_svc_rows *rows,
                            const uint32_t *list, size_t n, const float *h, double scale);

/* The upper triangle of H (size, size) += the sum over the listed rows of factor h[row] x x'.  SL_OK,
 * SL_ENOMEM, SL_EINTERNAL. */
int sl_svc_add_products(float *H, const struct sl_svc_rows *rows, const uint32_t *list, size_t n,
                        const float *h, double factor, int threads);

/* Takes the factor of another metric, which stays the other's and must outlive its use. */
void sl_svc_metric_borrow(struct sl_svc_metric *metric, const struct sl_svc_metric *other);

/* z = M^-1 r, both (size). */
void sl_svc_metric_solve(const struct sl_svc_metric *metric, const double *r, double *z);

#endif
