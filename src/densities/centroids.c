/* centroids.c - nearest class centre, and nearest shrunken centroid (Tibshirani, Hastie, Narasimhan and Chu,
 * PNAS 99, 2002), as scikit-learn's NearestCentroid has them.
 *
 * Shrinking: with s_j the pooled deviation of feature j within the classes plus the median of all s, each
 * centre's distance from the mean of all rows, in units of s_j sqrt(1 / n_c - 1 / n), loses shrink_threshold,
 * and is 0 below it.  Fit O(n d), medians by selection; predict O(m d) a row, in double. */
#include "densities/centroids.h"
#include "core/memory.h"
#include "core/order.h"
#include "core/threads.h"
#include "densities/moments.h"
#include "densities/scorer.h"
#include "kernels/convert.h"
#include "kernels/dispatch.h"
#include <gsl/gsl_statistics_float.h>
#include <math.h>
#include <string.h>

struct sl_centroids {
    int k, m, manhattan;
    size_t d;
    int32_t *label_of; /* (m) */
    double *centre;    /* (m, d) */
};

void sl_centroids_free(void *vmodel)
{
    struct sl_centroids *model = vmodel;
    if (!model)
        return;
    free(model->label_of);
    free(model->centre);
    free(model);
}

static struct sl_centroids *centroids_new(int k, int m, size_t d, int manhattan)
{
    struct sl_centroids *model = sl_alloc_zero(1, sizeof *model);
    size_t size;
    if (!model || __builtin_mul_overflow((size_t)m, d, &size)) {
        free(model);
        return NULL;
    }
    *model = (struct sl_centroids){.k = k,
                                   .m = m,
                                   .manhattan = manhattan,
                                   .d = d,
                                   .label_of = sl_alloc_zero((size_t)m, sizeof *model->label_of),
                                   .centre = sl_alloc_zero(size, sizeof *model->centre)};
    if (model->label_of && model->centre)
        return model;
    sl_centroids_free(model);
    return NULL;
}

/* Medians --------------------------------------------------------------------------------------------*/

enum { FEATURES = 16, ROWS = 64, BYTES = 256 };

/* values (count, n): features first ... first + count - 1, each class's rows behind those of the one before.
 */
static void sort_by_class(const struct sl_view *train, const struct sl_classes *classes, size_t first,
                          size_t count, size_t *at, float *values)
{
    float block[ROWS * FEATURES];
    at[0] = 0;
    for (int c = 0; c + 1 < classes->m; c++)
        at[c + 1] = at[c] + classes->count[c];
    for (size_t start = 0; start < train->n; start += ROWS) {
        uint32_t rows[ROWS];
        const size_t n = train->n - start < ROWS ? train->n - start : ROWS;
        for (size_t r = 0; r < n; r++)
            rows[r] = (uint32_t)(start + r);
        sl_view_gather_part(train, rows, n, first, count, block);
        for (size_t r = 0; r < n; r++) {
            const size_t to = at[classes->number[start + r]]++;
            for (size_t j = 0; j < count; j++)
                values[j * train->n + to] = block[r * count + j];
        }
    }
}

/* values (FEATURES, n) and at (m) are scratch. */
static void find_medians(const struct sl_view *train, const struct sl_classes *classes, size_t first,
                         float *values, size_t *at, double *centre)
{
    const size_t count = train->d - first < FEATURES ? train->d - first : FEATURES;
    sort_by_class(train, classes, first, count, at, values);
    for (int c = 0; c < classes->m; c++)
        for (size_t j = 0; j < count; j++)
            centre[(size_t)c * train->d + first + j] = gsl_stats_float_median(
                values + j * train->n + at[c] - classes->count[c], 1, classes->count[c]);
}

/* The n-th smallest, from 0, of the bytes counted, as a feature's real value. */
static double value_at(const struct sl_view *train, const uint32_t *counts, size_t n)
{
    uint8_t byte = 0;
    float value;
    for (size_t below = counts[0]; below <= n; below += counts[byte])
        byte++;
    sl_bytes_to_floats(&byte, 1, train->scale, train->offset, &value);
    return (double)value;
}

/* The same of bytes, by counting: counts (m, FEATURES, 256) is scratch. */
static void count_medians(const struct sl_view *train, const struct sl_classes *classes, size_t first,
                          uint32_t *counts, double *centre)
{
    const size_t count = train->d - first < FEATURES ? train->d - first : FEATURES;
    memset(counts, 0, (size_t)classes->m * FEATURES * BYTES * sizeof *counts);
    for (size_t i = 0; i < train->n; i++) {
        const uint8_t *x = (const uint8_t *)train->x + i * train->d + first;
        uint32_t *to = counts + (size_t)classes->number[i] * FEATURES * BYTES;
        for (size_t j = 0; j < count; j++)
            to[j * BYTES + x[j]]++;
    }
    for (size_t c = 0; c < (size_t)classes->m; c++)
        for (size_t j = 0; j < count; j++) {
            const uint32_t *own = counts + (c * FEATURES + j) * BYTES;
            const size_t n = classes->count[c];
            centre[c * train->d + first + j] =
                (value_at(train, own, n / 2) + value_at(train, own, (n - 1) / 2)) / 2;
        }
}

static int set_medians(const struct sl_view *train, const struct sl_classes *classes, int threads,
                       struct sl_centroids *model)
{
    enum { SELECT = 16 };
    const int bytes = train->dtype == SL_U8;
    const size_t size = bytes ? (size_t)classes->m * BYTES : train->n;
    int failed = 0;
    threads = sl_threads_for(SELECT * (double)train->n * (double)train->d, threads);
#pragma omp parallel num_threads(threads) reduction(| : failed)
    {
        void *values = sl_alloc(FEATURES * size, bytes ? sizeof(uint32_t) : sizeof(float));
        size_t *at = sl_alloc((size_t)classes->m, sizeof *at);
        failed = !values || !at;
#pragma omp for schedule(dynamic)
        for (size_t first = 0; first < train->d; first += FEATURES)
            if (!failed && bytes)
                count_medians(train, classes, first, values, model->centre);
            else if (!failed)
                find_medians(train, classes, first, values, at, model->centre);
        free(values);
        free(at);
    }
    return failed ? SL_ENOMEM : SL_OK;
}

/* Shrinking ------------------------------------------------------------------------------------------*/

/* deviation (d): of the rows from centres, pooled over the classes; the centres need not be the means. */
static void find_deviations(const struct sl_centroids *model, const struct sl_moments *moments,
                            double *deviation)
{
    double n = 0;
    for (int c = 0; c < model->m; c++)
        n += moments->weight[c];
    for (size_t j = 0; j < model->d; j++) {
        double sum = 0;
        for (int c = 0; c < model->m; c++) {
            const size_t at = (size_t)c * model->d + j;
            const double off = moments->mean[at] - model->centre[at];
            sum += moments->weight[c] * (moments->variance[at] + off * off);
        }
        deviation[j] = sqrt(sum / (n - model->m));
    }
}

static double median_of(const double *values, size_t n, double *scratch)
{
    memcpy(scratch, values, n * sizeof *values);
    qsort(scratch, n, sizeof *scratch, sl_by_real);
    return (scratch[n / 2] + scratch[(n - 1) / 2]) / 2;
}

static void shrink_class(const struct sl_centroids *model, const struct sl_moments *moments, int c, double n,
                         const double *mean, const double *deviation, double threshold)
{
    const double spread = sqrt(1 / moments->weight[c] - 1 / n);
    double *centre = model->centre + (size_t)c * model->d;
    for (size_t j = 0; j < model->d; j++) {
        const double unit = spread * deviation[j], from = centre[j] - mean[j];
        const double left = unit > 0 ? fmax(fabs(from) / unit - threshold, 0) : 0;
        centre[j] = mean[j] + copysign(unit * left, from);
    }
}

static int shrink(const struct sl_centroids *model, const struct sl_moments *moments, double threshold,
                  struct sl_error *err)
{
    double *mean = sl_alloc(3 * model->d, sizeof *mean), n = 0, largest = 0;
    if (!mean)
        return sl_fail_memory(err);
    double *deviation = mean + model->d;
    for (int c = 0; c < model->m; c++)
        n += moments->weight[c];
    sl_moments_mean(moments, mean);
    find_deviations(model, moments, deviation);
    const double middle = median_of(deviation, model->d, deviation + model->d);
    for (size_t j = 0; j < model->d; j++) {
        largest = fmax(largest, deviation[j]);
        deviation[j] += middle;
    }
    for (int c = 0; c < model->m && largest > 0; c++)
        shrink_class(model, moments, c, n, mean, deviation, threshold);
    free(mean);
    if (!(largest > 0)) /* 0 also where every class has one row */
        return sl_fail(err, SL_EDIVERGED, "shrink_threshold: no feature varies within the classes");
    return SL_OK;
}

/* Fit ------------------------------------------------------------------------------------------------*/

static int fit_classes(const struct sl_centroids_options *options, const struct sl_view *train,
                       const struct sl_classes *classes, int threads, struct sl_centroids *model,
                       struct sl_error *err)
{
    struct sl_moments moments = {0};
    int code = SL_OK;
    memcpy(model->label_of, classes->label_of, (size_t)classes->m * sizeof *model->label_of);
    if (!options->manhattan || options->shrink_threshold > 0)
        code = sl_moments_find(train, classes, 0, threads, &moments, err);
    if (code)
        return code;
    if (!options->manhattan)
        memcpy(model->centre, moments.mean, (size_t)model->m * model->d * sizeof *model->centre);
    else if (set_medians(train, classes, threads, model))
        code = sl_fail_memory(err);
    if (!code && options->shrink_threshold > 0 && model->m > 1)
        code = shrink(model, &moments, options->shrink_threshold, err);
    sl_moments_release(&moments);
    return code;
}

int sl_centroids_fit(const struct sl_centroids_options *options, const struct sl_view *train, int threads,
                     struct sl_centroids **out, struct sl_error *err)
{
    struct sl_classes classes;
    *out = NULL;
    int code = sl_classes_find(train, &classes, err);
    if (code)
        return code;
    struct sl_centroids *model = centroids_new(train->k, classes.m, train->d, options->manhattan);
    code = model ? fit_classes(options, train, &classes, threads, model, err) : sl_fail_memory(err);
    sl_classes_release(&classes);
    if (code)
        sl_centroids_free(model);
    else
        *out = model;
    return code;
}

/* Predict --------------------------------------------------------------------------------------------*/

SL_CLONED(static, double, distance, (const float *x, const double *centre, size_t d, int manhattan),
          (x, centre, d, manhattan))
{
    enum { WAYS = 8 };
    double part[WAYS] = {0}, sum = 0;
    size_t j = 0;
    for (; j + WAYS <= d; j += WAYS)
        for (size_t w = 0; w < WAYS; w++) {
            const double from = (double)x[j + w] - centre[j + w];
            part[w] += manhattan ? fabs(from) : from * from;
        }
    for (; j < d; j++) {
        const double from = (double)x[j] - centre[j];
        sum += manhattan ? fabs(from) : from * from;
    }
    for (size_t w = 0; w < WAYS; w++)
        sum += part[w];
    return sum;
}

static void joint(const void *vmodel, const float *x, size_t n, double *scratch, double *out)
{
    const struct sl_centroids *model = vmodel;
    const size_t d = model->d, m = (size_t)model->m;
    (void)scratch;
    for (size_t i = 0; i < n; i++)
        for (size_t c = 0; c < m; c++)
            out[i * m + c] = -distance(x + i * d, model->centre + c * d, d, model->manhattan);
}

static struct sl_scorer scorer_of(const struct sl_centroids *model)
{
    enum { STEP = 2 };
    return (struct sl_scorer){.k = model->k,
                              .m = model->m,
                              .label_of = model->label_of,
                              .model = model,
                              .joint = joint,
                              .operations = STEP * (double)model->m * (double)model->d,
                              .margins = 1};
}

int sl_centroids_predict(const void *model, const struct sl_view *x, int threads, int32_t *labels,
                         struct sl_error *err)
{
    const struct sl_scorer scorer = scorer_of(model);
    return sl_scorer_run(&scorer, x, threads, labels, NULL, err);
}

int sl_centroids_scores(const void *model, const struct sl_view *x, int threads, float *scores,
                        struct sl_error *err)
{
    const struct sl_scorer scorer = scorer_of(model);
    return sl_scorer_run(&scorer, x, threads, NULL, scores, err);
}

/* Records --------------------------------------------------------------------------------------------*/

void sl_centroids_save(const void *vmodel, struct sl_writer *w)
{
    const struct sl_centroids *model = vmodel;
    sl_put_i32(w, model->m);
    sl_put_i32s(w, model->label_of, (size_t)model->m);
    sl_put_f64s(w, model->centre, (size_t)model->m * model->d);
}

int sl_centroids_load(struct sl_reader *r, const struct sl_view *like,
                      const struct sl_centroids_options *options, struct sl_centroids **out,
                      struct sl_error *err)
{
    static const char text[] = "the record does not hold a nearest centroid model";
    const int m = sl_get_i32(r);
    *out = NULL;
    if (r->failed || m < 1 || m > like->k || (size_t)m > (r->size - r->at) / sizeof(double) / like->d)
        return sl_fail(err, SL_EDATA, text);
    struct sl_centroids *model = centroids_new(like->k, m, like->d, options->manhattan);
    if (!model)
        return sl_fail_memory(err);
    sl_get_i32s(r, model->label_of, (size_t)m);
    sl_get_f64s(r, model->centre, (size_t)m * like->d);
    int sound = !r->failed;
    for (int c = 0; c < m; c++)
        sound &= model->label_of[c] < model->k && model->label_of[c] >= (c ? model->label_of[c - 1] + 1 : 0);
    if (!sound) {
        sl_centroids_free(model);
        return sl_fail(err, SL_EDATA, text);
    }
    *out = model;
    return SL_OK;
}
