/* scaling_sparse.c - scaling of sparse rows, as scikit-learn's MaxAbsScaler and StandardScaler(with_mean=
 * False) do it: to shift them would make every 0 another number, and the rows dense.  Cost: O(entries + d).
 */
#include "data/scaling_sparse.h"
#include "core/memory.h"
#include "data/csr.h"
#include "kernels/convert.h"
#include "kernels/sparse_row.h"
#include <math.h>

static void find_largest(const struct sl_view *train, double *largest)
{
    for (size_t j = 0; j < train->d; j++)
        largest[j] = 0;
    for (size_t i = 0; i < train->n; i++) {
        struct sl_sparse_row row = sl_view_row(train, i);
        for (size_t e = 0; e < row.n; e++)
            largest[row.column[e]] = fmax(largest[row.column[e]], fabs((double)row.value[e]));
    }
}

/* spread (d): standard deviations.  A feature without a 0 may be constant: then it is 0 exactly, where the
 * mean is rounded. */
static int find_deviations(const struct sl_view *train, double *spread)
{
    const size_t d = train->d;
    double *mean = sl_alloc_zero(d, 2 * sizeof *mean), *first = mean + d;
    size_t *count = sl_alloc_zero(d, sizeof *count);
    unsigned char *varies = sl_alloc_zero(d, 1);
    int code = mean && count && varies ? SL_OK : SL_ENOMEM;
    for (size_t i = 0; i < train->n && !code; i++) {
        struct sl_sparse_row row = sl_view_row(train, i);
        for (size_t e = 0; e < row.n; e++) {
            const uint32_t j = row.column[e];
            if (!count[j]++)
                first[j] = (double)row.value[e];
            varies[j] |= (double)row.value[e] != first[j];
            mean[j] += (double)row.value[e];
        }
    }
    for (size_t j = 0; j < d && !code; j++) {
        mean[j] /= (double)train->n;
        spread[j] = (double)(train->n - count[j]) * mean[j] * mean[j];
    }
    for (size_t i = 0; i < train->n && !code; i++) {
        struct sl_sparse_row row = sl_view_row(train, i);
        for (size_t e = 0; e < row.n; e++) {
            const double off = (double)row.value[e] - mean[row.column[e]];
            spread[row.column[e]] += off * off;
        }
    }
    for (size_t j = 0; j < d && !code; j++)
        spread[j] = varies[j] || count[j] < train->n ? sqrt(spread[j] / (double)train->n) : 0;
    free(mean);
    free(count);
    free(varies);
    return code;
}

int sl_sparse_scaling_fit(enum sl_scaling_kind kind, const struct sl_view *train, double *factor)
{
    int code = SL_OK;
    if (kind == SL_SCALE_STANDARD)
        code = find_deviations(train, factor);
    else
        find_largest(train, factor);
    for (size_t j = 0; j < train->d && !code; j++)
        factor[j] = factor[j] > 0 ? 1 / factor[j] : 1;
    return code;
}

int sl_sparse_scaling_apply(const struct sl_view *view, const double *factor, void **owned)
{
    const struct sl_csr *from = view->x;
    const size_t entries = sl_view_entries(view), first = from->start[0];
    *owned = NULL;
    struct sl_csr_block block = sl_csr_alloc(view->n, entries);
    if (!block.head)
        return SL_ENOMEM;
    for (size_t i = 0; i <= view->n; i++)
        block.start[i] = from->start[i] - first;
    for (size_t e = 0; e < entries; e++) {
        block.column[e] = from->column[first + e];
        block.value[e] = sl_cut((double)from->value[first + e] * factor[block.column[e]]);
    }
    *owned = block.head;
    return SL_OK;
}
