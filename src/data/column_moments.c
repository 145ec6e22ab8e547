/* column_moments.c - range, mean and variance of each feature.
 *
 * Sums are doubles, of bytes exact integers.  O(n d), three passes. */
#include "data/column_moments.h"
#include "core/memory.h"
#include "kernels/dispatch.h"
#include <math.h>

/* Integer sums are exact: 2^32 rows of at most 255^2 stay below 2^64. */
SL_CLONED_VOID(static, byte_sums,
               (const uint8_t *restrict x, size_t n, size_t d, uint64_t *restrict sum,
                uint64_t *restrict squares),
               (x, n, d, sum, squares))
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < d; j++) {
            uint32_t value = x[i * d + j];
            sum[j] += value;
            squares[j] += value * value;
        }
}

static void byte_range(const struct sl_view *view, struct sl_column_moments *m)
{
    const uint8_t *x = view->x; // (n, d)
    for (size_t j = 0; j < view->d; j++)
        m->min[j] = m->max[j] = x[j];
    for (size_t i = 0; i < view->n; i++)
        for (size_t j = 0; j < view->d; j++) {
            double value = x[i * view->d + j];
            m->min[j] = value < m->min[j] ? value : m->min[j];
            m->max[j] = value > m->max[j] ? value : m->max[j];
        }
}

static int byte_moments(const struct sl_view *view, struct sl_column_moments *m)
{
    uint64_t *sum = sl_alloc_zero(view->d, sizeof *sum);
    uint64_t *squares = sl_alloc_zero(view->d, sizeof *squares);
    int code = sum && squares ? SL_OK : SL_ENOMEM;
    if (!code)
        byte_sums(view->x, view->n, view->d, sum, squares);
    double n = (double)view->n;
    for (size_t j = 0; !code && j < view->d; j++) {
        /* n^2 variance = n sum x^2 - (sum x)^2, in integers: no cancellation. */
        __uint128_t spread = (__uint128_t)view->n * squares[j] - (__uint128_t)sum[j] * sum[j];
        m->mean[j] = (double)sum[j] / n;
        m->variance[j] = (double)spread / n / n;
    }
    free(sum);
    free(squares);
    if (!code)
        byte_range(view, m);
    return code;
}

/* Doubles may be missing. */
static void count_values(const struct sl_view *view, double *count)
{
    const double *x = view->x; /* (n, d) */
    for (size_t j = 0; j < view->d; j++)
        count[j] = (double)view->n;
    for (size_t i = 0; view->dtype == SL_F64 && i < view->n; i++)
        for (size_t j = 0; j < view->d; j++)
            count[j] -= isnan(x[i * view->d + j]) != 0;
}

/* One pass for the range and the mean, one for the variance: float_moments and double_moments.  A feature
 * without any value has all of them 0. */
#define DEFINE_MOMENTS(name, type, is_missing)                                                               \
    static void name(const struct sl_view *view, struct sl_column_moments *m)                                \
    {                                                                                                        \
        const type *x = view->x; /* (n, d) */                                                                \
        const size_t d = view->d;                                                                            \
        for (size_t j = 0; j < d; j++) {                                                                     \
            m->min[j] = m->count[j] > 0 ? INFINITY : 0;                                                      \
            m->max[j] = m->count[j] > 0 ? -INFINITY : 0;                                                     \
            m->mean[j] = m->variance[j] = 0;                                                                 \
        }                                                                                                    \
        for (size_t i = 0; i < view->n; i++)                                                                 \
            for (size_t j = 0; j < d; j++) {                                                                 \
                double value = x[i * d + j];                                                                 \
                m->min[j] = value < m->min[j] ? value : m->min[j];                                           \
                m->max[j] = value > m->max[j] ? value : m->max[j];                                           \
                m->mean[j] += is_missing(value) ? 0 : value;                                                 \
            }                                                                                                \
        for (size_t j = 0; j < d; j++)                                                                       \
            m->mean[j] /= fmax(m->count[j], 1);                                                              \
        for (size_t i = 0; i < view->n; i++)                                                                 \
            for (size_t j = 0; j < d; j++) {                                                                 \
                double off = x[i * d + j] - m->mean[j];                                                      \
                m->variance[j] += is_missing(off) ? 0 : off * off;                                           \
            }                                                                                                \
        for (size_t j = 0; j < d; j++)                                                                       \
            m->variance[j] /= fmax(m->count[j], 1);                                                          \
    }
#define NEVER(value) 0
DEFINE_MOMENTS(float_moments, float, NEVER)
DEFINE_MOMENTS(double_moments, double, isnan)

int sl_column_moments_make(const struct sl_view *view, struct sl_column_moments *m, double **block)
{
    size_t d = view->d;
    *block = sl_alloc_zero(d, 5 * sizeof **block);
    if (!*block)
        return SL_ENOMEM;
    *m = (struct sl_column_moments){*block, *block + d, *block + 2 * d, *block + 3 * d, *block + 4 * d};
    count_values(view, m->count);
    if (view->dtype == SL_U8)
        return byte_moments(view, m);
    if (view->dtype == SL_F32)
        float_moments(view, m);
    else
        double_moments(view, m);
    return SL_OK;
}
