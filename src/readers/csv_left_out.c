/* csv_left_out.c - columns that are left out, as asked or because nothing is in them, and the order of
 * pixels. */
#include "core/memory.h"
#include "core/text.h"
#include "readers/arff.h"
#include "readers/csv_finder.h"
#include "readers/csv_head.h"
#include "readers/csv_list.h"
#include "readers/csv_pixels.h"
#include "readers/foreign.h"
#include <string.h>

/* A column without a name and without anything in it is left out, wherever it stands. */
void sl_csv_drop_hollow(struct sl_csv_finder *f)
{
    const struct sl_csv_sample *sample = &f->sample;
    for (size_t j = 0; j < f->columns.width; j++) {
        int hollow = !*f->first[j] && sample->n > 1;
        for (size_t i = 1; i < sample->n && hollow; i++)
            hollow = j >= sample->rows[i].n || !*sample->rows[i].field[j];
        f->dropped[j] = (char)(hollow ? SL_CSV_HOLLOW : 0);
        f->n_hollow += (size_t)hollow;
    }
    if (f->dialect.row_names)
        f->dropped[0] = SL_CSV_ROW_NAMES;
}

/* width: it is not there, and need not be. */
static int find_side(struct sl_csv_finder *f, const char *word, const char *what, size_t *found)
{
    char *marks = sl_alloc_zero(f->columns.width, 1);
    *found = f->columns.width;
    if (!marks)
        return sl_fail_memory(f->err);
    int code = sl_csv_find_columns(&f->columns, word, what, f->options->like != NULL, marks, f->err);
    for (size_t j = f->columns.width; j-- > 0 && !code;) {
        if (!marks[j])
            continue;
        if (*found < f->columns.width)
            code = sl_fail(f->err, SL_EUSAGE, "%s is not one column %s", sl_quote(word).text, what);
        *found = j;
        f->dropped[j] = SL_CSV_SIDE;
    }
    free(marks);
    return code;
}

/* The column of that name, which the model's training file had, too. */
static size_t find_own(struct sl_csv_finder *f, const char *name)
{
    int32_t column = name && f->columns.names ? sl_labels_find(f->index, name) : -1;
    int is_label = name && f->options->label && strcmp(f->options->label, name) == 0;
    if (column < 0 || is_label)
        return f->columns.width;
    f->dropped[column] = SL_CSV_SIDE;
    return (size_t)column;
}

int sl_csv_find_side(struct sl_csv_finder *f)
{
    const struct sl_read_options *options = f->options;
    int code = SL_OK;
    f->weights = f->columns.width;
    f->id = options->id ? f->columns.width : find_own(f, options->own_id);
    f->groups = options->groups ? f->columns.width : find_own(f, options->own_groups);
    if (options->id && *options->id)
        code = find_side(f, options->id, "of names of rows", &f->id);
    if (!code && options->groups && *options->groups)
        code = find_side(f, options->groups, "of groups", &f->groups);
    if (!code && options->weights && *options->weights)
        code = find_side(f, options->weights, "of weights", &f->weights);
    return code;
}

int sl_csv_drop_others(struct sl_csv_finder *f)
{
    const char *list = f->options->columns;
    char *marks = list && *list ? sl_alloc_zero(f->columns.width, 1) : NULL;
    if (!list || !*list)
        return SL_OK;
    int code = marks ? sl_csv_find_columns(&f->columns, list, "to take", sl_csv_is_second(f), marks, f->err)
                     : sl_fail_memory(f->err);
    for (size_t j = 0; j < f->columns.width && !code; j++) {
        if (!marks[j] && !f->dropped[j] && j != f->label)
            f->dropped[j] = 1;
    }
    free(marks);
    return code;
}

int sl_csv_drop_asked(struct sl_csv_finder *f)
{
    const char *list = f->options->drop;
    int code = list && *list ? sl_csv_find_columns(&f->columns, list, "to leave out", sl_csv_is_second(f),
                                                   f->dropped, f->err)
                             : SL_OK;
    f->columns.dropped = f->dropped;
    for (size_t i = 0; i < f->columns.width; i++)
        f->n_dropped += f->dropped[i] != 0;
    return code;
}

int sl_csv_find_categorical(struct sl_csv_finder *f)
{
    const char *list = f->options->categorical;
    f->columns.categorical = f->categorical;
    f->columns.takes_words = f->options->encoding.categories != SL_CATEGORIES_ERROR;
    const struct sl_arff *arff = sl_csv_is_declared(f->csv) ? sl_csv_declared(f->csv) : NULL;
    for (size_t j = 0; arff && j < f->columns.width && j < arff->n; j++)
        f->categorical[j] = arff->attribute[j].type == SL_ARFF_NOMINAL ? SL_CSV_DECLARED : 0;
    if (!list || !*list || sl_csv_is_second(f)) /* the first file, or the model, says so */
        return SL_OK;
    return sl_csv_find_columns(&f->columns, list, "of categories", 0, f->categorical, f->err);
}

/* The first rows hold words there that are neither true nor false, and nothing that is to be refused. */
static int holds_words(const struct sl_csv_finder *f, size_t j)
{
    size_t words = 0;
    for (size_t i = f->columns.names != NULL; i < f->sample.n; i++) {
        const char *field = j < f->sample.rows[i].n ? f->sample.rows[i].field[j] : "";
        double value;
        if (sl_is_missing(field) || sl_truth_of(field) >= 0)
            continue;
        if (sl_parse_real(field, &value) == 0 || sl_foreign_value(field))
            return 0;
        words++;
    }
    return words > 0;
}

void sl_csv_drop_words(struct sl_csv_finder *f)
{
    if (f->options->encoding.categories != SL_CATEGORIES_DROP)
        return;
    for (size_t j = 0; j < f->columns.width; j++) {
        if (j != f->label && !f->dropped[j] && f->categorical[j] != 1 && holds_words(f, j))
            f->dropped[j] = SL_CSV_WORDS;
    }
}

int sl_csv_check_dropped_label(const struct sl_csv_finder *f)
{
    if (f->label == f->columns.width || !f->dropped[f->label])
        return SL_OK;
    sl_csv_fail(f->csv, 0, f->err, "column %zu of %zu is the label: it can not be left out", f->label + 1,
                f->columns.width);
    if (f->err)
        f->err->code = SL_EUSAGE;
    return SL_EUSAGE;
}

/* *all: of those chosen. */
static int are_all_pixels(const struct sl_csv_finder *f, int *all)
{
    char **names = sl_alloc(f->d, sizeof *names);
    if (!names)
        return sl_fail_memory(f->err);
    for (size_t i = 0; i < f->d; i++)
        names[i] = f->first[f->chosen[i]];
    *all = sl_are_all_pixels(names, f->d);
    free(names);
    return SL_OK;
}

/* The pixels of images stand where their numbers say. */
int sl_csv_order_pixels(struct sl_csv_finder *f)
{
    struct sl_notes *notes = &f->head->origin.notes;
    int moved, all = 1, code = SL_OK;
    if (f->by_name || !f->columns.names)
        return SL_OK;
    if (sl_sort_pixels(f->first, f->chosen, f->d, &moved))
        return sl_fail_memory(f->err);
    size_t pixels = 0;
    while (pixels < f->d && sl_is_pixel_name(f->first[f->chosen[pixels]]))
        pixels++;
    if (!sl_csv_is_second(f) && pixels == f->d && f->d)
        code = are_all_pixels(f, &all);
    if (!all)
        sl_notes_add(notes,
                     "pixels are left out between the first, 0 or 1, and the last: a table, no images");
    if (moved)
        sl_notes_add(notes,
                     "pixels are taken in the order of their numbers: the columns stand in another one");
    return code;
}
