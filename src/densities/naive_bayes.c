/* naive_bayes.c - naive Bayes with Gaussian, multinomial or Bernoulli features.
 *
 * log p(x, c) = log p(c) + sum_j log p(x_j | c).  Gaussian: class means and variances, to which var_smoothing
 * of the largest variance of a feature is added (Chan, Golub and LeVeque 1979 for the sums; scikit-learn's
 * GaussianNB).  Multinomial: p(j | c) from the sums of each feature; Bernoulli: from how often it is above
 * binarize; both with alpha added to every count (McCallum and Nigam, AAAI workshop on learning for text
 * categorization, 1998; scikit-learn's MultinomialNB and BernoulliNB).  The last two are linear in x.
 * Fit O(n d), predict O(m d) a row, in double. */
#include "densities/naive_bayes.h"
#include "core/memory.h"
#include "densities/moments.h"
#include "densities/scorer.h"
#include "kernels/convert.h"
#include "kernels/dispatch.h"
#include "kernels/dot.h"
#include "kernels/sparse_row.h"
#include <math.h>
#include <string.h>

#define ALPHA_MIN 1e-10

struct sl_bayes {
    enum sl_bayes_features features;
    int k, m;
    size_t d;
    double binarize;
    int32_t *label_of; /* (m) */
    double *constant;  /* (m): of the log density, the prior within; the row of zeros among it, if linear */
    double *first;     /* (m, d): Gaussian means; else weights of the features */
    double *second;    /* (m, d): Gaussian: 1 / variance; else NULL */
};

/* Lifecycle ------------------------------------------------------------------------------------------*/

void sl_bayes_free(void *vmodel)
{
    struct sl_bayes *model = vmodel;
    if (!model)
        return;
    free(model->label_of);
    free(model->constant);
    free(model->first);
    free(model->second);
    free(model);
}

static struct sl_bayes *bayes_new(const struct sl_bayes_options *options, int k, int m, size_t d)
{
    struct sl_bayes *model = sl_alloc_zero(1, sizeof *model);
    const int gaussian = options->features == SL_BAYES_GAUSSIAN;
    size_t size;
    if (!model || __builtin_mul_overflow((size_t)m, d, &size)) {
        free(model);
        return NULL;
    }
    *model = (struct sl_bayes){.features = options->features,
                               .k = k,
                               .m = m,
                               .d = d,
                               .binarize = options->binarize,
                               .label_of = sl_alloc_zero((size_t)m, sizeof *model->label_of),
                               .constant = sl_alloc_zero((size_t)m, sizeof *model->constant),
                               .first = sl_alloc_zero(size, sizeof *model->first),
                               .second = gaussian ? sl_alloc_zero(size, sizeof *model->second) : NULL};
    if (model->label_of && model->constant && model->first && (!gaussian || model->second))
        return model;
    sl_bayes_free(model);
    return NULL;
}

/* Gaussian -------------------------------------------------------------------------------------------*/

SL_CLONED(static, double, distance, (const float *x, const double *mean, const double *inverse, size_t d),
          (x, mean, inverse, d))
{
    enum { WAYS = 8 };
    double part[WAYS] = {0}, sum = 0;
    size_t j = 0;
    for (; j + WAYS <= d; j += WAYS)
        for (size_t w = 0; w < WAYS; w++)
            part[w] += ((double)x[j + w] - mean[j + w]) * ((double)x[j + w] - mean[j + w]) * inverse[j + w];
    for (; j < d; j++)
        sum += ((double)x[j] - mean[j]) * ((double)x[j] - mean[j]) * inverse[j];
    for (size_t w = 0; w < WAYS; w++)
        sum += part[w];
    return sum;
}

/* The variance that is added: where no feature varies there is nothing to tell classes by, and any will do.
 */
static double added_variance(const struct sl_moments *all, double smoothing)
{
    const double largest = sl_moments_largest_variance(all);
    return largest > 0 ? smoothing * largest : 1;
}

static int set_gaussian(struct sl_bayes *model, const struct sl_moments *moments, double added,
                        struct sl_error *err)
{
    const double tau = 6.283185307179586;
    for (int c = 0; c < model->m; c++) {
        for (size_t j = 0; j < model->d; j++) {
            const size_t at = (size_t)c * model->d + j;
            const double variance = moments->variance[at] + added;
            model->first[at] = moments->mean[at];
            model->second[at] = 1 / variance;
            model->constant[c] -= log(tau * variance) / 2;
        }
        if (!isfinite(model->constant[c]))
            return sl_fail(err, SL_EDIVERGED,
                           "a feature is the same in all rows of a class: var_smoothing above %g gives it a "
                           "variance",
                           added);
    }
    return SL_OK;
}

static int fit_gaussian(const struct sl_bayes_options *options, const struct sl_view *train,
                        const struct sl_classes *classes, int threads, struct sl_bayes *model,
                        struct sl_error *err)
{
    struct sl_moments moments, unweighted = {0};
    int code = sl_moments_find(train, classes, 1, threads, &moments, err);
    if (code)
        return code;
    if (train->weight) /* the smoothing, as scikit-learn's, is by rows */
        code = sl_moments_find(train, classes, 0, threads, &unweighted, err);
    if (!code)
        code =
            set_gaussian(model, &moments,
                         added_variance(train->weight ? &unweighted : &moments, options->var_smoothing), err);
    sl_moments_release(&moments);
    sl_moments_release(&unweighted);
    return code;
}

/* Counts ---------------------------------------------------------------------------------------------*/

/* Feature counts may not be negative; SL_EDATA names the first row with one that is. */
static int check_counts(const struct sl_view *train, struct sl_error *err)
{
    float *x = sl_alloc(train->d, sizeof *x);
    size_t bad = train->n;
    if (!x)
        return sl_fail_memory(err);
    for (size_t i = 0; i < train->n && bad == train->n; i++) {
        const int sparse = train->dtype == SL_SPARSE;
        const struct sl_sparse_row row = sparse ? sl_view_row(train, i) : (struct sl_sparse_row){0};
        if (!sparse)
            sl_view_block(train, i, 1, x);
        const float *values = sparse ? row.value : x;
        for (size_t j = 0; j < (sparse ? row.n : train->d); j++)
            bad = values[j] < 0 ? i : bad;
    }
    free(x);
    if (bad < train->n)
        return sl_fail(err, SL_EDATA,
                       "distribution=multinomial counts, and row %zu has a feature below 0: --scale minmax "
                       "leaves none",
                       bad);
    return SL_OK;
}

/* Counts become logarithms of probabilities. */
static void set_multinomial(struct sl_bayes *model, double alpha)
{
    for (int c = 0; c < model->m; c++) {
        double *w = model->first + (size_t)c * model->d, all = 0;
        for (size_t j = 0; j < model->d; j++)
            all += w[j] + alpha;
        for (size_t j = 0; j < model->d; j++)
            w[j] = log(w[j] + alpha) - log(all);
    }
}

static void set_bernoulli(struct sl_bayes *model, const double *rows, double alpha)
{
    for (int c = 0; c < model->m; c++) {
        double *w = model->first + (size_t)c * model->d;
        for (size_t j = 0; j < model->d; j++) {
            const double never = log(rows[c] - w[j] + alpha) - log(rows[c] + 2 * alpha);
            model->constant[c] += never;
            w[j] = log(w[j] + alpha) - log(rows[c] + 2 * alpha) - never;
        }
    }
}

static int fit_counts(const struct sl_bayes_options *options, const struct sl_view *train,
                      const struct sl_classes *classes, int threads, struct sl_bayes *model,
                      struct sl_error *err)
{
    const double alpha = fmax(options->alpha, ALPHA_MIN);
    const int counts = options->features == SL_BAYES_MULTINOMIAL;
    struct sl_moments sums;
    int code = counts && (train->dtype != SL_U8 || train->offset < 0) ? check_counts(train, err) : SL_OK;
    if (!code)
        code = sl_sums_find(train, classes, counts ? NULL : &options->binarize, threads, &sums, err);
    if (code)
        return code;
    memcpy(model->first, sums.mean, (size_t)model->m * model->d * sizeof *model->first);
    if (counts)
        set_multinomial(model, alpha);
    else
        set_bernoulli(model, sums.weight, alpha);
    sl_moments_release(&sums);
    return SL_OK;
}

/* Fit ------------------------------------------------------------------------------------------------*/

static int fit_classes(const struct sl_bayes_options *options, const struct sl_view *train,
                       const struct sl_classes *classes, int threads, struct sl_bayes *model,
                       struct sl_error *err)
{
    double *rows = sl_alloc_zero((size_t)classes->m, sizeof *rows), all = sl_total_weight(train);
    if (!rows)
        return sl_fail_memory(err);
    for (size_t i = 0; i < train->n; i++)
        rows[classes->number[i]] += sl_row_weight(train, i);
    memcpy(model->label_of, classes->label_of, (size_t)classes->m * sizeof *model->label_of);
    for (int c = 0; c < classes->m; c++)
        model->constant[c] = options->fit_prior ? log(rows[c] / all) : -log(classes->m);
    int code = options->features == SL_BAYES_GAUSSIAN
                   ? fit_gaussian(options, train, classes, threads, model, err)
                   : fit_counts(options, train, classes, threads, model, err);
    free(rows);
    return code;
}

int sl_bayes_fit(const struct sl_bayes_options *options, const struct sl_view *train, int threads,
                 struct sl_bayes **out, struct sl_error *err)
{
    struct sl_classes classes;
    *out = NULL;
    int code = sl_classes_find(train, &classes, err);
    if (code)
        return code;
    struct sl_bayes *model = bayes_new(options, train->k, classes.m, train->d);
    code = model ? fit_classes(options, train, &classes, threads, model, err) : sl_fail_memory(err);
    sl_classes_release(&classes);
    if (code)
        sl_bayes_free(model);
    else
        *out = model;
    return code;
}

/* Predict --------------------------------------------------------------------------------------------*/

static void gaussian_joint(const void *vmodel, const float *x, size_t n, double *scratch, double *out)
{
    const struct sl_bayes *model = vmodel;
    const size_t d = model->d, m = (size_t)model->m;
    (void)scratch;
    for (size_t i = 0; i < n; i++)
        for (size_t c = 0; c < m; c++)
            out[i * m + c] =
                model->constant[c] - distance(x + i * d, model->first + c * d, model->second + c * d, d) / 2;
}

/* Scratch is a row as doubles, of Bernoulli features 0 and 1. */
static void linear_joint(const void *vmodel, const float *x, size_t n, double *scratch, double *out)
{
    const struct sl_bayes *model = vmodel;
    const size_t d = model->d, m = (size_t)model->m;
    const int binary = model->features == SL_BAYES_BERNOULLI;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < d; j++)
            scratch[j] = binary ? (double)x[i * d + j] > model->binarize : (double)x[i * d + j];
        for (size_t c = 0; c < m; c++)
            out[i * m + c] = model->constant[c] + sl_dot(scratch, model->first + c * d, d);
    }
}

static struct sl_scorer scorer_of(const struct sl_bayes *model)
{
    enum { STEP = 4 };
    const int gaussian = model->features == SL_BAYES_GAUSSIAN;
    return (struct sl_scorer){.k = model->k,
                              .m = model->m,
                              .label_of = model->label_of,
                              .model = model,
                              .joint = gaussian ? gaussian_joint : linear_joint,
                              .scratch = model->d,
                              .operations = STEP * (double)model->m * (double)model->d};
}

int sl_bayes_predict(const void *model, const struct sl_view *x, int threads, int32_t *labels,
                     struct sl_error *err)
{
    const struct sl_scorer scorer = scorer_of(model);
    return sl_scorer_run(&scorer, x, threads, labels, NULL, err);
}

int sl_bayes_scores(const void *model, const struct sl_view *x, int threads, float *scores,
                    struct sl_error *err)
{
    const struct sl_scorer scorer = scorer_of(model);
    return sl_scorer_run(&scorer, x, threads, NULL, scores, err);
}

/* Records --------------------------------------------------------------------------------------------*/

void sl_bayes_save(const void *vmodel, struct sl_writer *w)
{
    const struct sl_bayes *model = vmodel;
    const size_t m = (size_t)model->m, size = m * model->d;
    sl_put_i32(w, model->m);
    sl_put_i32s(w, model->label_of, m);
    sl_put_f64s(w, model->constant, m);
    sl_put_f64s(w, model->first, size);
    if (model->second)
        sl_put_f64s(w, model->second, size);
}

static int is_sound(struct sl_bayes *model)
{
    int sound = 1;
    for (int c = 0; c < model->m; c++)
        sound &= model->label_of[c] < model->k && model->label_of[c] >= (c ? model->label_of[c - 1] + 1 : 0);
    for (size_t i = 0; model->second && i < (size_t)model->m * model->d; i++)
        sound &= model->second[i] > 0;
    return sound;
}

int sl_bayes_load(struct sl_reader *r, const struct sl_view *like, const struct sl_bayes_options *options,
                  struct sl_bayes **out, struct sl_error *err)
{
    const int m = sl_get_i32(r);
    *out = NULL;
    if (r->failed || m < 1 || m > like->k || (size_t)m > (r->size - r->at) / sizeof(double) / like->d)
        return sl_fail(err, SL_EDATA, "the record does not hold a naive Bayes model");
    struct sl_bayes *model = bayes_new(options, like->k, m, like->d);
    if (!model)
        return sl_fail_memory(err);
    const size_t size = (size_t)m * like->d;
    sl_get_i32s(r, model->label_of, (size_t)m);
    sl_get_f64s(r, model->constant, (size_t)m);
    sl_get_f64s(r, model->first, size);
    if (model->second)
        sl_get_f64s(r, model->second, size);
    if (r->failed || !is_sound(model)) {
        sl_bayes_free(model);
        return sl_fail(err, SL_EDATA, "the record does not hold a naive Bayes model");
    }
    *out = model;
    return SL_OK;
}
