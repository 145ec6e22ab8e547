/* quality.c - how good a picture of rows points in the plane are.
 *
 * Of a row's k nearest in the plane, the rank that each has by distance among the rows themselves says it
 * all: what is kept are those of rank k at most, and trustworthiness (Venna and Kaski, Neighborhood
 * preservation in nonlinear projection methods, ICANN 2001) is 1 - 2 / (m k (2n - 3k - 1)) times the sum of
 * rank - k over the others, for m rows that are looked at.  Ranks count rows that are nearer, or as near and
 * earlier.  Distances are whole numbers where rows are bytes.  Cost O(m n d), memory O(n) a thread. */
#include "core/cores.h"
#include "core/memory.h"
#include "core/threads.h"
#include "explain/near.h"
#include "kernels/bytegram.h"
#include "kernels/dispatch.h"
#include "kernels/gemm.h"
#include "neighbours/scan.h"
#include <math.h>
#include <string.h>

enum { QUERIES = 32, ROWS = 1024, ALL_MOST = 10000, CHOSEN = 5000 };

/* What is looked at. */
struct look {
    const struct sl_knn_rows *rows;
    const struct sl_view *view;
    const uint32_t *chosen; /* (m) */
    size_t m, k;
    const struct sl_neighbour *flat; /* (m, k): nearest in the plane */
    size_t *kept, *beyond;           /* (blocks): sums over a block */
};

/* key[j] = norm[j] - 2 p[j]: a squared distance less what is the same for all rows; whole ones fit in 32
 * bits. */
SL_CLONED_VOID(static, keys_of_bytes, (const int32_t *p, const int32_t *norm, size_t n, int32_t *key),
               (p, norm, n, key))
{
    for (size_t j = 0; j < n; j++)
        key[j] = norm[j] - 2 * p[j];
}

SL_CLONED_VOID(static, keys_of_floats, (const float *p, const float *norm, size_t n, float *key),
               (p, norm, n, key))
{
    for (size_t j = 0; j < n; j++)
        key[j] = norm[j] - 2 * p[j];
}

SL_CLONED(static, size_t, below_whole, (const int32_t *key, size_t n, int32_t limit), (key, n, limit))
{
    uint32_t count = 0;
    for (size_t j = 0; j < n; j++)
        count += key[j] < limit;
    return count;
}

SL_CLONED(static, size_t, below_real, (const float *key, size_t n, float limit), (key, n, limit))
{
    uint32_t count = 0;
    for (size_t j = 0; j < n; j++)
        count += key[j] < limit;
    return count;
}

/* Rows before j that are as near, but for the query itself. */
SL_CLONED(static, size_t, ties_whole, (const int32_t *key, size_t j, size_t own), (key, j, own))
{
    uint32_t count = 0;
    for (size_t i = 0; i < j; i++)
        count += key[i] == key[j];
    return count - (own < j && key[own] == key[j]);
}

/* A thread's memory. */
struct scratch {
    void *key;   /* (QUERIES, n): int32_t or float */
    void *query; /* (QUERIES, d): bytes or floats */
    int32_t *p;  /* (QUERIES, ROWS): products of bytes; as floats for floats */
};

static int is_whole(const struct look *l)
{
    return l->rows->way == SL_KNN_BYTE_GRAM;
}

static void gather(const struct look *l, size_t first, size_t m, const struct scratch *s)
{
    const size_t d = l->view->d;
    for (size_t i = 0; i < m; i++) {
        const size_t row = l->chosen[first + i];
        if (is_whole(l))
            memcpy((uint8_t *)s->query + i * d, (const uint8_t *)l->view->x + row * d, d);
        else
            memcpy((float *)s->query + i * d, l->rows->centred + row * d, d * sizeof(float));
    }
}

/* Keys of m queries against all rows; a query's own norm changes no rank. */
static int measure(const struct look *l, size_t m, const struct scratch *s)
{
    const struct sl_knn_rows *rows = l->rows;
    const size_t n = rows->n, d = rows->d;
    int code = SL_OK;
    for (size_t at = 0; at < n && !code; at += ROWS) {
        const size_t some = n - at < ROWS ? n - at : ROWS;
        code = is_whole(l)
                   ? sl_bytegram(SL_BYTEGRAM_AUTO, s->query, m, rows->bytes + at * d, some, d, s->p, ROWS)
                   : sl_gemm_one(0, 1, m, some, d, 1, s->query, d, rows->centred + at * d, d, 0,
                                 (float *)s->p, ROWS);
        for (size_t i = 0; i < m && !code; i++)
            if (is_whole(l))
                keys_of_bytes(s->p + i * ROWS, rows->norm + at, some, (int32_t *)s->key + i * n + at);
            else
                keys_of_floats((const float *)s->p + i * ROWS, rows->cnorm + at, some,
                               (float *)s->key + i * n + at);
    }
    return code;
}

/* The rank of row j for a query: 1 for the nearest; itself does not count. */
static size_t rank_of(const struct look *l, const void *key, size_t own, size_t j)
{
    const size_t n = l->rows->n;
    if (is_whole(l)) {
        const int32_t *whole = key;
        return 1 + below_whole(whole, n, whole[j]) - (whole[own] < whole[j]) + ties_whole(whole, j, own);
    }
    const float *real = key;
    return 1 + below_real(real, n, real[j]) - (real[own] < real[j]); /* equal sums of floats say little */
}

static void look_at(struct look *l, size_t block, size_t m, const struct scratch *s)
{
    const size_t n = l->rows->n, size = is_whole(l) ? sizeof(int32_t) : sizeof(float);
    for (size_t i = 0; i < m; i++) {
        const size_t q = block * QUERIES + i;
        for (size_t c = 0; c < l->k; c++) {
            const size_t rank =
                rank_of(l, (const char *)s->key + i * n * size, l->chosen[q], l->flat[q * l->k + c].row);
            l->kept[block] += rank <= l->k;
            l->beyond[block] += rank > l->k ? rank - l->k : 0;
        }
    }
}

static int look_at_all(struct look *l, int threads)
{
    const size_t n = l->rows->n, blocks = (l->m + QUERIES - 1) / QUERIES;
    int worst = SL_OK;
    threads = sl_threads_for(sl_knn_operations(l->rows, l->m), threads);
#pragma omp parallel num_threads(threads) reduction(max : worst)
    {
        const struct scratch s = {sl_alloc(QUERIES * n, sizeof(float)),
                                  sl_alloc(QUERIES * l->view->d, sizeof(float)),
                                  sl_alloc(QUERIES * ROWS, sizeof(float))};
        const int ready = s.key && s.query && s.p;
#pragma omp for schedule(dynamic)
        for (size_t b = 0; b < blocks; b++) {
            const size_t m = l->m - b * QUERIES < QUERIES ? l->m - b * QUERIES : QUERIES;
            if (ready)
                gather(l, b * QUERIES, m, &s);
            const int code = ready ? measure(l, m, &s) : SL_ENOMEM;
            if (!code)
                look_at(l, b, m, &s);
            worst = code > worst ? code : worst;
        }
        free(s.key);
        free(s.query);
        free(s.p);
    }
    return worst;
}

static int rank_rows(struct look *l, int threads, struct sl_embedding_quality *quality, struct sl_error *err)
{
    const size_t blocks = (l->m + QUERIES - 1) / QUERIES;
    const double n = (double)l->rows->n, k = (double)l->k, m = (double)l->m;
    double kept = 0, beyond = 0;
    l->kept = sl_alloc_zero(2 * blocks, sizeof *l->kept);
    if (!l->kept)
        return sl_fail_memory(err);
    l->beyond = l->kept + blocks;
    int code = look_at_all(l, threads);
    for (size_t b = 0; b < blocks; b++) {
        kept += (double)l->kept[b];
        beyond += (double)l->beyond[b];
    }
    free(l->kept);
    if (code)
        return sl_product_fail(code, err);
    quality->kept = kept / (m * k);
    quality->trustworthiness = 1 - 2 * beyond / (m * k * (2 * n - 3 * k - 1));
    return SL_OK;
}

/* Of rows in memory, of a kind that can be ranked. */
static int look_at_rows(struct look *l, int threads, struct sl_embedding_quality *quality,
                        struct sl_error *err)
{
    struct sl_knn_rows rows;
    const struct sl_knn_options options = {.p = 2, .brute = 1, .threads = threads};
    int code = sl_knn_rows_init(&rows, l->view, l->k, &options, err);
    if (code)
        return code;
    l->rows = &rows;
    if (rows.way == SL_KNN_BYTE_GRAM || rows.way == SL_KNN_FLOAT_GRAM)
        code = rank_rows(l, threads, quality, err);
    sl_knn_rows_release(&rows);
    return code;
}

/* The share of rows whose nearest in the plane is of their class. */
static double accuracy(const struct look *l, const int32_t *y)
{
    size_t right = 0;
    for (size_t i = 0; i < l->m; i++)
        right += y[l->flat[i * l->k].row] == y[l->chosen[i]];
    return (double)right / (double)l->m;
}

int sl_embedding_measure(const struct sl_features *features, const float *at, size_t width, const int32_t *y,
                         int threads, struct sl_embedding_quality *quality, struct sl_error *err)
{
    const size_t n = sl_features_rows(features), m = n <= ALL_MOST ? n : CHOSEN,
                 k = n > 31 ? 15 : (n - 1) / 2;
    const struct sl_view plane = {.dtype = SL_F32, .n = n, .d = width, .x = at, .k = 1, .scale = 1};
    *quality = (struct sl_embedding_quality){
        .rows = m, .k = k, .trustworthiness = NAN, .kept = NAN, .accuracy = NAN};
    if (n < 3)
        return SL_OK;
    uint32_t *chosen = sl_alloc(m, sizeof *chosen);
    struct sl_neighbour *flat = sl_alloc(m, k * sizeof *flat);
    struct look l = {.view = &features->view, .chosen = chosen, .m = m, .k = k, .flat = flat};
    threads = threads > 0 ? threads : sl_cores();
    for (size_t i = 0; chosen && i < m; i++)
        chosen[i] = (uint32_t)(i * n / m);
    int code =
        chosen && flat ? sl_near_chosen(&plane, chosen, m, k, threads, flat, err) : sl_fail_memory(err);
    if (!code && y)
        quality->accuracy = accuracy(&l, y);
    if (!code && sl_features_are_kept(features))
        code = look_at_rows(&l, threads, quality, err);
    free(chosen);
    free(flat);
    return code;
}
