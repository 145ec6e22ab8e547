/* scan.c - a block of queries against all rows, block by block.
 *
 * Euclidean distances come from products: |a - b|^2 = |a|^2 + |b|^2 - 2 a.b, a block of queries against a
 * block of rows, and the best k are taken while the block is in cache.  On bytes all of it is
 * exact in integers.  On floats the products rank more rows than are asked for; those are measured again
 * in double, and a bound on the error of the products (Higham, Accuracy and Stability of Numerical
 * Algorithms, section 3.1) tells whether a row that was left out could belong; if so the query is measured
 * against all rows.
 * With a filter a lower bound from a few principal directions (filter.c) goes first, and only the rows
 * whose bound lies below the k-th best distance so far are measured, with the same exact result.
 * Cost n d a query, with the filter about n SL_KNN_SHORT; memory O(block).  Leaves out trees: they do not pay
 * at hundreds of features. */
#include "neighbours/scan.h"
#include "core/memory.h"
#include "kernels/bytegram.h"
#include "kernels/distance.h"
#include "kernels/gemm.h"
#include <math.h>

enum {
    ROWS = SL_KNN_ROWS,
    PITCH = ROWS + 16, /* of their products: rows of a power of two would share a few lines of the cache */
    STRIP = 16,        /* rows that stay in the nearest cache while all queries pass */
    SPARE = 32,        /* candidates beyond 2 k on the float path */
    CHUNK = 64,        /* rows whose bounds are compared with one limit */
    FILTER_SHARE = 8,  /* the filter has failed when more than one row in so many is measured */
};

#define UNDERFLOW 0x1p-100 /* more than all products of a row can lose below the smallest float */

static int scan_byte_gram(const struct sl_knn_scan *s)
{
    const struct sl_knn_rows *rows = s->rows;
    const size_t d = rows->d;
    int32_t *p = sl_alloc(s->m * ROWS, sizeof *p), *sum = sl_alloc(2 * s->m, sizeof *sum);
    int code = p && sum ? SL_OK : SL_ENOMEM;
    for (size_t at = 0; at < rows->n && !code; at += ROWS) {
        const size_t n = rows->n - at < ROWS ? rows->n - at : ROWS;
        code = sl_bytegram(SL_BYTEGRAM_AUTO, s->x, s->m, rows->bytes + at * d, n, d, p, ROWS);
        for (size_t i = 0; i < s->m && !code; i++)
            sl_topk_scan_i32(&s->top[i], p + i * ROWS, -2, rows->norm + at, n, (uint32_t)at);
    }
    if (!code) {
        /* The keys so far are |b|^2 - 2 a.(b - 128); the rest is the same for all rows. */
        sl_bytes_sums(s->x, s->m, d, sum, sum + s->m);
        for (size_t i = 0; i < s->m; i++)
            for (size_t j = 0; j < s->k; j++)
                s->top[i].heap[j].key += (double)sum[s->m + i] - 256.0 * (double)sum[i];
    }
    free(p);
    free(sum);
    return code;
}

static int scan_byte_sad(const struct sl_knn_scan *s)
{
    const struct sl_knn_rows *rows = s->rows;
    const size_t d = rows->d;
    int32_t *p = sl_alloc(s->m * ROWS, sizeof *p);
    uint8_t *b = sl_alloc(ROWS * d, 1);
    for (size_t at = 0; at < rows->n && p && b; at += ROWS) {
        const size_t n = rows->n - at < ROWS ? rows->n - at : ROWS;
        sl_bytes_restore(rows->bytes + at * d, n * d, b);
        sl_manhattan_bytes(s->x, s->m, b, n, d, p, ROWS);
        for (size_t i = 0; i < s->m; i++)
            sl_topk_scan_i32(&s->top[i], p + i * ROWS, 1, rows->norm + at, n, (uint32_t)at);
    }
    int failed = !p || !b;
    free(p);
    free(b);
    return failed ? SL_ENOMEM : SL_OK;
}

/* Measures query i against the rows at ... at + n; bytes: those rows as they were, or NULL. */
static void offer_strip(const struct sl_knn_scan *s, size_t i, struct sl_topk *top, size_t at, size_t n,
                        const uint8_t *bytes)
{
    const struct sl_knn_rows *rows = s->rows;
    const size_t d = rows->d;
    double key[STRIP];
    if (!bytes)
        sl_minkowski_rows((const float *)s->x + i * d, rows->floats + at * d, n, d, rows->p, key);
    for (size_t j = 0; j < n; j++) {
        if (bytes)
            key[j] = sl_minkowski_bytes((const uint8_t *)s->x + i * d, bytes + j * d, d, rows->power);
        sl_topk_offer(top, key[j], (uint32_t)(at + j));
    }
}

/* Measures m queries from i on against every row; top (m). */
static int scan_direct(const struct sl_knn_scan *s, size_t i, size_t m, struct sl_topk *top)
{
    const struct sl_knn_rows *rows = s->rows;
    const size_t d = rows->d;
    uint8_t *bytes = rows->dtype == SL_U8 ? sl_alloc(STRIP * d, 1) : NULL;
    if (rows->dtype == SL_U8 && !bytes)
        return SL_ENOMEM;
    for (size_t q = 0; q < m; q++)
        top[q].n = 0;
    for (size_t at = 0; at < rows->n; at += STRIP) {
        const size_t n = rows->n - at < STRIP ? rows->n - at : STRIP;
        if (bytes)
            sl_bytes_restore(rows->bytes + at * d, n * d, bytes);
        for (size_t q = 0; q < m; q++)
            offer_strip(s, i + q, &top[q], at, n, bytes);
    }
    free(bytes);
    return SL_OK;
}

static int scan_all_direct(const struct sl_knn_scan *s)
{
    return scan_direct(s, 0, s->m, s->top);
}

/* The candidates of query i (by their products, limit the worst) again in double; norm is |a|^2. */
static int refine(const struct sl_knn_scan *s, size_t i, const struct sl_topk *candidates, double norm)
{
    const struct sl_knn_rows *rows = s->rows;
    const size_t d = rows->d;
    const double length = sqrt(norm), b = rows->max_norm, unit = 0x1p-24;
    /* Rounding of the centred rows, of a product of d terms, and of the two additions; underflow. */
    const double bound = (double)(d + 16) * unit * (2 * length * b + b * b + norm) + UNDERFLOW;
    const double limit = sl_topk_limit(candidates) + norm - bound;
    struct sl_topk *top = &s->top[i];
    for (size_t j = 0; j < candidates->n; j++) {
        const uint32_t row = candidates->heap[j].row;
        const float *a = (const float *)s->x + i * d;
        sl_topk_offer(top, sl_minkowski_floats(a, rows->floats + row * d, d, 2), row);
    }
    /* Fewer candidates than asked for: products overflowed, and prove nothing. */
    if (candidates->n == rows->n || (candidates->n == candidates->k && sl_topk_limit(top) < limit))
        return 0;
    return scan_direct(s, i, 1, top);
}

static int scan_float_gram(const struct sl_knn_scan *s)
{
    const struct sl_knn_rows *rows = s->rows;
    const size_t d = rows->d, wanted = 2 * s->k + SPARE < rows->n ? 2 * s->k + SPARE : rows->n;
    float *a = sl_alloc(s->m * d, sizeof *a), *p = sl_alloc(s->m * PITCH, sizeof *p);
    double *norm = sl_alloc(s->m, sizeof *norm);
    struct sl_neighbour *heap = sl_alloc(s->m * wanted, sizeof *heap);
    struct sl_topk *top = sl_alloc(s->m, sizeof *top);
    int code = a && p && norm && heap && top ? SL_OK : SL_ENOMEM;
    for (size_t i = 0; i < s->m && !code; i++)
        top[i] = (struct sl_topk){.heap = heap + i * wanted, .k = wanted};
    if (!code)
        sl_knn_centre(s->x, s->m, d, rows->mean, a, norm);
    for (size_t at = 0; at < rows->n && !code; at += ROWS) {
        const size_t n = rows->n - at < ROWS ? rows->n - at : ROWS;
        code = sl_gemm(0, 1, s->m, n, d, 1, a, d, rows->centred + at * d, d, 0, p, PITCH, 1);
        for (size_t i = 0; i < s->m && !code; i++)
            sl_topk_scan_f32(&top[i], p + i * PITCH, -2, rows->cnorm + at, n, (uint32_t)at);
    }
    for (size_t i = 0; i < s->m && !code; i++)
        code = refine(s, i, &top[i], norm[i]);
    free(a);
    free(p);
    free(norm);
    free(heap);
    free(top);
    return code;
}

/* The squared distance of query i to row j; shift is |a|^2 - 256 sum(a) of a query of bytes. */
static double measure(const struct sl_knn_scan *s, size_t i, size_t j, int32_t shift)
{
    const struct sl_knn_rows *rows = s->rows;
    const size_t d = rows->d;
    if (!rows->bytes)
        return sl_minkowski_floats((const float *)s->x + i * d, rows->floats + j * d, d, 2);
    return (double)rows->norm[j] + (double)shift -
           2.0 * (double)sl_byte_dot((const uint8_t *)s->x + i * d, rows->bytes + j * d, d);
}

/* Offers query i those of rows at ... at + n whose bound, from the products p and the query's own share of
 * it, lies below the limit.  Returns how many. */
static size_t offer_near(const struct sl_knn_scan *s, size_t i, const float *p, size_t at, size_t n,
                         float own, int32_t shift)
{
    struct sl_topk *top = &s->top[i];
    size_t measured = 0;
    for (size_t c = 0; c < n; c += CHUNK) {
        uint32_t found[CHUNK];
        const double limit = sl_topk_limit(top) - (double)own + UNDERFLOW;
        const size_t m = sl_below_f32(p + c, -2, s->rows->filter.add + at + c, n - c < CHUNK ? n - c : CHUNK,
                                      (float)limit, found);
        for (size_t f = 0; f < m; f++) {
            const size_t j = at + c + found[f];
            const double key = measure(s, i, j, shift);
            if (key < sl_topk_limit(top))
                sl_topk_offer(top, key, (uint32_t)j);
        }
        measured += m;
    }
    return measured;
}

int sl_knn_scan_filtered(const struct sl_knn_scan *s)
{
    const struct sl_knn_rows *rows = s->rows;
    const struct sl_knn_filter *filter = &rows->filter;
    float *shorts = sl_alloc(s->m * SL_KNN_SHORT, sizeof *shorts), *own = sl_alloc(s->m, sizeof *own);
    float *p = sl_alloc(s->m * PITCH, sizeof *p);
    int32_t *sum = sl_alloc_zero(2 * s->m, sizeof *sum), *norm = sum + s->m;
    size_t measured = 0;
    int code = shorts && own && p && sum ? sl_knn_filter_rows(filter, rows->dtype, s->x, s->m, shorts, own)
                                         : SL_ENOMEM;
    if (!code && rows->bytes)
        sl_bytes_sums(s->x, s->m, rows->d, sum, norm);
    for (size_t at = 0; at < rows->n && !code; at += ROWS) {
        const size_t n = rows->n - at < ROWS ? rows->n - at : ROWS;
        code = sl_gemm_one(0, 1, s->m, n, SL_KNN_SHORT, 1, shorts, SL_KNN_SHORT,
                           filter->shorts + at * SL_KNN_SHORT, SL_KNN_SHORT, 0, p, PITCH);
        for (size_t i = 0; i < s->m && !code; i++)
            measured += offer_near(s, i, p + i * PITCH, at, n, own[i], norm[i] - 256 * sum[i]);
        if (measured > s->m * (rows->n / FILTER_SHARE))
            code = code ? code : SL_KNN_UNFIT;
    }
    free(shorts);
    free(own);
    free(p);
    free(sum);
    return code;
}

void sl_knn_scan_begin(const struct sl_knn_scan *s, struct sl_neighbour *found)
{
    for (size_t i = 0; i < s->m; i++)
        s->top[i] = (struct sl_topk){.heap = found + i * s->k, .k = s->k};
}

static int scan_sparse(const struct sl_knn_scan *s)
{
    return sl_knn_sparse_scan(&s->rows->sparse, s->x, s->m, s->k, s->top);
}

int sl_knn_scan_all(const struct sl_knn_scan *s)
{
    static int (*const scans[])(const struct sl_knn_scan *) = {
        [SL_KNN_BYTE_GRAM] = scan_byte_gram,   [SL_KNN_BYTE_SAD] = scan_byte_sad,
        [SL_KNN_FLOAT_GRAM] = scan_float_gram, [SL_KNN_DIRECT] = scan_all_direct,
        [SL_KNN_SPARSE] = scan_sparse,
    };
    return scans[s->rows->way](s);
}
