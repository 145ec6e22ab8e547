/* model_file.c - a fitted model on disk.
 *
 *     "SLMODEL\n"  u64 format version  u64 body size  body  u32 CRC-32 of the body
 *     body: classifier name, hyperparameters as (name, text) pairs, dtype, d, k, image, class names,
 *           feature names if there are any, where its rows come from (from format 4 on), encoding (from
 * format 3 on), scaling, the classifier's own record Little-endian; every format since the first can be read.
 * Whatever a file claims is checked before memory is taken for it. */
#include "core/file.h"
#include "core/memory.h"
#include "data/scaling.h"
#include "model/encode.h"
#include "model/model.h"
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

static const char magic[8] = "SLMODEL\n";
/* Format 2: a tree's record ends with its nodes' training rows.  Format 3: the data had missing values or
 * categories; what had none stayed in format 2.  Format 4: names of the label's and other columns, hashes of
 * training rows; a byte tells whether there is an encoding; the data may have been sparse.  Format 5: how
 * training images stood in their frame.  Format 6: the temperature of probabilities.  Format 7: what
 * the splits of boosted trees gain.  Format 8: missing values may be kept.  Format 9: features that have
 * numbers for names are not listed.  Format 10: categories may be codes. */
enum {
    FORMAT = 10,
    FRAMED = 5,
    SPARSE = 4,
    ENCODED = 3,
    OLDEST = 1,
    HEADER = sizeof magic + 16,
    CLASSES_MAX = 1 << 20
};

/* What a record says of the features' names. */
enum { NAMELESS, NAMED, NUMBERED_FROM_0, NUMBERED_FROM_1 };
static const uint8_t naming[] = {NAMELESS, NUMBERED_FROM_0, NUMBERED_FROM_1}; /* of enum sl_indices */

static void put_config(struct sl_writer *w, const struct sl_model *model)
{
    size_t n = 0;
    char value[SL_TEXT_MAX];
    for (const struct sl_param *p = model->type->params; p->name; p++)
        n++;
    sl_put_u64(w, n);
    for (const struct sl_param *p = model->type->params; p->name; p++) {
        sl_param_print(p, model->config, value, sizeof value);
        sl_put_text(w, p->name);
        sl_put_text(w, value);
    }
}

static void put_body(struct sl_writer *w, const struct sl_model *model)
{
    const struct sl_view *raw = &model->raw;
    sl_put_text(w, model->type->name);
    put_config(w, model);
    sl_put_u8(w, (uint8_t)raw->dtype);
    sl_put_u64(w, raw->d);
    sl_put_i32(w, raw->k);
    sl_put_i32(w, raw->image.height);
    sl_put_i32(w, raw->image.width);
    sl_put_i32(w, raw->image.channels);
    for (int c = 0; c < raw->k; c++)
        sl_put_text(w, model->classes[c]);
    sl_put_u8(w, (uint8_t)(model->features ? NAMED : naming[model->indices]));
    for (size_t j = 0; model->features && j < raw->d; j++)
        sl_put_text(w, model->features[j]);
    sl_model_origin_save(&model->origin, w);
    sl_put_f64(w, model->temperature);
    sl_put_u8(w, model->encoding != NULL);
    if (model->encoding)
        sl_encoding_save(model->encoding, w);
    sl_scaling_save(model->scaling, w);
    model->type->save(model->payload, w);
}

int sl_model_save(const struct sl_model *model, const char *path, struct sl_error *err)
{
    struct sl_writer body = {0}, file = {0};
    put_body(&body, model);
    sl_put_bytes(&file, magic, sizeof magic);
    sl_put_u64(&file, FORMAT);
    sl_put_u64(&file, body.size);
    sl_put_bytes(&file, body.bytes, body.size);
    sl_put_i32(&file, (int32_t)crc32_z(0, body.bytes, body.size));
    int code =
        body.failed || file.failed ? sl_fail_memory(err) : sl_file_write(path, file.bytes, file.size, err);
    sl_writer_release(&body);
    sl_writer_release(&file);
    return code;
}

static int fail_record(const struct sl_reader *r, struct sl_error *err)
{
    return sl_reader_fail(r, err, "not a model that this version can read: the record is damaged");
}

static int get_config(struct sl_reader *r, struct sl_model *model, struct sl_error *err)
{
    size_t n = sl_get_count(r, 0, 1024, 16);
    int code = SL_OK;
    sl_config_before(model->type->params, model->type->later,
                     model->config); /* what the record does not name is younger than it */
    for (size_t i = 0; i < n && !code; i++) {
        char *name = sl_get_text(r), *value = sl_get_text(r);
        code = name && value ? sl_config_set(model->type->params, model->config, name, value, err)
                             : fail_record(r, err);
        free(name);
        free(value);
    }
    return code && !r->no_memory
               ? sl_fail(err, SL_EDATA, "the record's hyperparameters do not fit %s", model->type->name)
               : code;
}

/* Rows for the model take memory by its features: as of a data file, there are no more than bytes make
 * likely. */
static int get_shape(struct sl_reader *r, struct sl_view *raw, struct sl_error *err)
{
    *raw = (struct sl_view){.scale = 1};
    uint8_t dtype = sl_get_u8(r);
    raw->d = sl_get_u64(r);
    raw->k = sl_get_i32(r);
    raw->image.height = sl_get_i32(r);
    raw->image.width = sl_get_i32(r);
    raw->image.channels = sl_get_i32(r);
    raw->dtype = (enum sl_dtype)dtype;
    const struct sl_image *image = &raw->image;
    int sane = image->height >= 0 && image->width >= 0 && image->channels >= 0 &&
               image->height <= INT16_MAX && image->width <= INT16_MAX && image->channels <= INT16_MAX;
    size_t pixels = sane ? (size_t)image->height * (size_t)image->width * (size_t)image->channels : 0;
    if (r->failed || dtype > SL_SPARSE || (dtype == SL_SPARSE && r->format < SPARSE) || raw->d == 0 ||
        raw->d > INT_MAX || raw->d > SL_WIDTH_ANY + SL_WIDTH_PER_VALUE * r->size || raw->k < 1 ||
        raw->k > CLASSES_MAX || !sane || (pixels && pixels != raw->d))
        return fail_record(r, err);
    return SL_OK;
}

static int get_classes(struct sl_reader *r, struct sl_model *model, struct sl_error *err)
{
    for (int c = 0; c < model->raw.k; c++) {
        model->classes[c] = sl_get_text(r);
        if (!model->classes[c])
            return fail_record(r, err);
    }
    return SL_OK;
}

static int get_features(struct sl_reader *r, struct sl_model *model, struct sl_error *err)
{
    uint8_t named = sl_get_u8(r);
    if (r->failed || named > NUMBERED_FROM_1)
        return fail_record(r, err);
    if (named != NAMED) {
        model->indices = named == NUMBERED_FROM_0   ? SL_INDICES_FROM_0
                         : named == NUMBERED_FROM_1 ? SL_INDICES_FROM_1
                                                    : SL_INDICES_NONE;
        return SL_OK;
    }
    if (model->raw.d > (r->size - r->at) / 8) /* 8: each text's length */
        return fail_record(r, err);
    model->features = sl_alloc_zero(model->raw.d, sizeof *model->features);
    if (!model->features)
        return sl_fail_memory(err);
    for (size_t j = 0; j < model->raw.d; j++) {
        model->features[j] = sl_get_text(r);
        if (!model->features[j])
            return fail_record(r, err);
    }
    return SL_OK;
}

/* Only what the type's own fits leave as it is may be so. */
static int get_encoding(struct sl_reader *r, struct sl_model *model, struct sl_error *err)
{
    int code = sl_encoding_load(r, model->raw.d, &model->encoding, err);
    if (code)
        return code;
    const struct sl_encoding_options *options = sl_encoding_options_of(model->encoding);
    if (sl_model_check_gaps(model->type, options, NULL) ||
        (options->codes && !(model->type->flags & SL_TAKES_CATEGORIES)))
        return fail_record(r, err);
    return SL_OK;
}

/* What follows name and hyperparameters; the hyperparameters stand before the shape that a model needs. */
static int get_rest(struct sl_reader *r, struct sl_model *model, struct sl_error *err)
{
    int code = get_classes(r, model, err);
    if (!code)
        code = get_features(r, model, err);
    int encoded = r->format == ENCODED;
    if (!code && r->format > ENCODED) {
        code = sl_model_origin_load(&model->origin, r, err);
        if (r->format > FRAMED)
            model->temperature = sl_get_f64(r);
        encoded = sl_get_u8(r);
    }
    if (!code && (r->failed || encoded > 1 || !(model->temperature > 0)))
        code = fail_record(r, err);
    if (!code && encoded)
        code = get_encoding(r, model, err);
    sl_model_set_encoded(model);
    if (!code)
        code = sl_scaling_load(r, model->encoded.d, &model->scaling, err);
    if (!code)
        code = sl_model_set_scaled(model, err);
    if (!code)
        code = model->type->load(r, &model->scaled, model->config, &model->payload, err);
    if (!code && r->at != r->size)
        code = fail_record(r, err);
    return code;
}

static int get_body(struct sl_reader *r, struct sl_model **out, struct sl_error *err)
{
    char *name = sl_get_text(r);
    if (!name)
        return fail_record(r, err);
    const struct sl_classifier_type *type = sl_classifier_find(name, err);
    free(name);
    if (!type)
        return sl_fail_prefix(err, "the model's classifier");
    /* One class stands in until the shape is read: the configuration comes first. */
    struct sl_view raw = {.d = 1, .k = 1, .scale = 1};
    struct sl_model *model = sl_model_new(type, &raw);
    if (!model)
        return sl_fail_memory(err);
    int code = get_config(r, model, err);
    if (!code)
        code = get_shape(r, &raw, err);
    if (!code) {
        char **classes = sl_alloc_zero((size_t)raw.k, sizeof *classes);
        if (classes) {
            free(model->classes);
            model->classes = classes;
            model->raw = raw;
            code = get_rest(r, model, err);
        } else
            code = sl_fail_memory(err);
    }
    if (code) {
        sl_model_free(model);
        return code;
    }
    *out = model;
    return SL_OK;
}

/* Before the rest is read, of which there may be any amount. */
static int check_head(const unsigned char head[HEADER], uint64_t size, struct sl_error *err)
{
    struct sl_reader r = {.bytes = head, .size = HEADER, .at = sizeof magic};
    if (size < HEADER + 4 || memcmp(head, magic, sizeof magic) != 0)
        return sl_fail(err, SL_EDATA, "not a model file");
    uint64_t format = sl_get_u64(&r), body_size = sl_get_u64(&r);
    if (format < OLDEST || format > FORMAT)
        return sl_fail(err, SL_EDATA, "model format %llu: this version reads formats %d to %d",
                       (unsigned long long)format, OLDEST, FORMAT);
    if (body_size != size - HEADER - 4)
        return sl_fail(err, SL_EDATA, "the model file is cut off, or something follows it");
    return SL_OK;
}

static int check_body(const unsigned char *bytes, uint64_t size, struct sl_reader *body, struct sl_error *err)
{
    struct sl_reader head = {.bytes = bytes, .size = size, .at = sizeof magic};
    struct sl_reader r = {.bytes = bytes, .size = size, .at = size - 4};
    *body = (struct sl_reader){
        .bytes = bytes + HEADER, .size = size - HEADER - 4, .format = (int)sl_get_u64(&head)};
    if ((uint32_t)sl_get_i32(&r) != crc32_z(0, body->bytes, body->size))
        return sl_fail(err, SL_EDATA, "the model file is damaged (its checksum does not match)");
    return SL_OK;
}

/* Closes the file. */
static int read_file(int file, const char *path, uint64_t size, unsigned char **bytes, struct sl_reader *body,
                     struct sl_error *err)
{
    unsigned char head[HEADER] = {0};
    ssize_t n = pread(file, head, sizeof head, 0);
    int code = n < 0 ? sl_fail(err, SL_EIO, "%s", strerror(errno)) : check_head(head, size, err);
    if (code) {
        close(file);
        return sl_fail_prefix(err, "%s", path);
    }
    code = sl_file_take(file, path, size, bytes, err);
    if (!code && check_body(*bytes, size, body, err)) {
        free(*bytes);
        code = sl_fail_prefix(err, "%s", path);
    }
    return code;
}

int sl_model_load(const char *path, struct sl_model **out, struct sl_error *err)
{
    unsigned char *bytes;
    uint64_t size = 0;
    int file;
    struct sl_reader body;
    *out = NULL;
    int code = sl_file_open(path, &file, &size, err);
    if (!code)
        code = read_file(file, path, size, &bytes, &body, err);
    if (code)
        return code;
    code = get_body(&body, out, err);
    free(bytes);
    return code ? sl_fail_prefix(err, "%s", path) : SL_OK;
}
