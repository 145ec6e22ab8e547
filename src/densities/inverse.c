/* inverse.c - solving with covariance matrices.
 *
 * By Cholesky's factor where the matrix is well away from singular, which inverse iteration tells (Golub and
 * Van Loan, Matrix computations, 2013, 4.2 and 8.2); else by eigenvectors (GSL), of which those that tell
 * nothing are left out.  O(n^3), the eigenvectors some 60 times as much as the factor. */
#include "densities/inverse.h"
#include "core/memory.h"
#include "kernels/dot.h"
#include <float.h>
#include <gsl/gsl_eigen.h>
#include <math.h>
#include <string.h>

int sl_cholesky_f64(double *A, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const double rounding = (double)n * DBL_EPSILON * A[i * n + i];
        for (size_t j = 0; j <= i; j++) {
            const double rest = A[i * n + j] - sl_dot(A + i * n, A + j * n, j);
            if (i == j && !(rest > rounding))
                return 0;
            A[i * n + j] = i == j ? sqrt(rest) : rest / A[j * n + j];
        }
    }
    return 1;
}

void sl_forward_f64(const double *L, size_t n, double *x)
{
    for (size_t i = 0; i < n; i++)
        x[i] = (x[i] - sl_dot(L + i * n, x, i)) / L[i * n + i];
}

/* x becomes L'^-1 x. */
static void back(const double *L, size_t n, double *x)
{
    for (size_t i = n; i-- > 0;) {
        x[i] /= L[i * n + i];
        for (size_t j = 0; j < i; j++)
            x[j] -= L[i * n + j] * x[i];
    }
}

/* The least eigenvalue of L L', from above: by inverse iteration, which comes within a few per cent in as
 * many steps unless its start is unlucky. */
static double least_eigenvalue(const double *L, size_t n, double *x)
{
    enum { STEPS = 16 };
    double length = 0;
    for (size_t i = 0; i < n; i++)
        x[i] = 1 + sin((double)i); /* no vector that data are made of */
    for (int step = 0; step < STEPS; step++) {
        const double before = sqrt(sl_dot(x, x, n));
        for (size_t i = 0; i < n; i++)
            x[i] /= before;
        sl_forward_f64(L, n, x);
        back(L, n, x);
        length = sqrt(sl_dot(x, x, n));
    }
    return 1 / length;
}

/* In a workspace of our own: GSL ends the process where it has no memory for one. */
void sl_eigenvectors(double *A, size_t n, double *values, double *vectors, double *work)
{
    gsl_eigen_symmv_workspace space = {n, work, work + n, work + 2 * n, work + 3 * n};
    gsl_matrix_view matrix = gsl_matrix_view_array(A, n, n), columns = gsl_matrix_view_array(vectors, n, n);
    gsl_vector_view eigenvalues = gsl_vector_view_array(values, n);
    gsl_eigen_symmv(&matrix.matrix, &eigenvalues.vector, &columns.matrix, &space);
}

static int decompose(double *A, size_t n, double least, struct sl_inverse *out)
{
    double *work = sl_alloc(4 * n, sizeof *work);
    out->vectors = sl_alloc(n * n, sizeof *out->vectors);
    out->reciprocal = sl_alloc(n, sizeof *out->reciprocal);
    const int failed = !work || !out->vectors || !out->reciprocal;
    if (!failed)
        sl_eigenvectors(A, n, out->reciprocal, out->vectors, work);
    for (size_t i = 0; i < n && !failed; i++) {
        const int kept = out->reciprocal[i] > least;
        out->reciprocal[i] = kept ? 1 / out->reciprocal[i] : 0;
        out->rank += (size_t)kept;
    }
    free(work);
    return failed;
}

/* 0 where the factor is not to be trusted. */
static int factorise(const double *A, size_t n, double least, struct sl_inverse *out)
{
    enum { FAR = 100 }; /* times the least: eigenvalues that are as far from it are told from it */
    double *x = sl_alloc(n, sizeof *x);
    out->factor = sl_alloc(n * n, sizeof *out->factor);
    int sound = x && out->factor;
    if (sound) {
        memcpy(out->factor, A, n * n * sizeof *A);
        sound = sl_cholesky_f64(out->factor, n) && least_eigenvalue(out->factor, n, x) > FAR * least;
    }
    free(x);
    if (sound)
        return 1;
    free(out->factor);
    out->factor = NULL;
    return 0;
}

int sl_inverse_init(double *A, size_t n, double least, struct sl_inverse *out, struct sl_error *err)
{
    *out = (struct sl_inverse){.n = n, .rank = n};
    for (size_t i = 0; i < n * n; i++) {
        if (!isfinite(A[i])) {
            free(A);
            return sl_fail(err, SL_EDIVERGED, "the covariances are not finite: scale the features");
        }
    }
    if (factorise(A, n, least, out)) {
        free(A);
        return SL_OK;
    }
    out->rank = 0;
    const int failed = decompose(A, n, least, out);
    free(A);
    if (!failed)
        return SL_OK;
    sl_inverse_release(out);
    return sl_fail_memory(err);
}

void sl_inverse_release(struct sl_inverse *inverse)
{
    free(inverse->factor);
    free(inverse->vectors);
    free(inverse->reciprocal);
    *inverse = (struct sl_inverse){0};
}

void sl_inverse_apply(const struct sl_inverse *inverse, double *x, double *scratch)
{
    const size_t n = inverse->n;
    if (inverse->factor) {
        sl_forward_f64(inverse->factor, n, x);
        back(inverse->factor, n, x);
        return;
    }
    memset(scratch, 0, n * sizeof *scratch); /* V' x, then V diag V' x */
    for (size_t i = 0; i < n; i++)
        for (size_t v = 0; v < n; v++)
            scratch[v] += inverse->vectors[i * n + v] * x[i];
    for (size_t v = 0; v < n; v++)
        scratch[v] *= inverse->reciprocal[v];
    for (size_t i = 0; i < n; i++)
        x[i] = sl_dot(inverse->vectors + i * n, scratch, n);
}
