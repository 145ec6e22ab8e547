/* model.c - fitting with every check that a classifier may then rely on.
 *
 * Order of a fit: rows of weight 0, shape, encoding and scaling (fitted on the training rows only),
 * configuration, classifier.
 */
#include "model/model.h"
#include "core/cores.h"
#include "core/memory.h"
#include "data/dataset.h"
#include "model/dense.h"
#include "model/encode.h"
#include "model/weights.h"
#include <math.h>
#include <omp.h>
#include <string.h>

struct sl_model *sl_model_new(const struct sl_classifier_type *type, const struct sl_view *raw)
{
    struct sl_model *model = sl_alloc_zero(1, sizeof *model);
    if (!model)
        return NULL;
    model->type = type;
    model->temperature = 1;
    model->raw = *raw;
    model->raw.x = NULL;
    model->raw.y = NULL;
    model->raw.weight = NULL;
    model->raw.n = 0;
    model->config = sl_alloc_zero(1, type->config_size);
    model->classes = sl_alloc_zero((size_t)raw->k, sizeof *model->classes);
    if (!model->config || !model->classes) {
        sl_model_free(model);
        return NULL;
    }
    sl_config_default(type->params, model->config);
    return model;
}

void sl_model_free(struct sl_model *model)
{
    if (!model)
        return;
    model->type->free(model->payload);
    sl_scaling_free(model->scaling);
    sl_encoding_free(model->encoding);
    for (int c = 0; model->classes && c < model->raw.k; c++)
        free(model->classes[c]);
    for (size_t j = 0; model->features && j < model->raw.d; j++)
        free(model->features[j]);
    sl_model_origin_release(&model->origin);
    free(model->features);
    free(model->classes);
    free(model->config);
    free(model);
}

void sl_model_set_encoded(struct sl_model *model)
{
    model->encoded = model->encoding ? sl_encoding_shape(model->encoding, &model->raw) : model->raw;
}

int sl_model_set_scaled(struct sl_model *model, struct sl_error *err)
{
    void *owned = NULL;
    int code = sl_scaling_apply(model->scaling, &model->encoded, &model->scaled, &owned, err);
    free(owned);
    model->scaled.x = NULL;
    if (sl_wants_dense(model->type, &model->scaled))
        model->scaled.dtype = SL_F32;
    return code;
}

int sl_model_check_request(const struct sl_classifier_type *type, const void *config,
                           const struct sl_view *view, struct sl_error *err)
{
    if (view->n == 0)
        return sl_fail(err, SL_EUSAGE, "%s: there are no training rows", type->name);
    if ((type->flags & SL_NEEDS_IMAGES) && view->image.height == 0)
        return sl_fail(err, SL_EUSAGE, "%s needs images, and these rows of %zu features are none", type->name,
                       view->d);
    int code = sl_model_check_weights(type, view, err);
    if (!code)
        code = sl_model_takes(type, view, err);
    if (!code && type->check)
        code = type->check(config, view, err);
    return code ? sl_fail_prefix(err, "%s", type->name) : SL_OK;
}

static int copy_classes(struct sl_model *model, const struct sl_dataset *data, struct sl_error *err)
{
    for (int c = 0; c < model->raw.k; c++) {
        model->classes[c] = sl_strdup(sl_dataset_class(data, c));
        if (!model->classes[c])
            return sl_fail_memory(err);
    }
    return SL_OK;
}

static int copy_features(struct sl_model *model, const struct sl_dataset *data, struct sl_error *err)
{
    model->indices = sl_dataset_indices(data);
    if (!sl_dataset_feature(data, 0))
        return SL_OK;
    model->features = sl_alloc_zero(model->raw.d, sizeof *model->features);
    for (size_t j = 0; model->features && j < model->raw.d; j++) {
        model->features[j] = sl_strdup(sl_dataset_feature(data, j));
        if (!model->features[j])
            return sl_fail_memory(err);
    }
    return model->features ? SL_OK : sl_fail_memory(err);
}

/* Whatever the method is, the numbers that save writes say whether they ran away. */
int sl_model_check_numbers(const struct sl_classifier_type *type, const void *payload,
                           const struct sl_fit_report *report, size_t *bytes, struct sl_error *err)
{
    struct sl_writer w = {.counts = 1};
    type->save(payload, &w);
    *bytes = w.size;
    if (w.not_finite)
        return sl_fail(err, SL_EDIVERGED,
                       "the fitted model holds numbers that are not finite: scale the features");
    if (isinf(report->objective))
        return sl_fail(err, SL_EDIVERGED, "the objective is not finite: scale the features");
    return SL_OK;
}

int sl_model_use_threads(int threads)
{
    int before = omp_get_max_threads();
    omp_set_num_threads(threads);
    return before;
}

/* Fits the classifier on scaled rows. */
static int fit_scaled(struct sl_model *model, const struct sl_view *train, const struct sl_view *validation,
                      const struct sl_fit_options *options, struct sl_fit_report *report,
                      struct sl_error *err)
{
    struct sl_rng *rng = sl_rng_new(options->seed, options->key);
    if (!rng)
        return sl_fail_memory(err);
    int threads = options->threads > 0 ? options->threads : sl_cores();
    size_t bytes;
    struct sl_fit fit = {
        .train = train,
        .validation = validation,
        .config = model->config,
        .rng = rng,
        .threads = threads,
        .cancel = options->cancel,
        .on_epoch = options->on_epoch,
        .arg = options->arg,
        .report = report,
        .state = options->state,
    };
    int before = sl_model_use_threads(threads);
    int code = model->type->fit(&fit, &model->payload, err);
    sl_model_use_threads(before);
    sl_rng_free(rng);
    if (!code)
        code = sl_model_check_numbers(model->type, model->payload, report, &bytes, err);
    if (code) { /* fit left nothing, or a half that free understands */
        model->type->free(model->payload);
        model->payload = NULL;
        return sl_fail_prefix(err, "%s", model->type->name);
    }
    return SL_OK;
}

void sl_model_prepared_release(struct sl_prepared *p)
{
    free(p->converted);
    free(p->encoded);
    free(p->scaled);
    free(p->dense);
}

/* p->view becomes in with features of another type. */
int sl_model_convert(const struct sl_view *in, enum sl_dtype dtype, struct sl_prepared *p,
                     struct sl_error *err)
{
    p->view = *in;
    if (in->dtype == dtype)
        return SL_OK;
    int code = sl_view_convert(in, dtype, ": the model was fitted on images of bytes", &p->converted, err);
    p->view.dtype = dtype;
    p->view.x = p->converted;
    return code;
}

int sl_model_encode(const struct sl_encoding *encoding, struct sl_prepared *p, struct sl_error *err)
{
    struct sl_view rows = p->view;
    return encoding ? sl_encoding_apply(encoding, &rows, &p->view, &p->encoded, err) : SL_OK;
}

int sl_model_scale(const struct sl_model *model, struct sl_prepared *p, struct sl_error *err)
{
    struct sl_view rows = p->view;
    int code = sl_scaling_apply(model->scaling, &rows, &p->view, &p->scaled, err);
    if (code || !sl_wants_dense(model->type, &p->view))
        return code;
    code = sl_view_convert(&p->view, SL_F32, "", &p->dense, err);
    p->view.dtype = SL_F32;
    p->view.x = p->dense;
    free(p->scaled);
    p->scaled = NULL;
    return code;
}

/* Nothing for a table of plain numbers. */
static int fit_encoding(struct sl_model *model, const struct sl_dataset *data, const struct sl_view *train,
                        const struct sl_fit_options *options, struct sl_error *err)
{
    int code = sl_model_fit_encoding(model->type, model->config, options->encoding, data, train,
                                     &model->encoding, err);
    if (!code)
        sl_model_set_encoded(model);
    return code;
}

static int fit_rows(struct sl_model *model, struct sl_prepared *train, struct sl_prepared *validation,
                    const struct sl_fit_options *options, struct sl_fit_report *report, struct sl_error *err)
{
    int code = sl_model_encode(model->encoding, train, err);
    if (!code && validation)
        code = sl_model_encode(model->encoding, validation, err);
    if (!code)
        code = sl_model_check_request(model->type, model->config, &train->view, err);
    if (!code)
        code = sl_scaling_fit(options->scaling, &train->view, &model->scaling, err);
    if (!code)
        code = sl_model_set_scaled(model, err);
    if (!code)
        code = sl_model_scale(model, train, err);
    if (!code && validation)
        code = sl_model_scale(model, validation, err);
    if (!code)
        code = fit_scaled(model, &train->view, validation ? &validation->view : NULL, options, report, err);
    return code;
}

/* Bytes are a way to store images.  A table of small whole numbers is fitted as the floats it stands for, and
 * its model takes 3.5 as well. */
enum sl_dtype sl_model_fitted_dtype(const struct sl_view *rows)
{
    return rows->dtype == SL_U8 && rows->image.height == 0 ? SL_F32 : rows->dtype;
}

/* Everything but the shape, which the model has. */
static int fit_model(struct sl_model *model, const struct sl_dataset *train,
                     const struct sl_dataset *validation, const struct sl_fit_options *options,
                     struct sl_fit_report *report, struct sl_error *err)
{
    struct sl_view rows = sl_dataset_view(train), held_out;
    struct sl_prepared fitted = {0}, watched = {0};
    int code = copy_classes(model, train, err);
    if (!code)
        code = copy_features(model, train, err);
    if (!code)
        code = sl_model_convert(&rows, model->raw.dtype, &fitted, err);
    if (!code && validation) {
        held_out = sl_dataset_view(validation);
        held_out.weight = NULL;
        code = sl_model_convert(&held_out, model->raw.dtype, &watched, err);
    }
    if (!code)
        code = fit_encoding(model, train, &fitted.view, options, err);
    if (!code)
        code = fit_rows(model, &fitted, validation ? &watched : NULL, options, report, err);
    sl_model_prepared_release(&fitted);
    sl_model_prepared_release(&watched);
    return code;
}

/* Of rows that all have a weight. */
static int fit_weighed(const struct sl_classifier_type *type, const void *config,
                       const struct sl_dataset *train, const struct sl_dataset *validation,
                       const struct sl_fit_options *options, struct sl_fit_report *report,
                       struct sl_model **out, struct sl_error *err)
{
    struct sl_view rows = sl_dataset_view(train), held_out;
    *report = SL_NO_REPORT;
    if (validation) {
        held_out = sl_dataset_view(validation);
        if (held_out.d != rows.d || held_out.k != rows.k || held_out.dtype != rows.dtype)
            return sl_fail(err, SL_EUSAGE, "%s: training and validation rows differ in shape", type->name);
    }
    rows.dtype = sl_model_fitted_dtype(&rows);
    struct sl_model *model = sl_model_new(type, &rows);
    if (!model)
        return sl_fail_memory(err);
    if (config)
        memcpy(model->config, config, type->config_size);
    int code = fit_model(model, train, validation, options, report, err);
    if (code) {
        sl_model_free(model);
        return code;
    }
    *out = model;
    return SL_OK;
}

int sl_model_fit(const struct sl_classifier_type *type, const void *config, const struct sl_dataset *train,
                 const struct sl_dataset *validation, const struct sl_fit_options *options,
                 struct sl_fit_report *report, struct sl_model **out, struct sl_error *err)
{
    struct sl_fit_report unread;
    struct sl_dataset *weighed;
    *out = NULL;
    int code = sl_model_take_weighed(train, &weighed, err);
    if (code)
        return sl_fail_prefix(err, "%s", type->name);
    code = fit_weighed(type, config, weighed ? weighed : train, validation, options,
                       report ? report : &unread, out, err);
    sl_dataset_free(weighed);
    return code;
}

size_t sl_model_bytes(const struct sl_model *model)
{
    struct sl_writer w = {.counts = 1};
    model->type->save(model->payload, &w);
    return w.size;
}

const struct sl_classifier_type *sl_model_type(const struct sl_model *model)
{
    return model->type;
}

int sl_model_classes(const struct sl_model *model)
{
    return model->raw.k;
}

const char *sl_model_class(const struct sl_model *model, int label)
{
    return label >= 0 && label < model->raw.k ? model->classes[label] : NULL;
}

const char *sl_model_feature(const struct sl_model *model, size_t column)
{
    return model->features && column < model->raw.d ? model->features[column] : NULL;
}

enum sl_indices sl_model_indices(const struct sl_model *model)
{
    return model->indices;
}

struct sl_view sl_model_like(const struct sl_model *model)
{
    return model->raw;
}

const struct sl_encoding *sl_model_encoding(const struct sl_model *model)
{
    return model->encoding;
}

const void *sl_model_payload(const struct sl_model *model)
{
    return model->payload;
}
