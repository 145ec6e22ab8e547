/* moments.c - class means and variances.
 *
 * Bytes without weights: exact sums of values and of squares, one pass.  Floats and weighted rows: means
 * first, then squared distances from them, in double, so that large offsets cost no digits.  Sparse rows
 * likewise, their zeros by count.  Threads take features, not rows: each sum runs over the rows in their
 * order.  O(n d); O(entries + m d) of sparse rows. */
#include "densities/moments.h"
#include "core/memory.h"
#include "core/threads.h"
#include "kernels/convert.h"
#include "kernels/dispatch.h"
#include "kernels/sparse_row.h"
#include <string.h>

enum { FEATURES = 256, ROWS = 64 };

struct job {
    const struct sl_view *view;
    const struct sl_classes *classes;
    const double *weight; /* (n), or NULL */
    struct sl_moments *out;
    const double *above; /* NULL, or sums are of 1 for what is above it, else 0 */
};

/* Bytes ----------------------------------------------------------------------------------------------*/

/* Sums of at most so many squares of bytes stay below 2^32. */
enum { EXACT_ROWS = 1 << 16 };

struct byte_sums {
    uint32_t sum[FEATURES], squares[FEATURES];
    uint64_t all[FEATURES], all_squares[FEATURES];
    size_t rows; /* in sum and squares */
};

SL_CLONED_VOID(static, add_bytes, (struct byte_sums *restrict to, const uint8_t *restrict x, size_t count),
               (to, x, count))
{
    for (size_t j = 0; j < count; j++) {
        uint32_t value = x[j];
        to->sum[j] += value;
        to->squares[j] += value * value;
    }
}

static void flush(struct byte_sums *sums)
{
    for (size_t j = 0; j < FEATURES; j++) {
        sums->all[j] += sums->sum[j];
        sums->all_squares[j] += sums->squares[j];
    }
    memset(sums->sum, 0, sizeof sums->sum);
    memset(sums->squares, 0, sizeof sums->squares);
    sums->rows = 0;
}

/* The moments of n rows from their sums, which are whole numbers. */
static void finish_bytes(const struct job *job, const struct byte_sums *sums, int c, size_t first,
                         size_t count)
{
    const double n = (double)job->classes->count[c], scale = (double)job->view->scale;
    double *mean = job->out->mean + (size_t)c * job->out->d + first,
           *variance = job->out->variance + (size_t)c * job->out->d + first;
    for (size_t j = 0; j < count; j++) {
        const unsigned __int128 spread = (unsigned __int128)job->classes->count[c] * sums->all_squares[j] -
                                         (unsigned __int128)sums->all[j] * sums->all[j];
        mean[j] = scale * (double)sums->all[j] / n + (double)job->view->offset;
        variance[j] = scale * scale * ((double)spread / (n * n));
    }
}

static int sum_bytes(const struct job *job, size_t first, size_t count)
{
    const struct sl_view *view = job->view;
    const uint8_t *x = (const uint8_t *)view->x + first;
    struct byte_sums *sums = sl_alloc_zero((size_t)job->classes->m, sizeof *sums);
    if (!sums)
        return SL_ENOMEM;
    for (size_t i = 0; i < view->n; i++) {
        struct byte_sums *to = &sums[job->classes->number[i]];
        add_bytes(to, x + i * view->d, count);
        if (++to->rows == EXACT_ROWS)
            flush(to);
    }
    for (int c = 0; c < job->classes->m; c++) {
        flush(&sums[c]);
        finish_bytes(job, &sums[c], c, first, count);
    }
    free(sums);
    return SL_OK;
}

/* Floats, and rows with weights ----------------------------------------------------------------------*/

SL_CLONED_VOID(static, add_values,
               (double *restrict to, double weight, const float *restrict x, size_t count),
               (to, weight, x, count))
{
    for (size_t j = 0; j < count; j++)
        to[j] += weight * (double)x[j];
}

SL_CLONED_VOID(static, add_above,
               (double *restrict to, double weight, const float *restrict x, double bound, size_t count),
               (to, weight, x, bound, count))
{
    for (size_t j = 0; j < count; j++)
        to[j] += (double)x[j] > bound ? weight : 0;
}

SL_CLONED_VOID(static, add_distances,
               (double *restrict to, double weight, const float *restrict x, const double *restrict mean,
                size_t count),
               (to, weight, x, mean, count))
{
    for (size_t j = 0; j < count; j++)
        to[j] += weight * ((double)x[j] - mean[j]) * ((double)x[j] - mean[j]);
}

static void divide(const struct job *job, double *sums, size_t first, size_t count)
{
    for (int c = 0; c < job->out->m; c++)
        for (size_t j = first; j < first + count; j++)
            sums[(size_t)c * job->out->d + j] /= job->out->weight[c];
}

enum pass { SUMS, DISTANCES };

static void add_row(const struct job *job, enum pass kind, size_t at, double weight, const float *x,
                    size_t count)
{
    if (kind == DISTANCES)
        add_distances(job->out->variance + at, weight, x, job->out->mean + at, count);
    else if (job->above)
        add_above(job->out->mean + at, weight, x, *job->above, count);
    else
        add_values(job->out->mean + at, weight, x, count);
}

/* One pass over the rows: of their values, or of their distances from the means. */
static void pass(const struct job *job, enum pass kind, size_t first, size_t count, float *block)
{
    const struct sl_view *view = job->view;
    for (size_t start = 0; start < view->n; start += ROWS) {
        uint32_t rows[ROWS];
        const size_t n = view->n - start < ROWS ? view->n - start : ROWS;
        for (size_t r = 0; r < n; r++)
            rows[r] = (uint32_t)(start + r);
        sl_view_gather_part(view, rows, n, first, count, block);
        for (size_t r = 0; r < n; r++)
            add_row(job, kind, (size_t)job->classes->number[start + r] * view->d + first,
                    job->weight ? job->weight[start + r] : 1, block + r * count, count);
    }
}

static int sum_floats(const struct job *job, size_t first, size_t count)
{
    float *block = sl_alloc(ROWS * count, sizeof *block);
    if (!block)
        return SL_ENOMEM;
    pass(job, SUMS, first, count, block);
    if (job->out->variance) {
        divide(job, job->out->mean, first, count);
        pass(job, DISTANCES, first, count, block);
        divide(job, job->out->variance, first, count);
    }
    free(block);
    return SL_OK;
}

static int sum_dense(const struct job *job, int threads)
{
    enum { SUM = 2 };
    const struct sl_view *view = job->view;
    const int exact = view->dtype == SL_U8 && !job->weight && job->out->variance;
    int failed = 0;
    threads = sl_threads_for(SUM * (double)view->n * (double)view->d, threads);
#pragma omp parallel for num_threads(threads) schedule(dynamic) reduction(| : failed)
    for (size_t first = 0; first < view->d; first += FEATURES) {
        const size_t count = view->d - first < FEATURES ? view->d - first : FEATURES;
        failed |= (exact ? sum_bytes(job, first, count) : sum_floats(job, first, count)) != SL_OK;
    }
    return failed ? SL_ENOMEM : SL_OK;
}

/* Sparse rows ----------------------------------------------------------------------------------------*/

/* Distances of the entries from the means, and of the zeros, which are all that an entry's weight does not
 * account for. */
static void sum_sparse_distances(const struct job *job, double *filled)
{
    const struct sl_moments *out = job->out;
    for (size_t i = 0; i < job->view->n; i++) {
        const struct sl_sparse_row row = sl_view_row(job->view, i);
        const size_t at = (size_t)job->classes->number[i] * out->d;
        const double weight = job->weight ? job->weight[i] : 1;
        for (size_t e = 0; e < row.n; e++) {
            const double distance = (double)row.value[e] - out->mean[at + row.column[e]];
            out->variance[at + row.column[e]] += weight * distance * distance;
            filled[at + row.column[e]] += weight;
        }
    }
    for (int c = 0; c < out->m; c++)
        for (size_t j = (size_t)c * out->d; j < ((size_t)c + 1) * out->d; j++)
            if (filled[j] < out->weight[c])
                out->variance[j] += (out->weight[c] - filled[j]) * out->mean[j] * out->mean[j];
}

static void sum_entries(const struct job *job)
{
    const struct sl_moments *out = job->out;
    for (size_t i = 0; i < job->view->n; i++) {
        const struct sl_sparse_row row = sl_view_row(job->view, i);
        const double weight = job->weight ? job->weight[i] : 1;
        double *sums = out->mean + (size_t)job->classes->number[i] * out->d;
        if (!job->above)
            sl_srow_add_f64(sums, weight, &row);
        for (size_t e = 0; job->above && e < row.n; e++) /* zeros are told of apart */
            sums[row.column[e]] += weight * (((double)row.value[e] > *job->above) - (*job->above < 0));
    }
    for (int c = 0; job->above && *job->above < 0 && c < out->m; c++)
        for (size_t j = (size_t)c * out->d; j < ((size_t)c + 1) * out->d; j++)
            out->mean[j] += out->weight[c];
}

static int sum_sparse(const struct job *job)
{
    const struct sl_moments *out = job->out;
    sum_entries(job);
    if (!out->variance)
        return SL_OK;
    double *filled = sl_alloc_zero((size_t)out->m * out->d, sizeof *filled);
    if (!filled)
        return SL_ENOMEM;
    divide(job, out->mean, 0, out->d);
    sum_sparse_distances(job, filled);
    divide(job, out->variance, 0, out->d);
    free(filled);
    return SL_OK;
}

/* All ------------------------------------------------------------------------------------------------*/

/* Fills job->out, whose arrays are zeroed here; with variances unless they are not wanted. */
static int find(struct job *job, int variances, int threads, struct sl_error *err)
{
    struct sl_moments *out = job->out;
    const size_t m = (size_t)job->classes->m;
    size_t size;
    *out = (struct sl_moments){.m = job->classes->m, .d = job->view->d};
    if (__builtin_mul_overflow(m, out->d, &size))
        return sl_fail_memory(err);
    out->weight = sl_alloc_zero(m, sizeof *out->weight);
    out->mean = sl_alloc_zero(size, sizeof *out->mean);
    if (variances)
        out->variance = sl_alloc_zero(size, sizeof *out->variance);
    int failed = !out->weight || !out->mean || (variances && !out->variance);
    for (size_t i = 0; i < job->view->n && !failed; i++)
        out->weight[job->classes->number[i]] += job->weight ? job->weight[i] : 1;
    if (!failed)
        failed = job->view->dtype == SL_SPARSE ? sum_sparse(job) : sum_dense(job, threads);
    if (!failed)
        return SL_OK;
    sl_moments_release(out);
    return sl_fail_memory(err);
}

int sl_moments_find(const struct sl_view *view, const struct sl_classes *classes, int weighted, int threads,
                    struct sl_moments *out, struct sl_error *err)
{
    struct job job = {.view = view, .classes = classes, .weight = weighted ? view->weight : NULL, .out = out};
    return find(&job, 1, threads, err);
}

int sl_sums_find(const struct sl_view *view, const struct sl_classes *classes, const double *above,
                 int threads, struct sl_moments *out, struct sl_error *err)
{
    struct job job = {.view = view, .classes = classes, .weight = view->weight, .out = out, .above = above};
    return find(&job, 0, threads, err);
}

void sl_moments_release(struct sl_moments *moments)
{
    free(moments->weight);
    free(moments->mean);
    free(moments->variance);
    *moments = (struct sl_moments){0};
}

static double total(const struct sl_moments *moments)
{
    double sum = 0;
    for (int c = 0; c < moments->m; c++)
        sum += moments->weight[c];
    return sum;
}

void sl_moments_mean(const struct sl_moments *moments, double *out)
{
    const double all = total(moments);
    memset(out, 0, moments->d * sizeof *out);
    for (int c = 0; c < moments->m; c++)
        for (size_t j = 0; j < moments->d; j++)
            out[j] += moments->weight[c] / all * moments->mean[(size_t)c * moments->d + j];
}

double sl_moments_largest_variance(const struct sl_moments *moments)
{
    const double all = total(moments);
    double largest = 0;
    for (size_t j = 0; j < moments->d; j++) {
        double mean = 0, variance = 0;
        for (int c = 0; c < moments->m; c++)
            mean += moments->weight[c] / all * moments->mean[(size_t)c * moments->d + j];
        for (int c = 0; c < moments->m; c++) {
            const double from = moments->mean[(size_t)c * moments->d + j] - mean;
            variance +=
                moments->weight[c] / all * (moments->variance[(size_t)c * moments->d + j] + from * from);
        }
        largest = variance > largest ? variance : largest;
    }
    return largest;
}
