/* idx.c - the IDX format of MNIST and Fashion-MNIST, plain or gzip.
 *
 * Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST database", section "The IDX file format":
 *     0, 0, type, number of dimensions; a big-endian 32-bit size for each dimension; the values,
 *     big-endian, row-major.
 * Images have 2 dimensions (rows, features), 3 (rows, height, width) or 4 (..., channels); labels have
 * one.  Bytes stay bytes; every other type becomes float (float64 is rounded).
 * Nothing that the header announces is believed: it is compared with the size of the file before memory
 * is taken, and the values must end where the header says.  Cost: O(n d). */
#include "core/memory.h"
#include "input/input.h"
#include "readers/formats.h"
#include "readers/numbering.h"
#include "readers/readers.h"
#include <inttypes.h>
#include <math.h>
#include <string.h>

enum {
    TYPE_U8 = 0x08,
    TYPE_I8 = 0x09,
    TYPE_I16 = 0x0b,
    TYPE_I32 = 0x0c,
    TYPE_F32 = 0x0d,
    TYPE_F64 = 0x0e,
    MAX_DIMS = 4,
};

struct header {
    int type, dims;
    uint32_t size[MAX_DIMS];
    uint64_t values;   /* product of the sizes */
    size_t value_size; /* bytes of one */
};

static size_t type_size(int type)
{
    switch (type) {
    case TYPE_U8:
    case TYPE_I8:
        return 1;
    case TYPE_I16:
        return 2;
    case TYPE_I32:
    case TYPE_F32:
        return 4;
    case TYPE_F64:
        return 8;
    default:
        return 0;
    }
}

static uint32_t big_endian(const unsigned char *p, size_t n)
{
    uint32_t value = 0;
    for (size_t i = 0; i < n; i++)
        value = value << 8 | p[i];
    return value;
}

/* The header ----------------------------------------------------------------------------------------*/

static int read_magic(struct sl_input *in, struct header *h, struct sl_error *err)
{
    const char *path = sl_input_path(in);
    unsigned char magic[4];
    size_t got;
    int code = sl_input_read(in, magic, sizeof magic, &got, err);
    if (code)
        return code;
    if (got == 0)
        return sl_fail(err, SL_EDATA, "%s: the file is empty; expected an IDX header", path);
    if (got < sizeof magic)
        return sl_fail(err, SL_EDATA, "%s: a cut off IDX file: it ends at byte %zu, inside the header", path,
                       got);
    if (magic[0] || magic[1])
        return sl_fail(err, SL_EDATA, "%s: not an IDX file: it begins with %02x %02x, an IDX file with 00 00",
                       path, magic[0], magic[1]);
    h->type = magic[2];
    h->dims = magic[3];
    h->value_size = type_size(h->type);
    if (!h->value_size)
        return sl_fail(
            err, SL_EDATA,
            "%s: IDX type 0x%02x at byte 2 is none of 0x08 (byte), 0x09, 0x0b, 0x0c (whole numbers), "
            "0x0d, 0x0e (real numbers)",
            path, h->type);
    return SL_OK;
}

static int read_sizes(struct sl_input *in, struct header *h, int min_dims, int max_dims, const char *what,
                      struct sl_error *err)
{
    const char *path = sl_input_path(in);
    unsigned char bytes[4 * MAX_DIMS];
    size_t got;
    if (h->dims < min_dims || h->dims > max_dims)
        return sl_fail(err, SL_EDATA, "%s: %d dimensions at byte 3; IDX %s have %d%s", path, h->dims, what,
                       min_dims, max_dims > min_dims ? " to 4" : "");
    size_t need = 4 * (size_t)h->dims;
    int code = sl_input_read(in, bytes, need, &got, err);
    if (code)
        return code;
    if (got < need)
        return sl_fail(err, SL_EDATA,
                       "%s: a cut off IDX file: it ends at byte %zu, inside the IDX header of %zu bytes",
                       path, 4 + got, 4 + need);
    h->values = 1;
    for (int i = 0; i < h->dims; i++) {
        h->size[i] = big_endian(bytes + 4 * i, 4);
        if (h->size[i] == 0)
            return sl_fail(err, SL_EDATA, "%s: dimension %d at byte %d is 0: the file holds no %s", path,
                           i + 1, 4 + 4 * i, what);
        if (h->size[i] > INT32_MAX || h->values > SL_TABLE_MOST / h->size[i])
            return sl_fail(err, SL_EDATA,
                           "%s: dimension %d at byte %d is %" PRIu32 ": more than %zu values are not read",
                           path, i + 1, 4 + 4 * i, h->size[i], SL_TABLE_MOST);
        h->values *= h->size[i];
    }
    return SL_OK;
}

/* Announced against possible, before any memory is taken for it. */
static int check_length(struct sl_input *in, const struct header *h, struct sl_error *err)
{
    uint64_t payload = h->values * h->value_size, head = 4 + 4 * (uint64_t)h->dims;
    if (payload > SL_TABLE_MOST)
        return sl_fail(err, SL_EDATA, "%s: the header announces %" PRIu64 " bytes; at most %zu are read",
                       sl_input_path(in), payload, SL_TABLE_MOST);
    if (head + payload > sl_input_most(in))
        return sl_fail(err, SL_EDATA,
                       "%s: a cut off IDX file: the header announces %" PRIu64
                       " bytes of values, more than the file can hold",
                       sl_input_path(in), payload);
    return SL_OK;
}

/* The values ----------------------------------------------------------------------------------------*/

static int read_values(struct sl_input *in, const struct header *h, void **out, struct sl_error *err)
{
    const char *path = sl_input_path(in);
    size_t payload = h->values * h->value_size, got, more;
    unsigned char *bytes = sl_alloc(payload, 1), behind;
    if (!bytes)
        return sl_fail_memory(err);
    int code = sl_input_read(in, bytes, payload, &got, err);
    if (!code && got < payload)
        code = sl_fail(err, SL_EDATA,
                       "%s: a cut off IDX file: it ends at byte %zu; the header announces %zu bytes", path,
                       4 + 4 * (size_t)h->dims + got, 4 + 4 * (size_t)h->dims + payload);
    /* Reading on makes zlib compare the checksum, too. */
    if (!code)
        code = sl_input_read(in, &behind, 1, &more, err);
    if (!code && more)
        code = sl_fail(err, SL_EDATA, "%s: more bytes than the %zu that the header announces", path,
                       4 + 4 * (size_t)h->dims + payload);
    if (code) {
        free(bytes);
        return code;
    }
    *out = bytes;
    return SL_OK;
}

static double decode(int type, const unsigned char *p)
{
    union {
        uint32_t bits;
        float value;
    } single;
    union {
        uint64_t bits;
        double value;
    } real;
    switch (type) {
    case TYPE_I8:
        return (int8_t)*p;
    case TYPE_I16:
        return (int16_t)big_endian(p, 2);
    case TYPE_I32:
        return (int32_t)big_endian(p, 4);
    case TYPE_F32:
        single.bits = big_endian(p, 4);
        return single.value;
    case TYPE_F64:
        real.bits = (uint64_t)big_endian(p, 4) << 32 | big_endian(p + 4, 4);
        return real.value;
    default:
        return *p;
    }
}

static int check_decoded(const struct header *h, const char *path, size_t i, double value,
                         struct sl_error *err)
{
    if (isfinite((float)value))
        return SL_OK;
    size_t width = h->values / h->size[0];
    return sl_fail(err, SL_EDATA,
                   "%s: the value at byte %zu (row %zu, feature %zu) is %s: every feature must "
                   "be a finite number",
                   path, 4 + 4 * (size_t)h->dims + i * h->value_size, i / width, i % width,
                   isnan(value)   ? "NaN"
                   : isinf(value) ? "infinite"
                                  : "too large");
}

static int to_float(const struct header *h, const char *path, const unsigned char *raw, float **out,
                    struct sl_error *err)
{
    float *x = sl_alloc(h->values, sizeof *x);
    if (!x)
        return sl_fail_memory(err);
    for (size_t i = 0; i < h->values; i++) {
        double value = decode(h->type, raw + i * h->value_size);
        int code = check_decoded(h, path, i, value, err);
        if (code) {
            free(x);
            return code;
        }
        x[i] = (float)value;
    }
    *out = x;
    return SL_OK;
}

static int read_header(struct sl_input *in, int min_dims, int max_dims, const char *what, struct header *h,
                       struct sl_error *err)
{
    *h = (struct header){0};
    int code = read_magic(in, h, err);
    if (!code)
        code = read_sizes(in, h, min_dims, max_dims, what, err);
    return code ? code : check_length(in, h, err);
}

static int read_array(struct sl_input *in, int min_dims, int max_dims, const char *what, struct header *h,
                      void **values, struct sl_error *err)
{
    int code = read_header(in, min_dims, max_dims, what, h, err);
    if (!code)
        code = read_values(in, h, values, err);
    return code;
}

static int read_images(struct sl_input *in, struct sl_view *view, struct sl_error *err)
{
    struct header h;
    void *raw;
    int code = read_array(in, 2, MAX_DIMS, "images", &h, &raw, err);
    if (code)
        return code;
    view->n = h.size[0];
    view->d = h.values / h.size[0];
    if (h.dims > 2)
        view->image = (struct sl_image){(int)h.size[1], (int)h.size[2], h.dims > 3 ? (int)h.size[3] : 1};
    view->dtype = h.type == TYPE_U8 ? SL_U8 : SL_F32;
    view->x = raw;
    if (view->dtype == SL_F32) {
        float *x = NULL;
        code = to_float(&h, sl_input_path(in), raw, &x, err);
        free(raw);
        view->x = x;
    }
    return code;
}

/* The labels ----------------------------------------------------------------------------------------*/

static int decode_labels(const struct header *h, const char *path, const unsigned char *raw, int32_t *y,
                         int *k, struct sl_error *err)
{
    *k = 1;
    for (size_t i = 0; i < h->values; i++) {
        double value = decode(h->type, raw + i * h->value_size);
        if (value < 0 || value >= SL_CLASSES_MAX)
            return sl_fail(err, SL_EDATA, "%s: label %zu is %.0f: labels go from 0 to %d", path, i, value,
                           SL_CLASSES_MAX - 1);
        y[i] = (int32_t)value;
        if (y[i] >= *k)
            *k = y[i] + 1;
    }
    return SL_OK;
}

static int read_labels(const char *path, const char *images, struct sl_view *view, struct sl_error *err)
{
    struct sl_input *in;
    struct header h;
    void *raw;
    int code = sl_input_open(path, &in, err);
    if (code)
        return code;
    code = read_array(in, 1, 1, "labels", &h, &raw, err);
    sl_input_close(in);
    if (code)
        return code;
    int32_t *y = sl_alloc(h.values, sizeof *y);
    if (!y)
        code = sl_fail_memory(err);
    else if (h.type == TYPE_F32 || h.type == TYPE_F64)
        code = sl_fail(err, SL_EDATA, "%s: IDX type 0x%02x at byte 2: labels must be whole numbers", path,
                       h.type);
    else if (h.values != view->n)
        code = sl_fail(err, SL_EDATA, "%s holds %" PRIu64 " labels, but %s holds %zu images", path, h.values,
                       images, view->n);
    else
        code = decode_labels(&h, path, raw, y, &view->k, err);
    free(raw);
    view->y = y;
    return code;
}

static void note_labels(struct sl_notes *notes, const struct sl_numbering *to, int numbers,
                        const struct sl_view *view)
{
    if (to->unseen)
        sl_note_unseen(notes, to->unseen, view->n);
    else if (numbers > view->k)
        sl_notes_add(notes, "labels: %d of the numbers from 0 to %d occur, and are the classes", view->k,
                     numbers - 1);
}

/* Labels of a file whose classes have names: numbers of these names. */
static int check_named(struct sl_view *view, const char *labels, size_t n_classes, struct sl_error *err)
{
    if ((size_t)view->k > n_classes)
        return sl_fail(err, SL_EDATA, "%s: label %d, but there are only %zu classes", labels, view->k - 1,
                       n_classes);
    view->k = (int)n_classes;
    return SL_OK;
}

/* Images and labels become the data set, which takes view's arrays over in any case. */
static int make(struct sl_view *view, const char *labels, const char *name, const char *const *class_names,
                size_t n_classes, const struct sl_dataset *like, struct sl_dataset **out,
                struct sl_error *err)
{
    struct sl_numbering to = {.names = NULL};
    struct sl_notes notes = {0};
    int code = SL_OK, numbers = view->k;
    if (labels && (like || !n_classes)) {
        code = sl_number_classes(view, like, &to, err);
        class_names = code ? NULL : sl_labels_names(to.names);
        note_labels(&notes, &to, like ? 0 : numbers, view);
    } else if (like) {
        view->k = like->view.k;
        class_names = (const char *const *)like->classes;
    } else if (n_classes)
        code = check_named(view, labels, n_classes, err);
    if (code) {
        free((void *)view->x);
        free((void *)view->y);
    } else
        code = sl_dataset_adopt(view, name, class_names, NULL, out, err);
    sl_numbering_release(&to);
    if (code)
        sl_notes_release(&notes);
    else
        (*out)->origin.notes = notes;
    return code;
}

int sl_idx_read(struct sl_input *images, const char *labels, const char *name, const char *const *class_names,
                size_t n_classes, const struct sl_dataset *like, struct sl_dataset **out,
                struct sl_error *err)
{
    struct sl_view view = {.k = 1};
    *out = NULL;
    int code = read_images(images, &view, err);
    if (!code && like)
        code = sl_images_check_alike(&view, &like->view, sl_input_path(images), err);
    if (!code && labels)
        code = read_labels(labels, sl_input_path(images), &view, err);
    if (!code)
        return make(&view, labels, name, class_names, n_classes, like, out, err);
    free((void *)view.x);
    free((void *)view.y);
    return code;
}

int sl_idx_check(struct sl_input *images, struct sl_error *err)
{
    struct header h;
    return read_header(images, 2, MAX_DIMS, "images", &h, err);
}

int sl_idx_is(const struct sl_head *head)
{
    const unsigned char *magic = head->bytes;
    /* No text begins with a NUL.  Zeros alone are what is left of a file that was never written; HEIC images
     * and videos begin with a length. */
    if (head->n >= 8 && memcmp(magic + 4, "ftyp", 4) == 0)
        return 0;
    return head->n && !magic[0] && (head->n < 2 || !magic[1]) && (head->n < 4 || magic[2] || magic[3]);
}
