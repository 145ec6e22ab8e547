/* npy_features.c - an array as the features of a data set.
 *
 * (n, d) is a table; (n, height, width) and (n, height, width, channels) are images, as in IDX files.  Bytes
 * and bools stay bytes; other numbers become floats where that keeps their differences (precision.c). Cost:
 * O(n d), and the values once more where they are no floats in C order. */
#include "core/memory.h"
#include "data/encoding.h"
#include "data/precision.h"
#include "input/input.h"
#include "kernels/convert.h"
#include "readers/csv_cells.h"
#include "readers/npy.h"
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

enum { LONG = 1, ROUNDED = 2, GAP = 4 };

static const double exact_whole = 9007199254740992.0; /* doubles hold every whole number up to it */

/* Shape ---------------------------------------------------------------------------------------------*/

static int find_shape(const char *path, const struct sl_npy *npy, struct sl_view *view, struct sl_error *err)
{
    const uint64_t *shape = npy->shape;
    if (npy->dims < 2)
        return sl_fail(
            err, SL_EDATA,
            "%s: %d dimension%s; expected rows and features (n, d), or images (n, height, width) or "
            "(n, height, width, channels)",
            path, npy->dims, npy->dims == 1 ? "" : "s");
    if (npy->dims == 4 && shape[3] > 4 && (shape[1] == 1 || shape[1] == 3))
        return sl_fail(err, SL_EDATA,
                       "%s: images of shape (%" PRIu64 ", %" PRIu64 ", %" PRIu64
                       "), the channels first: write them last, x.transpose(0, 2, 3, 1)",
                       path, shape[1], shape[2], shape[3]);
    view->n = shape[0];
    view->d = npy->values / shape[0];
    if (npy->dims > 2)
        view->image = (struct sl_image){(int)shape[1], (int)shape[2], npy->dims > 3 ? (int)shape[3] : 1};
    return SL_OK;
}

/* Where the values of feature j begin, and how far apart those of two rows are, in values. */
struct stride {
    size_t from, step;
};

static struct stride stride_of(const struct sl_npy *npy, size_t d, size_t j)
{
    if (!npy->fortran)
        return (struct stride){j, d};
    size_t at = 0, scale = npy->shape[0], places[SL_NPY_DIMS] = {0};
    for (int i = npy->dims - 1; i > 0; i--, j /= npy->shape[i + 1])
        places[i] = j % npy->shape[i];
    for (int i = 1; i < npy->dims; i++, scale *= npy->shape[i - 1])
        at += places[i] * scale;
    return (struct stride){at, 1};
}

/* Values --------------------------------------------------------------------------------------------*/

double sl_npy_value(const struct sl_npy *npy, const unsigned char *p)
{
    union {
        uint64_t bits;
        double value;
    } real;
    union {
        uint32_t bits;
        float value;
    } single;
    uint64_t bits = 0;
    for (size_t i = npy->size; i > 0; i--)
        bits = bits << 8 | p[i - 1];
    switch (npy->kind) {
    case 'f':
        real.bits = bits;
        single.bits = (uint32_t)bits;
        return npy->size == 8 ? real.value : single.value;
    case 'i':
        bits <<= 64 - 8 * npy->size;
        return (double)((int64_t)bits >> (64 - 8 * npy->size));
    default:
        return (double)bits;
    }
}

static int fail_value(const char *path, size_t row, size_t feature, double value, struct sl_error *err)
{
    return sl_fail(err, SL_EDATA, "%s: row %zu, feature %zu is %s: every feature must be a finite number%s",
                   path, row, feature,
                   isnan(value)   ? "NaN"
                   : isinf(value) ? "infinite"
                                  : "beyond the range of float numbers",
                   isnan(value) ? ", unless --missing says what becomes of missing ones" : "");
}

static int take_bytes(const struct sl_npy *npy, const unsigned char *raw, const struct sl_view *view,
                      uint8_t *x)
{
    for (size_t j = 0; j < view->d; j++) {
        struct stride s = stride_of(npy, view->d, j);
        for (size_t i = 0; i < view->n; i++)
            x[i * view->d + j] = raw[s.from + i * s.step];
    }
    return SL_OK;
}

/* digits (d): what floats may lose.  gaps: NaN is taken. */
static int take_doubles(const char *path, const struct sl_npy *npy, const unsigned char *raw, int gaps,
                        const struct sl_view *view, double *x, unsigned char *digits, struct sl_error *err)
{
    for (size_t j = 0; j < view->d; j++) {
        struct stride s = stride_of(npy, view->d, j);
        for (size_t i = 0; i < view->n; i++) {
            double value = sl_npy_value(npy, raw + (s.from + i * s.step) * npy->size);
            if (!(fabs(value) <= FLT_MAX) && !(gaps && isnan(value)))
                return fail_value(path, i, j, value, err);
            digits[j] |= isnan(value) ? GAP : (double)(float)value != value ? LONG : 0;
            digits[j] |= npy->kind != 'f' && fabs(value) > exact_whole ? LONG | ROUNDED : 0;
            x[i * view->d + j] = value;
        }
    }
    return SL_OK;
}

static int has_gaps(const unsigned char *digits, size_t d)
{
    for (size_t j = 0; j < d; j++) {
        if (digits[j] & GAP)
            return 1;
    }
    return 0;
}

/* The doubles, or floats made of them, become the view's; *x is NULL where it took them. */
static int settle(double **x, const unsigned char *digits, const struct sl_read_options *options,
                  struct sl_view *view, struct sl_error *err)
{
    const struct sl_dataset *like = options->like;
    int keep = options->keep_doubles || has_gaps(digits, view->d) ||
               (!like && sl_admits_gaps(options->encoding.missing)); /* NaN is for doubles */
    if (like && like->view.dtype != SL_U8)
        keep |= like->view.dtype == SL_F64;
    else if (!keep && sl_needs_doubles(*x, view->n, view->d, digits, &keep))
        return sl_fail_memory(err);
    view->dtype = keep ? SL_F64 : SL_F32;
    if (keep) {
        view->x = *x;
        *x = NULL;
        return SL_OK;
    }
    float *floats = sl_alloc(view->n, view->d * sizeof *floats);
    if (!floats)
        return sl_fail_memory(err);
    sl_convert(SL_F64, *x, view->n * view->d, SL_F32, floats);
    view->x = floats;
    return SL_OK;
}

static int make_doubles(const char *path, const struct sl_npy *npy, const unsigned char *raw,
                        const struct sl_read_options *options, struct sl_view *view, struct sl_notes *notes,
                        struct sl_error *err)
{
    if (view->d > SL_TABLE_MOST / sizeof(double) / view->n)
        return sl_fail(err, SL_EDATA, "%s: %zu rows of %zu features; at most %zu bytes are taken", path,
                       view->n, view->d, SL_TABLE_MOST);
    double *x = sl_alloc(view->n, view->d * sizeof *x);
    unsigned char *digits = sl_alloc_zero(view->d, 1);
    int code = x && digits ? take_doubles(path, npy, raw, sl_takes_gaps(options), view, x, digits, err)
                           : sl_fail_memory(err);
    if (!code)
        code = settle(&x, digits, options, view, err);
    if (!code && !options->like)
        sl_note_rounded(digits, ROUNDED, view->d, NULL, notes);
    if (!code && !options->like && !options->keep_doubles && sl_note_precision(view, NULL, notes))
        code = sl_fail_memory(err);
    free(digits);
    free(x);
    return code;
}

/* Floats and bytes in C order are taken as they are: *raw becomes NULL. */
static int make_features(const char *path, const struct sl_npy *npy, void **raw,
                         const struct sl_read_options *options, struct sl_view *view, struct sl_notes *notes,
                         struct sl_error *err)
{
    const int bytes = npy->size == 1 && npy->kind != 'i',
              floats = npy->kind == 'f' && npy->size == sizeof(float);
    if (!bytes && (!floats || npy->fortran || sl_takes_gaps(options)))
        return make_doubles(path, npy, *raw, options, view, notes, err);
    view->dtype = bytes ? SL_U8 : SL_F32;
    if (bytes && npy->fortran) {
        uint8_t *x = sl_alloc(view->n, view->d);
        view->x = x;
        return x ? take_bytes(npy, *raw, view, x) : sl_fail_memory(err);
    }
    view->x = *raw;
    *raw = NULL;
    size_t values = view->n * view->d, i = sl_first_nonfinite(view->dtype, view->x, values);
    return i == values ? SL_OK : fail_value(path, i / view->d, i % view->d, ((const float *)view->x)[i], err);
}

int sl_npy_read_features(struct sl_input *in, const struct sl_read_options *options, struct sl_view *view,
                         struct sl_notes *notes, struct sl_error *err)
{
    const char *path = sl_input_path(in);
    struct sl_npy npy;
    void *raw = NULL;
    int code = sl_npy_read_head(in, &npy, err);
    if (!code && strchr("US", npy.kind))
        code = sl_fail(err, SL_EDATA, "%s: an array of texts; expected numbers", path);
    if (!code)
        code = find_shape(path, &npy, view, err);
    if (!code)
        code = sl_npy_read_values(in, &npy, &raw, err);
    if (!code)
        code = make_features(path, &npy, &raw, options, view, notes, err);
    free(raw);
    return code;
}
