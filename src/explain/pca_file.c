/* pca_file.c - a PCA on disk, so that new rows get coordinates among old ones.
 *
 *     "SLPCA\n\0\0"  u64 format version  u64 body size  body  u32 CRC-32 of the body
 *     body: rows, features, components; image; approximate; mean, components, variances, total variance; is
 * it of a model's rows (a byte)? else dtype, features and image of the data set's rows, encoding (a byte
 *           tells whether there is one), scaling
 * Little-endian.  What a file claims is checked before memory is taken for it. */
#include "core/file.h"
#include "core/memory.h"
#include "data/scaling.h"
#include "explain/features.h"
#include <limits.h>
#include <math.h>
#include <string.h>
#include <zlib.h>

static const char magic[8] = "SLPCA\n\0";
enum { FORMAT = 1, HEAD = sizeof magic + 16 };

static void put_image(struct sl_writer *w, struct sl_image image)
{
    sl_put_i32(w, image.height);
    sl_put_i32(w, image.width);
    sl_put_i32(w, image.channels);
}

static void put_preparation(struct sl_writer *w, const struct sl_preparation *p)
{
    sl_put_u8(w, p == NULL);
    if (!p)
        return;
    sl_put_u8(w, (uint8_t)p->raw.dtype);
    sl_put_u64(w, p->raw.d);
    put_image(w, p->raw.image);
    sl_put_u8(w, p->encoding != NULL);
    if (p->encoding)
        sl_encoding_save(p->encoding, w);
    sl_scaling_save(p->scaling, w);
}

static void put_body(struct sl_writer *w, const struct sl_pca *pca, const struct sl_preparation *preparation)
{
    sl_put_u64(w, pca->n);
    sl_put_u64(w, pca->d);
    sl_put_u64(w, pca->k);
    put_image(w, pca->image);
    sl_put_u8(w, (uint8_t)pca->approximate);
    sl_put_f64s(w, pca->mean, pca->d);
    sl_put_f64s(w, pca->components, pca->k * pca->d);
    sl_put_f64s(w, pca->variance, pca->k);
    sl_put_f64(w, pca->total);
    put_preparation(w, preparation);
}

int sl_pca_save(const struct sl_pca *pca, const struct sl_features *features, const char *path,
                struct sl_error *err)
{
    struct sl_writer body = {0}, file = {0};
    put_body(&body, pca, features->preparation);
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

/* Reading ----------------------------------------------------------------------------------------- */

static int damaged(const struct sl_reader *r, struct sl_error *err)
{
    return sl_reader_fail(r, err, "not a PCA that this version can read: the record is damaged");
}

static struct sl_image get_image(struct sl_reader *r, size_t d)
{
    struct sl_image image = {sl_get_i32(r), sl_get_i32(r), sl_get_i32(r)};
    const int sane = image.height >= 0 && image.width >= 0 && image.channels >= 0 &&
                     image.height <= INT16_MAX && image.width <= INT16_MAX && image.channels <= INT16_MAX;
    const size_t pixels = sane ? (size_t)image.height * (size_t)image.width * (size_t)image.channels : 1;
    r->failed |= !sane || (pixels && pixels != d);
    return image;
}

static int get_components(struct sl_reader *r, struct sl_pca *pca, struct sl_error *err)
{
    const size_t most = (r->size - r->at) / sizeof(double);
    pca->n = sl_get_u64(r);
    pca->d = sl_get_u64(r);
    pca->k = sl_get_u64(r);
    if (r->failed || pca->d < 1 || pca->d > most || pca->k < 1 || pca->k > most / pca->d)
        return damaged(r, err);
    pca->image = get_image(r, pca->d);
    pca->approximate = sl_get_u8(r) != 0;
    pca->mean = sl_alloc(pca->d, sizeof *pca->mean);
    pca->components = sl_alloc(pca->k * pca->d, sizeof *pca->components);
    pca->variance = sl_alloc(pca->k, sizeof *pca->variance);
    if (!pca->mean || !pca->components || !pca->variance)
        return sl_fail_memory(err);
    sl_get_f64s(r, pca->mean, pca->d);
    sl_get_f64s(r, pca->components, pca->k * pca->d);
    sl_get_f64s(r, pca->variance, pca->k);
    pca->total = sl_get_f64(r);
    return r->failed || !(pca->total > 0) ? damaged(r, err) : SL_OK;
}

static int get_encoding_and_scaling(struct sl_reader *r, struct sl_preparation *p, struct sl_error *err)
{
    const uint8_t dtype = sl_get_u8(r);
    p->raw = (struct sl_view){.scale = 1, .k = 1, .d = sl_get_u64(r)};
    if (r->failed || dtype > SL_SPARSE || p->raw.d < 1 || p->raw.d > INT_MAX)
        return damaged(r, err);
    p->raw.dtype = (enum sl_dtype)dtype;
    p->raw.image = get_image(r, p->raw.d);
    int code = sl_get_u8(r) ? sl_encoding_load(r, p->raw.d, &p->encoding, err) : SL_OK;
    const struct sl_encoding_options *options =
        code || !p->encoding ? NULL : sl_encoding_options_of(p->encoding);
    if (options && (options->missing == SL_MISSING_KEEP || options->codes)) /* components are of numbers */
        code = damaged(r, err);
    const size_t encoded = code || !p->encoding ? p->raw.d : sl_encoding_shape(p->encoding, &p->raw).d;
    return code ? code : sl_scaling_load(r, encoded, &p->scaling, err);
}

static int get_preparation(struct sl_reader *r, struct sl_preparation **p, struct sl_error *err)
{
    const int of_model = sl_get_u8(r);
    if (of_model || r->failed)
        return r->failed ? damaged(r, err) : SL_OK;
    *p = sl_alloc_zero(1, sizeof **p);
    return *p ? get_encoding_and_scaling(r, *p, err) : sl_fail_memory(err);
}

/* The body of a whole file; *bytes is what it lies in, to be freed. */
static int open_body(const char *path, unsigned char **bytes, struct sl_reader *r, struct sl_error *err)
{
    size_t size;
    int code = sl_file_read(path, bytes, &size, err);
    if (code)
        return code;
    *r = (struct sl_reader){.bytes = *bytes, .size = size, .at = sizeof magic};
    if (size < HEAD + 4 || memcmp(*bytes, magic, sizeof magic) != 0)
        return sl_fail(err, SL_EDATA, "not a PCA: 'shortlist embed --save' writes such files");
    const uint64_t format = sl_get_u64(r), body = sl_get_u64(r);
    if (format != FORMAT)
        return sl_fail(err, SL_EDATA, "a PCA of format %llu, but this version reads %d",
                       (unsigned long long)format, FORMAT);
    struct sl_reader sum = {.bytes = *bytes, .size = size, .at = size - 4};
    if (body != size - HEAD - 4 || (uint32_t)sl_get_i32(&sum) != (uint32_t)crc32_z(0, *bytes + HEAD, body))
        return sl_fail(err, SL_EDATA, "the file is damaged: its checksum differs");
    *r = (struct sl_reader){.bytes = *bytes + HEAD, .size = body};
    return SL_OK;
}

int sl_pca_load(const char *path, struct sl_pca **pca, struct sl_preparation **preparation,
                struct sl_error *err)
{
    unsigned char *bytes = NULL;
    struct sl_reader r;
    *preparation = NULL;
    *pca = sl_alloc_zero(1, sizeof **pca);
    int code = *pca ? open_body(path, &bytes, &r, err) : sl_fail_memory(err);
    if (!code)
        code = get_components(&r, *pca, err);
    if (!code)
        code = get_preparation(&r, preparation, err);
    free(bytes);
    if (!code)
        return SL_OK;
    sl_preparation_free(*preparation);
    sl_pca_free(*pca);
    *preparation = NULL;
    *pca = NULL;
    return sl_fail_prefix(err, "%s", path);
}
