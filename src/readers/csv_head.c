/* csv_head.c - what the columns of a CSV file are.
 *
 * Header (csv_header.c) and label (csv_label.c) are told by the first rows, up to 1000 that lie in the first
 * 256 KiB.  Columns of a file that is read like another one, or for a model, are found by their names where
 * both sides have names, else by their places. Cost: O(columns), and the first rows. */
#include "readers/csv_head.h"
#include "core/memory.h"
#include "core/text.h"
#include "readers/csv_finder.h"
#include "readers/csv_pixels.h"
#include "readers/foreign.h"
#include "readers/labels.h"
#include <string.h>
#include <strings.h>

enum { SAMPLE = 1000, SIDE = 3 /* columns of names, groups and weights, each perhaps the same */ };

/* The first row -------------------------------------------------------------------------------------*/

static size_t filled_width(char **field, size_t n)
{
    while (n && !*field[n - 1])
        n--;
    return n;
}

/* Fields of the first row; where rows have names, with one for theirs. */
static size_t count_first(const struct sl_csv_finder *f)
{
    return sl_csv_width(f->csv) + (size_t)f->dialect.row_names;
}

/* Columns up to the last one that has anything in it. */
static void find_width(struct sl_csv_finder *f)
{
    size_t n = count_first(f), width = filled_width(f->first, n);
    for (size_t i = 1; i < f->sample.n; i++) {
        const struct sl_csv_row *row = &f->sample.rows[i];
        size_t here = filled_width(row->field, row->n < n ? row->n : n);
        width = here > width ? here : width;
    }
    f->columns.width = width;
    f->empty = n - width;
}

static void trim(char **text)
{
    *text += strspn(*text, " \t");
    for (size_t n = strlen(*text); n && strchr(" \t", (*text)[n - 1]); n--)
        (*text)[n - 1] = 0;
}

static int copy_first(struct sl_csv_finder *f)
{
    const size_t names = (size_t)f->dialect.row_names, n = count_first(f);
    const char **fields = sl_alloc(n, sizeof *fields);
    for (size_t i = 0; fields && i < n; i++)
        fields[i] = i < names ? "" : sl_csv_field(f->csv, i - names);
    f->first = fields ? sl_names_copy(fields, n) : NULL;
    free(fields);
    f->index = sl_labels_new();
    f->chosen = sl_alloc(n + SIDE, sizeof *f->chosen);
    f->used = sl_alloc_zero(n, 1);
    f->dropped = sl_alloc_zero(n, 1);
    f->categorical = sl_alloc_zero(n, 1);
    if (!f->first || !f->index || !f->chosen || !f->used || !f->dropped || !f->categorical)
        return sl_fail_memory(f->err);
    find_width(f);
    for (size_t i = 0; i < f->columns.width; i++) {
        trim(&f->first[i]);
        if (sl_labels_add(f->index, f->first[i]) < 0)
            return sl_fail_memory(f->err);
    }
    return SL_OK;
}

/* Every name once: another one could not be asked for, nor found in another file. */
static int check_names(const struct sl_csv_finder *f)
{
    for (size_t i = 0; i < f->columns.width; i++) {
        size_t before = (size_t)sl_labels_find(f->index, f->first[i]);
        if (before == i || f->dropped[i])
            continue;
        if (f->dropped[before])
            continue;
        before = 0;
        while (strcmp(f->first[before], f->first[i]) != 0)
            before++;
        if (!*f->first[i])
            return sl_csv_fail(f->csv, 0, f->err, "columns %zu and %zu have no name%s", before + 1, i + 1,
                               before == 1 ? ": is this a title above the header? leave it out" : "");
        return sl_csv_fail(f->csv, 0, f->err, "two columns are called %s, %zu and %zu",
                           sl_quote(f->first[i]).text, before + 1, i + 1);
    }
    return SL_OK;
}

/* Columns by name -----------------------------------------------------------------------------------*/

static const char *other_file(const struct sl_csv_finder *f)
{
    return f->options->like ? "the training file has" : "the model was fitted with";
}

static int fail_missing(const struct sl_csv_finder *f)
{
    enum { SHOWN = 5 };
    struct sl_string names = {0};
    size_t n = 0;
    const char *near = NULL;
    for (size_t i = 0; i < f->expected.n; i++) {
        if (sl_labels_find(f->index, f->expected.features[i]) >= 0)
            continue;
        if (n++ < SHOWN)
            sl_string_add(&names, "%s%s", n > 1 ? ", " : "", sl_quote(f->expected.features[i]).text);
        for (size_t j = 0; j < f->columns.width && !near; j++)
            near = strcasecmp(f->expected.features[i], f->first[j]) == 0 ? f->first[j] : NULL;
    }
    if (n > SHOWN)
        sl_string_add(&names, " and %zu more", n - SHOWN);
    int code = names.failed
                   ? sl_fail_memory(f->err)
                   : sl_csv_fail(f->csv, 0, f->err, "no column %s, which %s%s%s%s", names.text, other_file(f),
                                 near ? " (it has " : "", near ? sl_quote(near).text : "", near ? ")" : "");
    sl_string_release(&names);
    return code;
}

static int choose_by_name(struct sl_csv_finder *f)
{
    size_t width = f->columns.width, n = 0, *others = sl_alloc(width, sizeof *others);
    int code = others ? SL_OK : sl_fail_memory(f->err);
    for (f->d = 0; !code && f->d < f->expected.n; f->d++) {
        int32_t column = sl_labels_find(f->index, f->expected.features[f->d]);
        if (column < 0) {
            code = fail_missing(f);
            break;
        }
        f->chosen[f->d] = (size_t)column;
        f->used[column] = 1;
        if (f->dropped[column]) {
            code = sl_csv_fail(f->csv, 0, f->err, "column %s can not be left out: %s it",
                               sl_quote(f->first[column]).text, other_file(f));
            break;
        }
    }
    for (size_t i = 0; !code && i < width; i++) {
        if (!f->used[i] && !f->dropped[i])
            others[n++] = i;
    }
    if (!code && !f->options->no_label)
        code = sl_csv_find_label_by_name(f, others, n);
    if (!code && f->label < width && f->used[f->label])
        code = sl_csv_fail(f->csv, 0, f->err,
                           "column %s can not be the label: it is one of the model's features",
                           sl_quote(f->first[f->label]).text);
    free(others);
    return code;
}

/* Columns by place ----------------------------------------------------------------------------------*/

static int choose_by_place(struct sl_csv_finder *f)
{
    int code = f->options->no_label && !f->expected.n ? SL_OK
               : sl_csv_is_second(f)                  ? sl_csv_find_label_by_place(f)
                                                      : sl_csv_find_label(f);
    sl_csv_drop_words(f);
    if (!code)
        code = sl_csv_drop_others(f);
    for (size_t i = 0; i < f->columns.width; i++) {
        if (i == f->label || f->dropped[i])
            continue;
        f->chosen[f->d++] = i;
        f->used[i] = 1;
    }
    return code;
}

/* Both -----------------------------------------------------------------------------------------------*/

/* The field that the column gets behind those chosen; 0: there is no such column. */
static size_t add_field(struct sl_csv_finder *f, size_t column, size_t *n)
{
    if (column == f->columns.width)
        return 0;
    f->chosen[*n] = column;
    return (*n)++;
}

/* Features, then the label, names of rows, groups and weights: a second file has no use for the last two. */
static int select_fields(struct sl_csv_finder *f)
{
    struct sl_csv_head *head = f->head;
    const size_t width = f->columns.width, none = width;
    size_t n = f->d;
    if (head->labelled)
        f->chosen[n++] = f->label;
    head->side.id = add_field(f, f->id, &n);
    head->side.group = add_field(f, sl_csv_is_second(f) ? none : f->groups, &n);
    head->side.weight = add_field(f, sl_csv_is_second(f) ? none : f->weights, &n);
    return sl_csv_select(f->csv, f->chosen, n, width, f->err);
}

/* *name: of a column that is there, where the file names its columns; SL_ENOMEM. */
static int copy_name(const struct sl_csv_finder *f, size_t column, char **name)
{
    if (!f->columns.names || column >= f->columns.width)
        return SL_OK;
    *name = sl_strdup(f->first[column]);
    return *name ? SL_OK : SL_ENOMEM;
}

/* Words in the one column may be columns of rows that do not all have as many. */
static int fail_no_features(const struct sl_csv_finder *f)
{
    int blanks = f->columns.width == 1 && strchr(f->first[0], ' ');
    return sl_csv_fail(f->csv, 0, f->err, "one column only; expected features beside the label%s",
                       blanks
                           ? " (if blanks separate columns, --delimiter blanks tells which row has another "
                             "number of them)"
                           : "");
}

/* Takes over what the caller is to have; from now on rows are what was chosen. */
static int settle(struct sl_csv_finder *f)
{
    struct sl_csv_head *head = f->head;
    size_t width = f->columns.width;
    head->d = f->d;
    head->labelled = f->label < width;
    head->origin.width = width;
    head->origin.label_at = f->label;
    head->origin.decimal = f->dialect.decimal;
    if (f->d == 0)
        return fail_no_features(f);
    head->categorical = sl_alloc(f->d, 1);
    head->origin.places = sl_alloc(f->d, sizeof *head->origin.places);
    if (head->origin.places)
        memcpy(head->origin.places, f->chosen, f->d * sizeof *head->origin.places);
    for (size_t i = 0; head->categorical && i < f->d; i++)
        head->categorical[i] = (unsigned char)f->categorical[f->chosen[i]];
    const char **names = f->columns.names ? sl_alloc(f->d, sizeof *names) : NULL;
    for (size_t i = 0; names && i < f->d; i++)
        names[i] = f->first[f->chosen[i]];
    head->features = names ? sl_names_copy(names, f->d) : NULL;
    free(names);
    if (copy_name(f, f->label, &head->origin.label) || copy_name(f, f->id, &head->origin.id) ||
        copy_name(f, f->groups, &head->origin.groups) || !head->categorical || !head->origin.places ||
        (f->columns.names && !head->features))
        return sl_fail_memory(f->err);
    return select_fields(f);
}

static int find_columns(struct sl_csv_finder *f)
{
    int code = sl_csv_is_declared(f->csv) ? SL_OK : sl_foreign_rows(f->csv, &f->sample, f->err);
    if (!code)
        code = copy_first(f);
    if (code)
        return code;
    f->label = f->columns.width;
    sl_csv_drop_hollow(f);
    struct sl_csv_first first = {f->first, f->columns.width, f->index, &f->sample};
    if (f->dialect.row_names || f->options->header > 0 ||
        (f->options->header == 0 && sl_csv_is_header(&first, &f->expected))) {
        f->columns.names = f->first;
        code = check_names(f);
    }
    f->by_name = f->expected.features && f->columns.names;
    if (!code)
        code = sl_csv_find_side(f);
    if (!code)
        code = sl_csv_drop_asked(f);
    if (!code)
        code = sl_csv_find_categorical(f);
    if (!code)
        code = f->by_name ? choose_by_name(f) : choose_by_place(f);
    if (!code)
        code = sl_csv_check_dropped_label(f);
    if (!code) {
        sl_csv_note_columns(f);
        code = sl_csv_order_pixels(f);
    }
    return code ? code : settle(f);
}

static int expect(struct sl_csv_finder *f)
{
    const struct sl_read_options *options = f->options;
    const struct sl_dataset *like = options->like;
    const enum sl_indices indices = like ? like->origin.indices : options->indices;
    const size_t d = like ? like->view.d : options->n_features;
    f->expected.features = like ? (const char *const *)like->features : options->features;
    if (indices) {
        f->numbered = sl_names_numbered(sl_feature_number(indices, 0), d);
        f->expected.features = (const char *const *)f->numbered;
        if (!f->numbered)
            return sl_fail_memory(f->err);
    }
    f->expected.n = !like || f->expected.features ? d : 0;
    f->expected.label = options->label ? options->label : like && like->features ? like->origin.label : NULL;
    return SL_OK;
}

int sl_csv_head_read(struct sl_csv *csv, const struct sl_read_options *options, struct sl_csv_head *head,
                     int *got, struct sl_error *err)
{
    struct sl_csv_finder f = {.csv = csv, .options = options, .head = head, .err = err};
    int code = sl_csv_dialect_find(csv, options, SAMPLE, &f.sample, &f.dialect, err);
    if (!code)
        code = sl_csv_next(csv, got, err);
    if (!code && !*got)
        code = sl_csv_fail(csv, 0, err, "the file is empty; expected rows of numbers");
    f.columns.csv = csv;
    f.columns.sample = &f.sample;
    if (!code)
        code = expect(&f);
    if (!code)
        code = find_columns(&f);
    if (!code && f.columns.names)
        code = sl_csv_next(csv, got, err);
    sl_csv_sample_release(&f.sample);
    sl_labels_free(f.index);
    free(f.first);
    free(f.chosen);
    free(f.used);
    free(f.dropped);
    free(f.categorical);
    free(f.numbered);
    return code;
}

void sl_csv_head_release(struct sl_csv_head *head)
{
    free(head->features);
    free(head->categorical);
    sl_origin_release(&head->origin);
}
