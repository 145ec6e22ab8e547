/* codes.c - features as whole numbers in the order of their values.
 *
 * A tree asks only which of two values is larger, so a float may be replaced by its rank among the
 * distinct values of its column without changing any split; where no column has more than 256 the ranks
 * are bytes, and floats are split as fast as images.  O(n log n) a column, once. */
#include "trees/codes.h"
#include "core/memory.h"
#include "core/threads.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

void sl_tree_codes_release(struct sl_tree_codes *codes)
{
    free(codes->ranks);
    free(codes->own_bytes);
    free(codes->columns);
    free(codes->values);
    free(codes->first_value);
    *codes = (struct sl_tree_codes){0};
}

static int by_value(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

/* Sorts one column and drops repeats; returns the number of distinct values. */
static size_t distinct(const struct sl_view *view, size_t feature, float *values)
{
    const float *x = view->x;
    for (size_t i = 0; i < view->n; i++)
        values[i] = x[i * view->d + feature];
    qsort(values, view->n, sizeof *values, by_value);
    size_t m = 0;
    for (size_t i = 0; i < view->n; i++)
        if (m == 0 || values[i] > values[m - 1])
            values[m++] = values[i];
    return m;
}

static uint32_t rank(const float *values, size_t m, float x)
{
    size_t low = 0;
    while (m > 1) {
        size_t half = m / 2;
        low += values[low + half] <= x ? half : 0;
        m -= half;
    }
    return (uint32_t)low;
}

/* values (d, n) and first_value hold every column's sorted values; packs them together. */
static void pack_values(struct sl_tree_codes *codes, const size_t *count)
{
    codes->first_value[0] = 0;
    for (size_t f = 0; f < codes->d; f++) {
        memmove(codes->values + codes->first_value[f], codes->values + f * codes->n,
                count[f] * sizeof *codes->values);
        codes->first_value[f + 1] = codes->first_value[f] + count[f];
    }
    float *smaller = realloc(codes->values, (codes->first_value[codes->d] + 1) * sizeof *smaller);
    if (smaller)
        codes->values = smaller;
}

static int make_ranks(const struct sl_view *view, int threads, struct sl_tree_codes *codes, size_t *count)
{
    const float *x = view->x;
    size_t n = view->n, d = view->d, most = 0;
    threads = sl_threads_for(16 * (double)(n * d) * log2(1 + (double)n), threads); /* of sorting */
    codes->values = sl_realloc(NULL, d, n * sizeof *codes->values);
    codes->first_value = sl_alloc(d + 1, sizeof *codes->first_value);
    if (!codes->values || !codes->first_value)
        return SL_ENOMEM;
#pragma omp parallel for num_threads(threads) schedule(dynamic) reduction(max : most)
    for (size_t f = 0; f < d; f++) {
        count[f] = distinct(view, f, codes->values + f * n);
        most = count[f] > most ? count[f] : most;
    }
    pack_values(codes, count);
    if (most <= 256)
        codes->own_bytes = sl_alloc(n, d);
    else
        codes->ranks = sl_alloc(d, n * sizeof *codes->ranks);
    if (!codes->own_bytes && !codes->ranks)
        return SL_ENOMEM;
    codes->bytes = codes->own_bytes;
#pragma omp parallel for num_threads(threads)
    for (size_t f = 0; f < d; f++)
        for (size_t i = 0; i < n; i++) {
            uint32_t code = rank(codes->values + codes->first_value[f], count[f], x[i * d + f]);
            if (codes->ranks)
                codes->ranks[f * n + i] = code;
            else
                codes->own_bytes[i * d + f] = (uint8_t)code;
        }
    return SL_OK;
}

int sl_tree_codes_make(const struct sl_view *view, int threads, struct sl_tree_codes *codes,
                       struct sl_error *err)
{
    *codes = (struct sl_tree_codes){.dtype = view->dtype, .n = view->n, .d = view->d};
    if (view->dtype == SL_U8) {
        codes->bytes = view->x;
        return SL_OK;
    }
    size_t *count = sl_alloc(view->d, sizeof *count);
    int code = count ? make_ranks(view, threads, codes, count) : SL_ENOMEM;
    free(count);
    if (code) {
        sl_tree_codes_release(codes);
        return sl_fail_memory(err);
    }
    return SL_OK;
}

int sl_tree_codes_add_columns(struct sl_tree_codes *codes, int threads, struct sl_error *err)
{
    enum { TILE = 64 };
    const size_t n = codes->n, d = codes->d;
    codes->columns = sl_alloc(d, n);
    if (!codes->columns)
        return sl_fail_memory(err);
    threads = sl_threads_for(8 * (double)(n * d), threads);
#pragma omp parallel for num_threads(threads)
    for (size_t first = 0; first < n; first += TILE)
        for (size_t f = 0; f < d; f += TILE)
            for (size_t j = f; j < d && j < f + TILE; j++)
                for (size_t i = first; i < n && i < first + TILE; i++)
                    codes->columns[j * n + i] = codes->bytes[i * d + j];
    return SL_OK;
}

double sl_tree_value(const struct sl_tree_codes *codes, size_t feature, uint32_t code)
{
    return codes->values ? codes->values[codes->first_value[feature] + code] : code;
}

float sl_tree_middle(const struct sl_tree_codes *codes, size_t feature, uint32_t low, uint32_t high)
{
    double a = sl_tree_value(codes, feature, low), b = sl_tree_value(codes, feature, high);
    float middle = (float)(a / 2 + b / 2);
    return middle < b ? middle : (float)a; /* neighbouring floats have nothing between them */
}
