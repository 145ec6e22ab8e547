/* dataset.c - the data set: features as they were found, labels, weights, names.
 *
 * Making one costs one pass over the features, O(n d), that looks for NaN and infinities (floats only).
 * What a data set was read from is the readers' business: idx.c, csv.c, synthetic.c, chosen in open.c. */
#include "data/dataset.h"
#include "core/memory.h"
#include "data/csr.h"
#include "kernels/convert.h"
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

char **sl_names_copy(const char *const *names, size_t n)
{
    size_t bytes = 0;
    for (size_t i = 0; i < n; i++)
        bytes += strlen(names[i]) + 1;
    char **copy = sl_alloc(n * sizeof *copy + bytes, 1);
    if (!copy)
        return NULL;
    char *text = (char *)(copy + n);
    for (size_t i = 0; i < n; i++) {
        size_t size = strlen(names[i]) + 1;
        copy[i] = memcpy(text, names[i], size);
        text += size;
    }
    return copy;
}

char **sl_names_numbered(size_t first, size_t n)
{
    enum { WIDTH = 24 };
    char **names = sl_alloc(n, sizeof *names + WIDTH);
    if (!names)
        return NULL;
    char *text = (char *)(names + n);
    for (size_t i = 0; i < n; i++, text += WIDTH) {
        snprintf(text, WIDTH, "%zu", first + i);
        names[i] = text;
    }
    return names;
}

static void release_arrays(const struct sl_view *view)
{
    free((void *)view->x);
    free((void *)view->y);
    free((void *)view->weight);
}

/* Checks ---------------------------------------------------------------------------------------------*/

static int check_shape(const struct sl_view *view, struct sl_error *err)
{
    const struct sl_image *image = &view->image;
    size_t values;
    if (view->n == 0 || view->d == 0)
        return sl_fail(err, SL_EDATA, "a data set needs rows and features; this one has %zu and %zu", view->n,
                       view->d);
    if (view->n > UINT32_MAX || __builtin_mul_overflow(view->n, view->d, &values))
        return sl_fail(err, SL_EDATA, "%zu rows of %zu features are too many: at most %u rows", view->n,
                       view->d, UINT32_MAX);
    if (view->k < 1 || view->k > SL_CLASSES_MAX)
        return sl_fail(err, SL_EDATA, "%d classes: from 1 to %d are possible", view->k, SL_CLASSES_MAX);
    int has_image = image->height || image->width || image->channels;
    if (has_image && (image->height < 1 || image->width < 1 || image->channels < 1 ||
                      (__int128)image->height * image->width * image->channels != (__int128)view->d))
        return sl_fail(err, SL_EDATA, "images of %d x %d x %d do not have %zu features", image->height,
                       image->width, image->channels, view->d);
    return SL_OK;
}

static int check_values(const struct sl_view *view, struct sl_error *err)
{
    if (view->dtype == SL_SPARSE)
        return sl_csr_check_finite(view, err);
    const size_t size = view->n * view->d, i = sl_first_nonfinite(view->dtype, view->x, size);
    if (i == size)
        return SL_OK;
    const double value = view->dtype == SL_F32 ? ((const float *)view->x)[i] : ((const double *)view->x)[i];
    return sl_fail(err, SL_EDATA, "row %zu, feature %zu is %s: every feature must be a finite number",
                   i / view->d, i % view->d, isnan(value) ? "NaN" : "infinite");
}

/* Missing values are NaN. */
static int check_table(const struct sl_view *view, const struct sl_columns *columns, struct sl_error *err)
{
    const double *x = view->x;
    if (view->dtype != SL_F64 || columns->d != view->d)
        return sl_fail(err, SL_EDATA, "a table of %zu columns is kept in doubles", columns->d);
    for (size_t i = 0; i < view->n * view->d; i++) {
        if (isinf(x[i]))
            return sl_fail(err, SL_EDATA, "row %zu, feature %zu is infinite", i / view->d, i % view->d);
    }
    return SL_OK;
}

static int check_labels(const struct sl_view *view, struct sl_error *err)
{
    for (size_t i = 0; view->y && i < view->n; i++) {
        if (view->y[i] < 0 || view->y[i] >= view->k)
            return sl_fail(err, SL_EDATA, "row %zu has the label %d: labels go from 0 to %d", i, view->y[i],
                           view->k - 1);
    }
    return SL_OK;
}

int sl_is_weight(double weight)
{
    return weight == 0 || (weight >= (double)FLT_MIN && weight <= (double)FLT_MAX);
}

static int check_weights(const struct sl_view *view, struct sl_error *err)
{
    for (size_t i = 0; view->weight && i < view->n; i++) {
        if (!sl_is_weight(view->weight[i]))
            return sl_fail(err, SL_EDATA,
                           "row %zu has the weight %g: weights are 0, or positive numbers that floats hold",
                           i, view->weight[i]);
    }
    return SL_OK;
}

/* Making one -----------------------------------------------------------------------------------------*/

static int fill(struct sl_dataset *data, const char *name, const char *const *class_names,
                const char *const *feature_names, struct sl_error *err)
{
    size_t k = (size_t)data->view.k;
    data->view.scale = 1.0f;
    data->view.offset = 0.0f;
    data->name = sl_strdup(name ? name : "data");
    data->classes = class_names ? sl_names_copy(class_names, k) : sl_names_numbered(0, k);
    data->features = feature_names ? sl_names_copy(feature_names, data->view.d) : NULL;
    if (!data->name || !data->classes || (feature_names && !data->features))
        return sl_fail_memory(err);
    return SL_OK;
}

int sl_dataset_adopt_table(const struct sl_view *view, const char *name, const char *const *class_names,
                           const char *const *feature_names, struct sl_columns *columns,
                           struct sl_dataset **out, struct sl_error *err)
{
    struct sl_dataset *data = sl_alloc_zero(1, sizeof *data);
    *out = NULL;
    if (!data) {
        release_arrays(view);
        return sl_fail_memory(err);
    }
    data->view = *view;
    data->columns = sl_columns_share(columns);
    pthread_mutex_init(&data->lock, NULL);
    int code = check_shape(view, err);
    if (!code)
        code = columns ? check_table(view, columns, err) : check_values(view, err);
    if (!code)
        code = check_labels(view, err);
    if (!code)
        code = check_weights(view, err);
    if (!code)
        code = fill(data, name, class_names, feature_names, err);
    if (code) {
        sl_dataset_free(data);
        return code;
    }
    *out = data;
    return SL_OK;
}

int sl_dataset_adopt(const struct sl_view *view, const char *name, const char *const *class_names,
                     const char *const *feature_names, struct sl_dataset **out, struct sl_error *err)
{
    return sl_dataset_adopt_table(view, name, class_names, feature_names, NULL, out, err);
}

void sl_dataset_free(struct sl_dataset *data)
{
    if (!data)
        return;
    pthread_mutex_destroy(&data->lock);
    release_arrays(&data->view);
    free(data->name);
    free(data->classes);
    free(data->features);
    sl_columns_release(data->columns);
    for (size_t i = 0; data->ids && i < data->view.n; i++)
        free(data->ids[i]);
    free(data->ids);
    free(data->group_of);
    sl_origin_release(&data->origin);
    free(data);
}

static int fail_rows(const struct sl_view *view, struct sl_error *err)
{
    release_arrays(view);
    return sl_fail_memory(err);
}

/* *to is from with n rows, without features, and with room for labels and weights. */
static int alloc_labels(const struct sl_view *from, size_t n, struct sl_view *to, struct sl_error *err)
{
    *to = *from;
    to->n = n;
    to->x = NULL;
    to->y = from->y ? sl_alloc(n, sizeof *to->y) : NULL;
    to->weight = from->weight ? sl_alloc(n, sizeof *to->weight) : NULL;
    return (to->y || !from->y) && (to->weight || !from->weight) ? SL_OK : fail_rows(to, err);
}

/* Labels and weights of the same rows. */
static void copy_labels(const struct sl_view *from, const struct sl_view *to)
{
    if (from->y)
        memcpy((int32_t *)to->y, from->y, from->n * sizeof *from->y);
    if (from->weight)
        memcpy((double *)to->weight, from->weight, from->n * sizeof *from->weight);
}

static int weigh_nothing(const struct sl_view *view)
{
    size_t i = 0;
    while (view->weight && i < view->n && view->weight[i] == 0)
        i++;
    return view->weight && i == view->n;
}

int sl_dataset_new(const struct sl_view *view, const char *name, const char *const *class_names,
                   struct sl_dataset **out, struct sl_error *err)
{
    struct sl_view copy;
    *out = NULL;
    if ((view->scale != 0.0f && view->scale != 1.0f) || view->offset != 0.0f)
        return sl_fail(err, SL_EUSAGE,
                       "a data set holds unscaled rows: the view's scale must be 1, offset 0");
    if (!view->x)
        return sl_fail(err, SL_EUSAGE, "a data set needs features: the view's x is NULL");
    int code = check_shape(view, err);
    if (!code && weigh_nothing(view))
        code = sl_fail(err, SL_EDATA, "every row has the weight 0: nothing is left to fit");
    if (code)
        return code;
    if (view->dtype == SL_SPARSE && (code = sl_csr_check(view, err)))
        return code;
    code = alloc_labels(view, view->n, &copy, err);
    if (!code && !(copy.x = sl_view_copy(view)))
        code = fail_rows(&copy, err);
    if (code)
        return code;
    copy_labels(view, &copy);
    return sl_dataset_adopt(&copy, name, class_names, NULL, out, err);
}

/* Labels and weights of the chosen rows; to has room for them. */
static int take_labels(const struct sl_view *from, const uint32_t *rows, size_t n, const struct sl_view *to,
                       struct sl_error *err)
{
    int32_t *y = (int32_t *)to->y;
    double *weight = (double *)to->weight;
    for (size_t i = 0; i < n; i++) {
        if (rows[i] >= from->n)
            return sl_fail(err, SL_EUSAGE, "row %u of a data set of %zu rows", rows[i], from->n);
        if (y)
            y[i] = from->y[rows[i]];
        if (weight)
            weight[i] = from->weight[rows[i]];
    }
    return SL_OK;
}

int sl_dataset_take(const struct sl_dataset *data, const uint32_t *rows, size_t n, struct sl_dataset **out,
                    struct sl_error *err)
{
    struct sl_view view;
    *out = NULL;
    int code = alloc_labels(&data->view, n, &view, err);
    if (code)
        return code;
    code = take_labels(&data->view, rows, n, &view, err);
    if (!code && !(view.x = sl_view_take(&data->view, rows, n)))
        code = sl_fail_memory(err);
    if (code) {
        release_arrays(&view);
        return code;
    }
    code = sl_dataset_adopt_table(&view, data->name, (const char *const *)data->classes,
                                  (const char *const *)data->features, data->columns, out, err);
    if (!code && sl_origin_copy_names(&(*out)->origin, &data->origin)) {
        sl_dataset_free(*out);
        *out = NULL;
        code = sl_fail_memory(err);
    }
    return code;
}

/* What a data set of the same rows has beside its features: names and groups of rows, and where it comes
 * from. */
static int copy_beside(const struct sl_dataset *from, struct sl_dataset *to)
{
    const size_t n = from->view.n;
    int failed = 0;
    if (from->ids)
        failed = !(to->ids = sl_alloc_zero(n, sizeof *to->ids));
    for (size_t i = 0; from->ids && i < n && !failed; i++)
        failed = !(to->ids[i] = sl_strdup(from->ids[i]));
    if (!failed && from->group_of && !(failed = !(to->group_of = sl_alloc(n, sizeof *to->group_of))))
        memcpy(to->group_of, from->group_of, n * sizeof *to->group_of);
    to->n_groups = from->n_groups;
    return failed || sl_origin_copy(&to->origin, &from->origin, from->view.d);
}

int sl_dataset_as(const struct sl_dataset *data, enum sl_dtype dtype, struct sl_dataset **out,
                  struct sl_error *err)
{
    struct sl_view view;
    void *x = NULL;
    *out = NULL;
    if (data->columns && dtype != SL_F64)
        return sl_fail(err, SL_EUSAGE, "missing values and categories are kept in doubles");
    int code = alloc_labels(&data->view, data->view.n, &view, err);
    if (code)
        return code;
    code = sl_view_convert(&data->view, dtype, "", &x, err);
    view.x = x;
    view.dtype = dtype;
    if (code) {
        release_arrays(&view);
        return code;
    }
    copy_labels(&data->view, &view);
    code = sl_dataset_adopt_table(&view, data->name, (const char *const *)data->classes,
                                  (const char *const *)data->features, data->columns, out, err);
    if (!code && copy_beside(data, *out)) {
        sl_dataset_free(*out);
        *out = NULL;
        code = sl_fail_memory(err);
    }
    return code;
}

/* Reading it -----------------------------------------------------------------------------------------*/

struct sl_view sl_dataset_view(const struct sl_dataset *data)
{
    return data->view;
}

const char *sl_dataset_name(const struct sl_dataset *data)
{
    return data->name;
}

const char *sl_dataset_class(const struct sl_dataset *data, int label)
{
    return label >= 0 && label < data->view.k ? data->classes[label] : NULL;
}

const char *sl_dataset_feature(const struct sl_dataset *data, size_t column)
{
    return data->features && column < data->view.d ? data->features[column] : NULL;
}

enum sl_indices sl_dataset_indices(const struct sl_dataset *data)
{
    return data->origin.indices;
}

const char *sl_dataset_row_id(const struct sl_dataset *data, size_t row)
{
    return data->ids && row < data->view.n ? data->ids[row] : NULL;
}

const char *sl_dataset_label(const struct sl_dataset *data)
{
    return data->origin.label;
}

const char *sl_dataset_note(const struct sl_dataset *data, size_t i)
{
    return i < data->origin.notes.n ? data->origin.notes.lines[i] : NULL;
}

int sl_images_check_alike(const struct sl_view *view, const struct sl_view *like, const char *path,
                          struct sl_error *err)
{
    struct sl_image a = view->image, b = like->image;
    if (!a.height || !b.height || (a.height == b.height && a.width == b.width && a.channels == b.channels))
        return SL_OK;
    return sl_fail(err, SL_EDATA, "%s: images of %dx%dx%d; the training file's are %dx%dx%d", path, a.height,
                   a.width, a.channels, b.height, b.width, b.channels);
}
