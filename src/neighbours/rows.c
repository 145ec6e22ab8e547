/* rows.c - rows that neighbours are searched among: a copy, with what the metric's way needs of each.  O(n
 * d). */
#include "neighbours/rows.h"
#include "core/memory.h"
#include "kernels/bytegram.h"
#include <math.h>
#include <shortlist/error.h>
#include <string.h>

enum {
    GRAM_MAX_D = 16000,  /* |b|^2 - 2 a.(b - 128) < 2^31 */
    SAD_MAX_D = 8000000, /* 255 d < 2^31 */
};

void sl_knn_rows_release(struct sl_knn_rows *rows)
{
    free(rows->bytes);
    free(rows->norm);
    free(rows->floats);
    free(rows->mean);
    free(rows->centred);
    free(rows->cnorm);
    free(rows->power);
    sl_knn_sparse_release(&rows->sparse);
    sl_knn_filter_release(&rows->filter);
    *rows = (struct sl_knn_rows){0};
}

static int init_bytes(struct sl_knn_rows *rows, const uint8_t *x)
{
    const size_t n = rows->n, d = rows->d;
    rows->way = rows->p == 2 && d <= GRAM_MAX_D  ? SL_KNN_BYTE_GRAM
                : rows->p == 1 && d <= SAD_MAX_D ? SL_KNN_BYTE_SAD
                                                 : SL_KNN_DIRECT;
    rows->bytes = sl_alloc(n * d, 1);
    rows->norm = sl_alloc_zero(n, sizeof *rows->norm);
    rows->power = sl_alloc(256, sizeof *rows->power);
    if (!rows->bytes || !rows->norm || !rows->power)
        return SL_ENOMEM;
    sl_bytes_centre(x, n * d, rows->bytes);
    for (int v = 0; v < 256; v++)
        rows->power[v] = rows->p == 2 ? v * v : pow(v, rows->p);
    int32_t *sum = sl_alloc(n, sizeof *sum);
    if (!sum)
        return SL_ENOMEM;
    if (rows->way == SL_KNN_BYTE_GRAM)
        sl_bytes_sums(x, n, d, sum, rows->norm);
    free(sum);
    return 0;
}

static void column_means(const float *x, size_t n, size_t d, double *sum, float *mean)
{
    for (size_t i = 0; i < n; i++)
        for (size_t t = 0; t < d; t++)
            sum[t] += x[i * d + t];
    for (size_t t = 0; t < d; t++)
        mean[t] = (float)(sum[t] / (double)n);
}

void sl_knn_centre(const float *x, size_t n, size_t d, const float *mean, float *out, double *norm)
{
    for (size_t i = 0; i < n; i++) {
        double s = 0;
        for (size_t t = 0; t < d; t++) {
            const float v = x[i * d + t] - mean[t];
            out[i * d + t] = v;
            s += (double)v * v;
        }
        norm[i] = s;
    }
}

static int init_floats(struct sl_knn_rows *rows, const float *x)
{
    const size_t n = rows->n, d = rows->d;
    rows->way = rows->p == 2 ? SL_KNN_FLOAT_GRAM : SL_KNN_DIRECT;
    rows->floats = sl_alloc(n * d, sizeof *rows->floats);
    if (!rows->floats)
        return SL_ENOMEM;
    memcpy(rows->floats, x, n * d * sizeof *x);
    if (rows->way == SL_KNN_DIRECT)
        return 0;
    double *sum = sl_alloc_zero(d, sizeof *sum), *norm = sl_alloc(n, sizeof *norm);
    rows->mean = sl_alloc(d, sizeof *rows->mean);
    rows->centred = sl_alloc(n * d, sizeof *rows->centred);
    rows->cnorm = sl_alloc(n, sizeof *rows->cnorm);
    int failed = !sum || !norm || !rows->mean || !rows->centred || !rows->cnorm;
    if (!failed) {
        column_means(x, n, d, sum, rows->mean);
        sl_knn_centre(x, n, d, rows->mean, rows->centred, norm);
        for (size_t j = 0; j < n; j++) {
            rows->cnorm[j] = (float)norm[j];
            rows->max_norm = fmax(rows->max_norm, sqrt(norm[j]));
        }
    }
    free(sum);
    free(norm);
    return failed ? SL_ENOMEM : SL_OK;
}

int sl_knn_rows_copy(struct sl_knn_rows *rows, const struct sl_view *x, double p)
{
    *rows = (struct sl_knn_rows){.dtype = x->dtype, .n = x->n, .d = x->d, .p = p};
    if (x->dtype == SL_SPARSE) {
        rows->way = SL_KNN_SPARSE;
        return sl_knn_sparse_init(&rows->sparse, x, p);
    }
    return x->dtype == SL_U8 ? init_bytes(rows, x->x) : init_floats(rows, x->x);
}
