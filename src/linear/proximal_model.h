/* proximal_model.h - the quadratic model that a step of proximal.c minimises:
 *     g.d + 1/2 d'(H + R) d + sum_j penalty_j |w_j + d_j|,     H = sum_i h_i x_i x_i'
 * H is a matrix of floats, made of all rows or of a sample of them; R is a diagonal that keeps steps short.
 */
#ifndef SL_LINEAR_PROXIMAL_MODEL_H
#define SL_LINEAR_PROXIMAL_MODEL_H

#include "linear/svc_rows.h"
#include <math.h>

enum { SL_PROXIMAL_SIZE_MOST = 4096 }; /* of a vector of weights: H takes 64 MB */

struct sl_proximal_model {
    const struct sl_svc_rows *rows;
    int squared;     /* penalty_j^2 (w_j + d_j)^2 / 2 stands in the place of the absolute values */
    float *H;        /* (size, size): H / scale */
    double scale;    /* > 0 */
    double bend;     /* the sum of h */
    int whole;       /* H is of all rows that have a curvature */
    double *squares; /* (size) of the features, their means over the rows */
    float *h;        /* (n) of the rows that H is made of, divided by scale */
    uint32_t *list;  /* (n) which they are */
    /* Of one step. */
    const double *g, *w; /* (size) */
    double *diagonal;    /* (size) of H + R */
    double *z, *r;       /* (size) w + d, and the gradient there */
    double *before;      /* (size) z before all weights that are not 0 move together */
    uint32_t *active;    /* (size) those weights */
    float *U, *e;        /* (size, size), (size): the factor of their H, and their move */
};

/* What the objective multiplies |w_j| by, w_j the weight of what is stored. */
static inline double sl_proximal_penalty(const struct sl_svc_rows *rows, size_t j)
{
    return j < rows->d ? 1 / rows->unit : 1;
}

/* What the objective has for the weight w of number j. */
static inline double sl_proximal_norm(const struct sl_proximal_model *model, size_t j, double w)
{
    const double real = sl_proximal_penalty(model->rows, j) * w;
    return model->squared ? real * real / 2 : fabs(real);
}

/* How far the gradient g of a weight w is from what it is at the optimum, for a penalty of 1. */
double sl_proximal_violation(double g, double w);

/* 0: no memory. */
int sl_proximal_model_init(struct sl_proximal_model *model, const struct sl_svc_rows *rows, int squared);
void sl_proximal_model_release(struct sl_proximal_model *model);

/* H of the curvatures h (n), of about `most` rows if more have one.  SL_OK, SL_ENOMEM, SL_EINTERNAL. */
int sl_proximal_model_make(struct sl_proximal_model *model, const double *h, size_t most, int threads);

/* d: near the least of the model, R being `damping` times the diagonal of H: to where the violations sum to
 * `target`, or as near as some hundred passes come.  SL_OK, SL_ENOMEM, SL_EINTERNAL. */
int sl_proximal_model_solve(struct sl_proximal_model *model, const double *g, const double *w, double damping,
                            double target, double *d);

/* d'H d. */
double sl_proximal_model_bend(const struct sl_proximal_model *model, const double *d);

#endif
