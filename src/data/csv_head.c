/* csv_head.c - what the columns of a CSV file are.
 *
 * Header (csv_header.c) and label (csv_label.c) are told by the first rows, up to 1000 that lie in the first
 * 256 KiB.  Columns of a file that is read like another one, or for a model, are found by their names where
 * both sides have names, else by their places. Cost: O(columns), and the first rows. */
#include "data/csv_head.h"
#include "core/memory.h"
#include "core/text.h"
#include "data/csv_drop.h"
#include "data/csv_header.h"
#include "data/csv_label.h"
#include "data/csv_pixels.h"
#include "data/foreign.h"
#include "data/labels.h"
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { SAMPLE = 1000, HOLLOW = 2 };

struct finder {
    struct sl_csv *csv;
    const struct sl_read_options *options;
    struct sl_csv_sample sample;
    char **first;            /* (width) the first row's fields without blanks around them, owned */
    struct sl_labels *index; /* of first: the number of a name is its column, unless one comes twice; owned */
    struct sl_csv_columns columns;   /* names: first, where it is a header */
    struct sl_csv_expected expected; /* n 0: any number of features */
    size_t label;                    /* width: none */
    size_t *chosen;                  /* columns of features, then the label; (width), owned */
    char *used;                      /* (width): is it a feature?  owned */
    char *dropped;                   /* (width): is it left out as asked?  owned */
    size_t n_dropped, n_hollow;      /* hollow: dropped, because they have no name and nothing in them */
    size_t d, empty;                 /* empty: columns without anything, behind the last */
    int by_name;
    struct sl_csv_head *head;
    struct sl_error *err;
};

/* The first row -------------------------------------------------------------------------------------*/

static size_t filled_width(char **field, size_t n)
{
    while (n && !*field[n - 1])
        n--;
    return n;
}

/* Columns up to the last one that has anything in it. */
static void find_width(struct finder *f)
{
    size_t n = sl_csv_width(f->csv), width = filled_width(f->first, n);
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

static int copy_first(struct finder *f)
{
    size_t n = sl_csv_width(f->csv);
    const char **fields = sl_alloc(n, sizeof *fields);
    for (size_t i = 0; fields && i < n; i++)
        fields[i] = sl_csv_field(f->csv, i);
    f->first = fields ? sl_names_copy(fields, n) : NULL;
    free(fields);
    f->index = sl_labels_new();
    f->chosen = sl_alloc(n, sizeof *f->chosen);
    f->used = sl_alloc_zero(n, 1);
    f->dropped = sl_alloc_zero(n, 1);
    if (!f->first || !f->index || !f->chosen || !f->used || !f->dropped)
        return sl_fail_memory(f->err);
    find_width(f);
    for (size_t i = 0; i < f->columns.width; i++) {
        trim(&f->first[i]);
        if (sl_labels_add(f->index, f->first[i]) < 0)
            return sl_fail_memory(f->err);
    }
    return SL_OK;
}

/* A column without a name and without anything in it is left out, wherever it stands. */
static void drop_hollow(struct finder *f)
{
    const struct sl_csv_sample *sample = &f->sample;
    for (size_t j = 0; j < f->columns.width; j++) {
        int hollow = !*f->first[j] && sample->n > 1;
        for (size_t i = 1; i < sample->n && hollow; i++)
            hollow = j >= sample->rows[i].n || !*sample->rows[i].field[j];
        f->dropped[j] = (char)(hollow ? HOLLOW : 0);
        f->n_hollow += (size_t)hollow;
    }
}

/* Every name once: another one could not be asked for, nor found in another file. */
static int check_names(const struct finder *f)
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

/* The label -----------------------------------------------------------------------------------------*/

static int no_such_column(const struct finder *f, const char *label)
{
    const struct sl_csv_columns *c = &f->columns;
    const char *near = c->names ? sl_nearest(label, (const char *const *)c->names, c->width) : NULL;
    sl_csv_fail(f->csv, 0, f->err, "no label column \"%s\"%s%s%s; expected %sa number from %ld to %zu",
                       label, near ? " (did you mean \"" : "", near ? near : "", near ? "\"?)" : "",
                       c->names ? "a name in the header or " : "", -(long)c->width, c->width - 1);
    if (f->err)
        f->err->code = SL_EUSAGE; /* the file is as it is: the request is wrong */
    return SL_EUSAGE;
}

/* The column that the label option names. */
static int find_given(struct finder *f, const char *label)
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

static int find_label(struct finder *f)
{
    if (f->options->label)
        return find_given(f, f->options->label);
    return sl_csv_guess_label(&f->columns, &f->label, f->err);
}

/* Columns by name -----------------------------------------------------------------------------------*/

static const char *other_file(const struct finder *f)
{
    return f->options->like ? "the training file has" : "the model was fitted with";
}

static int fail_missing(const struct finder *f)
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

/* In a file like the training file the label has its name; beside a model, it is among the other columns. */
static int find_label_by_name(struct finder *f, const size_t *others, size_t n)
{
    const struct sl_dataset *like = f->options->like;
    if (like && !like->origin.label)
        return SL_OK;
    if (!like)
        return f->options->label ? find_given(f, f->options->label)
                                 : sl_csv_find_label_among(&f->columns, others, n, &f->label, f->err);
    int32_t column = sl_labels_find(f->index, like->origin.label);
    if (column < 0)
        return sl_csv_fail(f->csv, 0, f->err, "no column %s, which is the label in the training file",
                           sl_quote(like->origin.label).text);
    f->label = (size_t)column;
    return SL_OK;
}

static int choose_by_name(struct finder *f)
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
        code = find_label_by_name(f, others, n);
    if (!code && f->label < width && f->used[f->label])
        code = sl_csv_fail(f->csv, 0, f->err,
                           "column %s can not be the label: it is one of the model's features",
                           sl_quote(f->first[f->label]).text);
    free(others);
    return code;
}

/* Columns by place ----------------------------------------------------------------------------------*/

static int find_label_by_place(struct finder *f)
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
    return f->options->no_label || (width == f->expected.n && !f->options->label) ? SL_OK : find_label(f);
}

/* Is there a training file or a model that decides? */
static int is_second(const struct finder *f)
{
    return f->options->like ? f->options->like->origin.width > 0 : f->expected.n > 0;
}

static int choose_by_place(struct finder *f)
{
    int code = f->options->no_label && !f->expected.n ? SL_OK
               : is_second(f)                         ? find_label_by_place(f)
                                                      : find_label(f);
    for (size_t i = 0; i < f->columns.width; i++) {
        if (i == f->label || f->dropped[i])
            continue;
        f->chosen[f->d++] = i;
        f->used[i] = 1;
    }
    return code;
}

/* Of those chosen. */
static int are_all_pixels(const struct finder *f)
{
    char **names = sl_alloc(f->d, sizeof *names);
    for (size_t i = 0; names && i < f->d; i++)
        names[i] = f->first[f->chosen[i]];
    int all = names && sl_are_all_pixels(names, f->d);
    free(names);
    return all;
}

/* The pixels of images stand where their numbers say. */
static int order_pixels(struct finder *f)
{
    struct sl_notes *notes = &f->head->origin.notes;
    int moved;
    if (f->by_name || !f->columns.names)
        return SL_OK;
    if (sl_sort_pixels(f->first, f->chosen, f->d, &moved))
        return sl_fail_memory(f->err);
    size_t pixels = 0;
    while (pixels < f->d && sl_is_pixel_name(f->first[f->chosen[pixels]]))
        pixels++;
    if (!is_second(f) && pixels == f->d && f->d && !are_all_pixels(f))
        sl_notes_add(notes,
                     "pixels are left out between the first, 0 or 1, and the last: a table, no images");
    if (moved)
        sl_notes_add(notes,
                     "pixels are taken in the order of their numbers: the columns stand in another one");
    return SL_OK;
}

static int find_dropped(struct finder *f)
{
    const char *list = f->options->drop;
    int code =
        list && *list ? sl_csv_find_dropped(&f->columns, list, is_second(f), f->dropped, f->err) : SL_OK;
    f->columns.dropped = f->dropped;
    for (size_t i = 0; i < f->columns.width; i++)
        f->n_dropped += f->dropped[i] != 0;
    return code;
}

static int check_label(const struct finder *f)
{
    if (f->label == f->columns.width || !f->dropped[f->label])
        return SL_OK;
    sl_csv_fail(f->csv, 0, f->err, "column %zu of %zu is the label: it can not be left out", f->label + 1,
                f->columns.width);
    if (f->err)
        f->err->code = SL_EUSAGE;
    return SL_EUSAGE;
}

/* What is said about it -----------------------------------------------------------------------------*/

static void note_left_out(struct finder *f)
{
    enum { SHOWN = 5 };
    struct sl_string names = {0};
    size_t left_out = 0;
    for (size_t i = 0; i < f->columns.width; i++) {
        if (f->used[i] || i == f->label || f->dropped[i] == HOLLOW || left_out++ >= SHOWN)
            continue;
        sl_string_add(&names, "%s", left_out > 1 ? ", " : "");
        if (f->columns.names && *f->first[i])
            sl_string_add(&names, "%s", sl_quote(f->first[i]).text);
        else
            sl_string_add(&names, "%zu", i);
    }
    if (left_out > SHOWN)
        sl_string_add(&names, " and %zu more", left_out - SHOWN);
    struct sl_notes *notes = &f->head->origin.notes;
    if (left_out && names.text)
        sl_notes_add(notes, "left out: column%s %s, %s", left_out > 1 ? "s" : "", names.text,
                     !f->by_name        ? "as asked"
                     : f->options->like ? "not in the training file"
                                        : "unknown to the model");
    notes->failed |= names.failed;
    sl_string_release(&names);
}

static void note_order(struct finder *f)
{
    for (size_t i = 1; i < f->d; i++) {
        if (f->chosen[i] > f->chosen[i - 1])
            continue;
        sl_notes_add(&f->head->origin.notes, "columns stand in another order than %s: they are taken by name",
                     f->options->like ? "in the training file" : "the model's");
        return;
    }
}

/* Places were taken where only one side has names. */
static void note_places(struct finder *f)
{
    const char *other = f->options->like ? "the training file" : "the model";
    if (f->columns.names && !f->expected.features)
        sl_notes_add(&f->head->origin.notes,
                     "columns are taken by their places: this file names them, %s does not", other);
    else if (!f->columns.names && f->expected.features)
        sl_notes_add(&f->head->origin.notes,
                     "columns are taken by their places: %s names them, this file does not", other);
}

/* The first note: what every reader of a table should know. */
static void note_label(struct finder *f)
{
    const struct sl_csv_columns *c = &f->columns;
    struct sl_notes *notes = &f->head->origin.notes;
    char header[64] = "no header";
    if (c->names)
        snprintf(header, sizeof header, "line %zu is a header", sl_csv_line(f->csv));
    if (f->label == c->width)
        sl_notes_add(notes, "no label column, %s", header);
    else if (c->names)
        sl_notes_add(notes, "label: column %s (%zu of %zu), %s", sl_quote(c->names[f->label]).text,
                     f->label + 1, c->width, header);
    else
        sl_notes_add(notes, "label: column %zu of %zu, %s", f->label + 1, c->width, header);
}

static void note_rest(struct finder *f)
{
    struct sl_notes *notes = &f->head->origin.notes;
    size_t comments = sl_csv_comments(f->csv);
    if (f->n_hollow)
        sl_notes_add(notes,
                     "left out: %zu column%s without a name, and without anything in the first %zu rows",
                     f->n_hollow, f->n_hollow > 1 ? "s" : "", f->sample.n - (f->columns.names != NULL));
    note_left_out(f);
    if (f->by_name)
        note_order(f);
    else if (is_second(f))
        note_places(f);
    if (comments)
        sl_notes_add(notes, "left out: %zu comment line%s at the top", comments, comments > 1 ? "s" : "");
    if (f->empty)
        sl_notes_add(notes, "left out: %zu empty column%s behind the last", f->empty,
                     f->empty > 1 ? "s" : "");
}

/* Takes over what the caller is to have; from now on rows are what was chosen. */
static int settle(struct finder *f)
{
    struct sl_csv_head *head = f->head;
    size_t width = f->columns.width;
    head->d = f->d;
    head->labelled = f->label < width;
    head->origin.width = width;
    head->origin.label_at = f->label;
    if (f->d == 0)
        return sl_csv_fail(f->csv, 0, f->err, "one column only; expected features beside the label");
    const char **names = f->columns.names ? sl_alloc(f->d, sizeof *names) : NULL;
    for (size_t i = 0; names && i < f->d; i++)
        names[i] = f->first[f->chosen[i]];
    head->features = names ? sl_names_copy(names, f->d) : NULL;
    free(names);
    if (head->labelled && f->columns.names)
        head->origin.label = sl_strdup(f->first[f->label]);
    if (f->columns.names && (!head->features || (head->labelled && !head->origin.label)))
        return sl_fail_memory(f->err);
    if (head->labelled)
        f->chosen[f->d] = f->label;
    return sl_csv_select(f->csv, f->chosen, f->d + (size_t)head->labelled, width, f->err);
}

static int find_columns(struct finder *f)
{
    int code = sl_foreign_rows(f->csv, &f->sample, f->err);
    if (!code)
        code = copy_first(f);
    if (code)
        return code;
    f->label = f->columns.width;
    drop_hollow(f);
    struct sl_csv_first first = {f->first, f->columns.width, f->index, &f->sample};
    if (f->options->header > 0 || (f->options->header == 0 && sl_csv_is_header(&first, &f->expected))) {
        f->columns.names = f->first;
        code = check_names(f);
    }
    f->by_name = f->expected.features && f->columns.names;
    if (!code)
        code = find_dropped(f);
    if (!code)
        code = f->by_name ? choose_by_name(f) : choose_by_place(f);
    if (!code)
        code = check_label(f);
    if (!code) {
        note_label(f);
        note_rest(f);
        code = order_pixels(f);
    }
    return code ? code : settle(f);
}

static void expect(struct finder *f)
{
    const struct sl_read_options *options = f->options;
    const struct sl_dataset *like = options->like;
    if (like)
        f->expected.features = (const char *const *)like->features;
    else
        f->expected.features = options->features;
    f->expected.n = !like ? options->n_features : like->features ? like->view.d : 0;
    f->expected.label = options->label ? options->label : like && like->features ? like->origin.label : NULL;
}

int sl_csv_head_read(struct sl_csv *csv, const struct sl_read_options *options, struct sl_csv_head *head,
                     int *got, struct sl_error *err)
{
    struct finder f = {.csv = csv, .options = options, .head = head, .err = err};
    int code = sl_csv_sample(csv, SAMPLE, &f.sample, err);
    if (!code)
        code = sl_csv_next(csv, got, err);
    if (!code && !*got)
        code = sl_csv_fail(csv, 0, err, "the file is empty; expected rows of numbers");
    f.columns.csv = csv;
    f.columns.sample = &f.sample;
    expect(&f);
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
    return code;
}

void sl_csv_head_release(struct sl_csv_head *head)
{
    free(head->features);
    sl_origin_release(&head->origin);
}
