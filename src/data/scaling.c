/* scaling.c - feature scaling, fitted on training rows: x' = (x - shift) / width.
 *
 * scikit-learn's MinMaxScaler and StandardScaler (population variance; a constant feature is only
 * shifted).  Missing values, which only doubles may be, count for nothing and stay missing.  Images of bytes
 * under minmax are the one exception: all pixels get x / 255, which is kept as the view's scale, so that the
 * rows stay bytes and are shared.  How a table is stored changes nothing: bytes that are no pixels are scaled
 * as the same numbers in floats are.  Sparse rows are not shifted (scaling_sparse.c), nor are rows of any
 * type by a scaling that was fitted on them.  Sums are doubles (bytes: exact integers); doubles are scaled as
 * doubles, and rounded to floats once. Cost: fit O(n d) and d numbers of memory; apply O(n d), with new rows
 * of floats unless they are shared. */
#include "data/scaling.h"
#include "core/memory.h"
#include "core/text.h"
#include "data/column_moments.h"
#include "data/dataset.h"
#include "data/scaling_sparse.h"
#include "kernels/convert.h"
#include "kernels/dispatch.h"
#include <math.h>
#include <string.h>

struct sl_scaling {
    enum sl_scaling_kind kind;
    size_t d;
    int common;     /* x / 255 for every feature: shift and factor are NULL */
    double *shift;  /* (d), or NULL (none) */
    double *factor; /* (d): 1 / width */
};

static const char *const kind_names[] = {
    [SL_SCALE_NONE] = "none",
    [SL_SCALE_MINMAX] = "minmax",
    [SL_SCALE_STANDARD] = "standard",
};
enum { KINDS = sizeof kind_names / sizeof *kind_names };

int sl_scaling_kind_parse(const char *name, enum sl_scaling_kind *kind, struct sl_error *err)
{
    for (int i = 0; i < KINDS; i++) {
        if (strcmp(name, kind_names[i]) == 0) {
            *kind = (enum sl_scaling_kind)i;
            return SL_OK;
        }
    }
    return sl_fail(err, SL_EUSAGE, "unknown scaling \"%s\"%s; expected none, minmax or standard", name,
                   sl_did_you_mean(name, kind_names, KINDS).text);
}

const char *sl_scaling_kind_name(enum sl_scaling_kind kind)
{
    return (int)kind >= 0 && (int)kind < KINDS ? kind_names[kind] : "unknown";
}

enum sl_scaling_kind sl_scaling_kind_of(const struct sl_scaling *scaling)
{
    return scaling->kind;
}

void sl_scaling_free(struct sl_scaling *scaling)
{
    if (!scaling)
        return;
    free(scaling->shift);
    free(scaling->factor);
    free(scaling);
}

static struct sl_scaling *scaling_new(enum sl_scaling_kind kind, size_t d, int common)
{
    struct sl_scaling *scaling = sl_alloc_zero(1, sizeof *scaling);
    if (!scaling)
        return NULL;
    scaling->kind = kind;
    scaling->d = d;
    scaling->common = common;
    if (kind == SL_SCALE_NONE || common)
        return scaling;
    scaling->shift = sl_alloc_zero(d, sizeof *scaling->shift);
    scaling->factor = sl_alloc_zero(d, sizeof *scaling->factor);
    if (!scaling->shift || !scaling->factor) {
        sl_scaling_free(scaling);
        return NULL;
    }
    return scaling;
}

/* Fit -----------------------------------------------------------------------------------------------*/

static void set_feature(struct sl_scaling *scaling, size_t j, const struct sl_view *train, double shift,
                        double width)
{
    /* What was computed on the stored values, in the real values that the view stands for. */
    scaling->shift[j] = train->scale * shift + train->offset;
    width *= fabs((double)train->scale);
    scaling->factor[j] = width > 0 ? 1 / width : 1;
}

static void set_features(struct sl_scaling *scaling, const struct sl_view *train,
                         const struct sl_column_moments *m)
{
    for (size_t j = 0; j < train->d; j++) {
        int constant = !(m->max[j] > m->min[j]);
        if (train->codes && train->codes[j]) /* names, not numbers */
            set_feature(scaling, j, train, 0, 0);
        else if (scaling->kind == SL_SCALE_MINMAX)
            set_feature(scaling, j, train, m->min[j], m->max[j] - m->min[j]);
        else if (constant) /* exactly, where the mean is rounded */
            set_feature(scaling, j, train, m->min[j], 0);
        else
            set_feature(scaling, j, train, m->mean[j], sqrt(m->variance[j]));
    }
}

static int fit_features(struct sl_scaling *scaling, const struct sl_view *train)
{
    struct sl_column_moments moments;
    double *block;
    if (train->dtype == SL_SPARSE) /* the shifts stay 0 */
        return sl_sparse_scaling_fit(scaling->kind, train, scaling->factor);
    int code = sl_column_moments_make(train, &moments, &block);
    if (!code)
        set_features(scaling, train, &moments);
    free(block);
    return code;
}

/* All pixels get x / 255. */
static int is_common(enum sl_scaling_kind kind, const struct sl_view *rows)
{
    return kind == SL_SCALE_MINMAX && rows->dtype == SL_U8 && rows->image.height > 0;
}

int sl_scaling_is_fixed(enum sl_scaling_kind kind, const struct sl_view *rows)
{
    return kind == SL_SCALE_NONE || is_common(kind, rows);
}

int sl_scaling_fit(enum sl_scaling_kind kind, const struct sl_view *train, struct sl_scaling **out,
                   struct sl_error *err)
{
    int common = is_common(kind, train);
    *out = NULL;
    if (train->n == 0)
        return sl_fail(err, SL_EUSAGE, "a scaling needs at least one training row");
    struct sl_scaling *scaling = scaling_new(kind, train->d, common);
    if (!scaling)
        return sl_fail_memory(err);
    if (scaling->shift && fit_features(scaling, train)) {
        sl_scaling_free(scaling);
        return sl_fail_memory(err);
    }
    *out = scaling;
    return SL_OK;
}

/* Apply ---------------------------------------------------------------------------------------------*/

/* A value far outside the training range may leave float's: it is cut, never infinite. */
#define DEFINE_SCALE(name, type)                                                                             \
    SL_CLONED_VOID(static, name,                                                                             \
                   (const type *restrict x, size_t n, size_t d, double scale, double offset,                 \
                    const double *restrict shift, const double *restrict factor, float *restrict out),       \
                   (x, n, d, scale, offset, shift, factor, out))                                             \
    {                                                                                                        \
        for (size_t i = 0; i < n; i++)                                                                       \
            for (size_t j = 0; j < d; j++)                                                                   \
                out[i * d + j] = sl_cut((scale * x[i * d + j] + offset - shift[j]) * factor[j]);             \
    }
DEFINE_SCALE(scale_bytes, uint8_t)
DEFINE_SCALE(scale_floats, float)
DEFINE_SCALE(scale_doubles, double)

static void scale_rows(const struct sl_view *in, const double *shift, const double *factor, float *out)
{
    switch (in->dtype) {
    case SL_U8:
        scale_bytes(in->x, in->n, in->d, in->scale, in->offset, shift, factor, out);
        break;
    case SL_F32:
        scale_floats(in->x, in->n, in->d, in->scale, in->offset, shift, factor, out);
        break;
    case SL_F64:
        scale_doubles(in->x, in->n, in->d, in->scale, in->offset, shift, factor, out);
        break;
    case SL_SPARSE: /* apply_sparse */
        break;
    }
}

/* The same factor for every feature, and no shift: x / 255 for floats, x itself for doubles. */
static int scale_alike(const struct sl_view *in, double by, float *out)
{
    double *shift = sl_alloc_zero(in->d, sizeof *shift);
    double *factor = sl_alloc(in->d, sizeof *factor);
    for (size_t j = 0; factor && j < in->d; j++)
        factor[j] = by;
    if (shift && factor)
        scale_rows(in, shift, factor, out);
    int code = shift && factor ? SL_OK : SL_ENOMEM;
    free(shift);
    free(factor);
    return code;
}

/* Rows without x are a shape alone. */
static int apply_sparse(const struct sl_scaling *scaling, const struct sl_view *in, struct sl_view *out,
                        void **owned, struct sl_error *err)
{
    if (!scaling->factor)
        return sl_fail(err, SL_EINTERNAL, "a scaling of images does not take sparse rows");
    for (size_t j = 0; j < scaling->d; j++)
        if (scaling->shift[j] != 0)
            return sl_fail(err, SL_EDATA, "a scaling that shifts does not take sparse rows");
    if (!in->x)
        return SL_OK;
    out->x = NULL;
    if (sl_sparse_scaling_apply(in, scaling->factor, owned))
        return sl_fail_memory(err);
    out->x = *owned;
    return SL_OK;
}

int sl_scaling_apply(const struct sl_scaling *scaling, const struct sl_view *in, struct sl_view *out,
                     void **owned, struct sl_error *err)
{
    *owned = NULL;
    if (in->d != scaling->d)
        return sl_fail(err, SL_EUSAGE, "rows of %zu features, but the scaling was fitted on %zu", in->d,
                       scaling->d);
    *out = *in;
    if (scaling->kind == SL_SCALE_NONE && in->dtype != SL_F64)
        return SL_OK;
    if (scaling->common && in->dtype == SL_U8) {
        out->scale = in->scale / 255;
        out->offset = in->offset / 255;
        return SL_OK;
    }
    if (in->dtype == SL_SPARSE)
        return apply_sparse(scaling, in, out, owned, err);
    float *x = sl_alloc(in->n, in->d * sizeof *x);
    if (!x)
        return sl_fail_memory(err);
    if (scaling->shift)
        scale_rows(in, scaling->shift, scaling->factor, x);
    else if (scale_alike(in, scaling->common ? 1.0 / 255 : 1, x)) {
        free(x);
        return sl_fail_memory(err);
    }
    out->dtype = SL_F32;
    out->x = *owned = x;
    out->scale = 1;
    out->offset = 0;
    return SL_OK;
}

/* Record --------------------------------------------------------------------------------------------*/

void sl_scaling_save(const struct sl_scaling *scaling, struct sl_writer *w)
{
    sl_put_u8(w, (uint8_t)scaling->kind);
    sl_put_u8(w, (uint8_t)scaling->common);
    sl_put_u64(w, scaling->d);
    if (scaling->shift) {
        sl_put_f64s(w, scaling->shift, scaling->d);
        sl_put_f64s(w, scaling->factor, scaling->d);
    }
}

static int bad_record(size_t d, struct sl_error *err)
{
    return sl_fail(err, SL_EDATA, "the record does not hold a scaling of %zu features", d);
}

int sl_scaling_load(struct sl_reader *r, size_t d, struct sl_scaling **out, struct sl_error *err)
{
    unsigned kind = sl_get_u8(r), common = sl_get_u8(r);
    int plain = kind == SL_SCALE_NONE || common;
    *out = NULL;
    if (kind >= KINDS || common > 1 || (common && kind != SL_SCALE_MINMAX) || sl_get_u64(r) != d ||
        r->failed || (!plain && (r->size - r->at) / (2 * sizeof(double)) < d))
        return bad_record(d, err);
    struct sl_scaling *scaling = scaling_new((enum sl_scaling_kind)kind, d, (int)common);
    if (!scaling)
        return sl_fail_memory(err);
    int good = 1;
    if (!plain) {
        sl_get_f64s(r, scaling->shift, d);
        sl_get_f64s(r, scaling->factor, d);
        for (size_t j = 0; j < d; j++)
            good &= fabs(scaling->shift[j]) <= (double)FLT_MAX && scaling->factor[j] > 0;
    }
    if (r->failed || !good) {
        sl_scaling_free(scaling);
        return bad_record(d, err);
    }
    *out = scaling;
    return SL_OK;
}
