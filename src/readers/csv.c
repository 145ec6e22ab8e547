/* csv.c - a data set from a CSV file: what the values are.  csv_rows.c splits the file, csv_head.c tells
 * header, label and features.
 *
 * Pixels that are all whole numbers from 0 to 255 become bytes.  Any other features are read as doubles, and
 * become floats where that keeps their differences (precision.c): how a number is written changes nothing.  A
 * missing value or a word among them is for csv_cells.c; NaN and infinity are errors.
 * Cost: O(bytes of the file); memory: the features as doubles, twice while the array moves to its final
 * place. */
#include "core/memory.h"
#include "data/precision.h"
#include "input/input.h"
#include "kernels/convert.h"
#include "readers/csv_cells.h"
#include "readers/csv_head.h"
#include "readers/csv_number.h"
#include "readers/csv_pixels.h"
#include "readers/csv_side.h"
#include "readers/foreign.h"
#include "readers/label_column.h"
#include "readers/readers.h"
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { FIRST_BYTES = 1 << 20 };                       /* room for the first rows */
enum { LONG = 1, ROUNDED = 2 };                       /* what is known of a column's numbers */
static const double exact_whole = 9007199254740992.0; /* doubles hold every whole number up to it */

struct table {
    struct sl_csv *csv;
    const struct sl_read_options *options;
    struct sl_csv_head head;
    size_t width, d; /* fields of a row; features: without the label */
    size_t label;    /* its field, behind the features; width: none */
    char **columns;  /* (d) names of the features, the head's, or NULL: no header */
    size_t n, capacity;
    enum sl_dtype dtype; /* SL_U8 or SL_F64 */
    uint8_t *bytes;      /* (capacity, d), while dtype is SL_U8 */
    double *doubles;     /* (capacity, d), else */
    unsigned char *
        digits; /* (d): LONG, a number has more digits than every float keeps; ROUNDED, than a double keeps */
    struct sl_csv_cells cells;
    struct sl_columns *special; /* NULL: all are plain numbers */
    struct sl_label_column labels;
    struct sl_csv_side side;
    struct sl_image image; /* of a row; zeros where rows are no images */
};

static void table_release(struct table *t)
{
    sl_csv_head_release(&t->head);
    free(t->bytes);
    free(t->doubles);
    free(t->digits);
    sl_csv_cells_release(&t->cells);
    sl_columns_release(t->special);
    sl_label_column_release(&t->labels);
    sl_csv_side_release(&t->side);
}

/* Numbers -------------------------------------------------------------------------------------------*/

/* One to three digits that make a number up to 255: nearly every field of an image file. */
static int parse_byte(const char *text, uint8_t *value)
{
    unsigned v = 0, n = 0;
    for (; n < 4 && text[n] >= '0' && text[n] <= '9'; n++)
        v = v * 10 + (unsigned)(text[n] - '0');
    *value = (uint8_t)v;
    return n > 0 && n < 4 && text[n] == 0 && v <= 255;
}

/* Rows ----------------------------------------------------------------------------------------------*/

static int reserve_row(struct table *t, struct sl_error *err)
{
    if (t->n < t->capacity)
        return SL_OK;
    size_t size = sl_dtype_size(t->dtype), row = t->d * size + sizeof(int32_t);
    size_t capacity = t->capacity ? t->capacity * 2 : 1 + FIRST_BYTES / row;
    if (t->n && row > SL_TABLE_MOST / t->n)
        return sl_csv_fail(t->csv, 0, err, "more than %zu bytes of data", SL_TABLE_MOST);
    void *x = sl_realloc(t->dtype == SL_U8 ? (void *)t->bytes : (void *)t->doubles, capacity, t->d * size);
    if (x && t->dtype == SL_U8)
        t->bytes = x;
    else if (x)
        t->doubles = x;
    if (!x)
        return sl_fail_memory(err);
    t->capacity = capacity;
    return SL_OK;
}

/* A value that is no byte has turned up: all features become doubles. */
static int widen(struct table *t, struct sl_error *err)
{
    t->doubles = sl_realloc(NULL, t->capacity, t->d * sizeof *t->doubles);
    if (!t->doubles)
        return sl_fail_memory(err);
    sl_convert(SL_U8, t->bytes, (t->n + 1) * t->d, SL_F64, t->doubles);
    free(t->bytes);
    t->bytes = NULL;
    t->dtype = SL_F64;
    return SL_OK;
}

/* What is no number is for csv_cells.c to tell. */
static int read_number(struct table *t, size_t column, char *field, double *value, struct sl_error *err)
{
    const enum sl_decimal decimal = t->head.origin.decimal;
    int n_digits;
    if (decimal != SL_DECIMAL_PLAIN && strpbrk(field, ".,") && !sl_decimal_to_plain(field, decimal))
        return sl_csv_cells_take(&t->cells, column, field,
                                 decimal == SL_DECIMAL_COMMA
                                     ? "expected a number with a decimal comma, as 1.234,5"
                                     : "expected a number with a decimal point, as 1,234.5",
                                 value, err);
    if (!sl_csv_parse_number(field, value, &n_digits))
        return sl_csv_cells_take(&t->cells, column, field, "expected a finite number", value, err);
    if (fabs(*value) > FLT_MAX)
        return sl_csv_cells_fail(&t->cells, column, field,
                                 "it is beyond the range of float numbers, -3.4e38 to 3.4e38", err);
    t->digits[column] |= n_digits > FLT_DIG ? LONG : 0;
    if (fabs(*value) > exact_whole && !strpbrk(field, ".eE"))
        t->digits[column] |= LONG | ROUNDED;
    return SL_OK;
}

/* A byte's other notations: 5.0, 5e0. */
static int is_byte(double value, uint8_t *byte)
{
    if (!(value >= 0 && value <= 255 && value == floor(value)))
        return 0;
    *byte = (uint8_t)value;
    return 1;
}

static int read_features(struct table *t, struct sl_error *err)
{
    size_t row = t->n * t->d;
    if (t->dtype == SL_U8)
        memset(t->bytes + row, 0, t->d); /* widen converts the whole row */
    for (size_t i = 0; i < t->d; i++) {
        char *field = sl_csv_field(t->csv, i);
        double value = 0;
        if (t->dtype == SL_U8 && parse_byte(field, &t->bytes[row + i]))
            continue;
        int code = t->cells.is_text[i] ? sl_csv_cells_level(&t->cells, i, field, &value, err)
                                       : read_number(t, i, field, &value, err);
        if (!code && t->dtype == SL_U8 && !is_byte(value, &t->bytes[row + i]))
            code = widen(t, err);
        if (code)
            return code;
        if (t->dtype == SL_F64)
            t->doubles[row + i] = value;
    }
    return SL_OK;
}

/* A class may be called "." */
static int lacks_label(const struct table *t, const char *name)
{
    return !*name || (sl_is_missing(name) && strcmp(name, ".") != 0 &&
                      sl_labels_find(t->labels.names, name) < 0); /* a class may be a mark */
}

/* A row without a label is left out where rows without a value are. */
static void drop_unlabelled(struct table *t)
{
    if (t->label < t->width && !t->cells.drop && lacks_label(t, sl_csv_field(t->csv, t->label)))
        sl_csv_cells_unlabelled(&t->cells);
}

static int read_label(struct table *t, struct sl_error *err)
{
    char *name = sl_csv_field(t->csv, t->label);
    if (!*name)
        return sl_csv_fail(t->csv, t->label + 1, err, "no label; expected the name of a class");
    if (lacks_label(t, name))
        return sl_csv_fail(t->csv, t->label + 1, err,
                           "\"%.40s\" is a missing label; expected the name of a class", name);
    sl_csv_drop_zero_fraction(name);
    int code = sl_label_column_add(&t->labels, name, err);
    if (code != SL_EDATA)
        return code;
    return sl_csv_fail(t->csv, t->label + 1, err,
                       "more than %d different labels; expected a column of "
                       "classes: name another with the label option",
                       SL_CLASSES_MAX);
}

static int read_row(struct table *t, struct sl_error *err)
{
    int code = reserve_row(t, err);
    if (!code)
        code = read_features(t, err);
    t->cells.rows++;
    if (!code)
        drop_unlabelled(t);
    if (!code && t->cells.drop) { /* its place is the next row's */
        t->cells.left_out++;
        t->cells.drop = 0;
        return SL_OK;
    }
    if (!code && t->label < t->width)
        code = read_label(t, err);
    if (!code)
        code = sl_csv_side_take(&t->side, t->csv, err);
    t->n++;
    return code;
}

static int prepare(struct table *t, struct sl_error *err)
{
    t->d = t->label = t->head.d;
    t->width = t->d + (size_t)t->head.labelled;
    t->columns = t->head.features;
    t->image = sl_find_image(t->columns, t->d, t->options->like);
    t->dtype = t->image.height ? SL_U8 : SL_F64;
    t->digits = sl_alloc_zero(t->d, 1);
    if (!t->digits)
        return sl_fail_memory(err);
    int code = sl_csv_cells_begin(&t->cells, t->csv, t->options, t->columns, t->d, t->head.categorical, err);
    t->cells.places = t->head.origin.places;
    if (!code)
        code = sl_csv_side_begin(&t->side, &t->head.side, err);
    t->side.decimal = t->head.origin.decimal;
    t->side.weights = t->options->weights;
    return code ? code : sl_label_column_begin(&t->labels, t->options, err);
}

static int read_all(struct table *t, struct sl_error *err)
{
    int got = 0;
    int code = sl_csv_head_read(t->csv, t->options, &t->head, &got, err);
    if (!code)
        code = prepare(t, err);
    if (!code && !got)
        return sl_csv_fail(t->csv, 0, err, "a header and no rows");
    while (!code && got) {
        code = read_row(t, err);
        if (!code)
            code = sl_csv_next(t->csv, &got, err);
    }
    if (!code && !t->n)
        return sl_fail(err, SL_EDATA, "%s: each of its %zu rows lacks a value: none is left",
                       sl_csv_path(t->csv), t->cells.left_out);
    return code;
}

/* The data set --------------------------------------------------------------------------------------*/

/* Moves an array to memory of its exact size, aligned as the library's arrays are. */
static void *settle_array(void *array, size_t n, size_t size)
{
    void *copy = sl_alloc(n, size);
    if (copy)
        memcpy(copy, array, n * size);
    free(array);
    return copy;
}

/* Moves the features into view->x as the type that they are kept in. */
static int settle_features(struct table *t, struct sl_view *view, struct sl_error *err)
{
    const struct sl_dataset *like = t->options->like;
    if (t->dtype == SL_U8) {
        view->x = settle_array(t->bytes, t->n, t->d);
        t->bytes = NULL;
        return view->x ? SL_OK : sl_fail_memory(err);
    }
    int code = sl_csv_cells_finish(&t->cells, t->doubles, t->n, &t->special, err), keep;
    if (code)
        return code;
    keep = t->options->keep_doubles || t->special;
    if (!t->special && like && like->view.dtype != SL_U8)
        keep |= like->view.dtype == SL_F64;
    else if (!keep && sl_needs_doubles(t->doubles, t->n, t->d, t->digits, &keep))
        return sl_fail_memory(err);
    view->dtype = keep ? SL_F64 : SL_F32;
    void *x = sl_alloc(t->n, t->d * sl_dtype_size(view->dtype));
    if (!x)
        return sl_fail_memory(err);
    sl_convert(SL_F64, t->doubles, t->n * t->d, view->dtype, x);
    view->x = x;
    return SL_OK;
}

/* Classes are compared here, not numbers predicted. */
static int check_classes(const struct table *t, const char *path, struct sl_error *err)
{
    const struct sl_origin *origin = &t->head.origin;
    char what[120];
    if (origin->label)
        snprintf(what, sizeof what, "the label, column %s", sl_quote(origin->label).text);
    else
        snprintf(what, sizeof what, "the label, column %zu of %zu", origin->label_at + 1, origin->width);
    return sl_label_column_check(&t->labels, path, what, err);
}

static void note_rows(struct table *t)
{
    struct sl_notes *notes = &t->head.origin.notes;
    sl_csv_cells_note(&t->cells, t->special, t->n, notes);
    size_t blank = sl_csv_blank(t->csv), comments = sl_csv_comments(t->csv);
    if (comments)
        sl_notes_add(notes, "left out: %zu comment line%s", comments, comments > 1 ? "s" : "");
    if (blank)
        sl_notes_add(notes, "left out: %zu row%s without anything in %s", blank, blank > 1 ? "s" : "",
                     blank > 1 ? "them" : "it");
}

/* Features and labels, moved into the view. */
static int settle(struct table *t, struct sl_view *view, struct sl_error *err)
{
    int code = settle_features(t, view, err);
    if (!code) {
        note_rows(t);
        code = sl_label_column_finish(&t->labels, view, &t->head.origin.notes, err);
    }
    if (code)
        free((void *)view->x);
    return code;
}

static int finish(struct table *t, const char *name, struct sl_dataset **out, struct sl_error *err)
{
    int named = t->head.labelled || t->options->like;
    struct sl_view view = {.dtype = t->dtype, .n = t->n, .d = t->d, .image = t->image};
    int code = settle(t, &view, err);
    if (code)
        return code;
    int says = !t->options->keep_doubles && !t->options->like;
    const struct sl_column_texts columns = {t->columns, t->head.origin.places};
    if (!t->options->like)
        sl_note_rounded(t->digits, ROUNDED, t->d, &columns, &t->head.origin.notes);
    if ((says && sl_note_precision(&view, &columns, &t->head.origin.notes)) || t->head.origin.notes.failed) {
        free((void *)view.x);
        free((void *)view.y);
        return sl_fail_memory(err);
    }
    code = sl_dataset_adopt_table(&view, name, named ? sl_labels_names(t->labels.names) : NULL,
                                  (const char *const *)t->columns, t->special, out, err);
    if (!code) {
        (*out)->origin = t->head.origin;
        t->head.origin = (struct sl_origin){0};
        sl_csv_side_finish(&t->side, *out);
    }
    return code;
}

int sl_csv_read_table(struct sl_csv *csv, const char *name, const struct sl_read_options *options,
                      struct sl_dataset **out, struct sl_error *err)
{
    struct table t = {.csv = csv, .options = options};
    *out = NULL;
    int code = read_all(&t, err);
    if (!code)
        code = check_classes(&t, sl_csv_path(csv), err);
    if (!code)
        code = sl_csv_side_check(&t.side, sl_csv_path(csv), err);
    if (!code)
        code = finish(&t, name, out, err);
    table_release(&t);
    return code;
}

int sl_csv_read(struct sl_input *in, const char *name, enum sl_part part,
                const struct sl_read_options *options, struct sl_dataset **out, struct sl_error *err)
{
    struct sl_csv *csv;
    (void)part;
    *out = NULL;
    int code = sl_foreign_bytes(in, err);
    if (!code)
        code = sl_csv_open(in, &csv, err);
    if (code)
        return code;
    code = sl_csv_read_table(csv, name, options, out, err);
    sl_csv_close(csv);
    return code;
}
