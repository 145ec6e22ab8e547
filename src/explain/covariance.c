/* covariance.c - covariances of features, products of rows.
 *
 * Rows of bytes: exact whole sums (kernels/scatter.h); mean and scale come last.  Other rows: sums in double
 * of rows less their mean.  Cost n d^2 / 2 multiply-adds (n^2 d / 2 for products of rows), memory O(d^2). */
#include "explain/covariance.h"
#include "core/memory.h"
#include "core/threads.h"
#include "kernels/bytegram.h"
#include "kernels/gemm.h"
#include "kernels/scatter.h"
#include <string.h>

enum { ROWS = 256 }; /* of floats at a time */

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Rows of numbers --------------------------------------------------------------------------------- */

int sl_centred_block(const struct sl_features *features, size_t first, size_t n, const double *mean,
                     float *floats, double *out, struct sl_error *err)
{
    const size_t d = features->width;
    int code = sl_features_read(features, first, n, floats, err);
    for (size_t i = 0; i < n && !code; i++)
        for (size_t j = 0; j < d; j++)
            out[i * d + j] = (double)floats[i * d + j] - mean[j];
    return code;
}

int sl_feature_means(const struct sl_features *features, double *mean, struct sl_error *err)
{
    const size_t n = features->view.n, d = features->width;
    float *rows = sl_alloc(ROWS * d, sizeof *rows);
    int code = rows ? SL_OK : sl_fail_memory(err);
    memset(mean, 0, d * sizeof *mean);
    for (size_t at = 0; at < n && !code; at += ROWS) {
        const size_t m = least(n - at, ROWS);
        code = sl_features_read(features, at, m, rows, err);
        for (size_t i = 0; i < m && !code; i++)
            for (size_t j = 0; j < d; j++)
                mean[j] += (double)rows[i * d + j];
    }
    for (size_t j = 0; j < d; j++)
        mean[j] /= (double)n;
    free(rows);
    return code;
}

/* The lower triangle becomes the upper, and all is divided. */
static void finish(double *C, size_t d, double by)
{
    for (size_t i = 0; i < d; i++)
        for (size_t j = i; j < d; j++)
            C[j * d + i] = C[i * d + j] /= by;
}

static int covariances_of_floats(const struct sl_features *features, int threads, double *mean, double *C,
                                 struct sl_error *err)
{
    const size_t n = features->view.n, d = features->width;
    float *floats = sl_alloc(ROWS * d, sizeof *floats);
    double *rows = sl_alloc(ROWS * d, sizeof *rows);
    int code = floats && rows ? sl_feature_means(features, mean, err) : sl_fail_memory(err);
    memset(C, 0, d * d * sizeof *C);
    for (size_t at = 0; at < n && !code; at += ROWS) {
        const size_t m = least(n - at, ROWS);
        code = sl_centred_block(features, at, m, mean, floats, rows, err);
        if (!code)
            sl_scatter_f64(rows, m, d, threads, C);
    }
    free(floats);
    free(rows);
    if (!code)
        finish(C, d, (double)n - 1);
    return code;
}

/* Features first ... first + count - 1 of all rows less their mean, out (count, n). */
static void turn_features(const struct sl_features *features, const double *mean, size_t first, size_t count,
                          double *out)
{
    const struct sl_view *view = &features->view;
    const size_t n = view->n, d = view->d;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < count; j++) {
            const size_t at = i * d + first + j;
            const float x = view->dtype == SL_U8
                                ? view->scale * (float)((const uint8_t *)view->x)[at] + view->offset
                                : ((const float *)view->x)[at];
            out[j * n + i] = (double)x - mean[first + j];
        }
}

static int products_of_floats(const struct sl_features *features, int threads, double *mean, double *C,
                              struct sl_error *err)
{
    const size_t n = features->view.n, d = features->width;
    double *part = sl_alloc(ROWS * n, sizeof *part);
    int code = part ? sl_feature_means(features, mean, err) : sl_fail_memory(err);
    memset(C, 0, n * n * sizeof *C);
    for (size_t at = 0; at < d && !code; at += ROWS) {
        const size_t m = least(d - at, ROWS);
        turn_features(features, mean, at, m, part);
        sl_scatter_f64(part, m, n, threads, C);
    }
    free(part);
    if (!code)
        finish(C, n, (double)n - 1);
    return code;
}

/* Rows of bytes ----------------------------------------------------------------------------------- */

static int covariances_of_bytes(const struct sl_view *view, int threads, double *mean, double *C,
                                struct sl_error *err)
{
    const size_t n = view->n, d = view->d;
    const double scale = (double)view->scale;
    int64_t *sum = sl_alloc_zero(d * d, sizeof *sum), *ones = sl_alloc_zero(d, sizeof *ones);
    int refused = sum && ones ? sl_scatter_bytes(view->x, n, d, threads, sum, ones) : SL_ENOMEM;
    for (size_t i = 0; i < d && !refused; i++) {
        mean[i] = scale * ((double)ones[i] / (double)n) + (double)view->offset;
        for (size_t j = i; j < d; j++) {
            const __int128 whole = (__int128)sum[i * d + j] * (int64_t)n - (__int128)ones[i] * ones[j];
            C[j * d + i] = C[i * d + j] = scale * scale * ((double)whole / (double)n / (double)(n - 1));
        }
    }
    free(sum);
    free(ones);
    return refused ? sl_product_fail(refused, err) : SL_OK;
}

/* sums (n): of the rows of the whole symmetric matrix; returns the sum of all. */
static int64_t row_sums(const int64_t *sum, size_t n, int64_t *sums)
{
    int64_t all = 0;
    for (size_t i = 0; i < n; i++) {
        sums[i] = 0;
        for (size_t j = 0; j < n; j++)
            sums[i] += j < i ? sum[j * n + i] : sum[i * n + j];
        all += sums[i];
    }
    return all;
}

static int products_of_bytes(const struct sl_features *features, int threads, double *mean, double *C,
                             struct sl_error *err)
{
    const struct sl_view *view = &features->view;
    const size_t n = view->n, d = view->d;
    const double scale = (double)view->scale, by = (double)n * (double)n * (double)(n - 1);
    int64_t *sum = sl_alloc_zero(n * n, sizeof *sum), *sums = sl_alloc(n, sizeof *sums);
    int refused = sum && sums ? sl_products_bytes(view->x, n, d, threads, sum) : SL_ENOMEM;
    const int64_t all = refused ? 0 : row_sums(sum, n, sums);
    for (size_t i = 0; i < n && !refused; i++)
        for (size_t j = i; j < n; j++) {
            const __int128 whole = (__int128)sum[i * n + j] * (int64_t)(n * n) -
                                   (__int128)(sums[i] + sums[j]) * (int64_t)n + all;
            C[j * n + i] = C[i * n + j] = scale * scale * ((double)whole / by);
        }
    free(sum);
    free(sums);
    return refused ? sl_product_fail(refused, err) : sl_feature_means(features, mean, err);
}

int sl_covariances(const struct sl_features *features, int threads, double *mean, double *covariance,
                   struct sl_error *err)
{
    if (sl_features_are_kept(features) && features->view.dtype == SL_U8)
        return covariances_of_bytes(&features->view, threads, mean, covariance, err);
    return covariances_of_floats(features, threads, mean, covariance, err);
}

int sl_row_products(const struct sl_features *features, int threads, double *mean, double *products,
                    struct sl_error *err)
{
    if (features->view.dtype == SL_U8 && features->view.d <= SL_BYTEGRAM_MAX_D)
        return products_of_bytes(features, threads, mean, products, err);
    return products_of_floats(features, threads, mean, products, err);
}
