/* svc_rows.c - training rows for linear SVMs: bytes where the processor multiplies them well, else floats on
 * full registers; see svc_rows.h.  O(ld) a row and product. */
#include "linear/svc_rows.h"
#include "core/memory.h"
#include "kernels/convert.h"
#include "kernels/dispatch.h"
#include "kernels/row.h"
#include "kernels/skinny.h"
#include <math.h>
#include <string.h>

enum { BLOCK = 256 }; /* rows converted or searched at a time */

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

static double find_largest(const struct sl_view *view, int threads)
{
    const float *x = view->x;
    float largest = 0;
#pragma omp parallel for num_threads(threads) reduction(max : largest)
    for (size_t i = 0; i < view->n; i += BLOCK) {
        float part = largest_of(x + i * view->d, (view->n - i < BLOCK ? view->n - i : BLOCK) * view->d);
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
    return view->dtype == SL_F32 ? unit_for(find_largest(view, threads)) : 1;
}

static void divide(float *x, size_t n, double unit)
{
    for (size_t i = 0; i < n; i++)
        x[i] = (float)((double)x[i] / unit);
}

static int copy_rows(struct sl_svc_rows *rows, const struct sl_view *view, int threads)
{
    rows->ld = sl_lanes(view->d);
    rows->owned = sl_alloc(view->n, rows->ld * sizeof *rows->owned);
    if (!rows->owned)
        return 0;
    rows->x = rows->owned;
#pragma omp parallel for num_threads(threads)
    for (size_t i = 0; i < view->n; i += BLOCK) {
        size_t n = view->n - i < BLOCK ? view->n - i : BLOCK;
        float *x = rows->owned + i * rows->ld;
        sl_skinny_rows(view, i, n, rows->ld, x);
        if (rows->unit != 1)
            divide(x, n * rows->ld, rows->unit);
    }
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
    rows->chosen = view->dtype == SL_F32;
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
    return sl_row_dot_f64(sl_svc_row(rows, i), rows->bytes, w, rows->ld) + rows->constant * w[rows->d];
}

void sl_svc_add(const struct sl_svc_rows *rows, size_t i, double a, double *w)
{
    sl_row_add_f64(w, a, sl_svc_row(rows, i), rows->bytes, rows->ld);
    w[rows->d] += a * rows->constant;
}

double sl_svc_square(const struct sl_svc_rows *rows, size_t i)
{
    const void *x = sl_svc_row(rows, i);
    double square = rows->bytes ? sl_skinny_product(x, x, 1, rows->ld) : sl_product_f64(x, x, rows->ld);
    return rows->unit * rows->unit * square + rows->constant * rows->constant;
}

void sl_svc_add_squares(const struct sl_svc_rows *rows, size_t i, double a, double *diagonal)
{
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

void sl_svc_curve(const struct sl_svc_rows *rows, const uint32_t *list, size_t n, const float *h,
                  const float *v, float *out)
{
    const float constant = (float)rows->constant, intercept = constant * v[rows->d];
    float of_constant = 0;
    memset(out, 0, rows->size * sizeof *out);
    for (size_t i = 0; i < n; i += SL_ROWS_STEP) {
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
        const void *x = sl_svc_row(rows, list[i]);
        float root = (float)sqrt(factor * (double)h[list[i]]);
        memset(out + rows->d, 0, (rows->size - rows->d) * sizeof *out);
        if (rows->bytes)
            sl_bytes_to_floats(x, rows->d, root, 0, out);
        else
            for (size_t j = 0; j < rows->d; j++)
                out[j] = root * ((const float *)x)[j];
        out[rows->d] = root * (float)rows->constant;
    }
}
