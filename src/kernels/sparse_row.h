/* sparse_row.h - sparse rows one by one, and the products of one with a vector, O(entries).
 *
 * Sums are doubles, four side by side: what a row costs is waiting for the vector's elements. */
#ifndef SL_KERNELS_SPARSE_ROW_H
#define SL_KERNELS_SPARSE_ROW_H

#include <shortlist/view.h>

/* A row's n entries. */
struct sl_sparse_row {
    size_t n;
    const uint32_t *column; /* ascending */
    const float *value;
};

static inline struct sl_sparse_row sl_csr_row(const struct sl_csr *rows, size_t i)
{
    const size_t at = rows->start[i];
    return (struct sl_sparse_row){rows->start[i + 1] - at, rows->column + at, rows->value + at};
}

/* Row i of a view of sparse rows. */
static inline struct sl_sparse_row sl_view_row(const struct sl_view *view, size_t i)
{
    return sl_csr_row((const struct sl_csr *)view->x, i);
}

/* How many entries such a view's rows have. */
static inline size_t sl_view_entries(const struct sl_view *view)
{
    const struct sl_csr *rows = (const struct sl_csr *)view->x;
    return rows->start[view->n] - rows->start[0];
}

/* x . w; w of floats, and of doubles. */
static inline double sl_srow_dot(const struct sl_sparse_row *x, const float *w)
{
    double a = 0, b = 0, c = 0, d = 0;
    size_t e = 0;
    for (; e + 4 <= x->n; e += 4) {
        a += (double)x->value[e] * (double)w[x->column[e]];
        b += (double)x->value[e + 1] * (double)w[x->column[e + 1]];
        c += (double)x->value[e + 2] * (double)w[x->column[e + 2]];
        d += (double)x->value[e + 3] * (double)w[x->column[e + 3]];
    }
    for (; e < x->n; e++)
        a += (double)x->value[e] * (double)w[x->column[e]];
    return a + b + (c + d);
}

/* The same in single precision, for a step that floats are good enough for. */
static inline float sl_srow_dot_f32(const struct sl_sparse_row *x, const float *w)
{
    float a = 0, b = 0, c = 0, d = 0;
    size_t e = 0;
    for (; e + 4 <= x->n; e += 4) {
        a += x->value[e] * w[x->column[e]];
        b += x->value[e + 1] * w[x->column[e + 1]];
        c += x->value[e + 2] * w[x->column[e + 2]];
        d += x->value[e + 3] * w[x->column[e + 3]];
    }
    for (; e < x->n; e++)
        a += x->value[e] * w[x->column[e]];
    return a + b + (c + d);
}

static inline double sl_srow_dot_f64(const struct sl_sparse_row *x, const double *w)
{
    double a = 0, b = 0, c = 0, d = 0;
    size_t e = 0;
    for (; e + 4 <= x->n; e += 4) {
        a += (double)x->value[e] * w[x->column[e]];
        b += (double)x->value[e + 1] * w[x->column[e + 1]];
        c += (double)x->value[e + 2] * w[x->column[e + 2]];
        d += (double)x->value[e + 3] * w[x->column[e + 3]];
    }
    for (; e < x->n; e++)
        a += (double)x->value[e] * w[x->column[e]];
    return a + b + (c + d);
}

/* w += a x; likewise. */
static inline void sl_srow_add(float *w, float a, const struct sl_sparse_row *x)
{
    for (size_t e = 0; e < x->n; e++)
        w[x->column[e]] += a * x->value[e];
}

static inline void sl_srow_add_f64(double *w, double a, const struct sl_sparse_row *x)
{
    for (size_t e = 0; e < x->n; e++)
        w[x->column[e]] += a * (double)x->value[e];
}

#endif
