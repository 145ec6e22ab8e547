/* csv_cells.c - cells of a table that are no plain numbers.
 *
 * What a column holds is told by its first cell that is not missing, or by the training file, the model or
 * the options; a word below numbers, or a number below words, is an error, since one slip in a column of
 * numbers would make categories of all of them.  true and false, yes and no are 1 and 0 where a column holds
 * nothing else.  A word gets the number of its first appearance until all rows are read. Cost: O(1) a cell,
 * O(k log k + n) for a column of k levels. */
#include "readers/csv_cells.h"
#include "core/memory.h"
#include "core/text.h"
#include "data/dataset.h"
#include "data/encoding.h"
#include "readers/csv_number.h"
#include "readers/foreign.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

/* More names than that are no categories of anything. */
enum { LEVELS_MAX = 1 << 20 };

/* Begin and end -------------------------------------------------------------------------------------*/

/* Levels that are known stand first. */
static int begin_known(struct sl_csv_cells *cells, size_t j)
{
    const struct sl_column *known = &cells->known->column[j];
    struct sl_csv_cell_column *column = &cells->column[j];
    cells->is_text[j] = known->kind != SL_COLUMN_NUMBER;
    column->truth = known->kind == SL_COLUMN_TRUTH;
    column->given = known->kind == SL_COLUMN_CATEGORY;
    if (!column->given)
        return 0;
    column->levels = sl_labels_new();
    int failed = !column->levels;
    for (size_t l = 0; l < known->n_levels && !failed; l++)
        failed = sl_labels_add(column->levels, known->levels[l]) < 0;
    return failed;
}

static int begin_given(struct sl_csv_cells *cells, size_t j, unsigned char given)
{
    cells->is_text[j] = 1;
    cells->column[j].given = given;
    cells->column[j].levels = sl_labels_new();
    return !cells->column[j].levels;
}

int sl_csv_cells_begin(struct sl_csv_cells *cells, const struct sl_csv *csv,
                       const struct sl_read_options *options, char *const *names, size_t d,
                       const unsigned char *categorical, struct sl_error *err)
{
    const struct sl_dataset *like = options->like;
    *cells = (struct sl_csv_cells){.csv = csv,
                                   .options = options,
                                   .encoding = options->encoding,
                                   .second = like || options->n_features,
                                   .names = names,
                                   .d = d};
    if (like)
        cells->known = like->columns;
    else if (options->fitted) {
        cells->known = sl_encoding_columns(options->fitted);
        cells->encoding = *sl_encoding_options_of(options->fitted);
    }
    if (cells->known && cells->known->d != d)
        cells->known = NULL; /* their number is checked, and told, elsewhere */
    cells->is_text = sl_alloc_zero(d, 1);
    cells->column = sl_alloc_zero(d, sizeof *cells->column);
    int failed = !cells->is_text || !cells->column;
    for (size_t j = 0; j < d && !failed; j++) {
        if (cells->known)
            failed = begin_known(cells, j);
        else if (!cells->second && categorical && categorical[j])
            failed = begin_given(cells, j, categorical[j]);
    }
    return failed ? sl_fail_memory(err) : SL_OK;
}

void sl_csv_cells_release(struct sl_csv_cells *cells)
{
    for (size_t j = 0; cells->column && j < cells->d; j++)
        sl_labels_free(cells->column[j].levels);
    free(cells->column);
    free(cells->is_text);
    *cells = (struct sl_csv_cells){0};
}

/* Errors --------------------------------------------------------------------------------------------*/

/* " in column NAME", or nothing. */
static const char *print_column(const struct sl_csv_cells *cells, size_t j, char *text, size_t size)
{
    text[0] = 0;
    if (cells->names)
        snprintf(text, size, " in column \"%.64s\"", cells->names[j]);
    return text;
}

static int fail_gap(const struct sl_csv_cells *cells, size_t j, const char *field, struct sl_error *err)
{
    char column[96], what[96] = "a missing value";
    print_column(cells, j, column, sizeof column);
    if (*field)
        snprintf(what, sizeof what, "\"%.40s\"", field);
    const char *is = *field ? " is a missing value" : "";
    if (cells->second)
        return sl_csv_fail(cells->csv, j + 1, err,
                           "%s%s%s; expected a number: nothing that was fitted stands in for it", what,
                           column, is);
    return sl_csv_fail(
        cells->csv, j + 1, err,
        "%s%s%s; expected a number: --missing median, mean, mode or constant=VALUE fills it "
        "in, --missing keep leaves it to classifiers that take missing values, --missing drop leaves "
        "its row out, --drop its column",
        what, column, is);
}

static int fail_word(const struct sl_csv_cells *cells, size_t j, const char *field, struct sl_error *err)
{
    char column[96];
    print_column(cells, j, column, sizeof column);
    if (cells->second)
        return sl_csv_fail(cells->csv, j + 1, err, "\"%.40s\"%s is a word; expected a number, as in %s",
                           field, column,
                           cells->options->like ? "the training file" : "the model's training rows");
    if (cells->rows > cells->column[j].gaps && !cells->is_text[j])
        return sl_csv_fail(
            cells->csv, j + 1, err,
            "\"%.40s\"%s is a word among numbers; NA or nothing is a missing value; if all are "
            "categories, --categorical says so; --drop leaves the column out",
            field, column);
    return sl_csv_fail(
        cells->csv, j + 1, err,
        "\"%.40s\"%s is a word; expected a number: --categories onehot makes a column of 0 and 1 "
        "for each word, --drop leaves the column out",
        field, column);
}

static int fail_number(const struct sl_csv_cells *cells, size_t j, const char *field, struct sl_error *err)
{
    char column[96];
    const struct sl_labels *levels = cells->column[j].levels;
    const char *word = sl_labels_count(levels) ? sl_labels_names(levels)[0] : "";
    return sl_csv_fail(
        cells->csv, j + 1, err,
        "\"%.40s\"%s is a number among words like %s; NA or nothing is a missing value; if all "
        "are categories, --categorical says so; --drop leaves the column out",
        field, print_column(cells, j, column, sizeof column), sl_quote(word).text);
}

int sl_csv_cells_fail(const struct sl_csv_cells *cells, size_t j, const char *field, const char *why,
                      struct sl_error *err)
{
    char column[96];
    const char *what = sl_foreign_cell(field);
    print_column(cells, j, column, sizeof column);
    if (cells->names && strcmp(field, cells->names[j]) == 0)
        return sl_csv_fail(cells->csv, j + 1, err,
                           "the column's name %s again: a second header within the file?",
                           sl_quote(field).text);
    if (what)
        return sl_csv_fail(cells->csv, j + 1, err, "\"%.40s\"%s is %s; expected a finite number", field,
                           column, what);
    return sl_csv_fail(cells->csv, j + 1, err, "\"%.40s\"%s; %s", field, column, why);
}

/* Cells ---------------------------------------------------------------------------------------------*/

int sl_takes_gaps(const struct sl_read_options *options)
{
    const struct sl_dataset *like = options->like;
    if (options->any_cells)
        return 1;
    if (options->n_features)
        return options->fitted && sl_admits_gaps(sl_encoding_options_of(options->fitted)->missing);
    return options->encoding.missing == SL_MISSING_DROP ||
           (sl_admits_gaps(options->encoding.missing) && (!like || like->columns));
}

static int drops_rows(const struct sl_csv_cells *cells)
{
    return cells->encoding.missing == SL_MISSING_DROP && !cells->options->fitted;
}

void sl_csv_cells_unlabelled(struct sl_csv_cells *cells)
{
    if (!drops_rows(cells))
        return;
    cells->unlabelled++;
    cells->drop = 1;
}

void sl_csv_cells_gap(struct sl_csv_cells *cells, size_t j)
{
    struct sl_csv_cell_column *column = &cells->column[j];
    column->gaps++;
    if (!drops_rows(cells))
        return;
    column->dropped += !cells->drop;
    cells->drop = 1;
}

static int take_gap(struct sl_csv_cells *cells, size_t j, const char *field, double *value,
                    struct sl_error *err)
{
    *value = NAN;
    if (!sl_takes_gaps(cells->options))
        return fail_gap(cells, j, field, err);
    sl_csv_cells_gap(cells, j);
    return SL_OK;
}

static int takes_words(const struct sl_csv_cells *cells)
{
    return cells->options->any_cells || cells->encoding.categories == SL_CATEGORIES_ONEHOT ||
           cells->encoding.categories == SL_CATEGORIES_ORDINAL;
}

/* A date, a percentage and the like, infinity: what is no name of a category unless somebody says so. */
static int is_refused(const char *field)
{
    char *end;
    strtod(field, &end);
    return (end != field && !*end) || sl_foreign_value(field) ||
           (sl_foreign_cell(field) && !sl_is_word(field));
}

/* May this name join the levels of a column that nobody has said to be of categories? */
static int check_level(const struct sl_csv_cells *cells, size_t j, const char *field, struct sl_error *err)
{
    double number;
    if (sl_parse_real(field, &number) == 0)
        return fail_number(cells, j, field, err);
    if (sl_truth_of(field) >= 0)
        return SL_OK;
    if (is_refused(field))
        return sl_csv_cells_fail(cells, j, field, "expected a word", err);
    return takes_words(cells) ? SL_OK : fail_word(cells, j, field, err);
}

static int add_level(struct sl_csv_cells *cells, size_t j, const char *field, int32_t *level,
                     struct sl_error *err)
{
    struct sl_csv_cell_column *column = &cells->column[j];
    int code = column->given ? SL_OK : check_level(cells, j, field, err);
    if (code)
        return code;
    if (sl_labels_count(column->levels) >= LEVELS_MAX)
        return sl_csv_fail(cells->csv, j + 1, err,
                           "more than %d different words: --drop leaves the column out", LEVELS_MAX);
    *level = sl_labels_add(column->levels, field);
    column->fresh++;
    return *level < 0 ? sl_fail_memory(err) : SL_OK;
}

static int take_truth(struct sl_csv_cells *cells, size_t j, const char *field, double *value,
                      struct sl_error *err)
{
    int truth = sl_truth_of(field);
    if (truth < 0 && (strcmp(field, "0") == 0 || strcmp(field, "1") == 0))
        truth = *field - '0';
    *value = truth;
    if (truth >= 0)
        return SL_OK;
    char column[96];
    return sl_csv_fail(cells->csv, j + 1, err, "\"%.40s\"%s; expected true or false, as in the training rows",
                       field, print_column(cells, j, column, sizeof column));
}

int sl_csv_cells_level(struct sl_csv_cells *cells, size_t j, char *field, double *value, struct sl_error *err)
{
    struct sl_csv_cell_column *column = &cells->column[j];
    int code = SL_OK;
    if (sl_is_missing(field))
        return take_gap(cells, j, field, value, err);
    if (column->truth)
        return take_truth(cells, j, field, value, err);
    if (column->given)
        sl_csv_drop_zero_fraction(field);
    int32_t level = sl_labels_find(column->levels, field);
    if (level < 0)
        code = add_level(cells, j, field, &level, err);
    *value = level;
    return code;
}

/* The first cell of the column that is not missing is a word: the others are, too. */
static int begin_words(struct sl_csv_cells *cells, size_t j, char *field, double *value, struct sl_error *err)
{
    cells->column[j].levels = sl_labels_new();
    if (!cells->column[j].levels)
        return sl_fail_memory(err);
    cells->is_text[j] = 1;
    return sl_csv_cells_level(cells, j, field, value, err);
}

int sl_csv_cells_take(struct sl_csv_cells *cells, size_t j, char *field, const char *why, double *value,
                      struct sl_error *err)
{
    if (sl_is_missing(field))
        return take_gap(cells, j, field, value, err);
    int truth = sl_truth_of(field) >= 0;
    if ((is_refused(field) && !truth) || (cells->names && strcmp(field, cells->names[j]) == 0))
        return sl_csv_cells_fail(cells, j, field, why, err);
    int words = truth || takes_words(cells);
    if (words && !cells->second && cells->rows == cells->column[j].gaps)
        return begin_words(cells, j, field, value, err);
    return sl_is_word(field) ? fail_word(cells, j, field, err) : sl_csv_cells_fail(cells, j, field, why, err);
}

/* Columns -------------------------------------------------------------------------------------------*/

static int are_truths(const struct sl_labels *levels)
{
    for (size_t l = 0; l < sl_labels_count(levels); l++) {
        if (sl_truth_of(sl_labels_names(levels)[l]) < 0)
            return 0;
    }
    return sl_labels_count(levels) > 0;
}

static void renumber(double *x, size_t n, size_t d, size_t j, const int32_t *to)
{
    for (size_t i = 0; i < n; i++) {
        double *value = &x[i * d + j];
        *value = isnan(*value) ? NAN : to[(size_t)*value];
    }
}

/* to (levels): what stands for each; those of a second file keep their numbers. */
static int number_levels(const struct sl_csv_cells *cells, size_t j, struct sl_column *column, int32_t *to)
{
    struct sl_labels *levels = cells->column[j].levels;
    const size_t n = sl_labels_count(levels);
    if (!cells->second && cells->column[j].given != 1 && are_truths(levels)) {
        column->kind = SL_COLUMN_TRUTH;
        for (size_t l = 0; l < n; l++)
            to[l] = sl_truth_of(sl_labels_names(levels)[l]);
        return 0;
    }
    for (size_t l = 0; l < n; l++)
        to[l] = (int32_t)l;
    if (!cells->second && sl_labels_sort(levels, to, n))
        return -1;
    column->kind = SL_COLUMN_CATEGORY;
    column->n_levels = n;
    column->levels = sl_names_copy(sl_labels_names(levels), n);
    return column->levels ? 0 : -1;
}

static int finish_column(const struct sl_csv_cells *cells, size_t j, double *x, size_t n,
                         struct sl_column *column)
{
    const struct sl_labels *levels = cells->column[j].levels;
    if (cells->column[j].truth)
        column->kind = SL_COLUMN_TRUTH;
    if (!levels)
        return 0;
    int32_t *to = sl_alloc(sl_labels_count(levels), sizeof *to);
    int failed = !to || number_levels(cells, j, column, to);
    if (!failed)
        renumber(x, n, cells->d, j, to);
    free(to);
    return failed;
}

/* Is there anything beside numbers, or may there be in a second file? */
static int are_special(const struct sl_csv_cells *cells)
{
    int special = cells->known || (!cells->second && sl_admits_gaps(cells->encoding.missing));
    for (size_t j = 0; j < cells->d && !special; j++)
        special = cells->is_text[j] || (cells->column[j].gaps && cells->encoding.missing != SL_MISSING_DROP);
    return special;
}

int sl_csv_cells_finish(struct sl_csv_cells *cells, double *x, size_t n, struct sl_columns **out,
                        struct sl_error *err)
{
    *out = NULL;
    if (!are_special(cells))
        return SL_OK;
    struct sl_columns *columns = sl_columns_new(cells->d);
    int failed = !columns;
    for (size_t j = 0; j < cells->d && !failed; j++)
        failed = finish_column(cells, j, x, n, &columns->column[j]);
    if (failed) {
        sl_columns_release(columns);
        return sl_fail_memory(err);
    }
    *out = columns;
    return SL_OK;
}
