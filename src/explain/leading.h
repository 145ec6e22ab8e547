/* leading.h - the leading eigenvectors of a symmetric matrix without negative eigenvalues. */
#ifndef SL_EXPLAIN_LEADING_H
#define SL_EXPLAIN_LEADING_H

#include <shortlist/error.h>
#include <stddef.h>

/* A matrix (n, n) by what it does to m columns: y (n, m) = A x (n, m). */
struct sl_symmetric {
    size_t n;
    int (*apply)(void *arg, const double *x, size_t m, double *y, struct sl_error *err);
    void *arg;
};

/* values (k), descending, and vectors (k, n), orthonormal rows, of a stored matrix (n, n), k <= n, to nearly
 * all digits.  SL_ENOMEM. */
int sl_leading_exact(const double *a, size_t n, size_t k, int threads, double *values, double *vectors,
                     struct sl_error *err);

/* The same by so many applications alone, of k + 10 columns or n: approximate where those do not suffice. */
int sl_leading_random(const struct sl_symmetric *a, size_t k, int applications, double *values,
                      double *vectors, struct sl_error *err);

/* All eigenvalues and vectors by GSL's full solver; a (n, n) is destroyed.  What leading ones fall back on,
 * and what tests compare with. */
int sl_eigen_full(double *a, size_t n, size_t k, double *values, double *vectors, struct sl_error *err);

#endif
