/* predict.c - predictions and scores of a fitted model.
 *
 * Order: shape, finiteness, bytes or floats as in training, encoding, scaling, classifier. */
#include "core/cores.h"
#include "core/threads.h"
#include "data/csr.h"
#include "data/dataset.h"
#include "kernels/convert.h"
#include "model/dense.h"
#include "model/model.h"
#include <math.h>
#include <shortlist/calibration.h>

static int check_sparse(const struct sl_view *x, struct sl_error *err)
{
    int code = sl_csr_check(x, err);
    return code ? code : sl_csr_check_finite(x, err);
}

static int check_finite(const struct sl_view *x, int threads, struct sl_error *err)
{
    enum { BLOCK = 1 << 16 };
    if (x->dtype == SL_SPARSE)
        return check_sparse(x, err);
    const size_t size = x->dtype == SL_U8 ? 0 : x->n * x->d;
    size_t first = size;
    threads = sl_threads_for(8 * (double)size, threads); /* read from memory */
#pragma omp parallel for num_threads(threads) reduction(min : first)
    for (size_t at = 0; at < size; at += BLOCK) {
        const size_t n = size - at < BLOCK ? size - at : BLOCK;
        const size_t i = sl_first_nonfinite(x->dtype, (const char *)x->x + at * sl_dtype_size(x->dtype), n);
        if (i < n && at + i < first)
            first = at + i;
    }
    if (first == size)
        return SL_OK;
    return sl_fail(err, SL_EDATA, "row %zu, feature %zu is not a finite number", first / x->d, first % x->d);
}

/* Missing values are the encoding's. */
static int check_not_infinite(const struct sl_view *x, struct sl_error *err)
{
    const double *values = x->x;
    for (size_t i = 0; i < x->n * x->d; i++) {
        if (isinf(values[i]))
            return sl_fail(err, SL_EDATA, "row %zu, feature %zu is infinite", i / x->d, i % x->d);
    }
    return SL_OK;
}

/* Of what type rows are scaled: the training rows' own, so that the same number gives the same prediction.
 * Where the scaled rows are floats anyway, a model of bytes takes any number. */
enum sl_dtype sl_model_taken_dtype(const struct sl_model *model, enum sl_dtype given)
{
    enum sl_dtype fitted = model->raw.dtype;
    if (given == SL_SPARSE && fitted == SL_U8)
        given = SL_F32;
    if (fitted != SL_U8 || given == SL_U8)
        return fitted;
    return model->scaled.dtype == SL_U8 ? SL_U8 : SL_F32;
}

int sl_model_prepare(const struct sl_model *model, const struct sl_view *x, int threads,
                     struct sl_prepared *p, struct sl_error *err)
{
    *p = (struct sl_prepared){0};
    if (x->d != model->raw.d)
        return sl_fail(err, SL_EDATA, "the rows have %zu features, the model was fitted on %zu", x->d,
                       model->raw.d);
    int code =
        model->encoding && x->dtype == SL_F64 ? check_not_infinite(x, err) : check_finite(x, threads, err);
    if (code)
        return code;
    struct sl_view raw = model->raw;
    raw.dtype = x->dtype;
    raw.n = x->n;
    raw.x = x->x;
    code = sl_model_convert(&raw, sl_model_taken_dtype(model, x->dtype), p, err);
    if (!code)
        code = sl_model_encode(model->encoding, p, err);
    if (!code)
        code = sl_model_scale(model, p, err);
    if (code)
        sl_model_prepared_release(p);
    return code;
}

/* What predictions of one block of rows go into: one of the two. */
struct wanted {
    int32_t *labels; /* (n) */
    float *scores;   /* (n, k) */
};

static int predict_block(const struct sl_model *model, const struct sl_view *x, int threads,
                         struct wanted wanted, struct sl_error *err)
{
    struct sl_prepared p;
    int code = sl_model_prepare(model, x, threads, &p, err);
    if (code)
        return code;
    if (x->n)
        code = wanted.labels ? model->type->predict(model->payload, &p.view, threads, wanted.labels, err)
                             : model->type->scores(model->payload, &p.view, threads, wanted.scores, err);
    sl_model_prepared_release(&p);
    return code;
}

/* Rows that are made dense for the model go through it a few at a time. */
static size_t block_rows(const struct sl_model *model, const struct sl_view *x)
{
    enum { BYTES = 1 << 26 };
    const size_t row = x->d * sizeof(double);
    int dense =
        (x->dtype == SL_SPARSE && model->raw.dtype != SL_SPARSE) || sl_wants_dense(model->type, &model->raw);
    return !dense ? x->n : row < BYTES ? BYTES / row : 1;
}

static int predict_all(const struct sl_model *model, const struct sl_view *x, int threads,
                       struct wanted wanted, struct sl_error *err)
{
    const size_t n = block_rows(model, x), k = (size_t)model->raw.k;
    threads = threads > 0 ? threads : sl_cores();
    if (n >= x->n || x->d != model->raw.d) /* the latter is refused */
        return predict_block(model, x, threads, wanted, err);
    int code = SL_OK;
    for (size_t first = 0; first < x->n && !code; first += n) {
        struct sl_csr head;
        struct sl_view part = sl_view_rows(x, first, x->n - first < n ? x->n - first : n, &head);
        code = predict_block(model, &part, threads,
                             (struct wanted){wanted.labels ? wanted.labels + first : NULL,
                                             wanted.scores ? wanted.scores + first * k : NULL},
                             err);
        if (code && first)
            sl_fail_prefix(err, "behind row %zu", first - 1);
    }
    return code;
}

int sl_model_predict(const struct sl_model *model, const struct sl_view *x, int threads, int32_t *labels,
                     struct sl_error *err)
{
    int before = sl_model_use_threads(threads > 0 ? threads : sl_cores());
    int code = predict_all(model, x, threads, (struct wanted){.labels = labels}, err);
    sl_model_use_threads(before);
    return code;
}

/* A class without training rows has a margin of -infinity; nothing else may leave the range of floats. */
int sl_model_check_scores(const struct sl_classifier_type *type, const float *scores, size_t n, int classes,
                          struct sl_error *err)
{
    size_t k = (size_t)classes;
    int margins = !(type->flags & SL_PROBABILITIES);
    for (size_t i = 0; i < n * k; i++)
        if (!isfinite(scores[i]) && !(margins && scores[i] == -INFINITY))
            return sl_fail(err, SL_EDATA, "row %zu: its scores are beyond the range of float numbers", i / k);
    return SL_OK;
}

int sl_model_scores(const struct sl_model *model, const struct sl_view *x, int threads, float *scores,
                    struct sl_error *err)
{
    if (!model->type->scores)
        return sl_fail(err, SL_EUSAGE, "%s gives labels only, no scores", model->type->name);
    int before = sl_model_use_threads(threads > 0 ? threads : sl_cores());
    int code = predict_all(model, x, threads, (struct wanted){.scores = scores}, err);
    sl_model_use_threads(before);
    if (!code)
        code = sl_model_check_scores(model->type, scores, x->n, model->raw.k, err);
    if (!code && (model->type->flags & SL_PROBABILITIES))
        sl_temper(scores, x->n, (size_t)model->raw.k, model->temperature);
    return code;
}

double sl_model_temperature(const struct sl_model *model)
{
    return model->temperature;
}

void sl_model_set_temperature(struct sl_model *model, double temperature)
{
    model->temperature = temperature;
}
