/* precision.c - do floats keep what a column's numbers tell apart?
 *
 * A float has 24 bits.  Seconds since 1970 or metres of a map's grid need more before they are scaled, and fewer
 * after: such a table is kept in doubles until then.  Any other stays in floats, half as large.
 * Cost: a sort of at most SAMPLE numbers for a column with long ones, nothing for others. */
#include "data/precision.h"
#include "core/memory.h"
#include "kernels/convert.h"
#include <gsl/gsl_sort_double.h>

/* Rows, evenly spaced, that stand for all: a column that loses more than rounding loses it among these too. */
enum { SAMPLE = 1 << 14 };

/* Of sorted numbers, each as the float of (x - shift) * factor, which keeps their order. */
static struct sl_distinct count(const double *sorted, size_t n, double shift, double factor)
{
    struct sl_distinct distinct = {1, 1};
    for (size_t i = 1; i < n; i++) {
        distinct.numbers += sorted[i] != sorted[i - 1];
        distinct.floats += sl_cut((sorted[i] - shift) * factor) != sl_cut((sorted[i - 1] - shift) * factor);
    }
    return distinct;
}

static size_t sample_size(size_t n)
{
    return n < SAMPLE ? n : SAMPLE;
}

/* Fills sorted (sample_size(n)) and returns its size. */
static size_t sort_column(const double *x, size_t n, size_t d, size_t j, double *sorted)
{
    size_t m = sample_size(n);
    for (size_t i = 0; i < m; i++)
        sorted[i] = x[i * n / m * d + j];
    gsl_sort(sorted, 1, m);
    return m;
}

int sl_loses_differences(const struct sl_distinct *distinct)
{
    enum { OF_A_HUNDRED = 99 };
    return distinct->floats * 100 < distinct->numbers * OF_A_HUNDRED;
}

int sl_needs_doubles(const double *x, size_t n, size_t d, const unsigned char *digits, int *needs)
{
    double *sorted = NULL;
    *needs = 0;
    for (size_t j = 0; j < d && !*needs; j++) {
        if (!digits[j])
            continue;
        sorted = sorted ? sorted : sl_alloc(sample_size(n), sizeof *sorted);
        if (!sorted)
            return -1;
        struct sl_distinct distinct = count(sorted, sort_column(x, n, d, j, sorted), 0, 1);
        *needs = sl_loses_differences(&distinct);
    }
    free(sorted);
    return 0;
}

int sl_count_distinct(const struct sl_view *view, size_t j, int scaled, struct sl_distinct *out)
{
    double *sorted = sl_alloc(sample_size(view->n), sizeof *sorted);
    if (!sorted)
        return -1;
    size_t m = sort_column(view->x, view->n, view->d, j, sorted);
    double width = sorted[m - 1] - sorted[0];
    *out = scaled && width > 0 ? count(sorted, m, sorted[0], 1 / width) : count(sorted, m, 0, 1);
    free(sorted);
    return 0;
}
