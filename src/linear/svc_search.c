/* svc_search.c - the least value of the squared hinge along a line.
 *
 * The derivative is continuous, and linear between the steps at which a row enters or leaves its margin:
 * Newton's method on it ends after a few steps, with bisection where it would leave the bracket.  O(n) a
 * step. */
#include "linear/svc_search.h"
#include "kernels/dispatch.h"
#include <math.h>

enum { LANES = 8, STEPS_MAX = 50 };

#define SLOPE_TOLERANCE 1e-10 /* of the slope at the start */

/* The losses of n rows and their derivatives, as sums side by side in a fixed order. */
SL_CLONED_VOID(static, add_losses,
               (size_t n, const double *restrict m, const double *restrict u, const double *restrict C,
                double s, double *restrict sums),
               (n, m, u, C, s, sums))
{
    double loss[LANES] = {0}, first[LANES] = {0}, second[LANES] = {0};
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (size_t l = 0; l < LANES; l++) {
            double gap = 1 - m[i + l] - s * u[i + l], inside = gap > 0 ? C[i + l] : 0;
            loss[l] += inside * gap * gap;
            first[l] += inside * gap * u[i + l];
            second[l] += inside * u[i + l] * u[i + l];
        }
    for (size_t l = 0; i < n; i++, l++) {
        double gap = 1 - m[i] - s * u[i], inside = gap > 0 ? C[i] : 0;
        loss[l] += inside * gap * gap;
        first[l] += inside * gap * u[i];
        second[l] += inside * u[i] * u[i];
    }
    for (size_t l = 0; l < LANES; l++) {
        sums[0] += loss[l];
        sums[1] += first[l];
        sums[2] += second[l];
    }
}

double sl_svc_line_value(const struct sl_svc_line *line, double s, double *first, double *second)
{
    double sums[3] = {0};
    const double *norm = line->norm;
    add_losses(line->n, line->m, line->u, line->C, s, sums);
    if (first)
        *first = norm[1] + 2 * norm[2] * s - 2 * sums[1];
    if (second)
        *second = 2 * norm[2] + 2 * sums[2];
    return norm[0] + norm[1] * s + norm[2] * s * s + sums[0];
}

double sl_svc_line_search(const struct sl_svc_line *line)
{
    double start, slope, curve, low = 0, high = INFINITY, s = 1;
    sl_svc_line_value(line, 0, &start, &curve);
    if (!(start < 0))
        return 0;
    for (int step = 0; step < STEPS_MAX; step++) {
        sl_svc_line_value(line, s, &slope, &curve);
        if (!(fabs(slope) > -SLOPE_TOLERANCE * start))
            break;
        *(slope > 0 ? &high : &low) = s;
        s = curve > 0 ? s - slope / curve : INFINITY;
        if (!(s > low && s < high))
            s = isinf(high) ? 2 * low + 1 : (low + high) / 2;
    }
    return s;
}
