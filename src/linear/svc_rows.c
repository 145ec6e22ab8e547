/* svc_rows.c - training rows for linear SVMs: bytes where the processor multiplies them well, else floats on
 * full registers, or sparse rows; see svc_rows.h.  O(ld) a row and product, or O(its entries). */
#include "linear/svc_rows.h"
#include "core/memory.h"
#include "data/features.h"
#include "kernels/convert.h"
#include "kernels/dispatch.h"
#include "kernels/row.h"
#include "kernels/skinny.h"
#include "kernels/sparse_row.h"
#include <math.h>
#include <string.h>

enum {
    BLOCK = 256,    /* rows converted at a time */
    PIECE = 1 << 16 /* floats searched at a time */
};

/* Floats whose squares, and sums of them, stay far from the ends of their range. */
#define LARGEST 0x1p20
#define SMALLEST 0x1p-20

SL_CLONED(static, float, largest_of, (const float *x, size_t n), (x, n))
{
    float largest = 0;
    for (size_t i = 0; i < n; i++) {
        float size = fabsf(x[i]);
        largest = size > largest ? size : largest;
    }
    return largest;
}

/* Of floats, in a row. */
static double find_largest(const float *x, size_t n, int threads)
{
    float largest = 0;
#pragma omp parallel for num_threads(threads) reduction(max : largest)
    for (size_t i = 0; i < n; i += PIECE) {
        float part = largest_of(x + i, n - i < PIECE ? n - i : PIECE);
        largest = part > largest ? part : largest;
    }
    return (double)largest;
}

/* Power of two by which floats are divided. */
static double unit_for(double largest)
{
    int exponent = 0;
    if (largest > LARGEST || (largest > 0 && largest < SMALLEST))
        frexp(largest, &exponent);
    return ldexp(1, exponent);
}

static double choose_unit(const struct sl_view *view, int threads)
{
    if (view->dtype == SL_F32)
        return unit_for(find_largest(view->x, view->n * view->d, threads));
    if (view->dtype != SL_SPARSE)
        return 1;
    const struct sl_csr *rows = view->x;
    return unit_for(find_largest(rows->value + rows->start[0], sl_view_entries(view), threads));
}

static void divide(float *x, size_t n, double unit)
{
    for (size_t i = 0; i < n; i++)
        x[i] = (float)((double)x[i] / unit);
}

static int copy_rows(struct sl_svc_rows *rows, const struct sl_view *view, int threads)
{
    rows->ld = sl_lanes(view->d);
    rows->owned = sl_alloc(view->n, rows->ld * sizeof(float));
    if (!rows->owned)
        return 0;
    rows->x = rows->owned;
    float *owned = rows->owned;
#pragma omp parallel for num_threads(threads)
    for (size_t i = 0; i < view->n; i += BLOCK) {
        size_t n = view->n - i < BLOCK ? view->n - i : BLOCK;
        float *x = owned + i * rows->ld;
        sl_skinny_rows(view, i, n, rows->ld, x);
        if (rows->unit != 1)
            divide(x, n * rows->ld, rows->unit);
    }
    return 1;
}

/* The view's sparse rows, or a copy that is divided. */
static int take_sparse(struct sl_svc_rows *rows, const struct sl_view *view)
{
    rows->sparse = 1;
    rows->x = view->x;
    if (rows->unit == 1)
        return 1;
    struct sl_csr *copy = rows->owned = sl_view_copy(view);
    if (!copy)
        return 0;
    divide((float *)copy->value, sl_view_entries(view), rows->unit);
    rows->x = copy;
    return 1;
}

int sl_svc_rows_init(struct sl_svc_rows *rows, const struct sl_view *view, double constant, int threads,
                     struct sl_error *err)
{
    *rows = (struct sl_svc_rows){.n = view->n,
                                 .d = view->d,
                                 .ld = view->d,
                                 .size = sl_lanes(view->d + 1),
                                 .x = view->x,
                                 .constant = constant > 0 ? constant : 0};
    if (sl_skinny_takes_bytes(view)) {
        rows->bytes = 1;
        rows->unit = (double)view->scale;
        return SL_OK;
    }
    rows->unit = choose_unit(view, threads);
    rows->chosen = view->dtype != SL_U8;
    if (view->dtype == SL_SPARSE)
        return take_sparse(rows, view) ? SL_OK : sl_fail_memory(err);
    if (view->dtype == SL_F32 && view->d % SL_LANES == 0 && rows->unit == 1 && (uintptr_t)view->x % 64 == 0)
        return SL_OK;
    return copy_rows(rows, view, threads) ? SL_OK : sl_fail_memory(err);
}

int sl_svc_rows_part(struct sl_svc_rows *part, const struct sl_svc_rows *all, const uint32_t *list, size_t n,
                     double constant, int threads)
{
    *part = *all;
    part->n = n;
    part->list = list;
    part->constant = constant > 0 ? constant : 0;
    part->owned = NULL;
    if (!all->chosen)
        return 1;
    float largest = 0;
#pragma omp parallel for num_threads(threads) reduction(max : largest) if (threads > 1)
    for (size_t i = 0; i < n; i++) {
        const float own = largest_of(sl_svc_row(part, i), all->ld);
        largest = own > largest ? own : largest;
    }
    return unit_for(all->unit * (double)largest) == all->unit;
}

void sl_svc_rows_release(struct sl_svc_rows *rows)
{
    free(rows->owned);
    rows->owned = NULL;
}

double sl_svc_penalty(const struct sl_svc_rows *rows, size_t j)
{
    return j < rows->d ? 1 / (rows->unit * rows->unit) : 1;
}

double sl_svc_score(const struct sl_svc_rows *rows, size_t i, const double *w)
{
    if (rows->sparse) {
        const struct sl_sparse_row x = sl_svc_sparse_row(rows, i);
        return sl_srow_dot_f64(&x, w) + rows->constant * w[rows->d];
    }
    return sl_row_dot_f64(sl_svc_row(rows, i), rows->bytes, w, rows->ld) + rows->constant * w[rows->d];
}

void sl_svc_add(const struct sl_svc_rows *rows, size_t i, double a, double *w)
{
    if (rows->sparse) {
        const struct sl_sparse_row x = sl_svc_sparse_row(rows, i);
        sl_srow_add_f64(w, a, &x);
    } else
        sl_row_add_f64(w, a, sl_svc_row(rows, i), rows->bytes, rows->ld);
    w[rows->d] += a * rows->constant;
}

static double sparse_square(const struct sl_svc_rows *rows, size_t i)
{
    const struct sl_sparse_row x = sl_svc_sparse_row(rows, i);
    double square = 0;
    for (size_t e = 0; e < x.n; e++)
        square += (double)x.value[e] * (double)x.value[e];
    return square;
}

double sl_svc_square(const struct sl_svc_rows *rows, size_t i)
{
    if (rows->sparse)
        return rows->unit * rows->unit * sparse_square(rows, i) + rows->constant * rows->constant;
    const void *x = sl_svc_row(rows, i);
    double square = rows->bytes ? sl_skinny_product(x, x, 1, rows->ld) : sl_product_f64(x, x, rows->ld);
    return rows->unit * rows->unit * square + rows->constant * rows->constant;
}

void sl_svc_add_squares(const struct sl_svc_rows *rows, size_t i, double a, double *diagonal)
{
    if (rows->sparse) {
        const struct sl_sparse_row x = sl_svc_sparse_row(rows, i);
        for (size_t e = 0; e < x.n; e++)
            diagonal[x.column[e]] += a * (double)x.value[e] * (double)x.value[e];
    } else
        sl_row_add_squares_f64(diagonal, a, sl_svc_row(rows, i), rows->bytes, rows->ld);
    diagonal[rows->d] += a * rows->constant * rows->constant;
}

/* The rows i ... i + 3 of the list; beyond its end the last one again. */
static void take_rows(const struct sl_svc_rows *rows, const uint32_t *list, size_t n, size_t i,
                      const void *x[SL_ROWS_STEP])
{
    for (size_t r = 0; r < SL_ROWS_STEP; r++)
        x[r] = sl_svc_row(rows, list[i + r < n ? i + r : n - 1]);
}

static float sparse_curve(const struct sl_svc_rows *rows, const uint32_t *list, size_t n, const float *h,
                          const float *v, float *out)
{
    const double intercept = rows->constant * (double)v[rows->d];
    double of_constant = 0;
    for (size_t i = 0; i < n; i++) {
        const struct sl_sparse_row x = sl_svc_sparse_row(rows, list[i]);
        const float a = (float)((double)h[list[i]] * (sl_srow_dot(&x, v) + intercept));
        sl_srow_add(out, a, &x);
        of_constant += (double)a;
    }
    return (float)of_constant;
}

void sl_svc_curve(const struct sl_svc_rows *rows, const uint32_t *list, size_t n, const float *h,
                  const float *v, float *out)
{
    const float constant = (float)rows->constant, intercept = constant * v[rows->d];
    float of_constant = 0;
    memset(out, 0, rows->size * sizeof *out);
    if (rows->sparse)
        of_constant = sparse_curve(rows, list, n, h, v, out);
    for (size_t i = 0; i < n && !rows->sparse; i += SL_ROWS_STEP) {
        const void *x[SL_ROWS_STEP];
        float a[SL_ROWS_STEP];
        take_rows(rows, list, n, i, x);
        sl_skinny_block_dot(x, rows->bytes, &v, 1, rows->ld, a);
        for (size_t r = 0; r < SL_ROWS_STEP; r++) {
            a[r] = i + r < n ? h[list[i + r]] * (a[r] + intercept) : 0;
            of_constant += a[r];
        }
        sl_skinny_block_add(out, a, x, rows->bytes, rows->ld);
    }
    out[rows->d] = of_constant * constant;
}

void sl_svc_gather(const struct sl_svc_rows *rows, const uint32_t *list, size_t n, const float *h,
                   double factor, float *out)
{
    for (size_t i = 0; i < n; i++, out += rows->size) {
        const void *x = rows->sparse ? NULL : sl_svc_row(rows, list[i]);
        float root = (float)sqrt(factor * (double)h[list[i]]);
        const size_t zero = rows->sparse ? 0 : rows->d;
        memset(out + zero, 0, (rows->size - zero) * sizeof *out);
        if (rows->sparse) {
            const struct sl_sparse_row row = sl_svc_sparse_row(rows, list[i]);
            sl_srow_add(out, root, &row);
        } else if (rows->bytes)
            sl_bytes_to_floats(x, rows->d, root, 0, out);
        else
            for (size_t j = 0; j < rows->d; j++)
                out[j] = root * ((const float *)x)[j];
        out[rows->d] = root * (float)rows->constant;
    }
}
