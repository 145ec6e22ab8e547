/* covariance.c - covariances of features, products of rows.
 *
 * Rows of bytes: exact whole sums.  A few rows at a time are turned over, so that features lie together, and
 * the exact byte products (kernels/bytegram.h) of blocks of features are added up in 64 bits; mean and scale
 * come last.  Other rows: sums in double of rows less their mean.  Both sum blocks in order, whatever thread
 * computes them.  Cost n d^2 / 2 multiply-adds (n^2 d / 2 for products of rows), memory O(d^2). */
#include "explain/covariance.h"
#include "core/memory.h"
#include "core/threads.h"
#include "kernels/bytegram.h"
#include "kernels/gemm.h"
#include "kernels/gemm_f64.h"
#include <string.h>

enum {
    ROWS = 256,   /* of floats at a time */
    BYTES = 2048, /* rows of bytes at a time */
    TILE = 112,   /* features, or rows, of a block of products */
};

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

/* The upper triangle of C (d, d) += X' X, X (n, d). */
static void add_products(const double *X, size_t n, size_t d, int threads, double *C)
{
    threads = sl_threads_for((double)n * (double)d * (double)d / 2, threads);
#pragma omp parallel for num_threads(threads) schedule(dynamic)
    for (size_t i = 0; i < d; i += TILE)
        sl_gemm_f64(least(d - i, TILE), d - i, n, X + i, 1, d, X + i, d, C + i * d + i, d);
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
            add_products(rows, m, d, threads, C);
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
        add_products(part, m, n, threads, C);
    }
    free(part);
    if (!code)
        finish(C, n, (double)n - 1);
    return code;
}

/* Rows of bytes ----------------------------------------------------------------------------------- */

/* Blocks of products of the m rows of a (m, d), b the same centred. */
struct byte_products {
    const uint8_t *a;
    const int8_t *b;
    const int32_t *sums; /* (m): of the bytes of a row */
    size_t m, d;
    int64_t *sum; /* (m, m): the blocks from the diagonal on are added to */
};

/* Adds the block of rows i and j. */
static int add_byte_block(const struct byte_products *p, size_t i, size_t j, int32_t *block)
{
    const size_t rows = least(p->m - i, TILE), cols = least(p->m - j, TILE);
    int code = sl_bytegram(SL_BYTEGRAM_AUTO, p->a + i * p->d, rows, p->b + j * p->d, cols, p->d, block, TILE);
    for (size_t r = 0; r < rows && !code; r++)
        for (size_t c = 0; c < cols; c++)
            p->sum[(i + r) * p->m + j + c] += block[r * TILE + c] + 128 * (int64_t)p->sums[i + r];
    return code;
}

static int add_byte_products(const struct byte_products *p, int threads)
{
    const size_t tiles = (p->m + TILE - 1) / TILE;
    int worst = SL_OK;
    threads = sl_threads_for((double)p->m * (double)p->m * (double)p->d / 4, threads);
#pragma omp parallel num_threads(threads) reduction(max : worst)
    {
        int32_t *block = sl_alloc(TILE * TILE, sizeof *block);
#pragma omp for schedule(dynamic)
        for (size_t t = 0; t < tiles * tiles; t++)
            if (t / tiles <= t % tiles) {
                const size_t i = t / tiles * TILE, j = t % tiles * TILE;
                const int code = block ? add_byte_block(p, i, j, block) : SL_ENOMEM;
                worst = code > worst ? code : worst;
            }
        free(block);
    }
    return worst;
}

/* x (n, d) turned over: a (d, n), and b the same centred. */
static void turn_bytes(const uint8_t *x, size_t n, size_t d, int threads, uint8_t *a, int8_t *b)
{
    enum { SIDE = 32 };
    threads = sl_threads_for((double)n * (double)d * 8, threads);
#pragma omp parallel for num_threads(threads)
    for (size_t j0 = 0; j0 < d; j0 += SIDE) {
        const size_t width = least(d - j0, SIDE);
        for (size_t i0 = 0; i0 < n; i0 += SIDE)
            for (size_t j = j0; j < j0 + width; j++)
                for (size_t i = i0; i < least(i0 + SIDE, n); i++)
                    a[j * n + i] = x[i * d + j];
        sl_bytes_centre(a + j0 * n, width * n, b + j0 * n);
    }
}

/* sum (d, d) and ones (d) of products and of the bytes themselves. */
static int sum_bytes(const struct sl_view *view, int threads, int64_t *sum, int64_t *ones)
{
    const size_t n = view->n, d = view->d;
    uint8_t *a = sl_alloc(least(n, BYTES) * d, 1);
    int8_t *b = sl_alloc(least(n, BYTES) * d, 1);
    int32_t *sums = sl_alloc(d, sizeof *sums);
    int refused = a && b && sums ? SL_OK : SL_ENOMEM;
    for (size_t at = 0; at < n && !refused; at += BYTES) {
        const size_t m = least(n - at, BYTES);
        const struct byte_products p = {a, b, sums, d, m, sum};
        turn_bytes((const uint8_t *)view->x + at * d, m, d, threads, a, b);
        sl_bytes_sums(a, d, m, sums, NULL);
        for (size_t j = 0; j < d; j++)
            ones[j] += sums[j];
        refused = add_byte_products(&p, threads);
    }
    free(a);
    free(b);
    free(sums);
    return refused;
}

static int covariances_of_bytes(const struct sl_view *view, int threads, double *mean, double *C,
                                struct sl_error *err)
{
    const size_t n = view->n, d = view->d;
    const double scale = (double)view->scale;
    int64_t *sum = sl_alloc_zero(d * d, sizeof *sum), *ones = sl_alloc_zero(d, sizeof *ones);
    int refused = sum && ones ? sum_bytes(view, threads, sum, ones) : SL_ENOMEM;
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
    int8_t *b = sl_alloc(n * d, 1);
    int64_t *sum = sl_alloc_zero(n * n, sizeof *sum), *sums = sl_alloc(n, sizeof *sums);
    int32_t *ones = sl_alloc(n, sizeof *ones);
    int refused = SL_ENOMEM;
    if (b && sum && sums && ones) {
        const struct byte_products p = {view->x, b, ones, n, d, sum};
        sl_bytes_centre(view->x, n * d, b);
        sl_bytes_sums(view->x, n, d, ones, NULL);
        refused = add_byte_products(&p, threads);
    }
    const int64_t all = refused ? 0 : row_sums(sum, n, sums);
    for (size_t i = 0; i < n && !refused; i++)
        for (size_t j = i; j < n; j++) {
            const __int128 whole = (__int128)sum[i * n + j] * (int64_t)(n * n) -
                                   (__int128)(sums[i] + sums[j]) * (int64_t)n + all;
            C[j * n + i] = C[i * n + j] = scale * scale * ((double)whole / by);
        }
    free(b);
    free(sum);
    free(sums);
    free(ones);
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
