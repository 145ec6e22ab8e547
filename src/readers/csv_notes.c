/* csv_notes.c - what a data set says of a CSV file's columns: label and header, columns left out, order,
 * places. */
#include "core/text.h"
#include "readers/csv_finder.h"
#include "readers/csv_head.h"
#include "readers/foreign.h"
#include <stdio.h>
#include <string.h>

/* Columns that are no features, for one of the reasons in csv_finder.h. */
static void note_left_out(struct sl_csv_finder *f, int reason, const char *why)
{
    enum { SHOWN = 5 };
    struct sl_string names = {0};
    struct sl_notes *notes = &f->head->origin.notes;
    size_t left_out = 0;
    for (size_t i = 0; i < f->columns.width; i++) {
        int own = f->dropped[i] > 1 ? f->dropped[i] : 1;
        if (f->used[i] || i == f->label || own != reason || left_out++ >= SHOWN)
            continue;
        sl_string_add(&names, "%s", left_out > 1 ? ", " : "");
        if (f->columns.names && *f->first[i])
            sl_string_add(&names, "%s", sl_quote(f->first[i]).text);
        else
            sl_string_add(&names, "%zu", i);
    }
    if (left_out > SHOWN)
        sl_string_add(&names, " and %zu more", left_out - SHOWN);
    if (left_out && names.text)
        sl_notes_add(notes, "left out: column%s %s, %s", left_out > 1 ? "s" : "", names.text, why);
    notes->failed |= names.failed;
    sl_string_release(&names);
}

static void note_order(struct sl_csv_finder *f)
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
static void note_places(struct sl_csv_finder *f)
{
    const char *other = f->options->like ? "the training file" : "the model";
    if (f->columns.names && !f->expected.features)
        sl_notes_add(&f->head->origin.notes,
                     "columns are taken by their places: this file names them, %s does not", other);
    else if (!f->columns.names && f->expected.features)
        sl_notes_add(&f->head->origin.notes,
                     "columns are taken by their places: %s names them, this file does not", other);
}

/* Beside a model that knows what its own label was called: is it this column, or is this a guess? */
static const char *why_label(const struct sl_csv_finder *f, char *why, size_t size)
{
    const char *own = f->options->own_label;
    why[0] = 0;
    if (!own || f->options->label)
        return why;
    if (strcmp(f->columns.names[f->label], own) == 0)
        return ", as in the model's training file";
    snprintf(why, size, ", a guess: the model's was %s", sl_quote(own).text);
    return why;
}

/* The first note: what every reader of a table should know. */
static void note_label(struct sl_csv_finder *f)
{
    const struct sl_csv_columns *c = &f->columns;
    struct sl_notes *notes = &f->head->origin.notes;
    char header[64] = "no header", why[96];
    if (sl_csv_is_declared(f->csv))
        snprintf(header, sizeof header, "names from @attribute");
    else if (c->names)
        snprintf(header, sizeof header, "line %zu is a header", sl_csv_line(f->csv));
    if (f->label == c->width)
        sl_notes_add(notes, "no label column, %s", header);
    else if (c->names)
        sl_notes_add(notes, "label: column %s (%zu of %zu)%s, %s", sl_quote(c->names[f->label]).text,
                     f->label + 1, c->width, why_label(f, why, sizeof why), header);
    else
        sl_notes_add(notes, "label: column %zu of %zu, %s", f->label + 1, c->width, header);
}

static void note_dialect(struct sl_csv_finder *f)
{
    struct sl_notes *notes = &f->head->origin.notes;
    if (f->dialect.separated)
        sl_notes_add(notes, "%s", f->dialect.separated);
    if (f->dialect.decimal == SL_DECIMAL_COMMA)
        sl_notes_add(notes, "decimal comma: 1.234,5 is read as 1234.5");
    else if (f->dialect.decimal == SL_DECIMAL_POINT && !f->options->decimal)
        sl_notes_add(notes, "commas stand between thousands: 1,234.5 is read as 1234.5");
    if (f->dialect.row_names)
        sl_notes_add(notes, "left out: the first column, names of rows, which the header does not name");
}

/* Columns that are read, and are no features. */
static void note_side(struct sl_csv_finder *f, size_t column, const char *what, const char *use)
{
    char number[24];
    if (column >= f->columns.width)
        return;
    snprintf(number, sizeof number, "%zu", column);
    sl_notes_add(&f->head->origin.notes, "%s: column %s, %s", what,
                 f->columns.names && *f->first[column] ? sl_quote(f->first[column]).text : number, use);
}

void sl_csv_note_columns(struct sl_csv_finder *f)
{
    struct sl_notes *notes = &f->head->origin.notes;
    note_label(f);
    note_dialect(f);
    note_side(f, f->id, "names of rows", "no feature");
    if (!sl_csv_is_second(f)) {
        note_side(f, f->groups, "groups, which splits leave whole", "no feature");
        note_side(f, f->weights, "weights", SL_WEIGHTS_USE);
    } else if (f->options->own_groups)
        note_side(f, f->groups, "groups of the training rows", "no feature");
    if (f->n_hollow)
        sl_notes_add(notes,
                     "left out: %zu column%s without a name, and without anything in the first %zu rows",
                     f->n_hollow, f->n_hollow > 1 ? "s" : "", f->sample.n - (f->columns.names != NULL));
    note_left_out(f, 1,
                  !f->by_name        ? "as asked"
                  : f->options->like ? "not in the training file"
                                     : "unknown to the model");
    note_left_out(f, SL_CSV_WORDS, "of words (--categories drop)");
    if (f->by_name)
        note_order(f);
    else if (sl_csv_is_second(f))
        note_places(f);
    if (f->empty)
        sl_notes_add(notes, "left out: %zu empty column%s behind the last", f->empty,
                     f->empty > 1 ? "s" : "");
}
