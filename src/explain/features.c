/* features.c - rows of numbers to be embedded or explained.
 *
 * A data set's rows are encoded and scaled by what is fitted on them, or by a model, and stay bytes where the
 * scaling leaves them bytes.  Outputs of a layer come from the network's tap.  Cost: one pass over the rows,
 * a forward pass for a layer. */
#include "explain/features.h"
#include "core/cores.h"
#include "core/memory.h"
#include "data/dataset.h"
#include "data/scaling.h"
#include "kernels/convert.h"
#include "model/dense.h"
#include "nn/pass/network.h"
#include <string.h>

#define KEPT_MOST ((size_t)512 << 20) /* bytes of a layer's outputs */

void sl_preparation_free(struct sl_preparation *preparation)
{
    if (!preparation)
        return;
    sl_encoding_free(preparation->encoding);
    sl_scaling_free(preparation->scaling);
    free(preparation);
}

const struct sl_encoding *sl_preparation_encoding(const struct sl_preparation *preparation)
{
    return preparation->encoding;
}

size_t sl_preparation_columns(const struct sl_preparation *preparation)
{
    return preparation->raw.d;
}

void sl_features_free(struct sl_features *features)
{
    if (!features)
        return;
    sl_tap_free(features->tap);
    sl_preparation_free(features->own);
    sl_model_prepared_release(&features->prepared);
    free(features->kept);
    free(features);
}

int sl_features_are_kept(const struct sl_features *features)
{
    return !features->tap;
}

size_t sl_features_rows(const struct sl_features *features)
{
    return features->view.n;
}

size_t sl_features_width(const struct sl_features *features)
{
    return features->width;
}

struct sl_image sl_features_image(const struct sl_features *features)
{
    return features->image;
}

int sl_features_read(const struct sl_features *features, size_t first, size_t n, float *out,
                     struct sl_error *err)
{
    if (!features->tap) {
        sl_view_block(&features->view, first, n, out);
        return SL_OK;
    }
    struct sl_view part = features->view;
    const size_t size = part.d * sl_dtype_size(part.dtype);
    part.x = (const char *)part.x + first * size;
    part.n = n;
    return sl_tap_activations(features->tap, &part, features->output, out, err);
}

/* Rows of a data set ------------------------------------------------------------------------------- */

/* As those of sparse rows that a classifier without use for them gets. */
static int make_dense(struct sl_prepared *p, struct sl_error *err)
{
    const double bytes = (double)p->view.n * (double)p->view.d * sizeof(float);
    if (p->view.dtype != SL_SPARSE)
        return SL_OK;
    if (bytes > sl_dense_most())
        return sl_fail(err, SL_EUSAGE,
                       "an embedding takes dense rows only: %zu of %zu features would take %.1f GiB, and at "
                       "most %.1f GiB are allowed",
                       p->view.n, p->view.d, bytes / 0x1p30, sl_dense_most() / 0x1p30);
    int code = sl_view_convert(&p->view, SL_F32, "", &p->dense, err);
    p->view.dtype = SL_F32;
    p->view.x = p->dense;
    return code;
}

/* Everything behind the encoding. */
static int scale(struct sl_features *f, struct sl_error *err)
{
    struct sl_view rows = f->prepared.view;
    int code = sl_scaling_apply(f->preparation->scaling, &rows, &f->prepared.view, &f->prepared.scaled, err);
    if (!code)
        code = make_dense(&f->prepared, err);
    if (!code && f->prepared.view.dtype == SL_F64) { /* no scaling has made floats of them */
        rows = f->prepared.view;
        code = sl_view_convert(&rows, SL_F32, "", &f->prepared.dense, err);
        f->prepared.view.dtype = SL_F32;
        f->prepared.view.x = f->prepared.dense;
    }
    f->view = f->prepared.view;
    f->width = f->view.d;
    f->image = f->view.image;
    return code;
}

static struct sl_features *features_new(int threads)
{
    struct sl_features *f = sl_alloc_zero(1, sizeof *f);
    if (f)
        f->threads = threads > 0 ? threads : sl_cores();
    return f;
}

static int done(struct sl_features *f, int code, struct sl_features **out)
{
    *out = code ? NULL : f;
    if (code)
        sl_features_free(f);
    return code;
}

/* Of rows that are converted, encodes them and fits the rest. */
static int fit_preparation(struct sl_features *f, const struct sl_dataset *data,
                           const struct sl_features_options *o, struct sl_error *err)
{
    static const struct sl_encoding_options none;
    struct sl_preparation *p = f->own;
    if (data->columns && o->encoding && o->encoding->missing == SL_MISSING_KEEP)
        return sl_fail(err, SL_EUSAGE,
                       "an embedding takes no missing values, and missing is keep: median, mean, mode or "
                       "constant=VALUE fills them in");
    int code = data->columns ? sl_encoding_fit(o->encoding ? o->encoding : &none, data->columns,
                                               data->features, &f->prepared.view, &p->encoding, err)
                             : SL_OK;
    if (!code)
        code = sl_model_encode(p->encoding, &f->prepared, err);
    return code ? code : sl_scaling_fit(o->scaling, &f->prepared.view, &p->scaling, err);
}

static int take_data(struct sl_features *f, const struct sl_dataset *data,
                     const struct sl_features_options *o, struct sl_error *err)
{
    const struct sl_view rows = sl_dataset_view(data);
    f->own = sl_alloc_zero(1, sizeof *f->own);
    if (!f->own)
        return sl_fail_memory(err);
    f->preparation = f->own;
    f->own->raw = (struct sl_view){
        .dtype = sl_model_fitted_dtype(&rows), .d = rows.d, .k = 1, .scale = 1, .image = rows.image};
    int code = sl_model_convert(&rows, f->own->raw.dtype, &f->prepared, err);
    if (!code)
        code = fit_preparation(f, data, o, err);
    return code ? code : scale(f, err);
}

static int take_more_data(struct sl_features *f, const struct sl_dataset *data,
                          const struct sl_preparation *p, struct sl_error *err)
{
    const struct sl_view rows = sl_dataset_view(data);
    f->preparation = p;
    if (rows.d != p->raw.d)
        return sl_fail(err, SL_EDATA, "the rows have %zu features, those before them had %zu", rows.d,
                       p->raw.d);
    if (data->columns && !p->encoding)
        return sl_fail(err, SL_EDATA,
                       "the rows have missing values or categories, those before them had neither");
    int code = sl_model_convert(&rows, p->raw.dtype, &f->prepared, err);
    if (!code)
        code = sl_model_encode(p->encoding, &f->prepared, err);
    return code ? code : scale(f, err);
}

/* Outputs of a layer ------------------------------------------------------------------------------- */

static int is_network(const struct sl_model *model)
{
    const char *name = model->type->name;
    return strcmp(name, "mlp") == 0 || strcmp(name, "cnn") == 0;
}

/* Computes the layer's outputs, or leaves the tap for later. */
static int take_outputs(struct sl_features *f, struct sl_error *err)
{
    const size_t n = f->view.n;
    if (n && f->width > KEPT_MOST / sizeof(float) / n)
        return SL_OK;
    f->kept = sl_alloc(n * f->width, sizeof *f->kept);
    if (!f->kept)
        return sl_fail_memory(err);
    int code = sl_tap_activations(f->tap, &f->view, f->output, f->kept, err);
    sl_tap_free(f->tap);
    f->tap = NULL;
    f->view.dtype = SL_F32;
    f->view.x = f->kept;
    f->view.d = f->width;
    f->view.scale = 1;
    f->view.offset = 0;
    f->view.image = f->image;
    sl_model_prepared_release(&f->prepared);
    return code;
}

static int take_layer(struct sl_features *f, const struct sl_model *model, const char *layer,
                      struct sl_error *err)
{
    if (!is_network(model))
        return sl_fail(err, SL_EUSAGE, "%s has no layers: a network's are named (mlp, cnn)",
                       model->type->name);
    const struct sl_network *network = model->payload;
    int code = sl_net_output(network->net, layer, &f->output, err);
    if (code || f->output == 0)
        return code;
    const struct sl_shape shape = sl_net_shape(network->net, f->output);
    f->width = sl_shape_size(shape);
    f->image = shape.h * shape.w > 1 ? (struct sl_image){shape.h, shape.w, shape.c} : (struct sl_image){0};
    code = sl_tap_new(network->net, network->params, f->threads, &f->tap, err);
    return code ? code : take_outputs(f, err);
}

/* Distances and components are those of numbers. */
static int check_numbers(const struct sl_features *f, const struct sl_model *model, struct sl_error *err)
{
    const struct sl_view *x = &f->prepared.view;
    const size_t size = x->n * x->d;
    const int keeps = model->encoding && sl_encoding_options_of(model->encoding)->missing == SL_MISSING_KEEP;
    const int lacks = keeps && sl_first_nonfinite(x->dtype, x->x, size) < size;
    return !lacks && !x->codes
               ? SL_OK
               : sl_fail(err, SL_EUSAGE,
                         "an embedding takes numbers, and %s takes these rows' %s as they are: without a "
                         "model, --missing and --categories make numbers of them",
                         model->type->name, lacks ? "missing values" : "categories");
}

static int take_model(struct sl_features *f, const struct sl_dataset *data, const struct sl_model *model,
                      const char *layer, struct sl_error *err)
{
    const struct sl_view rows = sl_dataset_view(data);
    int code = sl_model_prepare(model, &rows, f->threads, &f->prepared, err);
    if (!code)
        code = make_dense(&f->prepared, err);
    if (!code)
        code = check_numbers(f, model, err);
    f->view = f->prepared.view;
    f->width = f->view.d;
    f->image = f->view.image;
    return code || !layer ? code : take_layer(f, model, layer, err);
}

int sl_features_new(const struct sl_dataset *data, const struct sl_features_options *options,
                    struct sl_features **out, struct sl_error *err)
{
    struct sl_features *f = features_new(options->threads);
    *out = NULL;
    if (!f)
        return sl_fail_memory(err);
    int before = sl_model_use_threads(f->threads);
    int code = options->model         ? take_model(f, data, options->model, options->layer, err)
               : options->preparation ? take_more_data(f, data, options->preparation, err)
                                      : take_data(f, data, options, err);
    sl_model_use_threads(before);
    return done(f, code, out);
}

int sl_features_adopt(float *rows, size_t n, size_t width, int threads, struct sl_features **out,
                      struct sl_error *err)
{
    struct sl_features *f = features_new(threads);
    *out = f;
    if (!f) {
        free(rows);
        return sl_fail_memory(err);
    }
    f->kept = rows;
    f->view = (struct sl_view){.dtype = SL_F32, .n = n, .d = width, .x = rows, .k = 1, .scale = 1};
    f->width = width;
    return SL_OK;
}
