/* csv_cell_notes.c - what a data set says of missing values and words in its table, and of what becomes of
 * them.
 */
#include "core/text.h"
#include "data/encoding_codes.h"
#include "readers/csv_cells.h"
#include <stdio.h>
#include <string.h>

enum { SHOWN = 5 };

struct list {
    struct sl_string text;
    size_t n;
};

static void list_column(const struct sl_csv_cells *cells, size_t j, size_t count, struct list *list)
{
    struct sl_quoted name;
    if (list->n++ >= SHOWN)
        return;
    if (cells->names)
        name = sl_quote(cells->names[j]);
    else
        snprintf(name.text, sizeof name.text, "column %zu", cells->places ? cells->places[j] : j);
    sl_string_add(&list->text, "%s%s", list->n > 1 ? ", " : "", name.text);
    if (count)
        sl_string_add(&list->text, " (%zu)", count);
}

static void note_list(struct list *list, struct sl_notes *notes, const char *before, const char *behind)
{
    char more[40] = "";
    if (list->n > SHOWN)
        snprintf(more, sizeof more, " and %zu more", list->n - SHOWN);
    if (list->n && list->text.text)
        sl_notes_add(notes, "%s%s%s%s", before, list->text.text, more, behind);
    notes->failed |= list->text.failed;
    sl_string_release(&list->text);
}

/* A model's own rows are filled in for it alone. */
static void print_filling(const struct sl_csv_cells *cells, int categories, char *text, size_t size)
{
    static const char *const what[] = {
        [SL_MISSING_MEDIAN] = "the median of the training rows",
        [SL_MISSING_MEAN] = "the mean of the training rows",
        [SL_MISSING_MODE] = "the most frequent value of the training rows",
    };
    const struct sl_encoding_options *options = &cells->encoding;
    const char *but = cells->options->fitted ? "" : ", but for classifiers that take missing values";
    const char *indicators = options->indicators ? ", and a column of 0 and 1 tells where" : "";
    int averaged = options->missing == SL_MISSING_MEDIAN || options->missing == SL_MISSING_MEAN;
    if (options->missing == SL_MISSING_KEEP)
        snprintf(text, size, ": left missing");
    else if (options->missing == SL_MISSING_CONSTANT)
        snprintf(text, size, ": filled in with %s%s%s", sl_quote(options->constant).text, indicators, but);
    else
        snprintf(text, size, ": filled in with %s%s%s%s", what[options->missing],
                 categories && averaged ? ", of categories the most frequent" : "", indicators, but);
}

static void note_gaps(const struct sl_csv_cells *cells, struct sl_notes *notes)
{
    struct list list = {0};
    char behind[240] = ": --missing says what becomes of them";
    int categories = 0;
    for (size_t j = 0; j < cells->d; j++) {
        if (!cells->column[j].gaps)
            continue;
        list_column(cells, j, cells->column[j].gaps, &list);
        categories |= cells->column[j].levels != NULL;
    }
    if (sl_admits_gaps(cells->encoding.missing))
        print_filling(cells, categories, behind, sizeof behind);
    note_list(&list, notes, "missing values: ", behind);
}

static void note_left_out(const struct sl_csv_cells *cells, struct sl_notes *notes)
{
    struct list list = {0};
    char before[96], behind[80] = "";
    snprintf(before, sizeof before, "left out: %zu of %zu rows that lack a value: ", cells->left_out,
             cells->rows);
    for (size_t j = 0; j < cells->d; j++) {
        if (cells->column[j].dropped)
            list_column(cells, j, cells->column[j].dropped, &list);
    }
    if (list.n > SHOWN) {
        snprintf(behind, sizeof behind, " and %zu more", list.n - SHOWN);
        list.n = SHOWN;
    }
    if (cells->unlabelled) {
        size_t used = strlen(behind);
        snprintf(behind + used, sizeof behind - used, "%sthe label (%zu)", list.n ? ", " : "",
                 cells->unlabelled);
    }
    if (list.n)
        note_list(&list, notes, before, behind);
    else
        sl_notes_add(notes, "%s%s", before, behind);
}

static void print_categories(const struct sl_csv_cells *cells, char *text, size_t size)
{
    const struct sl_encoding_options *options = &cells->encoding;
    char rare[80] = "", least[24];
    const char *but = ", but for classifiers that take categories (up to 255)";
    sl_print_real(options->min_frequency, least, sizeof least);
    if (options->min_frequency >= 1)
        snprintf(rare, sizeof rare, "; those of fewer than %s training rows share one", least);
    else if (options->min_frequency > 0)
        snprintf(rare, sizeof rare, "; those of less than %s of the training rows share one", least);
    if (cells->options->any_cells)
        snprintf(text, size, ": --categories says what becomes of them");
    else if (options->categories == SL_CATEGORIES_ORDINAL)
        snprintf(text, size, ": ordinal, each its rank among those of the training rows%s%s", rare, but);
    else
        snprintf(text, size, ": one-hot, a column of 0 and 1 for each of the training rows%s%s", rare, but);
}

static void note_categories(const struct sl_csv_cells *cells, const struct sl_columns *columns,
                            struct sl_notes *notes)
{
    struct list categories = {0}, truths = {0};
    char behind[200];
    print_categories(cells, behind, sizeof behind);
    for (size_t j = 0; j < columns->d; j++) {
        if (columns->column[j].kind == SL_COLUMN_CATEGORY)
            list_column(cells, j, columns->column[j].n_levels, &categories);
        else if (columns->column[j].kind == SL_COLUMN_TRUTH)
            list_column(cells, j, 0, &truths);
    }
    note_list(&truths, notes, "true and false, or yes and no, are read as 1 and 0: ", "");
    note_list(&categories, notes, "categories: ", behind);
}

/* Names of people, tickets: a column of 0 and 1 for each row tells nothing of another row. */
static void note_own(const struct sl_csv_cells *cells, const struct sl_columns *columns, size_t n,
                     struct sl_notes *notes)
{
    enum { FEW = 20 };
    struct list list = {0};
    for (size_t j = 0; j < columns->d; j++) {
        size_t levels = columns->column[j].n_levels;
        if (levels > FEW && 2 * levels > n)
            list_column(cells, j, levels, &list);
    }
    note_list(&list, notes, "nearly as many categories as rows, which tell nothing of other rows: ",
              "; --drop leaves them out");
}

/* Of a second file. */
static void note_fresh(const struct sl_csv_cells *cells, struct sl_notes *notes)
{
    struct list list = {0};
    for (size_t j = 0; j < cells->d; j++) {
        if (cells->column[j].fresh)
            list_column(cells, j, cells->column[j].fresh, &list);
    }
    note_list(&list, notes, "categories that the training file does not have: ",
              cells->encoding.categories == SL_CATEGORIES_ORDINAL ? ", read as -1"
                                                                  : ", read as none of its own");
}

/* An option that nothing comes of. */
static void note_no_categories(const struct sl_csv_cells *cells, const struct sl_columns *columns,
                               struct sl_notes *notes)
{
    size_t n = 0;
    for (size_t j = 0; columns && j < columns->d; j++)
        n += columns->column[j].kind == SL_COLUMN_CATEGORY;
    if (!n && cells->encoding.min_frequency > 0)
        sl_notes_add(notes, "min_frequency has no effect: no column is of categories");
}

void sl_csv_cells_note(const struct sl_csv_cells *cells, const struct sl_columns *columns, size_t n,
                       struct sl_notes *notes)
{
    if (cells->left_out)
        note_left_out(cells, notes);
    if (!cells->second)
        note_no_categories(cells, columns, notes);
    if (!columns)
        return;
    if (cells->encoding.missing != SL_MISSING_DROP || cells->options->any_cells)
        note_gaps(cells, notes);
    if (cells->second)
        note_fresh(cells, notes);
    else {
        note_categories(cells, columns, notes);
        note_own(cells, columns, n, notes);
    }
}
