/* least_squares.c - normal equations and their Cholesky factor (GSL).  Cost: O(n p^2 + p^3). */
#include "explain/least_squares.h"
#include "core/memory.h"
#include <gsl/gsl_linalg.h>
#include <string.h>

int sl_normal_make(const double *a, const double *weight, size_t n, size_t p, double ridge,
                   struct sl_normal *normal)
{
    double trace = 0;
    *normal = (struct sl_normal){p, sl_alloc_zero(p * p, sizeof *normal->factor)};
    if (!normal->factor)
        return SL_ENOMEM;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < p; j++) {
            const double w = weight[i] * a[i * p + j];
            for (size_t l = 0; l <= j && w != 0; l++)
                normal->factor[j * p + l] += w * a[i * p + l];
        }
    for (size_t j = 0; j < p; j++)
        trace += normal->factor[j * p + j];
    if (!(ridge > 0)) /* what is left of a pivot by rounding stays above 0 */
        ridge = 1e-12 * (trace > 0 ? trace : 1);
    for (size_t j = 0; j < p; j++) {
        normal->factor[j * p + j] += ridge;
        for (size_t l = 0; l < j; l++)
            normal->factor[l * p + j] = normal->factor[j * p + l];
    }
    gsl_matrix_view view = gsl_matrix_view_array(normal->factor, p, p);
    gsl_linalg_cholesky_decomp1(&view.matrix);
    return SL_OK;
}

void sl_normal_release(struct sl_normal *normal)
{
    free(normal->factor);
    *normal = (struct sl_normal){0};
}

void sl_normal_solve(const struct sl_normal *normal, double *x)
{
    gsl_matrix_const_view factor = gsl_matrix_const_view_array(normal->factor, normal->p, normal->p);
    gsl_vector_view view = gsl_vector_view_array(x, normal->p);
    gsl_linalg_cholesky_svx(&factor.matrix, &view.vector);
}

void sl_normal_right(const double *a, const double *weight, const double *y, size_t n, size_t p, double *out)
{
    memset(out, 0, p * sizeof *out);
    for (size_t i = 0; i < n; i++) {
        const double w = weight[i] * y[i];
        for (size_t j = 0; j < p; j++)
            out[j] += w * a[i * p + j];
    }
}
