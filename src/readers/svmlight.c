/* svmlight.c - a data set from an svmlight file (svmlight_row.c parses its rows).
 *
 * Indices begin at 1, or at 0 where one is 0; in a file that is read like another one, or for a model, they
 * begin where its do, which the names of the features say: they are the indices as written.  The rows are
 * kept as they come (sparse.h) and then become a table, which must fit in the memory that tables may take.
 * Cost: O(bytes of the file + n d). */
#include "readers/svmlight.h"
#include "core/memory.h"
#include "input/input.h"
#include "readers/readers.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { NAME = 12 }; /* bytes of a feature's name */

struct reader {
    struct sl_svmlight file;
    const struct sl_read_options *options;
    uint32_t first; /* index of the first feature */
    size_t d;
    char **names; /* (d), one block */
    struct sl_notes notes;
};

/* Where the indices of the other data set, or the model, begin; -1: nothing says so. */
static int expected_first(const struct sl_read_options *options)
{
    const char *const *names =
        options->like ? (const char *const *)options->like->features : options->features;
    if (!names || (strcmp(names[0], "0") != 0 && strcmp(names[0], "1") != 0))
        return -1;
    return *names[0] - '0';
}

static int find_first(struct reader *r, const char *path, struct sl_error *err)
{
    int expected = expected_first(r->options), least = r->file.least == 0 ? 0 : 1;
    if (expected == 1 && least == 0)
        return sl_fail(err, SL_EDATA, "%s: an index is 0; those of %s begin at 1", path,
                       r->options->like ? "the training file" : "the model");
    r->first = (uint32_t)(expected < 0 ? least : expected);
    if (expected >= 0)
        sl_notes_add(&r->notes, "svmlight: indices begin at %d, as in %s", expected,
                     r->options->like ? "the training file" : "the model");
    else
        sl_notes_add(&r->notes, "svmlight: indices begin at %d: %s index is 0", least, least ? "no" : "an");
    return SL_OK;
}

static int find_width(struct reader *r, const char *path, struct sl_error *err)
{
    const struct sl_dataset *like = r->options->like;
    r->d = like ? like->view.d : r->options->n_features;
    if (!r->d)
        r->d = r->file.most >= r->first ? r->file.most - r->first + 1 : 0;
    return r->d ? SL_OK : sl_fail(err, SL_EDATA, "%s: no row has an index:value", path);
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

/* Names as the file has them. */
static int name_features(struct reader *r, struct sl_error *err)
{
    r->names = sl_alloc(r->d, sizeof *r->names + NAME);
    if (!r->names)
        return sl_fail_memory(err);
    char *text = (char *)(r->names + r->d);
    for (size_t j = 0; j < r->d; j++, text += NAME) {
        snprintf(text, NAME, "%zu", r->first + j);
        r->names[j] = text;
    }
    return SL_OK;
}

/* Features, and their names twice, within what a table may take. */
static int check_size(const struct reader *r, const char *path, const struct sl_view *view,
                      struct sl_error *err)
{
    const double gib = 1 << 30;
    const double each = (double)view->n * (double)sl_dtype_size(view->dtype) + 2 * (NAME + sizeof *r->names);
    if (each * (double)view->d <= (double)SL_TABLE_MOST)
        return SL_OK;
    return sl_fail(
        err, SL_EDATA,
        "%s: %zu rows of %zu features, %zu values that are not 0, make a table of %.1f GiB; at most "
        "%.0f GiB are taken: leave out rows or rare features",
        path, view->n, view->d, r->file.rows.n_entries, each * (double)view->d / gib,
        (double)SL_TABLE_MOST / gib);
}

static int make_table(struct reader *r, const char *path, struct sl_view *view, struct sl_error *err)
{
    size_t left_out;
    int code = find_type(r, &view->dtype, err);
    view->n = r->file.rows.n;
    view->d = r->d;
    if (!code)
        code = check_size(r, path, view, err);
    if (!code)
        code = name_features(r, err);
    if (code)
        return code;
    view->x = sl_alloc_zero(view->n, r->d * sl_dtype_size(view->dtype));
    if (!view->x)
        return sl_fail_memory(err);
    sl_sparse_to_dense(&r->file.rows, r->first, r->d, view->dtype, (void *)view->x, &left_out);
    if (left_out)
        sl_notes_add(&r->notes, "left out: %zu values of features beyond the %zu of %s", left_out, r->d,
                     r->options->like ? "the training file" : "the model");
    return SL_OK;
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
    code = sl_dataset_adopt(&view, name, named ? sl_labels_names(r->file.labels.names) : NULL,
                            (const char *const *)r->names, out, err);
    if (!code) {
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
    free(r.names);
    return code;
}
