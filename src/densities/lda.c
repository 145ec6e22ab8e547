/* lda.c - linear discriminant analysis, as scikit-learn's LinearDiscriminantAnalysis.
 *
 * With class means m_c, their mean m by shares p_c, and the pooled covariance S of rows less their class's
 * mean: coef_c = S^-1 (m_c - m), intercept_c = log p_c - coef_c (m_c + m) / 2 (Hastie, Tibshirani and
 * Friedman, The elements of statistical learning, 2009, section 4.3).  svd: S of features of unit variance;
 * directions in which it has no variance (singular value below tol), and those of the means that are below
 * tol of the largest, are left out. lsqr and eigen: S as it is, or shrunken towards a multiple of the unit
 * matrix: by a share, or by class as Ledoit and Wolf estimate it (J. Multivariate Analysis 88, 2004).
 * scikit-learn decomposes the rows; here the matrix of their products is factorised: O(n d^2 / 2) for that,
 * O(d^3). */
#include "densities/lda.h"
#include "core/memory.h"
#include "densities/inverse.h"
#include "densities/moments.h"
#include "densities/shrunken.h"
#include "kernels/dot.h"
#include <float.h>
#include <math.h>
#include <string.h>

struct work {
    const struct sl_lda_options *options;
    int m;
    size_t n, d;
    struct sl_moments moments;
    double *mean;    /* (d) of all rows */
    double *scale;   /* (d) svd: deviations within the classes, 1 where there are none; else 1 */
    double *coef;    /* (m, d) the caller's */
    double *inner;   /* (m, m): (m_c - m)' S^-1 (m_b - m) */
    double *scratch; /* (d) */
};

static double share(const struct work *work, int c)
{
    return work->moments.weight[c] / (double)work->n;
}

/* The covariance within the classes ---------------------------------------------------------------------*/

/* S (d, d), of which all rows' products are in it, loses those of the class means, and becomes a covariance.
 */
static void take_means_out(const struct work *work, double *S)
{
    const size_t d = work->d;
    for (int c = 0; c < work->m; c++) {
        const double *mean = work->moments.mean + (size_t)c * d;
        for (size_t i = 0; i < d; i++) {
            const double from = work->moments.weight[c] * (mean[i] - work->mean[i]);
            for (size_t j = 0; j < d; j++)
                S[i * d + j] -= from * (mean[j] - work->mean[j]);
        }
    }
    for (size_t i = 0; i < d * d; i++)
        S[i] /= (double)work->n;
}

/* Variances within the classes, by moments, which are exact where a feature has none. */
static void find_scale(const struct work *work)
{
    for (size_t j = 0; j < work->d; j++) {
        double variance = 0;
        for (int c = 0; c < work->m; c++)
            variance += share(work, c) * work->moments.variance[(size_t)c * work->d + j];
        work->scale[j] = variance > 0 ? sqrt(variance) : 1;
    }
}

/* S to unit variances, times n / (n - m): the squares of svd's singular values are its eigenvalues. */
static void standardise(const struct work *work, double *S)
{
    const size_t d = work->d;
    const double free_rows = (double)work->n - work->m,
                 factor = (double)work->n / (free_rows > 0 ? free_rows : 1);
    for (size_t i = 0; i < d; i++)
        for (size_t j = 0; j < d; j++)
            S[i * d + j] *= factor / (work->scale[i] * work->scale[j]);
}

static double least_eigenvalue(const struct work *work, const double *S)
{
    double largest = 0;
    if (work->options->solver == SL_LDA_SVD)
        return work->options->tol * work->options->tol;
    for (size_t i = 0; i < work->d; i++)
        largest = fmax(largest, S[i * work->d + i]);
    return (double)work->d * DBL_EPSILON * largest;
}

static int find_inverse(struct work *work, const struct sl_view *train, const struct sl_classes *classes,
                        int threads, struct sl_inverse *inverse, struct sl_error *err)
{
    double *S = sl_alloc(work->d * work->d, sizeof *S);
    if (!S)
        return sl_fail_memory(err);
    int code;
    if (work->options->shrinkage == SL_SHRINKAGE_AUTO)
        code = sl_ledoit_wolf(train, classes, threads, S, err);
    else if (!(code = sl_scatter(train, NULL, train->n, work->mean, threads, S, err))) {
        take_means_out(work, S);
        if (work->options->shrinkage >= 0)
            sl_shrink(S, work->d, work->options->shrinkage);
    }
    if (code) {
        free(S);
        return code;
    }
    if (work->options->solver == SL_LDA_SVD) {
        find_scale(work);
        standardise(work, S);
    }
    return sl_inverse_init(S, work->d, least_eigenvalue(work, S), inverse, err);
}

/* Directions of the means ---------------------------------------------------------------------------------*/

static void set_coefficients(struct work *work, const struct sl_inverse *inverse)
{
    const size_t d = work->d;
    for (size_t c = 0; c < (size_t)work->m; c++) {
        double *coef = work->coef + c * d;
        for (size_t j = 0; j < d; j++)
            coef[j] = (work->moments.mean[c * d + j] - work->mean[j]) / work->scale[j];
        sl_inverse_apply(inverse, coef, work->scratch);
        for (size_t j = 0; j < d; j++)
            coef[j] /= work->scale[j];
    }
    for (size_t c = 0; c < (size_t)work->m; c++)
        for (size_t b = 0; b < (size_t)work->m; b++) {
            double sum = 0;
            for (size_t j = 0; j < d; j++)
                sum += work->coef[c * d + j] * (work->moments.mean[b * d + j] - work->mean[j]);
            work->inner[c * (size_t)work->m + b] = sum;
        }
}

/* P (m, m) = diag(1/w) U U' diag(w): what is kept of the whitened means m_c, with w_c^2 their shares, and U
 * the directions of w_c m_c whose singular value is above tol of the largest. */
static int find_kept(const struct work *work, double *P)
{
    const size_t m = (size_t)work->m;
    const double tol = work->options->tol;
    double *vectors = sl_alloc(m * m + 5 * m, sizeof *vectors);
    if (!vectors)
        return SL_ENOMEM;
    for (size_t i = 0; i < m * m; i++)
        P[i] = work->inner[i] * sqrt(share(work, (int)(i / m)) * share(work, (int)(i % m)));
    double *values = vectors + m * m, largest = 0;
    sl_eigenvectors(P, m, values, vectors, values + m);
    for (size_t v = 0; v < m; v++)
        largest = fmax(largest, values[v]);
    for (size_t i = 0; i < m * m; i++) {
        double sum = 0;
        for (size_t v = 0; v < m; v++)
            if (values[v] > tol * tol * largest)
                sum += vectors[i / m * m + v] * vectors[i % m * m + v];
        P[i] = sum * sqrt(share(work, (int)(i % m)) / share(work, (int)(i / m)));
    }
    free(vectors);
    return SL_OK;
}

/* out (m, width) = P A, A (m, width). */
static void multiply(const double *P, const double *A, size_t m, size_t width, double *out)
{
    memset(out, 0, m * width * sizeof *out);
    for (size_t c = 0; c < m; c++)
        for (size_t b = 0; b < m; b++)
            for (size_t j = 0; j < width; j++)
                out[c * width + j] += P[c * m + b] * A[b * width + j];
}

/* Coefficients and inner products of what is kept of the means: coef = P coef, inner = P inner P'. */
static int keep_directions(struct work *work)
{
    const size_t m = (size_t)work->m, d = work->d;
    double *P = sl_alloc(m * m, sizeof *P), *copy = sl_alloc(m * (d > m ? d : m), sizeof *copy);
    int failed = !P || !copy || find_kept(work, P);
    if (!failed) {
        memcpy(copy, work->coef, m * d * sizeof *copy);
        multiply(P, copy, m, d, work->coef);
        multiply(P, work->inner, m, m, copy);
        for (size_t c = 0; c < m; c++)
            for (size_t b = 0; b < m; b++) {
                double sum = 0;
                for (size_t e = 0; e < m; e++)
                    sum += copy[c * m + e] * P[b * m + e];
                work->inner[c * m + b] = sum;
            }
    }
    free(P);
    free(copy);
    return failed;
}

/* Fit ---------------------------------------------------------------------------------------------------*/

static int solve(struct work *work, const struct sl_view *train, const struct sl_classes *classes,
                 int threads, double *intercept, struct sl_error *err)
{
    struct sl_inverse inverse;
    int code = find_inverse(work, train, classes, threads, &inverse, err);
    if (code)
        return code;
    if (work->options->solver == SL_LDA_EIGEN && inverse.rank < work->d)
        code =
            sl_fail(err, SL_EDIVERGED,
                    "solver=eigen: features depend on each other; solver=svd, lsqr or shrinkage takes them");
    else
        set_coefficients(work, &inverse);
    sl_inverse_release(&inverse);
    if (!code && work->options->solver == SL_LDA_SVD && keep_directions(work))
        code = sl_fail_memory(err);
    for (int c = 0; c < work->m && !code; c++)
        intercept[c] = log(share(work, c)) - work->inner[c * (work->m + 1)] / 2 -
                       sl_dot(work->coef + (size_t)c * work->d, work->mean, work->d);
    return code;
}

int sl_lda_fit(const struct sl_lda_options *options, const struct sl_view *train,
               const struct sl_classes *classes, int threads, double *coef, double *intercept,
               struct sl_error *err)
{
    const size_t m = (size_t)classes->m, d = train->d;
    struct work work = {.options = options, .m = classes->m, .n = train->n, .d = d, .coef = coef};
    double *arrays = sl_alloc(3 * d + m * m, sizeof *arrays);
    int code = arrays ? sl_moments_find(train, classes, 0, threads, &work.moments, err) : sl_fail_memory(err);
    if (!code) {
        work.mean = arrays;
        work.scale = arrays + d;
        work.scratch = arrays + 2 * d;
        work.inner = arrays + 3 * d;
        for (size_t j = 0; j < d; j++)
            work.scale[j] = 1;
        sl_moments_mean(&work.moments, work.mean);
        code = solve(&work, train, classes, threads, intercept, err);
        sl_moments_release(&work.moments);
    }
    free(arrays);
    return code;
}
