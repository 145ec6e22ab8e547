/* search.c - blocks of queries on threads, and whether a filter pays. */
#include "neighbours/search.h"
#include "core/memory.h"
#include "core/threads.h"
#include "kernels/bytegram.h"
#include "kernels/gemm.h"
#include "neighbours/scan.h"
#include <string.h>

enum {
    FILTER_MIN_N = 2048, /* rows, and features, from which a filter can pay */
    FILTER_MIN_D = 4 * SL_KNN_SHORT,
    TRIALS = 32, /* rows that it is tried on */
};

/* Makes a filter and tries it on some of the rows themselves.  SL_OK also when it does not pay. */
static int init_filter(struct sl_knn_rows *rows, const void *x, size_t k, int threads)
{
    const size_t size = rows->d * (rows->dtype == SL_U8 ? 1 : sizeof(float));
    struct sl_topk top[TRIALS];
    struct sl_neighbour *found = sl_alloc(TRIALS * k, sizeof *found);
    char *queries = sl_alloc(TRIALS, size);
    int code = found && queries ? sl_knn_filter_init(&rows->filter, rows->dtype, x, rows->n, rows->d, threads)
                                : SL_ENOMEM;
    if (!code) {
        const struct sl_knn_scan s = {.rows = rows, .x = queries, .m = TRIALS, .k = k, .top = top};
        for (size_t i = 0; i < TRIALS; i++)
            memcpy(queries + i * size, (const char *)x + i * (rows->n / TRIALS) * size, size);
        sl_knn_scan_begin(&s, found);
        code = sl_knn_scan_filtered(&s);
        if (code)
            sl_knn_filter_release(&rows->filter);
    }
    free(found);
    free(queries);
    return code == SL_KNN_UNFIT ? SL_OK : code;
}

/* Where the 8-bit integer product is there, it is as fast as the filter. */
static int may_filter(const struct sl_knn_rows *rows, size_t k)
{
    return k && k <= rows->n / 64 && rows->n >= FILTER_MIN_N && rows->d >= FILTER_MIN_D &&
           (rows->way == SL_KNN_FLOAT_GRAM || (rows->way == SL_KNN_BYTE_GRAM && !sl_bytegram_has_vnni()));
}

int sl_knn_rows_init(struct sl_knn_rows *rows, const struct sl_view *x, size_t k,
                     const struct sl_knn_options *options, struct sl_error *err)
{
    int code = sl_knn_rows_copy(rows, x, options->p);
    if (!code && !options->brute && may_filter(rows, k))
        code = init_filter(rows, x->x, k, options->threads);
    if (!code)
        return SL_OK;
    sl_knn_rows_release(rows);
    return sl_product_fail(code, err);
}

void sl_knn_warm_up(enum sl_dtype dtype, size_t n, size_t d, const struct sl_knn_options *options)
{
    if (options->p == 2 && dtype == SL_U8)
        sl_bytegram_warm_up();
    if (options->p == 2)
        sl_gemm_warm_up(0, 1, n < SL_KNN_ROWS ? n : SL_KNN_ROWS, d);
}

double sl_knn_operations(const struct sl_knn_rows *rows, size_t m)
{
    enum { PAIR = 16 }; /* to look whether a row is among the nearest */
    if (rows->way == SL_KNN_SPARSE)
        return (double)m * (double)rows->n * PAIR;
    return (double)m * (double)rows->n * (0.5 * (double)rows->d + PAIR); /* products run at full speed */
}

int sl_knn_search(const struct sl_knn_rows *rows, const void *x, size_t m, size_t k,
                  struct sl_neighbour *found, struct sl_error *err)
{
    struct sl_topk top[SL_KNN_QUERIES];
    const struct sl_knn_scan s = {.rows = rows, .x = x, .m = m, .k = k, .top = top};
    sl_knn_scan_begin(&s, found);
    int code = rows->filter.shorts ? sl_knn_scan_filtered(&s) : SL_KNN_UNFIT;
    if (code == SL_KNN_UNFIT) {
        sl_knn_scan_begin(&s, found);
        code = sl_knn_scan_all(&s);
    }
    if (code)
        return sl_product_fail(code, err);
    for (size_t i = 0; i < m; i++)
        sl_topk_sort(&top[i]);
    return SL_OK;
}

int sl_knn_search_many(const struct sl_knn_rows *rows, const void *x, size_t m, size_t k,
                       const struct sl_knn_options *options, struct sl_neighbour *found, struct sl_error *err)
{
    const size_t size = rows->d * (rows->dtype == SL_U8 ? 1 : sizeof(float));
    const int threads = sl_threads_for(sl_knn_operations(rows, m), options->threads);
    int worst = SL_OK, cancelled = 0;
#pragma omp parallel for num_threads(threads) schedule(dynamic) reduction(max : worst, cancelled)
    for (size_t first = 0; first < m; first += SL_KNN_QUERIES) {
        const size_t n = m - first < SL_KNN_QUERIES ? m - first : SL_KNN_QUERIES;
        if (options->cancel && *options->cancel) {
            cancelled = 1;
            continue;
        }
        const int code = sl_knn_search(rows, (const char *)x + first * size, n, k, found + first * k, NULL);
        worst = code > worst ? code : worst;
    }
    if (cancelled)
        return sl_fail(err, SL_ECANCELLED, "knn: cancelled");
    return worst ? sl_product_fail(worst, err) : SL_OK;
}
