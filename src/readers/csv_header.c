/* csv_header.c - is the first row of a CSV file a header?
 *
 * Words above numbers are one, and so are the numbers 0, 1, 2, ... beside a word, or beside nothing else, and
 * numbers that ascend, such as years and wavelengths, where those of no row below do.
 * Words that come again in their columns are data, unless they stand above numbers. Cost: O(fields of the
 * sample). */
#include "readers/csv_header.h"
#include "core/text.h"
#include "readers/csv_label.h"
#include "readers/foreign.h"
#include <math.h>
#include <string.h>
#include <strings.h>

/* A number, or what stands in the place of one. */
static int is_value(const char *field)
{
    double value;
    return sl_parse_real(field, &value) == 0 || sl_foreign_value(field) || strcasecmp(field, "inf") == 0 ||
           strcasecmp(field, "-inf") == 0;
}

/* The field of a column in a row of the sample. */
static const char *below(const struct sl_csv_first *f, size_t row, size_t column)
{
    return column < f->sample->rows[row].n ? f->sample->rows[row].field[column] : "";
}

/* Does a word of the first row come again in its column? */
static int recurs(const struct sl_csv_first *f)
{
    for (size_t j = 0; j < f->width; j++) {
        for (size_t i = 1; i < f->sample->n && !is_value(f->field[j]); i++) {
            if (strcmp(below(f, i, j), f->field[j]) == 0)
                return 1;
        }
    }
    return 0;
}

/* Does the column hold numbers below its first field, and no other word?  Files that were put one behind the
 * other have their header again. */
static int is_numeric_below(const struct sl_csv_first *f, size_t column)
{
    size_t numbers = 0;
    double value;
    for (size_t i = 1; i < f->sample->n; i++) {
        const char *field = below(f, i, column);
        if (strcmp(field, f->field[column]) == 0)
            continue;
        if (!is_value(field))
            return 0;
        numbers += sl_parse_real(field, &value) == 0;
    }
    return numbers > 0;
}

static int has_word_above_numbers(const struct sl_csv_first *f)
{
    for (size_t j = 0; j < f->width; j++) {
        if (!is_value(f->field[j]) && is_numeric_below(f, j))
            return 1;
    }
    return 0;
}

static int has_number_above_words(const struct sl_csv_first *f)
{
    for (size_t j = 0; j < f->width; j++) {
        size_t words = 0;
        for (size_t i = 1; i < f->sample->n; i++)
            words += !is_value(below(f, i, j));
        if (is_value(f->field[j]) && words && words + 1 == f->sample->n)
            return 1;
    }
    return 0;
}

/* The numbers of the first row count up, from 0 or 1: how many there are, or 0. */
static size_t count_up(const struct sl_csv_first *f, long *from)
{
    size_t n = 0;
    long number;
    for (size_t j = 0; j < f->width; j++) {
        if (!*f->field[j] || !is_value(f->field[j]))
            continue;
        if (sl_parse_long(f->field[j], &number) != 0)
            return 0;
        *from = n ? *from : number;
        if (number != *from + (long)n++)
            return 0;
    }
    return n && (*from == 0 || *from == 1) ? n : 0;
}

/* At least three numbers, each larger than the one before (even: by the same number); words do not count. */
static int ascends(const struct sl_csv_first *f, size_t row, int even)
{
    size_t n = 0;
    double last = 0, step = 0, value;
    for (size_t j = 0; j < f->width; j++) {
        if (sl_parse_real(below(f, row, j), &value) != 0)
            continue;
        if (n == 1)
            step = value - last;
        if (n++ && (value <= last || (even && value - last != step)))
            return 0;
        last = value;
    }
    return n > 2;
}

/* Among rows of one kind the first is the only one to ascend once in as many files as there are rows. */
static int alone_ascends(const struct sl_csv_first *f, int even)
{
    int alone = ascends(f, 0, even);
    for (size_t i = 1; i < f->sample->n && alone; i++)
        alone = !ascends(f, i, even);
    return alone;
}

static int has_many_rows(const struct sl_csv_first *f)
{
    enum { LEAST_ROWS = 10 };
    return f->sample->n > LEAST_ROWS;
}

/* What the rows below tell, where they are many. */
static int stands_out(const struct sl_csv_first *f)
{
    return has_many_rows(f) && (has_word_above_numbers(f) || alone_ascends(f, 0) || alone_ascends(f, 1));
}

/* One of the words names a label column; y does so beside whole numbers only. */
static int has_label_name(const struct sl_csv_first *f)
{
    int best = 0, whole = 1;
    double value;
    for (size_t j = 0; j < f->width; j++) {
        int rank = sl_label_rank(f->field[j]);
        best = rank > best ? rank : best;
        if (sl_parse_real(f->field[j], &value) == 0)
            whole &= value == floor(value);
    }
    return best > 1 || (best == 1 && whole);
}

/* Everything is in quotes here, and in no row below. */
static int is_only_quoted(const struct sl_csv_first *f)
{
    int alone = f->sample->n > 1 && f->sample->rows[0].quoted == f->sample->rows[0].n;
    for (size_t i = 1; i < f->sample->n && alone; i++)
        alone = f->sample->rows[i].quoted < f->sample->rows[i].n;
    return alone;
}

/* Does it name what is looked for? */
static int has_expected_names(const struct sl_csv_first *f, const struct sl_csv_expected *expected)
{
    double number;
    size_t found = 0;
    for (size_t i = 0; expected->features && i < expected->n; i++)
        found += sl_labels_find(f->index, expected->features[i]) >= 0;
    if (expected->features && found == expected->n)
        return 1;
    return expected->label && sl_parse_real(expected->label, &number) != 0 &&
           sl_labels_find(f->index, expected->label) >= 0;
}

int sl_csv_is_header(const struct sl_csv_first *f, const struct sl_csv_expected *expected)
{
    size_t words = 0, values = 0, numbers;
    long from = 0;
    for (size_t j = 0; j < f->width; j++) {
        words += !is_value(f->field[j]);
        values += *f->field[j] && is_value(f->field[j]);
    }
    if (has_expected_names(f, expected))
        return 1;
    numbers = count_up(f, &from);
    if (!words && numbers == f->width && has_many_rows(f) && alone_ascends(f, 1))
        return 1;
    if (!words)
        return numbers && from == 0 && numbers == f->width && (numbers > 3 || has_number_above_words(f));
    if (!values)
        return f->sample->n < 2 || has_word_above_numbers(f) || !recurs(f);
    return !recurs(f) && (has_label_name(f) || (numbers > 1 && from == 0) || numbers > 2 ||
                          is_only_quoted(f) || stands_out(f));
}
