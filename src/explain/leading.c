/* leading.c - the leading eigenvectors of a symmetric matrix.
 *
 * Subspace iteration with a Chebyshev filter (Zhou, Saad, Tiago and Chelikowsky, Self-consistent-field
 * calculations using Chebyshev-filtered subspace iteration, J. Comput. Phys. 219, 2006): a polynomial of the
 * matrix that is small on [0, the least Ritz value] makes what lies above grow, and Rayleigh and Ritz's
 * projection reads eigenvectors off.  It ends when all residuals |A v - t v| are below TOLERANCE of the
 * largest eigenvalue.  Some more columns than are asked for make the gap wider.  Where a subspace would be a
 * large part of the whole, and where the spectrum is so flat that ROUNDS do not suffice, GSL's solver finds
 * all eigenvectors (Householder's tridiagonal form and QR steps).  By a few applications alone, without the
 * filter, it is the randomised method of Halko, Martinsson and Tropp (SIAM Review 53, 2011, algorithm 4.4).
 *
 * Cost O(n^2 k) an application, some 40 of them; all n eigenvectors O(n^3). */
#include "explain/leading.h"
#include "core/memory.h"
#include "core/threads.h"
#include "kernels/dot.h"
#include "kernels/gemm_f64.h"
#include <gsl/gsl_eigen.h>
#include <gsl/gsl_matrix.h>
#include <gsl/gsl_vector.h>
#include <math.h>
#include <shortlist/rng.h>
#include <string.h>

enum { SPARE = 10, DEGREE_MOST = 12, ROUNDS = 60, BLOCK = 32 };
#define TOLERANCE 1e-11
#define GROWTH_MOST                                                                                          \
    1e10 /* of the largest eigenvector against the last one wanted: rounding errors grow so, too */

int sl_eigen_full(double *a, size_t n, size_t k, double *values, double *vectors, struct sl_error *err)
{
    double *work = sl_alloc(5 * n, sizeof *work), *all = sl_alloc(n * n, sizeof *all);
    if (!work || !all) {
        free(work);
        free(all);
        return sl_fail_memory(err);
    }
    gsl_eigen_symmv_workspace space = {n, work, work + n, work + 2 * n, work + 3 * n};
    gsl_matrix_view matrix = gsl_matrix_view_array(a, n, n), vecs = gsl_matrix_view_array(all, n, n);
    gsl_vector_view vals = gsl_vector_view_array(work + 4 * n, n);
    gsl_eigen_symmv(&matrix.matrix, &vals.vector, &vecs.matrix, &space);
    gsl_eigen_symmv_sort(&vals.vector, &vecs.matrix, GSL_EIGEN_SORT_VAL_DESC);
    for (size_t c = 0; c < k; c++) {
        values[c] = work[4 * n + c];
        for (size_t i = 0; i < n; i++)
            vectors[c * n + i] = all[i * n + c];
    }
    free(work);
    free(all);
    return SL_OK;
}

/* A subspace of m columns at work. */
struct subspace {
    const struct sl_symmetric *a;
    size_t n, m;
    double *memory;       /* owned; the next three lie in it, and change places */
    double *x, *y, *z;    /* (n, m) each */
    double *h;            /* (m, m) */
    double *theta, *ritz; /* (m), descending, and (m, m), its vectors as rows */
};

static int subspace_init(struct subspace *s, const struct sl_symmetric *a, size_t m, struct sl_error *err)
{
    struct sl_rng *rng = sl_rng_new(1, "leading eigenvectors");
    const size_t size = a->n * m;
    *s = (struct subspace){.a = a, .n = a->n, .m = m};
    s->memory = s->x = sl_alloc(3 * size, sizeof *s->x);
    s->h = sl_alloc(2 * m * m + m, sizeof *s->h);
    int code = rng && s->x && s->h ? SL_OK : sl_fail_memory(err);
    if (!code) {
        s->y = s->x + size;
        s->z = s->y + size;
        s->ritz = s->h + m * m;
        s->theta = s->ritz + m * m;
    }
    for (size_t i = 0; i < size && !code; i++)
        s->x[i] = sl_rng_normal(rng);
    sl_rng_free(rng);
    return code;
}

static void subspace_release(struct subspace *s)
{
    free(s->memory);
    free(s->h);
}

/* One column of x orthogonal to those before it and of length 1; by Gram and Schmidt, twice.  A column that
 * depends on them becomes 0. */
static void orthonormalise_row(double *x, size_t n, size_t c)
{
    double *row = x + c * n;
    const double before = sl_dot(row, row, n);
    for (int pass = 0; pass < 2; pass++)
        for (size_t j = 0; j < c; j++) {
            const double *other = x + j * n, factor = sl_dot(row, other, n);
            for (size_t i = 0; i < n; i++)
                row[i] -= factor * other[i];
        }
    const double after = sl_dot(row, row, n), scale = after > 1e-28 * before ? 1 / sqrt(after) : 0;
    for (size_t i = 0; i < n; i++)
        row[i] *= scale;
}

static void transpose(const double *from, size_t rows, size_t cols, double *to)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < cols; j++)
            to[j * rows + i] = from[i * cols + j];
}

/* Orthonormal columns of x; z is scratch. */
static void orthonormalise(struct subspace *s)
{
    transpose(s->x, s->n, s->m, s->z);
    for (size_t c = 0; c < s->m; c++)
        orthonormalise_row(s->z, s->n, c);
    transpose(s->z, s->m, s->n, s->x);
}

/* Turns from (n, m) by the Ritz vectors. */
static void turn(const struct subspace *s, const double *from, double *to)
{
    memset(to, 0, s->n * s->m * sizeof *to);
    transpose(s->ritz, s->m, s->m, s->h);
    sl_gemm_f64(s->n, s->m, s->m, from, s->m, 1, s->h, s->m, to, s->m);
}

static void swap(double **a, double **b)
{
    double *t = *a;
    *a = *b;
    *b = t;
}

/* Of orthonormal x: theta, x = Ritz vectors, y = A x. */
static int project(struct subspace *s, struct sl_error *err)
{
    int code = s->a->apply(s->a->arg, s->x, s->m, s->y, err);
    if (code)
        return code;
    memset(s->h, 0, s->m * s->m * sizeof *s->h);
    sl_gemm_f64(s->m, s->m, s->n, s->x, 1, s->m, s->y, s->m, s->h, s->m);
    code = sl_eigen_full(s->h, s->m, s->m, s->theta, s->ritz, err);
    if (code)
        return code;
    turn(s, s->x, s->z);
    swap(&s->x, &s->z);
    turn(s, s->y, s->z);
    swap(&s->y, &s->z);
    return SL_OK;
}

/* The largest residual of the first k Ritz vectors. */
static double residual(const struct subspace *s, size_t k)
{
    double most = 0;
    for (size_t c = 0; c < k; c++) {
        double sum = 0;
        for (size_t i = 0; i < s->n; i++) {
            const double r = s->y[i * s->m + c] - s->theta[c] * s->x[i * s->m + c];
            sum += r * r;
        }
        most = fmax(most, sqrt(sum));
    }
    return most;
}

/* The largest degree whose polynomial lets the first Ritz vector outgrow the k-th by no more than
 * GROWTH_MOST. */
static int degree_of(const struct subspace *s, size_t k, double high)
{
    const double first = acosh(2 * s->theta[0] / high - 1),
                 last = acosh(fmax(2 * s->theta[k - 1] / high - 1, 1));
    const double degree = log(GROWTH_MOST) / fmax(first - last, 1e-3);
    return degree < 2 ? 2 : degree > DEGREE_MOST ? DEGREE_MOST : (int)degree;
}

/* x = p(A) x with Chebyshev's polynomial of [0, high], scaled to 1 at the largest Ritz value; y is A x. */
static int filter(struct subspace *s, double high, int degree, struct sl_error *err)
{
    const size_t size = s->n * s->m;
    const double e = high / 2, sigma1 = e / (s->theta[0] - e);
    double sigma = sigma1;
    int code = SL_OK;
    for (size_t i = 0; i < size; i++)
        s->y[i] = (s->y[i] - e * s->x[i]) * (sigma1 / e);
    for (int i = 2; i <= degree && !code; i++) {
        const double next = 1 / (2 / sigma1 - sigma);
        code = s->a->apply(s->a->arg, s->y, s->m, s->z, err);
        for (size_t t = 0; t < size && !code; t++)
            s->x[t] = 2 * (next / e) * (s->z[t] - e * s->y[t]) - sigma * next * s->x[t];
        swap(&s->x, &s->y);
        sigma = next;
    }
    swap(&s->x, &s->y);
    return code;
}

static void take(const struct subspace *s, size_t k, double *values, double *vectors)
{
    for (size_t c = 0; c < k; c++) {
        values[c] = s->theta[c];
        for (size_t i = 0; i < s->n; i++)
            vectors[c * s->n + i] = s->x[i * s->m + c];
    }
}

/* *found: it has converged. */
static int iterate(struct subspace *s, size_t k, int *found, struct sl_error *err)
{
    int code = SL_OK;
    *found = 0;
    for (int round = 0; round < ROUNDS && !code; round++) {
        orthonormalise(s);
        code = project(s, err);
        *found = !code && residual(s, k) <= TOLERANCE * s->theta[0];
        if (code || *found)
            return code;
        const double high = s->theta[s->m - 1];
        if (!(high > 1e-14 * s->theta[0]))
            swap(&s->x, &s->y); /* nothing is to be made small: one application will do */
        else
            code = filter(s, high, degree_of(s, k, high), err);
    }
    return code;
}

/* A stored matrix. */
struct stored {
    const double *a;
    size_t n;
    int threads;
};

static int multiply(void *arg, const double *x, size_t m, double *y, struct sl_error *err)
{
    const struct stored *s = arg;
    const int threads = sl_threads_for((double)(s->n * s->n * m), s->threads);
    (void)err;
#pragma omp parallel for num_threads(threads)
    for (size_t i = 0; i < s->n; i += BLOCK) {
        const size_t rows = s->n - i < BLOCK ? s->n - i : BLOCK;
        memset(y + i * m, 0, rows * m * sizeof *y);
        sl_gemm_f64(rows, m, s->n, s->a + i * s->n, s->n, 1, x, m, y + i * m, m);
    }
    return SL_OK;
}

static int full_of(const double *a, size_t n, size_t k, double *values, double *vectors, struct sl_error *err)
{
    double *copy = sl_alloc(n * n, sizeof *copy);
    if (!copy)
        return sl_fail_memory(err);
    memcpy(copy, a, n * n * sizeof *copy);
    int code = sl_eigen_full(copy, n, k, values, vectors, err);
    free(copy);
    return code;
}

int sl_leading_exact(const double *a, size_t n, size_t k, int threads, double *values, double *vectors,
                     struct sl_error *err)
{
    const size_t m = k + SPARE + k / 4;
    struct stored stored = {a, n, threads};
    const struct sl_symmetric matrix = {n, multiply, &stored};
    struct subspace s;
    int found = 0;
    if (n <= 64 || 3 * m >= n)
        return full_of(a, n, k, values, vectors, err);
    int code = subspace_init(&s, &matrix, m, err);
    if (!code)
        code = iterate(&s, k, &found, err);
    if (!code && found)
        take(&s, k, values, vectors);
    subspace_release(&s);
    return code || found ? code : full_of(a, n, k, values, vectors, err);
}

int sl_leading_random(const struct sl_symmetric *a, size_t k, int applications, double *values,
                      double *vectors, struct sl_error *err)
{
    struct subspace s;
    int code = subspace_init(&s, a, k + SPARE < a->n ? k + SPARE : a->n, err);
    for (int i = 1; i < applications && !code; i++) {
        orthonormalise(&s);
        code = a->apply(a->arg, s.x, s.m, s.y, err);
        swap(&s.x, &s.y);
    }
    if (!code) {
        orthonormalise(&s);
        code = project(&s, err);
    }
    if (!code)
        take(&s, k, values, vectors);
    subspace_release(&s);
    return code;
}
