/* bins.c - features as ordered bins.
 *
 * As scikit-learn's HistGradientBoostingClassifier, but that quantiles are those of all rows: edges lie
 * half-way between distinct values, or at the quantiles 1 / max_bins, 2 / max_bins, ...  O(n) a feature,
 * once. */
#include "boosting/bins.h"
#include "core/memory.h"
#include "core/threads.h"
#include "kernels/distinct.h"
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

void sl_bins_release(struct sl_bins *bins)
{
    free(bins->code);
    free(bins->column);
    free(bins->edge);
    free(bins->has_missing);
    free(bins->n_codes);
    free(bins->n_bins);
    *bins = (struct sl_bins){0};
}

/* Sorts by 8 bits of the keys, from `shift` on, into `to`; 0: they are the same of all, nothing is done. */
static int sort_digit(const uint32_t *keys, size_t n, int shift, uint32_t *to)
{
    size_t start[257] = {0};
    for (size_t i = 0; i < n; i++)
        start[(keys[i] >> shift & 255) + 1]++;
    if (n == 0 || start[(keys[0] >> shift & 255) + 1] == n)
        return 0;
    for (size_t digit = 0; digit < 255; digit++)
        start[digit + 1] += start[digit];
    for (size_t i = 0; i < n; i++)
        to[start[keys[i] >> shift & 255]++] = keys[i];
    return 1;
}

static float value_at(const struct sl_view *view, size_t row, size_t feature)
{
    size_t at = row * view->d + feature;
    return view->dtype == SL_U8 ? (float)((const uint8_t *)view->x)[at] : ((const float *)view->x)[at];
}

/* What a thread sorts a feature's values with, (n) each. */
struct sorting {
    uint32_t *keys, *scratch;
    float *values;
};

/* The values of a feature that are not missing, ascending; returns how many. */
static size_t sort_values(const struct sl_view *view, size_t feature, const uint32_t *rows, size_t n,
                          const struct sorting *with)
{
    uint32_t *keys = with->keys, *to = with->scratch;
    size_t m = 0;
    for (size_t i = 0; i < n; i++) {
        float x = value_at(view, rows ? rows[i] : i, feature);
        if (!isnan(x))
            keys[m++] = sl_key_of_float(x);
    }
    for (int shift = 0; shift < 32; shift += 8)
        if (sort_digit(keys, m, shift, to)) {
            uint32_t *sorted = to;
            to = keys;
            keys = sorted;
        }
    for (size_t i = 0; i < m; i++)
        with->values[i] = sl_float_of_key(keys[i]);
    return m;
}

static float middle(float a, float b)
{
    float m = (float)((double)a / 2 + (double)b / 2);
    return m < b ? m : a; /* neighbouring floats have nothing between them */
}

/* Edges between the bins of m sorted values; returns how many. */
static size_t find_edges(const float *values, size_t m, size_t max_bins, float *edge)
{
    size_t distinct = m > 0, n = 0;
    for (size_t i = 1; i < m && distinct <= max_bins; i++)
        distinct += values[i] > values[i - 1];
    if (distinct <= max_bins) {
        for (size_t i = 1; i < m; i++)
            if (values[i] > values[i - 1])
                edge[n++] = middle(values[i - 1], values[i]);
        return n;
    }
    for (size_t q = 1; q < max_bins; q++) {
        size_t at = (size_t)((double)q * (double)m / (double)max_bins);
        if (values[at] > values[at - 1] && (n == 0 || values[at - 1] > edge[n - 1]))
            edge[n++] = middle(values[at - 1], values[at]);
        else if (values[at] == values[at - 1]) { /* within equal values: the edge goes behind them */
            while (at < m && values[at] == values[at - 1])
                at++;
            if (at < m && (n == 0 || values[at - 1] > edge[n - 1]))
                edge[n++] = middle(values[at - 1], values[at]);
        }
    }
    return n;
}

/* The first of 256 edges, of which the last are infinite, that is not below x. */
static uint8_t bin_of(const float edge[256], float x)
{
    size_t low = 0;
    if (isnan(x))
        return SL_BINS_MISSING;
    for (size_t half = 128; half; half /= 2)
        low += x > edge[low + half - 1] ? half : 0;
    return (uint8_t)low;
}

/* One feature's edges into its part of edge (max_bins), and its codes. */
static void bin_feature(const struct sl_view *view, size_t f, const uint32_t *rows, size_t n_rows,
                        const struct sorting *with, struct sl_bins *bins)
{
    const size_t max_bins = bins->max_bins;
    float *edge = bins->edge + f * max_bins, padded[256];
    size_t m = sort_values(view, f, rows, n_rows, with), n = find_edges(with->values, m, max_bins, edge);
    bins->has_missing[f] = m < n_rows;
    bins->n_bins[f] = (uint16_t)(n + 1);
    for (size_t b = n; b < max_bins; b++)
        edge[b] = FLT_MAX; /* behind all values: missing ones are parted from the others */
    for (size_t b = 0; b < 256; b++)
        padded[b] = b < n ? edge[b] : INFINITY;
    size_t stride;
    uint8_t *code = sl_bins_column(bins, f, &stride);
    for (size_t i = 0; i < view->n; i++)
        code[i * stride] = bin_of(padded, value_at(view, i, f));
}

static void take_codes(const struct sl_view *view, size_t f, const uint32_t *rows, size_t n_rows,
                       struct sl_bins *bins)
{
    size_t stride;
    uint8_t *code = sl_bins_column(bins, f, &stride);
    bins->n_codes[f] = bins->n_bins[f] = view->codes[f];
    for (size_t i = 0; i < view->n; i++) {
        const float value = value_at(view, i, f);
        code[i * stride] = isnan(value) ? SL_BINS_MISSING : (uint8_t)value;
    }
    for (size_t i = 0; i < n_rows; i++)
        bins->has_missing[f] |= code[(rows ? rows[i] : i) * stride] == SL_BINS_MISSING;
}

static int make_bins(const struct sl_view *view, const uint32_t *rows, size_t n, size_t max_bins, int threads,
                     struct sl_bins *bins)
{
    const size_t d = view->d;
    size_t failed = 0;
    bins->edge = sl_alloc_zero(d, max_bins * sizeof *bins->edge);
    bins->max_bins = max_bins;
    if (!bins->edge)
        return SL_ENOMEM;
    threads = sl_threads_for(64 * (double)(n * d), threads); /* of sorting */
#pragma omp parallel num_threads(threads) reduction(+ : failed)
    {
        const struct sorting with = {.keys = sl_alloc(n, sizeof *with.keys),
                                     .scratch = sl_alloc(n, sizeof *with.scratch),
                                     .values = sl_alloc(n, sizeof *with.values)};
        const int is_there = with.keys && with.scratch && with.values;
        failed += !is_there;
#pragma omp for schedule(dynamic)
        for (size_t f = 0; f < d; f++)
            if (view->codes && view->codes[f])
                take_codes(view, f, rows, n, bins);
            else if (is_there)
                bin_feature(view, f, rows, n, &with, bins);
        free(with.keys);
        free(with.scratch);
        free(with.values);
    }
    return failed ? SL_ENOMEM : SL_OK;
}

/* Of a group's features whose bins are bytes. */
static void count_bins(struct sl_bins *bins, size_t first)
{
    size_t stride;
    const uint8_t *code = sl_bins_column(bins, first, &stride);
    uint8_t most[SL_BINS_GROUP] = {0};
    for (size_t i = 0; i < bins->n; i++)
        for (size_t f = 0; f < stride; f++)
            most[f] = code[i * stride + f] > most[f] ? code[i * stride + f] : most[f];
    for (size_t f = 0; f < stride; f++)
        bins->n_bins[first + f] = (uint16_t)(most[f] + 1);
}

/* Bytes as they are. */
static void copy_bytes(const struct sl_view *view, int threads, struct sl_bins *bins)
{
    const size_t n = view->n, d = view->d;
    threads = sl_threads_for((double)(n * d), threads);
#pragma omp parallel for num_threads(threads)
    for (size_t i = 0; i < n; i++)
        for (size_t f = 0; f < d; f += SL_BINS_GROUP) {
            size_t stride;
            uint8_t *code = sl_bins_column(bins, f, &stride);
            memcpy(code + i * stride, (const uint8_t *)view->x + i * d + f,
                   d - f < SL_BINS_GROUP ? d - f : SL_BINS_GROUP);
        }
#pragma omp parallel for num_threads(threads)
    for (size_t first = 0; first < d; first += SL_BINS_GROUP)
        count_bins(bins, first);
}

/* Some rows at a time, which stay in cache from feature to feature. */
static void fill_columns(struct sl_bins *bins, int threads)
{
    enum { ROWS = 256 };
    threads = sl_threads_for(2 * (double)(bins->n * bins->d), threads);
#pragma omp parallel for num_threads(threads)
    for (size_t first = 0; first < bins->n; first += ROWS) {
        const size_t end = first + ROWS < bins->n ? first + ROWS : bins->n;
        for (size_t f = 0; f < bins->d; f++) {
            size_t stride;
            const uint8_t *code = sl_bins_column(bins, f, &stride);
            for (size_t i = first; i < end; i++)
                bins->column[f * bins->n + i] = code[i * stride];
        }
    }
}

int sl_bins_make(const struct sl_view *view, const uint32_t *rows, size_t n, int max_bins, int threads,
                 struct sl_bins *bins, struct sl_error *err)
{
    const size_t width = (view->d + SL_BINS_LANES - 1) / SL_BINS_LANES * SL_BINS_LANES;
    *bins = (struct sl_bins){.n = view->n, .d = view->d, .width = width};
    bins->has_missing = sl_alloc_zero(width, 1);
    bins->n_codes = sl_alloc_zero(width, sizeof *bins->n_codes);
    bins->n_bins = sl_alloc_zero(width, sizeof *bins->n_bins);
    bins->code = sl_alloc_zero(view->n, width);
    bins->column = sl_alloc(view->n, view->d);
    int code =
        bins->has_missing && bins->n_codes && bins->n_bins && bins->code && bins->column ? SL_OK : SL_ENOMEM;
    if (!code && view->dtype == SL_U8 && max_bins == 255)
        copy_bytes(view, threads, bins);
    else if (!code)
        code = make_bins(view, rows, n, (size_t)max_bins, threads, bins);
    if (code) {
        sl_bins_release(bins);
        return sl_fail_memory(err);
    }
    fill_columns(bins, threads);
    return SL_OK;
}
