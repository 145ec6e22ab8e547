/* csv_dialect.c - how the rows of a text file are written.
 *
 * A first line without comma, semicolon, tab or | may be separated by blanks: it is where all rows of the
 * sample have as many words.  Rows whose fields differ in number, but not those that are not empty, have
 * several tabs between two.  A header that is one field short stands over rows with names, as R writes them.
 * Cost: O(fields of the sample). */
#include "readers/csv_dialect.h"
#include "core/memory.h"
#include "core/names.h"
#include "core/text.h"
#include <string.h>

/* What options say ----------------------------------------------------------------------------------*/

static int find_word(const char *what, const char *word, const char *const *names, size_t n, size_t *found,
                     struct sl_error *err)
{
    for (*found = 0; *found < n; ++*found) {
        if (strcmp(word, names[*found]) == 0)
            return SL_OK;
    }
    return sl_fail_unknown(err, what, word, names, n);
}

static int take_delimiter(struct sl_csv *csv, const char *word, struct sl_error *err)
{
    static const char *const names[] = {"comma", "semicolon", "tab", "pipe", "blanks"};
    static const char signs[] = ",;\t| ";
    size_t i;
    if (word[0] && !word[1] && !strchr("\"\n\r.0123456789+-", *word)) {
        sl_csv_separate(csv, *word, *word == ' ');
        return SL_OK;
    }
    int code = find_word("delimiter", word, names, sizeof names / sizeof *names, &i, err);
    if (code)
        return code;
    sl_csv_separate(csv, signs[i], signs[i] == ' ');
    return SL_OK;
}

static int take_decimal(const char *word, struct sl_csv_dialect *dialect, struct sl_error *err)
{
    static const char *const names[] = {"point", "comma", ".", ",", "auto"};
    static const enum sl_decimal meant[] = {SL_DECIMAL_POINT, SL_DECIMAL_COMMA, SL_DECIMAL_POINT,
                                            SL_DECIMAL_COMMA, SL_DECIMAL_PLAIN};
    size_t i;
    int code = find_word("decimal sign", word, names, sizeof names / sizeof *names, &i, err);
    dialect->decimal = code ? SL_DECIMAL_PLAIN : meant[i];
    return code;
}

/* What the rows say ---------------------------------------------------------------------------------*/

/* "1, 2, 3": blanks stand behind what separates. */
static int has_other_separators(const struct sl_csv_row *row)
{
    for (size_t i = 0; i < row->n; i++) {
        size_t n = strlen(row->field[i]);
        if (n && strchr(",;|", row->field[i][n - 1]))
            return 1;
    }
    return 0;
}

/* All rows have as many fields, or all but the first one more. */
static int is_even(const struct sl_csv_sample *sample)
{
    size_t first = sample->n ? sample->rows[0].n : 0, width = sample->n > 1 ? sample->rows[1].n : first;
    for (size_t i = 1; i < sample->n; i++) {
        if (sample->rows[i].n != width || has_other_separators(&sample->rows[i]))
            return 0;
    }
    return width > 1 && (first == width || (first + 1 == width && sl_csv_wider_rows(sample)));
}

static size_t count_filled(const struct sl_csv_row *row)
{
    size_t n = 0;
    for (size_t i = 0; i < row->n; i++)
        n += *row->field[i] != 0;
    return n;
}

/* Lines differ in their fields, but not in those that are not empty. */
static int has_double_tabs(const struct sl_csv *csv, const struct sl_csv_sample *sample)
{
    size_t filled = sample->n ? count_filled(&sample->rows[0]) : 0, differ = 0;
    for (size_t i = 0; i < sample->n; i++) {
        if (count_filled(&sample->rows[i]) != filled)
            return 0;
        differ |= sample->rows[i].n ^ sample->rows[0].n;
    }
    return sl_csv_separator(csv) == '\t' && differ && filled > 1;
}

size_t sl_csv_wider_rows(const struct sl_csv_sample *sample)
{
    size_t width = sample->n > 1 ? sample->rows[1].n : 0;
    double value;
    for (size_t i = 0; sample->n && i < sample->rows[0].n; i++) {
        if (sl_parse_real(sample->rows[0].field[i], &value) == 0)
            return 0;
    }
    for (size_t i = 1; i < sample->n; i++) {
        const struct sl_csv_row *row = &sample->rows[i];
        if (row->n != width || !*row->field[width - 1])
            return 0;
    }
    return sample->n && width > sample->rows[0].n ? width : 0;
}

static int sample_again(struct sl_csv *csv, int separator, int runs, size_t most,
                        struct sl_csv_sample *sample, struct sl_error *err)
{
    sl_csv_sample_release(sample);
    sl_csv_separate(csv, separator, runs);
    return sl_csv_sample(csv, most, sample, err);
}

static int find_separator(struct sl_csv *csv, size_t most, struct sl_csv_sample *sample,
                          struct sl_csv_dialect *dialect, struct sl_error *err)
{
    if (sl_csv_separator(csv) == ' ') {
        if (!is_even(sample))
            return sample_again(csv, ',', 0, most, sample, err);
        dialect->separated = "columns are separated by blanks";
    } else if (has_double_tabs(csv, sample)) {
        dialect->separated = "columns are separated by one tab or several";
        return sample_again(csv, '\t', 1, most, sample, err);
    }
    return SL_OK;
}

static enum sl_decimal find_decimal(const struct sl_csv_sample *sample, const struct sl_dataset *like)
{
    struct sl_decimal_count count = {0};
    for (size_t i = 0; i < sample->n; i++) {
        for (size_t j = 0; j < sample->rows[i].n; j++)
            sl_decimal_count(&count, sample->rows[i].field[j]);
    }
    if (like && !count.comma && !count.thousands && !count.point) /* nothing, or 1.234 alone */
        return like->origin.decimal;
    return sl_decimal_told(&count);
}

/* An empty field before those of the first row. */
static int make_room(struct sl_csv_row *header, struct sl_error *err)
{
    const char **fields = sl_alloc(header->n + 1, sizeof *fields);
    char **copy = NULL;
    for (size_t i = 0; fields && i < header->n; i++)
        fields[i + 1] = header->field[i];
    if (fields) {
        fields[0] = "";
        copy = sl_names_copy(fields, header->n + 1);
    }
    free(fields);
    if (!copy)
        return sl_fail_memory(err);
    free(header->field);
    header->field = copy;
    header->n++;
    return SL_OK;
}

int sl_csv_dialect_find(struct sl_csv *csv, const struct sl_read_options *options, size_t most,
                        struct sl_csv_sample *sample, struct sl_csv_dialect *dialect, struct sl_error *err)
{
    const char *delimiter = options->delimiter && *options->delimiter ? options->delimiter : NULL;
    *sample = (struct sl_csv_sample){0};
    *dialect = (struct sl_csv_dialect){.separated = NULL};
    if (sl_csv_is_declared(csv))
        return sl_csv_sample(csv, most, sample, err);
    int code = delimiter ? take_delimiter(csv, delimiter, err) : SL_OK;
    if (!code && options->decimal && *options->decimal)
        code = take_decimal(options->decimal, dialect, err);
    if (!code)
        code = sl_csv_sample(csv, most, sample, err);
    if (!code && !delimiter)
        code = find_separator(csv, most, sample, dialect, err);
    if (code)
        return code;
    if (dialect->decimal == SL_DECIMAL_PLAIN)
        dialect->decimal = find_decimal(sample, options->like);
    size_t wider = options->header >= 0 ? sl_csv_wider_rows(sample) : 0;
    dialect->row_names = wider && wider == sample->rows[0].n + 1;
    return dialect->row_names ? make_room(&sample->rows[0], err) : SL_OK;
}
