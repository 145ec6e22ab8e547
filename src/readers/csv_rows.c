/* csv_rows.c - a CSV file as rows of fields.
 *
 * The parser (csv_parse.c) splits a row (RFC 4180, and beyond it).  Here rows without anything in them are
 * left out, columns are selected and their number is checked, and the first rows can be looked at before they
 * are read.  Where the rows begin, below a line "sep=;" and comments, says csv_form.c. One
 * pass (and the first look), one row in memory, O(bytes). */
#include "readers/csv_rows.h"
#include "core/memory.h"
#include "data/dataset.h"
#include "input/input.h"
#include "readers/csv_parse.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { CHUNK = 1 << 18 };

void sl_csv_close(struct sl_csv *csv)
{
    if (!csv)
        return;
    free(csv->chunk);
    free(csv->text);
    free(csv->start);
    free(csv->columns);
    free(csv);
}

int sl_csv_fail(const struct sl_csv *csv, size_t column, struct sl_error *err, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    if (column && csv->columns && column <= csv->n_columns)
        column = csv->columns[column - 1] + 1; /* as the file has it */
    int code = sl_csv_fail_at(csv, csv->line, column, err, format, args);
    va_end(args);
    return code;
}

void sl_csv_separate(struct sl_csv *csv, int separator, int runs)
{
    csv->given = 1;
    sl_csv_set_separator(csv, separator, runs);
}

/* A row that begins like a comment, and is none of the table's; between blanks any is one. */
static int is_comment(const struct sl_csv *csv, size_t width)
{
    return !csv->arff && (*csv->text == '#' || *csv->text == '%') && csv->n &&
           (csv->n != width || csv->separator == ' ');
}

/* Nothing stands in any field. */
static int is_blank_row(const struct sl_csv *csv)
{
    return csv->size == csv->n;
}

__attribute__((format(printf, 3, 4))) static int fail_row(const struct sl_csv *csv, size_t column,
                                                          const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int code = sl_csv_fail_at(csv, csv->line, column, csv->err, format, args);
    va_end(args);
    return code;
}

/* Empty fields behind the last column are no columns. */
static int check_width(struct sl_csv *csv)
{
    size_t n = csv->n;
    while (n > csv->width && csv->text[csv->start[n - 1]] == 0)
        n--;
    if (n == csv->width)
        return SL_OK;
    return fail_row(csv, n < csv->width ? n : csv->width + 1,
                    "%zu field%s; expected %zu, as in the first line", n, n == 1 ? "" : "s", csv->width);
}

int sl_csv_next(struct sl_csv *csv, int *got, struct sl_error *err)
{
    size_t blank = 0;
    csv->err = err;
    for (*got = sl_csv_parse_row(csv); *got; *got = sl_csv_parse_row(csv)) {
        if (is_blank_row(csv))
            blank++;
        else if (csv->columns && is_comment(csv, csv->width))
            csv->comments++;
        else
            break;
    }
    csv->blank += *got ? blank : 0; /* nobody misses those at the end */
    if (*got && !csv->code && csv->columns)
        csv->code = check_width(csv);
    return csv->code;
}

int sl_csv_select(struct sl_csv *csv, const size_t *columns, size_t n, size_t width, struct sl_error *err)
{
    csv->columns = sl_alloc(n, sizeof *columns);
    if (!csv->columns)
        return sl_fail_memory(err);
    memcpy(csv->columns, columns, n * sizeof *columns);
    csv->n_columns = n;
    csv->width = width;
    return SL_OK;
}

size_t sl_csv_width(const struct sl_csv *csv)
{
    return csv->columns ? csv->n_columns : csv->n;
}

char *sl_csv_field(const struct sl_csv *csv, size_t i)
{
    return csv->text + csv->start[csv->columns ? csv->columns[i] : i];
}

int sl_csv_separator(const struct sl_csv *csv)
{
    return csv->separator;
}

int sl_csv_is_declared(const struct sl_csv *csv)
{
    return csv->arff != NULL;
}

const struct sl_arff *sl_csv_declared(const struct sl_csv *csv)
{
    return csv->arff;
}

const char *sl_csv_path(const struct sl_csv *csv)
{
    return sl_input_path(csv->in);
}

size_t sl_csv_line(const struct sl_csv *csv)
{
    return csv->line;
}

size_t sl_csv_comments(const struct sl_csv *csv)
{
    return csv->comments;
}

size_t sl_csv_blank(const struct sl_csv *csv)
{
    return csv->blank;
}

int sl_csv_open(struct sl_input *in, struct sl_csv **out, struct sl_error *err)
{
    struct sl_csv *csv = sl_alloc_zero(1, sizeof *csv);
    *out = NULL;
    if (!csv)
        return sl_fail_memory(err);
    csv->in = in;
    csv->next_line = 1;
    csv->chunk_size = CHUNK;
    csv->chunk = sl_realloc(NULL, CHUNK, 1);
    if (!csv->chunk) {
        sl_csv_close(csv);
        return sl_fail_memory(err);
    }
    *out = csv;
    return SL_OK;
}

/* A first look ---------------------------------------------------------------------------------------*/

static int keep_row(const struct sl_csv *csv, struct sl_csv_sample *sample)
{
    struct sl_csv_row *rows = sl_realloc(sample->rows, sample->n + 1, sizeof *rows);
    const char **fields = sl_alloc(csv->n, sizeof *fields);
    char **copy = NULL;
    sample->rows = rows ? rows : sample->rows;
    for (size_t i = 0; fields && i < csv->n; i++)
        fields[i] = csv->text + csv->start[i];
    if (rows && fields)
        copy = sl_names_copy(fields, csv->n);
    free(fields);
    if (copy)
        rows[sample->n++] = (struct sl_csv_row){csv->n, csv->quoted, copy};
    return !copy;
}

/* Rows of the first chunk; whatever is wrong with them is for the reading itself to say. */
static int look(struct sl_csv *csv, size_t most, struct sl_csv_sample *sample)
{
    struct sl_error unread, *err = csv->err;
    size_t at = csv->at, line = csv->next_line, parsed = csv->row;
    int failed = 0;
    csv->err = &unread;
    csv->looking = 1;
    csv->dry = 0;
    while (!failed && sample->n < most && sl_csv_parse_row(csv) && !csv->dry) {
        if (!is_blank_row(csv) && !(sample->n && is_comment(csv, sample->rows[0].n)))
            failed = keep_row(csv, sample);
    }
    failed |= csv->code == SL_ENOMEM;
    csv->looking = 0;
    csv->err = err;
    csv->code = SL_OK;
    csv->at = at;
    csv->next_line = line;
    csv->row = parsed;
    csv->n = csv->size = 0;
    return failed;
}

/* Room for rows that are longer than the chunk. */
static int grow_chunk(struct sl_csv *csv)
{
    size_t got;
    char *chunk = sl_realloc(csv->chunk, csv->chunk_size * 2, 1);
    if (!chunk)
        return sl_fail_memory(csv->err);
    csv->chunk = chunk;
    int code = sl_input_read(csv->in, chunk + csv->end, csv->chunk_size, &got, csv->err);
    csv->ended = got < csv->chunk_size;
    csv->end += got;
    csv->chunk_size *= 2;
    if (!code)
        sl_csv_reserve_text(csv);
    return code ? code : csv->code;
}

int sl_csv_load(struct sl_csv *csv, struct sl_error *err)
{
    csv->err = err;
    if (csv->begun)
        return grow_chunk(csv);
    csv->begun = 1;
    csv->code = sl_input_read(csv->in, csv->chunk, csv->chunk_size, &csv->end, err);
    csv->ended = csv->end < csv->chunk_size;
    if (!csv->code)
        sl_csv_reserve_text(csv);
    return csv->code;
}

int sl_csv_sample(struct sl_csv *csv, size_t most, struct sl_csv_sample *sample, struct sl_error *err)
{
    *sample = (struct sl_csv_sample){0};
    csv->err = err;
    if (!csv->begun)
        sl_csv_refill(csv);
    int code = csv->code;
    while (!code) {
        code = look(csv, most, sample) ? sl_fail_memory(err) : SL_OK;
        if (code || sample->n > 1 || !csv->dry || csv->chunk_size >= SL_CSV_MAX_ROW)
            break;
        sl_csv_sample_release(sample);
        code = grow_chunk(csv);
    }
    if (code)
        sl_csv_sample_release(sample);
    return code;
}

void sl_csv_sample_release(struct sl_csv_sample *sample)
{
    for (size_t i = 0; i < sample->n; i++)
        free(sample->rows[i].field);
    free(sample->rows);
    *sample = (struct sl_csv_sample){0};
}
