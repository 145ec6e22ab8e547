/* qda.c - quadratic discriminant analysis, as scikit-learn's QuadraticDiscriminantAnalysis.
 *
 * log p(x, c) = log p_c - (|L_c^-1 (x - m_c)|^2 + log det S_c) / 2, S_c = L_c L_c' the class's covariance
 * (divided by n_c - 1), regularised towards the unit matrix (Friedman, "Regularized discriminant analysis",
 * J. Am. Stat. Assoc. 84, 1989).  scikit-learn decomposes the rows, and of a class with fewer rows than
 * features leaves out the directions without variance, where we have reg_param.  Fit O(n d^2 / 2 + m d^3 /
 * 3), predict O(m d^2 / 2) a row; the model has m d^2 / 2 numbers. */
#include "densities/qda.h"
#include "core/memory.h"
#include "data/classes.h"
#include "densities/inverse.h"
#include "densities/moments.h"
#include "densities/scorer.h"
#include "densities/shrunken.h"
#include "kernels/dispatch.h"
#include <math.h>
#include <string.h>

struct sl_qda {
    int k, m;
    size_t d;
    int32_t *label_of; /* (m) */
    double *constant;  /* (m): log p_c - log det S_c / 2 */
    double *mean;      /* (m, d) */
    double *factor;    /* (m, d (d + 1) / 2): rows of L_c, one behind the other */
};

static size_t triangle(size_t d)
{
    return d * (d + 1) / 2;
}

void sl_qda_free(void *vmodel)
{
    struct sl_qda *model = vmodel;
    if (!model)
        return;
    free(model->label_of);
    free(model->constant);
    free(model->mean);
    free(model->factor);
    free(model);
}

static struct sl_qda *qda_new(int k, int m, size_t d)
{
    struct sl_qda *model = sl_alloc_zero(1, sizeof *model);
    size_t square, size;
    if (!model || __builtin_mul_overflow(d, d + 1, &square) ||
        __builtin_mul_overflow(square / 2, (size_t)m, &size)) {
        free(model);
        return NULL;
    }
    *model = (struct sl_qda){.k = k,
                             .m = m,
                             .d = d,
                             .label_of = sl_alloc_zero((size_t)m, sizeof *model->label_of),
                             .constant = sl_alloc_zero((size_t)m, sizeof *model->constant),
                             .mean = sl_alloc_zero((size_t)m * d, sizeof *model->mean),
                             .factor = sl_alloc_zero(size, sizeof *model->factor)};
    if (model->label_of && model->constant && model->mean && model->factor)
        return model;
    sl_qda_free(model);
    return NULL;
}

/* Fit ------------------------------------------------------------------------------------------------*/

/* S (d, d), the scatter of class c's n rows, becomes its factor. */
static int set_factor(struct sl_qda *model, int c, double *S, size_t n, double reg_param,
                      struct sl_error *err)
{
    const size_t d = model->d;
    double *L = model->factor + (size_t)c * triangle(d), log_determinant = 0;
    for (size_t i = 0; i < d * d; i++)
        S[i] *= (1 - reg_param) / (n > 1 ? (double)(n - 1) : 1);
    for (size_t j = 0; j < d; j++)
        S[j * d + j] += reg_param;
    if (!sl_cholesky_f64(S, d))
        return sl_fail(
            err, SL_EDIVERGED,
            "the covariance of class %d (from 0) is singular: its %zu rows of %zu features depend on each "
            "other; reg_param above 0 helps",
            model->label_of[c], n, d);
    for (size_t i = 0; i < d; i++) {
        log_determinant += 2 * log(S[i * d + i]);
        memcpy(L + triangle(i), S + i * d, (i + 1) * sizeof *L);
    }
    model->constant[c] -= log_determinant / 2;
    return SL_OK;
}

static int fit_classes(const struct sl_view *train, const struct sl_classes *classes,
                       const struct sl_moments *moments, double reg_param, int threads, struct sl_qda *model,
                       struct sl_error *err)
{
    const size_t d = model->d;
    double *S = sl_alloc(d * d, sizeof *S);
    uint32_t *list = sl_alloc(train->n, sizeof *list);
    int code = S && list ? SL_OK : sl_fail_memory(err);
    for (int c = 0; c < model->m && !code; c++) {
        size_t n = 0;
        for (uint32_t i = 0; i < train->n; i++)
            if (classes->number[i] == c)
                list[n++] = i;
        model->label_of[c] = classes->label_of[c];
        model->constant[c] = log((double)n / (double)train->n);
        code = sl_scatter(train, list, n, moments->mean + (size_t)c * d, threads, S, err);
        if (!code) /* of one class alone nothing is asked */
            code = set_factor(model, c, S, n, model->m > 1 ? reg_param : 1, err);
    }
    memcpy(model->mean, moments->mean, (size_t)model->m * d * sizeof *model->mean);
    free(S);
    free(list);
    return code;
}

int sl_qda_fit(const struct sl_view *train, double reg_param, int threads, struct sl_qda **out,
               struct sl_error *err)
{
    struct sl_classes classes;
    struct sl_moments moments;
    *out = NULL;
    int code = sl_classes_find(train, &classes, err);
    if (code)
        return code;
    struct sl_qda *model = qda_new(train->k, classes.m, train->d);
    code = model ? sl_moments_find(train, &classes, 0, threads, &moments, err) : sl_fail_memory(err);
    if (!code) {
        code = fit_classes(train, &classes, &moments, reg_param, threads, model, err);
        sl_moments_release(&moments);
    }
    sl_classes_release(&classes);
    if (code)
        sl_qda_free(model);
    else
        *out = model;
    return code;
}

/* Predict --------------------------------------------------------------------------------------------*/

enum { LANES = 32 }; /* rows that are solved side by side */

/* Z (d, LANES) <- L^-1 Z; out (LANES) its columns' squared lengths. */
SL_CLONED_VOID(static, solve, (const double *restrict L, size_t d, double *restrict Z, double *restrict out),
               (L, d, Z, out))
{
    double square[LANES] = {0};
    for (size_t i = 0; i < d; L += ++i) {
        double z[LANES];
        memcpy(z, Z + i * LANES, sizeof z);
        for (size_t j = 0; j < i; j++)
            for (size_t r = 0; r < LANES; r++)
                z[r] -= L[j] * Z[j * LANES + r];
        for (size_t r = 0; r < LANES; r++) {
            z[r] /= L[i];
            square[r] += z[r] * z[r];
        }
        memcpy(Z + i * LANES, z, sizeof z);
    }
    memcpy(out, square, sizeof square);
}

static void joint(const void *vmodel, const float *x, size_t n, double *Z, double *out)
{
    const struct sl_qda *model = vmodel;
    const size_t d = model->d, m = (size_t)model->m;
    for (size_t first = 0; first < n; first += LANES) {
        const size_t rows = n - first < LANES ? n - first : LANES;
        for (size_t c = 0; c < m; c++) {
            double distance[LANES];
            memset(Z, 0, d * LANES * sizeof *Z);
            for (size_t r = 0; r < rows; r++)
                for (size_t j = 0; j < d; j++)
                    Z[j * LANES + r] = (double)x[(first + r) * d + j] - model->mean[c * d + j];
            solve(model->factor + c * triangle(d), d, Z, distance);
            for (size_t r = 0; r < rows; r++)
                out[(first + r) * m + c] = model->constant[c] - distance[r] / 2;
        }
    }
}

static struct sl_scorer scorer_of(const struct sl_qda *model)
{
    return (struct sl_scorer){.k = model->k,
                              .m = model->m,
                              .label_of = model->label_of,
                              .model = model,
                              .joint = joint,
                              .scratch = model->d * LANES,
                              .operations = 2.0 * model->m * (double)triangle(model->d)};
}

int sl_qda_predict(const void *model, const struct sl_view *x, int threads, int32_t *labels,
                   struct sl_error *err)
{
    const struct sl_scorer scorer = scorer_of(model);
    return sl_scorer_run(&scorer, x, threads, labels, NULL, err);
}

int sl_qda_scores(const void *model, const struct sl_view *x, int threads, float *scores,
                  struct sl_error *err)
{
    const struct sl_scorer scorer = scorer_of(model);
    return sl_scorer_run(&scorer, x, threads, NULL, scores, err);
}

/* Records --------------------------------------------------------------------------------------------*/

void sl_qda_save(const void *vmodel, struct sl_writer *w)
{
    const struct sl_qda *model = vmodel;
    const size_t m = (size_t)model->m;
    sl_put_i32(w, model->m);
    sl_put_i32s(w, model->label_of, m);
    sl_put_f64s(w, model->constant, m);
    sl_put_f64s(w, model->mean, m * model->d);
    sl_put_f64s(w, model->factor, m * triangle(model->d));
}

static int is_sound(const struct sl_qda *model)
{
    int sound = 1;
    for (int c = 0; c < model->m; c++) {
        const double *L = model->factor + (size_t)c * triangle(model->d);
        sound &= model->label_of[c] < model->k && model->label_of[c] >= (c ? model->label_of[c - 1] + 1 : 0);
        for (size_t i = 0; i < model->d; i++)
            sound &= L[triangle(i) + i] > 0;
    }
    return sound;
}

int sl_qda_load(struct sl_reader *r, const struct sl_view *like, const void *config, void **out,
                struct sl_error *err)
{
    static const char text[] = "the record does not hold a model of quadratic discriminants";
    const int m = sl_get_i32(r);
    (void)config;
    *out = NULL;
    const size_t left = (r->size - r->at) / sizeof(double) / like->d; /* d + 1 times as many follow, halved */
    if (r->failed || m < 1 || m > like->k || (size_t)m > left / ((like->d + 1) / 2 + 1))
        return sl_fail(err, SL_EDATA, text);
    struct sl_qda *model = qda_new(like->k, m, like->d);
    if (!model)
        return sl_fail_memory(err);
    sl_get_i32s(r, model->label_of, (size_t)m);
    sl_get_f64s(r, model->constant, (size_t)m);
    sl_get_f64s(r, model->mean, (size_t)m * like->d);
    sl_get_f64s(r, model->factor, (size_t)m * triangle(like->d));
    if (r->failed || !is_sound(model)) {
        sl_qda_free(model);
        return sl_fail(err, SL_EDATA, text);
    }
    *out = model;
    return SL_OK;
}
