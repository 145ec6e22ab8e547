/* sparse.c - nearest sparse rows, by the features that they share.
 *
 *     sum |a - b|^p = sum |a|^p + sum |b|^p + sum over features of both (|a - b|^p - |a|^p - |b|^p):
 * a query goes through the rows that have its features, and all others differ from it by their own sums. What
 * cancels is rounded, so more rows are ranked than are asked for, and those are measured as dense rows are
 * (sl_minkowski_sparse); a bound on the error of the ranking tells whether a row that was left out could
 * belong, and if so the query is measured against all rows.  Cost: O(n + pairs of entries of one feature) a
 * query. */
#include "neighbours/sparse.h"
#include "core/memory.h"
#include "data/features.h"
#include "kernels/distance.h"
#include "kernels/sparse_row.h"
#include <math.h>
#include <string.h>

enum { SPARE = 32 }; /* candidates beyond 2 k */

void sl_knn_sparse_release(struct sl_knn_sparse *sparse)
{
    free(sparse->rows);
    free(sparse->start);
    free(sparse->row);
    free(sparse->value);
    free(sparse->sum);
    *sparse = (struct sl_knn_sparse){0};
}

static double power(double value, double p)
{
    return p == 2 ? value * value : p == 1 ? fabs(value) : pow(fabs(value), p);
}

/* The entries by feature, in the order of the rows. */
static void turn(struct sl_knn_sparse *s)
{
    for (size_t i = 0; i < s->n; i++) {
        const struct sl_sparse_row row = sl_csr_row(s->rows, i);
        for (size_t e = 0; e < row.n; e++)
            s->start[row.column[e] + 1]++;
    }
    for (size_t j = 0; j < s->d; j++)
        s->start[j + 1] += s->start[j];
    for (size_t i = s->n; i-- > 0;) { /* each feature's place is counted down to its start */
        const struct sl_sparse_row row = sl_csr_row(s->rows, i);
        for (size_t e = 0; e < row.n; e++) {
            const size_t at = --s->start[row.column[e] + 1];
            s->row[at] = (uint32_t)i;
            s->value[at] = row.value[e];
        }
    }
    memmove(s->start, s->start + 1, s->d * sizeof *s->start);
}

static void add_up(struct sl_knn_sparse *s)
{
    for (size_t i = 0; i < s->n; i++) {
        const struct sl_sparse_row row = sl_csr_row(s->rows, i);
        s->sum[i] = 0;
        for (size_t e = 0; e < row.n; e++)
            s->sum[i] += power((double)row.value[e], s->p);
        s->largest_sum = fmax(s->largest_sum, s->sum[i]);
        s->longest = row.n > s->longest ? row.n : s->longest;
    }
}

int sl_knn_sparse_init(struct sl_knn_sparse *s, const struct sl_view *x, double p)
{
    const size_t entries = sl_view_entries(x);
    *s = (struct sl_knn_sparse){.n = x->n, .d = x->d, .p = p, .rows = sl_view_copy(x)};
    s->start = sl_alloc_zero(x->d + 1, sizeof *s->start);
    s->row = sl_alloc(entries, sizeof *s->row);
    s->value = sl_alloc(entries, sizeof *s->value);
    s->sum = sl_alloc(x->n, sizeof *s->sum);
    if (!s->rows || !s->start || !s->row || !s->value || !s->sum)
        return SL_ENOMEM;
    turn(s);
    s->start[x->d] = entries;
    add_up(s);
    return SL_OK;
}

/* Searching -----------------------------------------------------------------------------------------*/

/* key (n): about the distances of a query, to the power p; *own: its sum of |a|^p. */
static void rank_rows(const struct sl_knn_sparse *s, const struct sl_sparse_row *query, double *key,
                      double *own)
{
    memcpy(key, s->sum, s->n * sizeof *key);
    *own = 0;
    for (size_t e = 0; e < query->n; e++) {
        const double a = (double)query->value[e], of_a = power(a, s->p);
        const size_t end = s->start[query->column[e] + 1];
        *own += of_a;
        for (size_t at = s->start[query->column[e]]; at < end; at++) {
            const double b = (double)s->value[at];
            key[s->row[at]] += s->p == 2 ? -2 * a * b : power(a - b, s->p) - of_a - power(b, s->p);
        }
    }
}

/* How far a key may be off: roundings of its terms, each at most 2^(p - 1) + 1 times the two sums. */
static double error_bound(const struct sl_knn_sparse *s, const struct sl_sparse_row *query, double own)
{
    const double terms = (double)(2 * query->n + 2 * s->longest + 32);
    return terms * 0x1p-52 * (own + s->largest_sum) * (2 + exp2(s->p - 1));
}

static void measure_all(const struct sl_knn_sparse *s, const struct sl_sparse_row *query, struct sl_topk *top)
{
    top->n = 0;
    for (size_t j = 0; j < s->n; j++) {
        const struct sl_sparse_row row = sl_csr_row(s->rows, j);
        sl_topk_offer(top, sl_minkowski_sparse(query, &row, s->d, s->p), (uint32_t)j);
    }
}

static void search(const struct sl_knn_sparse *s, const struct sl_sparse_row *query, double *key,
                   struct sl_topk *candidates, struct sl_topk *top)
{
    double own, most = INFINITY;
    rank_rows(s, query, key, &own);
    candidates->n = 0;
    for (size_t j = 0; j < s->n; j++)
        if (key[j] < most) {
            sl_topk_offer(candidates, key[j], (uint32_t)j);
            most = sl_topk_limit(candidates);
        }
    const double limit = most + own - error_bound(s, query, own);
    for (size_t c = 0; c < candidates->n; c++) {
        const struct sl_sparse_row row = sl_csr_row(s->rows, candidates->heap[c].row);
        sl_topk_offer(top, sl_minkowski_sparse(query, &row, s->d, s->p), candidates->heap[c].row);
    }
    /* Sums beyond the range of doubles prove nothing: then the comparison is false. */
    if (candidates->n < s->n && !(candidates->n == candidates->k && sl_topk_limit(top) < limit))
        measure_all(s, query, top);
}

int sl_knn_sparse_scan(const struct sl_knn_sparse *s, const struct sl_csr *x, size_t m, size_t k,
                       struct sl_topk *top)
{
    const size_t wanted = 2 * k + SPARE < s->n ? 2 * k + SPARE : s->n;
    double *key = sl_alloc(s->n, sizeof *key);
    struct sl_neighbour *heap = sl_alloc(wanted, sizeof *heap);
    struct sl_topk candidates = {.heap = heap, .k = wanted};
    int code = key && heap ? SL_OK : SL_ENOMEM;
    for (size_t i = 0; i < m && !code; i++) {
        const struct sl_sparse_row query = sl_csr_row(x, i);
        search(s, &query, key, &candidates, &top[i]);
    }
    free(key);
    free(heap);
    return code;
}
