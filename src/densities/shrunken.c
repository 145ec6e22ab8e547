/* shrunken.c - covariance matrices, and Ledoit and Wolf's estimate of how far to shrink them.
 *
 * Ledoit and Wolf, "A well-conditioned estimator for large-dimensional covariance matrices", J. Multivariate
 * Analysis 88, 2004, class by class on standardised features, as scikit-learn has it.  O(n d^2 / 2). */
#include "densities/shrunken.h"
#include "core/memory.h"
#include "data/features.h"
#include "densities/moments.h"
#include "kernels/bytegram.h"
#include "kernels/convert.h"
#include "kernels/gemm.h"
#include "kernels/scatter.h"
#include <math.h>
#include <string.h>

/* Scatter --------------------------------------------------------------------------------------------*/

enum { ROWS = 256 }; /* of floats at a time */

/* The lower triangle becomes the upper. */
static void mirror(double *S, size_t d)
{
    for (size_t i = 0; i < d; i++)
        for (size_t j = i + 1; j < d; j++)
            S[j * d + i] = S[i * d + j];
}

/* Exact whole sums; their mean is taken out before they are rounded. */
static int scatter_bytes(const struct sl_view *view, const uint32_t *list, size_t n, int threads, double *S,
                         struct sl_error *err)
{
    const size_t d = view->d;
    const double unit = (double)view->scale * (double)view->scale / (double)n;
    uint8_t *listed = list ? sl_view_take(view, list, n) : NULL;
    int64_t *sum = sl_alloc_zero(d * d, sizeof *sum), *ones = sl_alloc_zero(d, sizeof *ones);
    int refused = sum && ones && (!list || listed)
                      ? sl_scatter_bytes(list ? listed : view->x, n, d, threads, sum, ones)
                      : SL_ENOMEM;
    for (size_t i = 0; i < d && !refused; i++)
        for (size_t j = i; j < d; j++)
            S[i * d + j] =
                unit * (double)((__int128)sum[i * d + j] * (int64_t)n - (__int128)ones[i] * ones[j]);
    free(listed);
    free(sum);
    free(ones);
    return refused ? sl_product_fail(refused, err) : SL_OK;
}

static int scatter_floats(const struct sl_view *view, const uint32_t *list, size_t n, const double *mean,
                          int threads, double *S, struct sl_error *err)
{
    const size_t d = view->d;
    float *floats = sl_alloc(ROWS * d, sizeof *floats);
    double *rows = sl_alloc(ROWS * d, sizeof *rows);
    memset(S, 0, d * d * sizeof *S);
    for (size_t first = 0; first < n && floats && rows; first += ROWS) {
        const size_t count = n - first < ROWS ? n - first : ROWS;
        if (list)
            sl_view_gather(view, list + first, count, floats);
        else
            sl_view_block(view, first, count, floats);
        for (size_t i = 0; i < count * d; i++)
            rows[i] = (double)floats[i] - mean[i % d];
        sl_scatter_f64(rows, count, d, threads, S);
    }
    const int failed = !floats || !rows;
    free(floats);
    free(rows);
    return failed ? sl_fail_memory(err) : SL_OK;
}

int sl_scatter(const struct sl_view *view, const uint32_t *list, size_t n, const double *mean, int threads,
               double *S, struct sl_error *err)
{
    int code = view->dtype == SL_U8 ? scatter_bytes(view, list, n, threads, S, err)
                                    : scatter_floats(view, list, n, mean, threads, S, err);
    if (!code)
        mirror(S, view->d);
    return code;
}

/* Shrinking ------------------------------------------------------------------------------------------*/

void sl_shrink(double *S, size_t d, double share)
{
    double trace = 0;
    for (size_t j = 0; j < d; j++)
        trace += S[j * d + j];
    for (size_t i = 0; i < d * d; i++)
        S[i] *= 1 - share;
    for (size_t j = 0; j < d; j++)
        S[j * d + j] += share * trace / (double)d;
}

/* The rows of one class. */
struct part {
    const struct sl_view *view;
    const uint32_t *list;
    size_t n;
    const double *mean;
    double *scale; /* (d) standard deviations, 1 where there is none */
};

/* The sum over the rows of |z|^4, z the standardised row. */
static int sum_fourth_powers(const struct part *part, double *sum)
{
    const size_t d = part->view->d;
    float *x = sl_alloc(d, sizeof *x);
    *sum = 0;
    for (size_t i = 0; i < part->n && x; i++) {
        double square = 0;
        sl_view_gather(part->view, part->list + i, 1, x);
        for (size_t j = 0; j < d; j++) {
            const double z = ((double)x[j] - part->mean[j]) / part->scale[j];
            square += z * z;
        }
        *sum += square * square;
    }
    free(x);
    return x ? SL_OK : SL_ENOMEM;
}

/* How far R (d, d), the covariance of standardised rows, is to be shrunken. */
static double find_share(const double *R, size_t d, double n, double fourth)
{
    double trace = 0, square = 0;
    for (size_t i = 0; i < d * d; i++)
        square += R[i] * R[i];
    for (size_t j = 0; j < d; j++)
        trace += R[j * d + j];
    const double mean = trace / (double)d;
    const double delta = (square - 2 * mean * trace + (double)d * mean * mean) / (double)d;
    const double beta = fmin((fourth / n - square) / ((double)d * n), delta);
    return d > 1 && beta > 0 ? beta / delta : 0;
}

/* R (d, d), a scatter, becomes the shrunken covariance of the features as they are. */
static int shrink_part(const struct part *part, double *R, struct sl_error *err)
{
    const size_t d = part->view->d;
    const double n = (double)part->n;
    double fourth;
    if (sum_fourth_powers(part, &fourth))
        return sl_fail_memory(err);
    for (size_t i = 0; i < d * d; i++)
        R[i] /= n * part->scale[i / d] * part->scale[i % d];
    sl_shrink(R, d, find_share(R, d, n, fourth));
    for (size_t i = 0; i < d * d; i++)
        R[i] *= part->scale[i / d] * part->scale[i % d];
    return SL_OK;
}

/* lists: the rows of every class, one class behind the other. */
static void list_by_class(const struct sl_classes *classes, size_t n, uint32_t *lists, size_t *first)
{
    first[0] = 0;
    for (int c = 0; c + 1 < classes->m; c++)
        first[c + 1] = first[c] + classes->count[c];
    for (size_t i = 0; i < n; i++)
        lists[first[classes->number[i]]++] = (uint32_t)i;
    for (int c = 0; c < classes->m; c++)
        first[c] -= classes->count[c];
}

static int add_class(const struct sl_view *view, const struct sl_moments *moments, const uint32_t *list,
                     int c, size_t n, int threads, double *R, double *scale, struct sl_error *err)
{
    const size_t d = view->d, at = (size_t)c * d;
    const struct part part = {.view = view, .list = list, .n = n, .mean = moments->mean + at, .scale = scale};
    for (size_t j = 0; j < d; j++)
        scale[j] = moments->variance[at + j] > 0 ? sqrt(moments->variance[at + j]) : 1;
    int code = sl_scatter(view, list, n, part.mean, threads, R, err);
    return code ? code : shrink_part(&part, R, err);
}

int sl_ledoit_wolf(const struct sl_view *view, const struct sl_classes *classes, int threads, double *S,
                   struct sl_error *err)
{
    const size_t d = view->d, m = (size_t)classes->m;
    struct sl_moments moments;
    int code = sl_moments_find(view, classes, 0, threads, &moments, err);
    if (code)
        return code;
    double *R = sl_alloc(d * d, sizeof *R), *scale = sl_alloc(d, sizeof *scale);
    uint32_t *lists = sl_alloc(view->n, sizeof *lists);
    size_t *first = sl_alloc(m, sizeof *first);
    if (!R || !scale || !lists || !first)
        code = sl_fail_memory(err);
    else
        list_by_class(classes, view->n, lists, first);
    memset(S, 0, d * d * sizeof *S);
    for (int c = 0; c < classes->m && !code; c++) {
        const size_t n = classes->count[c];
        code = add_class(view, &moments, lists + first[c], c, n, threads, R, scale, err);
        for (size_t i = 0; i < d * d && !code; i++)
            S[i] += (double)n / (double)view->n * R[i];
    }
    free(R);
    free(scale);
    free(lists);
    free(first);
    sl_moments_release(&moments);
    return code;
}

void sl_scatter_warm_up(const struct sl_view *view)
{
    if (view->dtype == SL_U8)
        sl_bytegram_warm_up();
}
