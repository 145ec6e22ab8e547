/* svmlight.c - a data set from an svmlight file (svmlight_row.c parses its rows).
 *
 * Indices begin at 1, or at 0 where one is 0; in a file that is read like another one, or for a model, they
 * begin where its do.  Features have their indices for names, of which no list is kept.  The rows are
 * kept as they come (sparse.h) and then become sparse rows, where dense ones would be large and mostly 0, or
 * dense ones; either must fit in the memory that tables may take.  Cost: O(bytes of the file), and O(n d) for
 * dense rows. */
#include "readers/svmlight.h"
#include "core/memory.h"
#include "core/text.h"
#include "data/csr.h"
#include "input/input.h"
#include "kernels/sparse_row.h"
#include "readers/readers.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum storage { AUTO, DENSE, SPARSE };
static const char *const storages[] = {[AUTO] = "auto", [DENSE] = "dense", [SPARSE] = "sparse"};

struct reader {
    struct sl_svmlight file;
    const struct sl_read_options *options;
    enum storage storage;
    enum sl_indices indices;
    uint32_t first; /* index of the first feature */
    size_t d;
    struct sl_notes notes;
};

/* Where the indices of the other data set, or the model, begin; a table may have them as names. */
static enum sl_indices expected_indices(const struct sl_read_options *options)
{
    const struct sl_dataset *like = options->like;
    const char *const *names = like ? (const char *const *)like->features : options->features;
    if (!names)
        return like ? like->origin.indices : options->indices;
    return strcmp(names[0], "0") == 0   ? SL_INDICES_FROM_0
           : strcmp(names[0], "1") == 0 ? SL_INDICES_FROM_1
                                        : SL_INDICES_NONE;
}

static int find_first(struct reader *r, const char *path, struct sl_error *err)
{
    const char *other = r->options->like ? "the training file" : "the model";
    const enum sl_indices expected = expected_indices(r->options),
                          own = r->file.least == 0 ? SL_INDICES_FROM_0 : SL_INDICES_FROM_1;
    if (expected == SL_INDICES_FROM_1 && own == SL_INDICES_FROM_0)
        return sl_fail(err, SL_EDATA, "%s: an index is 0; those of %s begin at 1", path, other);
    r->indices = expected ? expected : own;
    r->first = (uint32_t)sl_feature_number(r->indices, 0);
    if (expected)
        sl_notes_add(&r->notes, "svmlight: indices begin at %u, as in %s", r->first, other);
    else
        sl_notes_add(&r->notes, "svmlight: indices begin at %u: %s index is 0", r->first,
                     r->first ? "no" : "an");
    return SL_OK;
}

/* A model takes memory for every feature, whether rows have it or not: a file names no more of them than many
 * values make likely, whatever its largest index claims. */
static int check_width(const struct reader *r, const char *path, struct sl_error *err)
{
    const size_t entries = r->file.rows.n_entries, most = SL_WIDTH_ANY + SL_WIDTH_PER_VALUE * entries;
    if (r->d <= most)
        return SL_OK;
    return sl_fail(err, SL_EDATA,
                   "%s: an index is %u: a file of %zu values may have %zu features: number those that occur "
                   "1, 2, 3, ...",
                   path, r->file.most, entries, most);
}

static int find_width(struct reader *r, const char *path, struct sl_error *err)
{
    const struct sl_dataset *like = r->options->like;
    r->d = like ? like->view.d : r->options->n_features;
    if (r->d)
        return SL_OK;
    r->d = r->file.most >= r->first ? r->file.most - r->first + 1 : 0;
    return r->d ? check_width(r, path, err) : sl_fail(err, SL_EDATA, "%s: no row has an index:value", path);
}

static int find_type(struct reader *r, enum sl_dtype *dtype, struct sl_error *err)
{
    const struct sl_dataset *like = r->options->like;
    int keep = r->options->keep_doubles;
    if (like && like->view.dtype != SL_U8)
        keep |= like->view.dtype == SL_F64;
    else if (!keep && sl_sparse_needs_doubles(&r->file.rows, &keep))
        return sl_fail_memory(err);
    *dtype = keep ? SL_F64 : SL_F32;
    return SL_OK;
}

/* Within what a table may take. */
static int check_size(const struct reader *r, const char *path, const struct sl_view *view,
                      struct sl_error *err)
{
    const double gib = 1 << 30, n = (double)view->n, d = (double)view->d, most = (double)SL_TABLE_MOST;
    const double sparse = sl_csr_bytes(view->n, r->file.rows.n_entries);
    const double all = view->dtype == SL_SPARSE ? sparse : n * d * (double)sl_dtype_size(view->dtype);
    if (all <= most)
        return SL_OK;
    return sl_fail(
        err, SL_EDATA,
        "%s: %zu rows of %zu features, %zu values that are not 0, make a table of %.1f GiB; at most "
        "%.0f GiB are taken: leave out rows or rare features%s",
        path, view->n, view->d, r->file.rows.n_entries, all / gib, most / gib,
        sparse <= most ? ", or say --storage sparse" : "");
}

/* Wide rows that are mostly 0, as far as dense ones would be large; in a file that is read like another one
 * as that one's are. */
static int is_sparse(const struct reader *r, const struct sl_view *view)
{
    const struct sl_dataset *like = r->options->like;
    const double dense = (double)view->n * (double)view->d * sizeof(float);
    if (like)
        return like->view.dtype == SL_SPARSE;
    if (r->storage != AUTO)
        return r->storage == SPARSE;
    return dense > (double)SL_SPARSE_FROM &&
           dense > SL_SPARSE_TIMES * sl_csr_bytes(view->n, r->file.rows.n_entries);
}

static int fill_table(struct reader *r, struct sl_view *view, struct sl_error *err)
{
    struct sl_sparse_range range = {.first = r->first, .d = r->d};
    void *x;
    if (view->dtype == SL_SPARSE)
        x = sl_sparse_to_csr(&r->file.rows, &range);
    else if ((x = sl_alloc_zero(view->n, r->d * sl_dtype_size(view->dtype))))
        sl_sparse_to_dense(&r->file.rows, &range, view->dtype, x);
    view->x = x;
    if (!x)
        return sl_fail_memory(err);
    if (range.left_out)
        sl_notes_add(&r->notes, "left out: %zu values of features beyond the %zu of %s", range.left_out, r->d,
                     r->options->like ? "the training file" : "the model");
    return SL_OK;
}

/* What the rows are, for people. */
static void note_sparse(struct reader *r, const struct sl_view *view, int rounded)
{
    char n[40], d[40];
    sl_print_count(view->n, n, sizeof n);
    sl_print_count(view->d, d, sizeof d);
    sl_notes_add(&r->notes, "sparse: %s x %s, %.2g %% filled; scaling divides, and never shifts", n, d,
                 100.0 * (double)sl_view_entries(view) / (double)view->n / (double)view->d);
    if (rounded)
        sl_notes_add(&r->notes, "sparse: values are floats: some differ in digits that floats do not keep");
}

static int make_table(struct reader *r, const char *path, struct sl_view *view, struct sl_error *err)
{
    enum sl_dtype dense = SL_F32;
    view->n = r->file.rows.n;
    view->d = r->d;
    int code = find_type(r, &dense, err);
    view->dtype = is_sparse(r, view) ? SL_SPARSE : dense;
    if (!code)
        code = check_size(r, path, view, err);
    if (!code)
        code = fill_table(r, view, err);
    if (!code && view->dtype == SL_SPARSE)
        note_sparse(r, view, dense == SL_F64 && !r->options->keep_doubles && !r->options->like);
    return code;
}

static int find_storage(struct reader *r, struct sl_error *err)
{
    enum { N = sizeof storages / sizeof *storages };
    const char *name = r->options->storage;
    if (!name || !*name)
        return SL_OK;
    for (int i = 0; i < N; i++) {
        if (strcmp(name, storages[i]) == 0) {
            r->storage = (enum storage)i;
            return SL_OK;
        }
    }
    return sl_fail(err, SL_EUSAGE, "storage: '%.40s' is not allowed: it takes auto, dense or sparse%s", name,
                   sl_did_you_mean(name, storages, N).text);
}

static int read_rows(struct reader *r, const char *path, struct sl_error *err)
{
    int got = 1, code = SL_OK;
    while (!code && got)
        code = sl_svmlight_next(&r->file, &got, err);
    if (!code && !r->file.rows.n)
        code = sl_fail(err, SL_EDATA, "%s: no rows; expected label index:value ...", path);
    if (!code && r->file.queries)
        sl_notes_add(&r->notes, "left out: qid of %zu rows", r->file.queries);
    return code ? code
                : sl_label_column_check(&r->file.labels, path, "the label, the first word of a line", err);
}

static int make(struct reader *r, const char *path, const char *name, struct sl_dataset **out,
                struct sl_error *err)
{
    const struct sl_dataset *like = r->options->like;
    struct sl_view view = {.k = 1};
    int code = make_table(r, path, &view, err);
    if (!code)
        code = sl_label_column_finish(&r->file.labels, &view, &r->notes, err);
    if (!code && r->notes.failed)
        code = sl_fail_memory(err);
    if (code) {
        free((void *)view.x);
        free((void *)view.y);
        return code;
    }
    if (like && like->view.d == view.d)
        view.image = like->view.image;
    int named = view.y || like;
    code =
        sl_dataset_adopt(&view, name, named ? sl_labels_names(r->file.labels.names) : NULL, NULL, out, err);
    if (!code) {
        (*out)->origin.indices = r->indices;
        (*out)->origin.notes = r->notes;
        r->notes = (struct sl_notes){0};
    }
    return code;
}

int sl_svmlight_read(struct sl_input *in, const char *name, enum sl_part part,
                     const struct sl_read_options *options, struct sl_dataset **out, struct sl_error *err)
{
    (void)part;
    struct reader r = {.options = options,
                       .file = {.lines = {.in = in}, .least = UINT32_MAX, .unlabelled = options->no_label}};
    const char *path = sl_input_path(in);
    *out = NULL;
    int code = sl_label_column_begin(&r.file.labels, options, err);
    if (!code)
        code = find_storage(&r, err);
    if (!code)
        code = read_rows(&r, path, err);
    if (!code)
        code = find_first(&r, path, err);
    if (!code)
        code = find_width(&r, path, err);
    if (!code)
        code = make(&r, path, name, out, err);
    sl_label_column_release(&r.file.labels);
    sl_sparse_release(&r.file.rows);
    sl_lines_release(&r.file.lines);
    sl_notes_release(&r.notes);
    return code;
}
