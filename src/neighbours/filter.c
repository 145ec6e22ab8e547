/* filter.c - a lower bound on Euclidean distances, from a few principal directions.
 *
 * With orthonormal P, and r(y) the length of what P leaves of y,
 *     |y - z|^2 >= |Py - Pz|^2 + (r(y) - r(z))^2 = |y|^2 + |z|^2 - 2 (Py.Pz + r(y) r(z)):
 * a product of SL_KNN_SHORT terms in place of d.  (Lower bounds from orthonormal transforms: Agrawal,
 * Faloutsos and Swami, Efficient similarity search in sequence databases, 1993; with the length of the
 * rest: Hwang, Han and Ahn, A fast nearest neighbor search algorithm by nonlinear embedding, CVPR 2012.)
 * The more of the rows' variance P holds the closer the bound: P is found by orthogonal iteration (Golub and
 * Van Loan, Matrix Computations, section 8.2) on a sample of the rows; it need not be converged.
 *
 * The bound survives rounding.  Let u = 2^-24, eps = |P P' - I| as stored, and theta = sqrt(rows of P) (d +
 * SL_KNN_SHORT + 16) u + eps.  A computed Py is within theta |y| of an exactly orthonormal one's (an inner
 * product of d terms errs by d u |p| |y|), so 2 Py.Pz is off by less than 4 theta |y| |z| <=
 * 2 theta (|y|^2 + |z|^2).  r^2 is made larger by 3 theta |y|^2, which can only lower the bound, and squared
 * lengths are made smaller by 3 theta: the last theta (|y|^2 + |z|^2) covers the roundings of the sums.
 * Cost O(n d) a direction, once; O(d) a direction and row. */
#include "neighbours/filter.h"
#include "core/memory.h"
#include "core/threads.h"
#include "kernels/convert.h"
#include "kernels/dispatch.h"
#include "kernels/dot.h"
#include "kernels/gemm.h"
#include <math.h>
#include <string.h>

enum {
    DIRECTIONS = SL_KNN_SHORT - 1,
    SAMPLE = 1024,  /* rows that the directions are found on */
    ITERATIONS = 2, /* of them */
    ROWS = 256,     /* of a block */
    LANES = 8,
};

#define TOO_LONG 1e36 /* squared; its products still fit in a float */

void sl_knn_filter_release(struct sl_knn_filter *filter)
{
    free(filter->mean);
    free(filter->basis);
    free(filter->shorts);
    free(filter->add);
    *filter = (struct sl_knn_filter){0};
}

/* As sl_dot. */
SL_CLONED(static, double, square, (const float *x, size_t d), (x, d))
{
    double lane[LANES] = {0}, s = 0;
    size_t t = 0;
    for (; t + LANES <= d; t += LANES)
        for (size_t l = 0; l < LANES; l++)
            lane[l] += (double)x[t + l] * (double)x[t + l];
    for (; t < d; t++)
        s += (double)x[t] * (double)x[t];
    for (size_t l = 0; l < LANES; l++)
        s += lane[l];
    return s;
}

SL_CLONED_VOID(static, subtract, (const double *a, double factor, double *from, size_t d),
               (a, factor, from, d))
{
    for (size_t t = 0; t < d; t++)
        from[t] -= factor * a[t];
}

/* out (m, d) = row i * step of x, less the mean. */
static void centre(const struct sl_knn_filter *filter, enum sl_dtype dtype, const void *x, size_t step,
                   size_t m, float *out)
{
    const size_t d = filter->d;
    for (size_t i = 0; i < m; i++) {
        const size_t at = i * step * d;
        if (dtype == SL_U8)
            sl_bytes_to_floats((const uint8_t *)x + at, d, 1, 0, out + i * d);
        else
            memcpy(out + i * d, (const float *)x + at, d * sizeof *out);
        for (size_t t = 0; t < d; t++)
            out[i * d + t] -= filter->mean[t];
    }
}

/* The mean of every step-th row of m; any other would do as well. */
static int find_mean(struct sl_knn_filter *filter, enum sl_dtype dtype, const void *x, size_t step, size_t m)
{
    const size_t d = filter->d;
    double *sum = sl_alloc_zero(d, sizeof *sum);
    if (!sum)
        return SL_ENOMEM;
    for (size_t i = 0; i < m; i++)
        for (size_t t = 0; t < d; t++)
            sum[t] += dtype == SL_U8 ? ((const uint8_t *)x)[i * step * d + t]
                                     : (double)((const float *)x)[i * step * d + t];
    for (size_t t = 0; t < d; t++)
        filter->mean[t] = (float)(sum[t] / (double)m);
    free(sum);
    return 0;
}

/* Gram and Schmidt, twice; what depends on the rows above it becomes 0.  exact (DIRECTIONS, d) is scratch. */
static void orthonormalise(float *basis, size_t d, double *exact)
{
    for (size_t i = 0; i < DIRECTIONS; i++) {
        double *row = exact + i * d;
        for (size_t t = 0; t < d; t++)
            row[t] = (double)basis[i * d + t];
        const double before = sl_dot(row, row, d);
        for (int pass = 0; pass < 2; pass++)
            for (size_t j = 0; j < i; j++)
                subtract(exact + j * d, sl_dot(row, exact + j * d, d), row, d);
        const double after = sl_dot(row, row, d);
        const double factor = after > 1e-8 * before ? 1 / sqrt(after) : 0;
        for (size_t t = 0; t < d; t++)
            basis[i * d + t] = (float)(row[t] *= factor);
    }
}

/* The largest sum of a row of |P P' - I| bounds its norm; rows of 0 are as good as absent. */
static double departure(const float *basis, size_t d, double *exact)
{
    double most = 0;
    for (size_t i = 0; i < DIRECTIONS * d; i++)
        exact[i] = (double)basis[i];
    for (size_t i = 0; i < DIRECTIONS; i++) {
        double sum = 0;
        for (size_t j = 0; j < DIRECTIONS; j++) {
            const double v = sl_dot(exact + i * d, exact + j * d, d);
            sum += fabs(i == j && v > 0 ? v - 1 : v);
        }
        most = fmax(most, sum);
    }
    return most;
}

/* The leading directions of the sample (m, d), by orthogonal iteration from rows of it. */
static int find_basis(struct sl_knn_filter *filter, const float *sample, size_t m, int threads)
{
    const size_t d = filter->d;
    float *products = sl_alloc(DIRECTIONS * m, sizeof *products);
    double *exact = sl_alloc(DIRECTIONS * d, sizeof *exact);
    int code = products && exact ? SL_OK : SL_ENOMEM;
    for (size_t i = 0; i < DIRECTIONS && !code; i++)
        memcpy(filter->basis + i * d, sample + i * m / DIRECTIONS * d, d * sizeof *sample);
    for (int i = 0; i < ITERATIONS && !code; i++) {
        orthonormalise(filter->basis, d, exact);
        code = sl_gemm(0, 1, DIRECTIONS, m, d, 1, filter->basis, d, sample, d, 0, products, m, threads);
        if (!code)
            code = sl_gemm(0, 0, DIRECTIONS, d, m, 1, products, m, sample, d, 0, filter->basis, d, threads);
    }
    if (!code) {
        orthonormalise(filter->basis, d, exact);
        const double eps = departure(filter->basis, d, exact);
        filter->slack = sqrt(DIRECTIONS) * (double)(d + SL_KNN_SHORT + 16) * 0x1p-24 + eps;
        code = filter->slack < 0.01 ? SL_OK : SL_KNN_UNFIT; /* not for NaN either */
    }
    free(products);
    free(exact);
    return code;
}

int sl_knn_filter_rows(const struct sl_knn_filter *filter, enum sl_dtype dtype, const void *x, size_t m,
                       float *shorts, float *add)
{
    const size_t d = filter->d, size = dtype == SL_U8 ? 1 : sizeof(float);
    float *y = sl_alloc(ROWS * d, sizeof *y);
    int code = y ? SL_OK : SL_ENOMEM;
    for (size_t at = 0; at < m && !code; at += ROWS) {
        const size_t n = m - at < ROWS ? m - at : ROWS;
        float *s = shorts + at * SL_KNN_SHORT;
        centre(filter, dtype, (const char *)x + at * d * size, 1, n, y);
        code = sl_gemm_one(0, 1, n, DIRECTIONS, d, 1, y, d, filter->basis, d, 0, s, SL_KNN_SHORT);
        for (size_t i = 0; i < n && !code; i++, s += SL_KNN_SHORT) {
            const double all = square(y + i * d, d), rest = all - square(s, DIRECTIONS);
            code = all < TOO_LONG ? SL_OK : SL_KNN_UNFIT; /* not for NaN either */
            s[DIRECTIONS] = (float)sqrt(fmax(rest, 0) + 3 * filter->slack * all);
            add[at + i] = (float)(all * (1 - 3 * filter->slack));
        }
    }
    free(y);
    return code;
}

static int project(struct sl_knn_filter *filter, enum sl_dtype dtype, const void *x, size_t n, int threads)
{
    const size_t d = filter->d, size = dtype == SL_U8 ? 1 : sizeof(float);
    int worst = SL_OK;
    threads = sl_threads_for((double)(n * d) * SL_KNN_SHORT, threads);
#pragma omp parallel for num_threads(threads) schedule(dynamic) reduction(max : worst)
    for (size_t at = 0; at < n; at += ROWS) {
        const int code =
            sl_knn_filter_rows(filter, dtype, (const char *)x + at * d * size, n - at < ROWS ? n - at : ROWS,
                               filter->shorts + at * SL_KNN_SHORT, filter->add + at);
        worst = code > worst ? code : worst;
    }
    return worst;
}

int sl_knn_filter_init(struct sl_knn_filter *filter, enum sl_dtype dtype, const void *x, size_t n, size_t d,
                       int threads)
{
    const size_t m = n < SAMPLE ? n : SAMPLE, step = n / m;
    *filter = (struct sl_knn_filter){
        .d = d,
        .mean = sl_alloc(d, sizeof *filter->mean),
        .basis = sl_alloc(DIRECTIONS * d, sizeof *filter->basis),
        .shorts = sl_alloc(n * SL_KNN_SHORT, sizeof *filter->shorts),
        .add = sl_alloc(n, sizeof *filter->add),
    };
    float *sample = sl_alloc(m * d, sizeof *sample);
    int failed = filter->mean && filter->basis && filter->shorts && filter->add && sample ? SL_OK : SL_ENOMEM;
    if (!failed)
        failed = find_mean(filter, dtype, x, step, m);
    if (!failed) {
        centre(filter, dtype, x, step, m, sample);
        failed = find_basis(filter, sample, m, threads);
    }
    if (!failed)
        failed = project(filter, dtype, x, n, threads);
    free(sample);
    if (failed)
        sl_knn_filter_release(filter);
    return failed;
}
