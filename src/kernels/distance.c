/* distance.c - distances between two rows.
 *
 * Manhattan on bytes is the processor's sum of absolute differences, 64 bytes an instruction; the general
 * power looks up v^p in a table of 256.  Cost d a pair. */
#include "kernels/distance.h"
#include "kernels/dispatch.h"
#include "kernels/sparse_row.h"
#include <math.h>
#include <stdlib.h>

SL_CLONED(static, int32_t, sad, (const uint8_t *restrict a, const uint8_t *restrict b, size_t d), (a, b, d))
{
    int32_t s = 0;
    for (size_t t = 0; t < d; t++)
        s += abs(a[t] - b[t]);
    return s;
}

void sl_manhattan_bytes(const uint8_t *a, size_t m, const uint8_t *b, size_t n, size_t d, int32_t *out,
                        size_t ldo)
{
    enum { STRIP = 16 }; /* rows of B that stay in the nearest cache while all of A passes */
    for (size_t j0 = 0; j0 < n; j0 += STRIP)
        for (size_t i = 0; i < m; i++)
            for (size_t j = j0; j < n && j < j0 + STRIP; j++)
                out[i * ldo + j] = sad(a + i * d, b + j * d, d);
}

double sl_minkowski_bytes(const uint8_t *a, const uint8_t *b, size_t d, const double power[256])
{
    double s = 0;
    for (size_t t = 0; t < d; t++)
        s += power[abs(a[t] - b[t])];
    return s;
}

/* Eight sums side by side: the order is fixed, and the compiler may use vectors. */
enum { LANES = 8 };

SL_CLONED(static, double, sum_absolute, (const float *a, const float *b, size_t d), (a, b, d))
{
    double lane[LANES] = {0}, s = 0;
    size_t t = 0;
    for (; t + LANES <= d; t += LANES)
        for (size_t l = 0; l < LANES; l++)
            lane[l] += fabs((double)a[t + l] - (double)b[t + l]);
    for (; t < d; t++)
        s += fabs((double)a[t] - (double)b[t]);
    for (size_t l = 0; l < LANES; l++)
        s += lane[l];
    return s;
}

/* Of a and FOUR rows b: as sum_absolute has them, whose additions wait for each other. */
enum { FOUR = 4 };

SL_CLONED_VOID(static, sum_absolute_four, (const float *a, const float *b, size_t d, double *out),
               (a, b, d, out))
{
    double lane[FOUR][LANES] = {{0}};
    size_t t = 0;
    for (; t + LANES <= d; t += LANES)
        for (size_t r = 0; r < FOUR; r++)
            for (size_t l = 0; l < LANES; l++)
                lane[r][l] += fabs((double)a[t + l] - (double)b[r * d + t + l]);
    for (size_t r = 0; r < FOUR; r++) {
        out[r] = 0;
        for (size_t u = t; u < d; u++)
            out[r] += fabs((double)a[u] - (double)b[r * d + u]);
        for (size_t l = 0; l < LANES; l++)
            out[r] += lane[r][l];
    }
}

SL_CLONED(static, double, sum_squares, (const float *a, const float *b, size_t d), (a, b, d))
{
    double lane[LANES] = {0}, s = 0;
    size_t t = 0;
    for (; t + LANES <= d; t += LANES)
        for (size_t l = 0; l < LANES; l++) {
            const double v = (double)a[t + l] - (double)b[t + l];
            lane[l] += v * v;
        }
    for (; t < d; t++)
        s += ((double)a[t] - (double)b[t]) * ((double)a[t] - (double)b[t]);
    for (size_t l = 0; l < LANES; l++)
        s += lane[l];
    return s;
}

double sl_minkowski_floats(const float *a, const float *b, size_t d, double p)
{
    if (p == 1)
        return sum_absolute(a, b, d);
    if (p == 2)
        return sum_squares(a, b, d);
    double s = 0;
    for (size_t t = 0; t < d; t++)
        s += pow(fabs((double)a[t] - (double)b[t]), p);
    return s;
}

void sl_minkowski_rows(const float *a, const float *b, size_t n, size_t d, double p, double *out)
{
    size_t i = 0;
    for (; p == 1 && i + FOUR <= n; i += FOUR)
        sum_absolute_four(a, b + i * d, d, out + i);
    for (; i < n; i++)
        out[i] = sl_minkowski_floats(a, b + i * d, d, p);
}

/* Sparse rows ---------------------------------------------------------------------------------------*/

/* The next feature that one of the two rows has, and their difference there. */
struct merge {
    const struct sl_sparse_row *a, *b;
    size_t at, bt;
};

static inline int merge_next(struct merge *m, uint32_t *feature, double *difference)
{
    const int has_a = m->at < m->a->n, has_b = m->bt < m->b->n;
    const uint32_t ja = has_a ? m->a->column[m->at] : UINT32_MAX,
                   jb = has_b ? m->b->column[m->bt] : UINT32_MAX;
    if (!has_a && !has_b)
        return 0;
    *feature = ja < jb ? ja : jb;
    const double va = ja <= jb ? (double)m->a->value[m->at++] : 0;
    const double vb = jb <= ja ? (double)m->b->value[m->bt++] : 0;
    *difference = va - vb;
    return 1;
}

/* Features of whole groups of lanes go to their lanes, those behind them to the sum. */
static inline double *lane_of(double *lane, double *s, uint32_t feature, size_t d)
{
    return feature < d / LANES * LANES ? &lane[feature % LANES] : s;
}

SL_CLONED(static, double, sparse_squares,
          (const struct sl_sparse_row *a, const struct sl_sparse_row *b, size_t d), (a, b, d))
{
    double lane[LANES] = {0}, s = 0, v;
    struct merge m = {a, b, 0, 0};
    for (uint32_t feature; merge_next(&m, &feature, &v);) {
        double *sum = lane_of(lane, &s, feature, d);
        *sum += v * v;
    }
    for (size_t l = 0; l < LANES; l++)
        s += lane[l];
    return s;
}

static double sparse_absolute(const struct sl_sparse_row *a, const struct sl_sparse_row *b, size_t d)
{
    double lane[LANES] = {0}, s = 0, v;
    struct merge m = {a, b, 0, 0};
    for (uint32_t feature; merge_next(&m, &feature, &v);)
        *lane_of(lane, &s, feature, d) += fabs(v);
    for (size_t l = 0; l < LANES; l++)
        s += lane[l];
    return s;
}

double sl_minkowski_sparse(const struct sl_sparse_row *a, const struct sl_sparse_row *b, size_t d, double p)
{
    if (p == 1)
        return sparse_absolute(a, b, d);
    if (p == 2)
        return sparse_squares(a, b, d);
    double s = 0, v;
    struct merge m = {a, b, 0, 0};
    for (uint32_t feature; merge_next(&m, &feature, &v);)
        s += pow(fabs(v), p);
    return s;
}
