/* majority.c - predicts the most frequent class of the training rows, or the one whose rows weigh most.
 *
 * The accuracy floor that any other classifier has to beat, the cost of the harness itself, and the
 * example to copy: every classifier file has these parts in this order.
 * Cost: fit O(n), predict O(1) a row.  scikit-learn: DummyClassifier(strategy="prior"). */
#include "core/memory.h"
#include <shortlist/classifier.h>

/* 1. The configuration: plain old data, one field a hyperparameter.  Empty structs are not C.  The table has
 * one row for each field, here none; the macros of rows stand in <shortlist/param.h> (SL_REAL_PARAM and its
 * like), rows that classifiers share in classifiers/params.h. */
struct config {
    int unused;
};

static const struct sl_param params[] = {{0}};

/* 2. The model: owns all that it needs, points at nothing of the caller's. */
struct model {
    int k, best;
    float *prior; /* (k): share of each class among the training rows, by weight */
};

/* 3. The lifecycle. free takes NULL, and a model that fit or load gave up on half-way. */
static void majority_free(void *vmodel)
{
    struct model *model = vmodel;
    if (!model)
        return;
    free(model->prior);
    free(model);
}

static struct model *model_new(int k)
{
    struct model *model = sl_alloc_zero(1, sizeof *model);
    if (!model)
        return NULL;
    model->k = k;
    model->prior = sl_alloc_zero((size_t)k, sizeof *model->prior);
    if (!model->prior) {
        majority_free(model);
        return NULL;
    }
    return model;
}

/* 4. Fit.  Ties go to the lowest label, as everywhere in this library.  A type that looks at the rows'
 * weights says so by SL_WEIGHS_ROWS; without it they are refused. */
static int majority_fit(const struct sl_fit *fit, void **out, struct sl_error *err)
{
    const struct sl_view *train = fit->train;
    struct model *model = model_new(train->k);
    *out = model;
    if (!model)
        return sl_fail_memory(err);
    double *weight = sl_alloc_zero((size_t)model->k, sizeof *weight), all = 0;
    if (!weight)
        return sl_fail_memory(err);
    for (size_t i = 0; i < train->n; i++)
        weight[train->y[i]] += train->weight ? train->weight[i] : 1;
    for (int c = 0; c < model->k; c++) {
        all += weight[c];
        if (weight[c] > weight[model->best])
            model->best = c;
    }
    for (int c = 0; c < model->k; c++)
        model->prior[c] = (float)(weight[c] / all);
    free(weight);
    return SL_OK;
}

/* 5. Predict and scores: the model is const, the rows are independent. */
static int majority_predict(const void *vmodel, const struct sl_view *x, int threads, int32_t *labels,
                            struct sl_error *err)
{
    const struct model *model = vmodel;
    (void)threads;
    (void)err;
    for (size_t i = 0; i < x->n; i++)
        labels[i] = model->best;
    return SL_OK;
}

static int majority_scores(const void *vmodel, const struct sl_view *x, int threads, float *scores,
                           struct sl_error *err)
{
    const struct model *model = vmodel;
    (void)threads;
    (void)err;
    for (size_t i = 0; i < x->n; i++)
        for (int c = 0; c < model->k; c++)
            scores[i * (size_t)model->k + (size_t)c] = model->prior[c];
    return SL_OK;
}

/* 6. Save and load: what load reads may be hostile, so it trusts only `like` and checks the rest. */
static void majority_save(const void *vmodel, struct sl_writer *w)
{
    const struct model *model = vmodel;
    sl_put_i32(w, model->best);
    sl_put_f32s(w, model->prior, (size_t)model->k);
}

static int majority_load(struct sl_reader *r, const struct sl_view *like, const void *config, void **out,
                         struct sl_error *err)
{
    struct model *model = model_new(like->k);
    int shares = 1;
    (void)config;
    *out = NULL;
    if (!model)
        return sl_fail_memory(err);
    model->best = sl_get_i32(r);
    sl_get_f32s(r, model->prior, (size_t)model->k); /* fails where a number is not finite */
    for (int c = 0; c < model->k; c++)
        shares &= model->prior[c] >= 0 && model->prior[c] <= 1;
    if (r->failed || !shares || model->best < 0 || model->best >= model->k) {
        majority_free(model);
        return sl_fail(err, SL_EDATA, "the record does not hold a majority model");
    }
    *out = model;
    return SL_OK;
}

/* 7. The descriptor, the file's only symbol. */
const struct sl_classifier_type sl_classifier_majority = {
    .name = "majority",
    .title = "Majority class",
    .reference = "the most frequent class of the training rows",
    .flags = SL_PROBABILITIES | SL_WEIGHS_ROWS | SL_TAKES_SPARSE,
    .config_size = sizeof(struct config),
    .params = params,
    .fit = majority_fit,
    .predict = majority_predict,
    .scores = majority_scores,
    .save = majority_save,
    .load = majority_load,
    .free = majority_free,
};
