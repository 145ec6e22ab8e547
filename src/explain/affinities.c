/* affinities.c - probabilities of near rows.
 *
 * A row's neighbours j get p(j | i) as exp(-b |x_i - x_j|^2), b such that the perplexity, exp of the entropy,
 * is the one asked for (van der Maaten and Hinton, JMLR 9, 2008); of farther rows it is 0 (van der Maaten,
 * JMLR 15, 2014).  p(i, j) = (p(j | i) + p(i | j)) / 2n.  Cost O(n k) and some 25 exponentials an entry. */
#include "explain/affinities.h"
#include "core/memory.h"
#include "core/threads.h"
#include "kernels/dispatch.h"
#include "kernels/exp.h"
#include <math.h>
#include <string.h>

enum { STEPS = 60 };
#define TOLERANCE 1e-5 /* of the entropy */

/* Of distances less the least one: weights, their sum, and the sum of weights times distances. */
SL_CLONED_VOID(static, weigh, (const float *d, size_t k, float b, float *w, double sums[2]),
               (d, k, b, w, sums))
{
    enum { LANES = 16 };
    float s[LANES] = {0}, t[LANES] = {0};
    for (size_t j = 0; j < k; j += LANES) {
        const size_t m = k - j < LANES ? k - j : LANES;
        for (size_t l = 0; l < m; l++) {
            const float e = d[0] - d[j + l], v = sl_exp_cut(b * e);
            w[j + l] = v;
            s[l] += v;
            t[l] -= v * e;
        }
    }
    sums[0] = sums[1] = 0;
    for (size_t l = 0; l < LANES; l++) {
        sums[0] += (double)s[l];
        sums[1] += (double)t[l];
    }
}

void sl_conditional(const float *d, size_t k, double perplexity, float *p)
{
    const double wanted = log(perplexity);
    double mean = 0, low = 0, high = INFINITY, sums[2] = {1, 0};
    for (size_t j = 0; j < k; j++)
        mean += (double)(d[j] - d[0]) / (double)k;
    double b = mean > 0 ? 1 / mean : 1;
    for (int step = 0; step < STEPS; step++) {
        weigh(d, k, (float)b, p, sums);
        const double entropy = log(sums[0]) + b * sums[1] / sums[0], off = entropy - wanted;
        if (fabs(off) < TOLERANCE || !(b < 1e36) || !(b > 1e-36))
            break;
        if (off > 0)
            low = b;
        else
            high = b;
        b = isinf(high) ? 2 * b : low == 0 ? b / 2 : (low + high) / 2;
    }
    for (size_t j = 0; j < k; j++)
        p[j] = (float)((double)p[j] / sums[0]);
}

/* An entry, for sorting. */
struct entry {
    uint32_t column;
    float p;
};

static int by_column(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    return (x->column > y->column) - (x->column < y->column);
}

/* The conditional probabilities of all rows, (n, k), columns ascending. */
static int conditionals(const struct sl_neighbour *near, size_t n, size_t k, double perplexity, int threads,
                        struct entry *out)
{
    int failed = 0;
    threads = sl_threads_for((double)n * (double)k * 400, threads);
#pragma omp parallel num_threads(threads) reduction(| : failed)
    {
        float *d = sl_alloc(2 * k, sizeof *d);
        failed = !d;
#pragma omp for schedule(dynamic, 64)
        for (size_t i = 0; i < n; i++) {
            struct entry *row = out + i * k;
            for (size_t j = 0; j < k && d; j++)
                d[j] = (float)near[i * k + j].key;
            if (d)
                sl_conditional(d, k, perplexity, d + k);
            for (size_t j = 0; j < k && d; j++)
                row[j] = (struct entry){near[i * k + j].row, d[k + j]};
            if (d)
                qsort(row, k, sizeof *row, by_column);
        }
        free(d);
    }
    return failed ? SL_ENOMEM : SL_OK;
}

/* Columns become rows: start (n + 1), out (n k), ascending in a row. */
static void turn_over(const struct entry *in, size_t n, size_t k, size_t *start, struct entry *out)
{
    memset(start, 0, (n + 1) * sizeof *start);
    for (size_t e = 0; e < n * k; e++)
        start[in[e].column + 1]++;
    for (size_t i = 0; i < n; i++)
        start[i + 1] += start[i];
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < k; j++)
            out[start[in[i * k + j].column]++] = (struct entry){(uint32_t)i, in[i * k + j].p};
    memmove(start + 1, start, n * sizeof *start);
    start[0] = 0;
}

/* Two sorted lists as one, probabilities of equal columns summed up; out NULL: counts.  Returns the entries.
 */
static size_t merge(const struct entry *a, size_t na, const struct entry *b, size_t nb, float by,
                    uint32_t *column, float *p)
{
    size_t n = 0;
    for (size_t i = 0, j = 0; i < na || j < nb; n++) {
        const int left = j == nb || (i < na && a[i].column <= b[j].column);
        const int both = left && j < nb && a[i].column == b[j].column;
        if (column) {
            column[n] = left ? a[i].column : b[j].column;
            p[n] = by * (both ? a[i].p + b[j].p : left ? a[i].p : b[j].p);
        }
        i += (size_t)left;
        j += (size_t)(both || !left);
    }
    return n;
}

static size_t padded(size_t n)
{
    return (n + SL_PULL - 1) / SL_PULL * SL_PULL;
}

static int symmetrise(struct sl_affinities *a, const struct entry *rows, size_t k, const size_t *start,
                      const struct entry *turned, struct sl_error *err)
{
    const size_t n = a->n;
    const float by = (float)(1 / (2 * (double)n));
    a->start[0] = 0;
    for (size_t i = 0; i < n; i++)
        a->start[i + 1] = a->start[i] + padded(merge(rows + i * k, k, turned + start[i],
                                                     start[i + 1] - start[i], by, NULL, NULL));
    a->column = sl_alloc(a->start[n], sizeof *a->column);
    a->p = sl_alloc(a->start[n], sizeof *a->p);
    if (!a->column || !a->p)
        return sl_fail_memory(err);
    for (size_t i = 0; i < n; i++) {
        const size_t at = a->start[i];
        size_t m =
            merge(rows + i * k, k, turned + start[i], start[i + 1] - start[i], by, a->column + at, a->p + at);
        for (; at + m < a->start[i + 1]; m++) {
            a->column[at + m] = (uint32_t)i;
            a->p[at + m] = 0;
        }
    }
    return SL_OK;
}

int sl_affinities_init(struct sl_affinities *a, const struct sl_neighbour *near, size_t n, size_t k,
                       double perplexity, int threads, struct sl_error *err)
{
    struct entry *rows = sl_alloc(n * k, sizeof *rows), *turned = sl_alloc(n * k, sizeof *turned);
    size_t *start = sl_alloc(n + 1, sizeof *start);
    *a = (struct sl_affinities){.n = n, .start = sl_alloc(n + 1, sizeof *a->start)};
    int code = rows && turned && start && a->start && !conditionals(near, n, k, perplexity, threads, rows)
                   ? SL_OK
                   : sl_fail_memory(err);
    if (!code) {
        turn_over(rows, n, k, start, turned);
        code = symmetrise(a, rows, k, start, turned, err);
    }
    free(rows);
    free(turned);
    free(start);
    if (code)
        sl_affinities_release(a);
    return code;
}

void sl_affinities_release(struct sl_affinities *a)
{
    free(a->start);
    free(a->column);
    free(a->p);
    *a = (struct sl_affinities){0};
}

/* Pulling ------------------------------------------------------------------------------------------- */

typedef float floats4 __attribute__((vector_size(16)));
typedef float floats8 __attribute__((vector_size(32)));
typedef double points4 __attribute__((vector_size(32)));                 /* of two floats each */
typedef double point __attribute__((may_alias, aligned(sizeof(float)))); /* likewise */

/* Four points at a time, each in two neighbouring lanes. */
SL_CLONED_VOID(extern, sl_affinities_pull,
               (const struct sl_affinities *a, size_t i, const float *y, float *pull), (a, i, y, pull))
{
    const point *at = (const point *)y;
    const points4 own = {at[i], at[i], at[i], at[i]};
    const floats8 mine = (floats8)own;
    floats8 sum = {0};
    for (size_t e = a->start[i]; e < a->start[i + 1]; e += SL_PULL) {
        const uint32_t *c = a->column + e;
        floats4 p;
        memcpy(&p, a->p + e, sizeof p);
        const points4 other = {at[c[0]], at[c[1]], at[c[2]], at[c[3]]};
        const floats8 d = mine - (floats8)other, square = d * d;
        const floats8 r2 = square + __builtin_shufflevector(square, square, 1, 0, 3, 2, 5, 4, 7, 6);
        const floats8 both = __builtin_shufflevector(p, p, 0, 0, 1, 1, 2, 2, 3, 3);
        sum += d * (both / (1 + r2));
    }
    pull[0] = (sum[0] + sum[2]) + (sum[4] + sum[6]);
    pull[1] = (sum[1] + sum[3]) + (sum[5] + sum[7]);
}

double sl_affinities_divergence(const struct sl_affinities *a, const float *y)
{
    double sum = 0;
    for (size_t i = 0; i < a->n; i++)
        for (size_t e = a->start[i]; e < a->start[i + 1]; e++) {
            const float *u = y + 2 * i, *v = y + 2 * (size_t)a->column[e];
            const double dx = (double)(u[0] - v[0]), dy = (double)(u[1] - v[1]), p = (double)a->p[e];
            sum += p > 0 ? p * log(p * (1 + dx * dx + dy * dy)) : 0;
        }
    return sum;
}
