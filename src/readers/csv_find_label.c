/* csv_find_label.c - the label column: the one that is named, that the training file or the model knows, or else
 * a guess (csv_label.c).  O(columns). */
#include "core/text.h"
#include "data/notes.h"
#include "readers/csv_finder.h"

static int no_such_column(const struct sl_csv_finder *f, const char *label)
{
    const struct sl_csv_columns *c = &f->columns;
    struct sl_hint hint = sl_did_you_mean(label, (const char *const *)c->names, c->names ? c->width : 0);
    sl_csv_fail(f->csv, 0, f->err, "no label column \"%s\"%s; expected %sa number from %ld to %zu", label,
                hint.text, c->names ? "a name in the header or " : "", -(long)c->width, c->width - 1);
    if (f->err)
        f->err->code = SL_EUSAGE; /* the file is as it is: the request is wrong */
    return SL_EUSAGE;
}

/* The column that the label option names. */
static int find_given(struct sl_csv_finder *f, const char *label)
{
    long number, width = (long)f->columns.width;
    int32_t named = f->columns.names ? sl_labels_find(f->index, label) : -1;
    if (named >= 0) {
        f->label = (size_t)named;
        return SL_OK;
    }
    if (sl_parse_long(label, &number) != 0 || number < -width || number >= width)
        return no_such_column(f, label);
    f->label = (size_t)(number < 0 ? width + number : number);
    return SL_OK;
}

int sl_csv_find_label(struct sl_csv_finder *f)
{
    if (f->options->label)
        return find_given(f, f->options->label);
    return sl_csv_guess_label(&f->columns, &f->label, f->err);
}

/* The column that was the label of the model's training rows. */
static int find_own_label(struct sl_csv_finder *f)
{
    const char *own = f->options->own_label;
    int32_t column = own ? sl_labels_find(f->index, own) : -1;
    if (column < 0 || f->dropped[column])
        return 0;
    f->label = (size_t)column;
    return 1;
}

int sl_csv_find_label_by_name(struct sl_csv_finder *f, const size_t *others, size_t n)
{
    const struct sl_dataset *like = f->options->like;
    if (like && !like->origin.label)
        return SL_OK;
    if (!like && f->options->label)
        return find_given(f, f->options->label);
    if (!like && find_own_label(f))
        return SL_OK;
    if (!like)
        return sl_csv_find_label_among(&f->columns, others, n, &f->label, f->err);
    int32_t column = sl_labels_find(f->index, like->origin.label);
    if (column < 0)
        return sl_csv_fail(f->csv, 0, f->err, "no column %s, which is the label in the training file",
                           sl_quote(like->origin.label).text);
    f->label = (size_t)column;
    return SL_OK;
}

int sl_csv_find_label_by_place(struct sl_csv_finder *f)
{
    const struct sl_dataset *like = f->options->like;
    size_t width = f->columns.width;
    if (!like)
        width -= f->n_dropped;
    if (like && width != like->origin.width)
        return sl_csv_fail(f->csv, 0, f->err, "%zu columns; the training file has %zu", width,
                           like->origin.width);
    if (like) {
        f->label = like->origin.label_at;
        return SL_OK;
    }
    if (width != f->expected.n && (f->options->no_label || width != f->expected.n + 1))
        return sl_csv_fail(f->csv, 0, f->err, "%zu columns; expected the model's %zu features%s", width,
                           f->expected.n, f->options->no_label ? "" : ", and at most the label");
    return f->options->no_label || (width == f->expected.n && !f->options->label) ? SL_OK : sl_csv_find_label(f);
}
