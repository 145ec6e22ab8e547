/* svc_metric.c - the factored Hessian, or its diagonal, as a preconditioner.
 *
 * A factor takes n size^2 / 2 multiply-adds for the Hessian and size^3 / 6 for Cholesky's method, by matrix
 * products in single precision: conjugate gradients make up for what rounding does to it. */
#include "linear/svc_metric.h"
#include "core/memory.h"
#include "kernels/cholesky.h"
#include "kernels/gemm.h"
#include <math.h>
#include <shortlist/error.h>
#include <string.h>

enum {
    BLOCK = 512,      /* rows gathered at a time */
    TILE = 128,       /* rows of the Hessian computed by one product */
    SIZE_MOST = 4096, /* of a factor: 64 MB */
};

/* Multiply-adds that a matrix product does while a product of one row and a vector does one. */
#define PRODUCT_SPEED 4.0

double sl_svc_factor_cost(const struct sl_svc_rows *rows, size_t n)
{
    double size = (double)rows->size;
    return ((double)n * size * size / 2 + size * size * size / 6) / PRODUCT_SPEED;
}

double sl_svc_step_cost(const struct sl_svc_rows *rows, size_t n)
{
    double size = (double)rows->size;
    return 2 * (double)n * size + size * size;
}

static int pays(size_t n, size_t d, size_t size)
{
    return size <= SIZE_MOST && d <= n;
}

int sl_svc_can_factor(const struct sl_svc_rows *rows)
{
    return pays(rows->n, rows->d, rows->size);
}

/* The largest of the products: where it is small, all are. */
void sl_svc_metric_warm_up(size_t n, size_t d)
{
    const size_t size = d + 1; /* with a constant feature */
    if (pays(n, d, size))
        sl_gemm_warm_up(1, size < TILE ? size : TILE, size, n < BLOCK ? n : BLOCK);
}

int sl_svc_metric_init(struct sl_svc_metric *metric, const struct sl_svc_rows *rows)
{
    *metric = (struct sl_svc_metric){.size = rows->size, .scale = 1};
    metric->diagonal = sl_alloc(rows->size, sizeof *metric->diagonal);
    metric->scratch = sl_alloc(rows->size, sizeof *metric->scratch);
    if (!metric->diagonal || !metric->scratch) {
        sl_svc_metric_release(metric);
        return 0;
    }
    for (size_t j = 0; j < rows->size; j++)
        metric->diagonal[j] = sl_svc_penalty(rows, j);
    return 1;
}

void sl_svc_metric_release(struct sl_svc_metric *metric)
{
    free(metric->owned);
    free(metric->diagonal);
    free(metric->scratch);
    metric->owned = metric->scratch = NULL;
    metric->diagonal = NULL;
}

/* The upper triangle of H += X'X for a block of rows X (n, size). */
static int add_block(float *H, size_t size, const float *X, size_t n, int threads)
{
    int code = SL_OK;
#pragma omp parallel for num_threads(threads) schedule(dynamic) reduction(max : code) if (threads > 1)
    for (size_t i = 0; i < size; i += TILE) {
        size_t rows = size - i < TILE ? size - i : TILE;
        int own =
            sl_gemm_one(1, 0, rows, size - i, n, 1, X + i, size, X + i, size, 1, H + i * size + i, size);
        code = own > code ? own : code;
    }
    return code;
}

int sl_svc_add_products(float *H, const struct sl_svc_rows *rows, const uint32_t *list, size_t n,
                        const float *h, double factor, int threads)
{
    enum { SHARE = 64 };
    float *X = sl_alloc(BLOCK * rows->size, sizeof *X);
    int code = X ? SL_OK : SL_ENOMEM;
    for (size_t first = 0; first < n && !code; first += BLOCK) {
        size_t count = n - first < BLOCK ? n - first : BLOCK;
#pragma omp parallel for num_threads(threads) if (threads > 1)
        for (size_t i = 0; i < count; i += SHARE)
            sl_svc_gather(rows, list + first + i, count - i < SHARE ? count - i : SHARE, h, factor,
                          X + i * rows->size);
        code = add_block(H, rows->size, X, count, threads);
    }
    free(X);
    return code;
}

/* H / scale is of the order of the rows' own products, and its penalties are floats. */
static double choose_scale(const struct sl_svc_rows *rows, double scale)
{
    return fmax(scale, fmax(sl_svc_penalty(rows, 0), 1) * 1e-10);
}

int sl_svc_metric_factor(struct sl_svc_metric *metric, const struct sl_svc_rows *rows, const uint32_t *list,
                         size_t n, const float *h, double scale, int threads)
{
    size_t size = rows->size;
    if (!metric->owned)
        metric->owned = sl_alloc(size * size, sizeof *metric->owned);
    float *H = metric->owned;
    int code = H ? SL_OK : SL_ENOMEM;
    metric->scale = choose_scale(rows, 2 * scale);
    if (!code) {
        memset(H, 0, size * size * sizeof *H);
        code = sl_svc_add_products(H, rows, list, n, h, 2 * scale / metric->scale, threads);
    }
    if (code)
        return code;
    for (size_t j = 0; j < size; j++)
        H[j * size + j] += (float)(sl_svc_penalty(rows, j) / metric->scale);
    code = sl_cholesky(H, size, size, threads);
    metric->U = code ? NULL : H;
    return code;
}

void sl_svc_metric_diagonal(struct sl_svc_metric *metric, const struct sl_svc_rows *rows,
                            const uint32_t *list, size_t n, const float *h, double scale)
{
    for (size_t j = 0; j < rows->size; j++)
        metric->diagonal[j] = sl_svc_penalty(rows, j);
    for (size_t i = 0; i < n; i++)
        sl_svc_add_squares(rows, list[i], 2 * scale * (double)h[list[i]], metric->diagonal);
    metric->U = NULL;
}

void sl_svc_metric_borrow(struct sl_svc_metric *metric, const struct sl_svc_metric *other)
{
    metric->U = other->U;
    metric->scale = other->scale;
}

/* r is brought near 1 on its way through floats. */
void sl_svc_metric_solve(const struct sl_svc_metric *metric, const double *r, double *z)
{
    size_t size = metric->size;
    double largest = 0;
    if (!metric->U) {
        for (size_t j = 0; j < size; j++)
            z[j] = r[j] / metric->diagonal[j];
        return;
    }
    for (size_t j = 0; j < size; j++)
        largest = fmax(largest, fabs(r[j]));
    if (!(largest > 0))
        largest = 1;
    for (size_t j = 0; j < size; j++)
        metric->scratch[j] = (float)(r[j] / largest);
    sl_cholesky_solve(metric->U, size, size, metric->scratch);
    for (size_t j = 0; j < size; j++)
        z[j] = (double)metric->scratch[j] * largest / metric->scale;
}
