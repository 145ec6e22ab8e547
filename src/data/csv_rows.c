/* csv_rows.c - splits a CSV file into rows and fields.
 *
 * RFC 4180: fields in double quotes may hold separators, line ends and doubled quotes.  Beyond it: a
 * byte order mark, line ends CR LF, LF or CR, semicolons, tabs or | for commas, blanks around fields, a line
 * "sep=;" and comments at the top, rows without anything in them.
 * One pass (and a look at the first rows before it), one row in memory, O(bytes).  No row may be longer than
 * 16 MiB, so that a file without line ends can not take all memory. */
#include "data/csv_rows.h"
#include "core/memory.h"
#include "data/csv_form.h"
#include "data/dataset.h"
#include "data/input.h"
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { CHUNK = 1 << 18, MAX_ROW = 1 << 24, END = -1 };

struct sl_csv {
    struct sl_input *in;
    char *chunk; /* what was read and not yet looked at: chunk[at] ... chunk[end - 1] */
    size_t at, end, chunk_size;
    int ended, begun;
    int looking, dry; /* sl_csv_sample is at work, which takes no second chunk; it would have needed one */
    int separator;
    char *text; /* the row's fields, each with a NUL; has room for all that is left of the chunk */
    size_t size, capacity;
    size_t *start; /* of each field, in text */
    size_t n, max_fields, quoted;      /* quoted: fields in quotes */
    size_t *columns, n_columns, width; /* sl_csv_select's; columns NULL: all */
    size_t comments, blank;
    size_t line, next_line; /* where the row began, where the parser is; from 1 */
    int code;               /* of a failure below get() */
    struct sl_error *err;
};

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

static int fail_at(const struct sl_csv *csv, size_t line, size_t column, struct sl_error *err,
                   const char *format, va_list args)
{
    char text[512], place[32] = "";
    vsnprintf(text, sizeof text, format, args);
    for (char *c = text; *c; c++) /* what is quoted from the file must not break the line or the terminal */
        *c = iscntrl((unsigned char)*c) ? '?' : *c;
    if (column)
        snprintf(place, sizeof place, ":%zu", column);
    return sl_fail(err, SL_EDATA, "%s:%zu%s: %s", sl_input_path(csv->in), line, place, text);
}

int sl_csv_fail(const struct sl_csv *csv, size_t column, struct sl_error *err, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    if (column && csv->columns && column <= csv->n_columns)
        column = csv->columns[column - 1] + 1; /* as the file has it */
    int code = fail_at(csv, csv->line, column, err, format, args);
    va_end(args);
    return code;
}

/* A failure of the parser, at the line and field where it stands; END for its callers to return. */
__attribute__((format(printf, 2, 3))) static int parse_fail(struct sl_csv *csv, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    csv->code = fail_at(csv, csv->next_line, csv->n, csv->err, format, args);
    va_end(args);
    return END;
}

/* Characters ----------------------------------------------------------------------------------------*/

static void reserve_text(struct sl_csv *csv)
{
    size_t need = csv->size + (csv->end - csv->at) + 2;
    if (need <= csv->capacity)
        return;
    char *text = sl_realloc(csv->text, need * 2, 1);
    if (!text) {
        csv->code = sl_fail_memory(csv->err);
        return;
    }
    csv->text = text;
    csv->capacity = need * 2;
}

static void begin(struct sl_csv *csv)
{
    struct sl_csv_form form = sl_csv_find_form(csv->chunk, csv->end);
    csv->begun = 1;
    csv->at = form.at;
    csv->next_line = form.line;
    csv->separator = (unsigned char)form.separator;
    csv->comments = form.comments;
}

/* Reads the next chunk; 0 at the end and on failure. */
static int refill(struct sl_csv *csv)
{
    if (csv->code)
        return 0;
    if (csv->looking) {
        csv->dry = !csv->ended;
        return 0;
    }
    if (csv->size > MAX_ROW) {
        parse_fail(csv, "the row is longer than %d bytes: is this a CSV file?", MAX_ROW);
        return 0;
    }
    if (csv->ended)
        return 0;
    csv->at = csv->end = 0;
    csv->code = sl_input_read(csv->in, csv->chunk, csv->chunk_size, &csv->end, csv->err);
    csv->ended = csv->end < csv->chunk_size;
    if (!csv->code && !csv->begun)
        begin(csv);
    if (!csv->code)
        reserve_text(csv);
    return !csv->code && csv->at < csv->end;
}

static inline int get(struct sl_csv *csv)
{
    if (csv->at == csv->end && !refill(csv))
        return END;
    return (unsigned char)csv->chunk[csv->at++];
}

/* Fields --------------------------------------------------------------------------------------------*/

static inline int is_blank(const struct sl_csv *csv, int c)
{
    return c == ' ' || (c == '\t' && csv->separator != '\t');
}

static inline int ends_field(const struct sl_csv *csv, int c)
{
    return c == csv->separator || c == '\n' || c == '\r' || c == END;
}

static int begin_field(struct sl_csv *csv)
{
    if (csv->n == csv->max_fields) {
        size_t more = csv->max_fields ? csv->max_fields * 2 : 64;
        size_t *start = sl_realloc(csv->start, more, sizeof *start);
        if (!start) {
            csv->code = sl_fail_memory(csv->err);
            return 0;
        }
        csv->start = start;
        csv->max_fields = more;
    }
    csv->start[csv->n++] = csv->size;
    return 1;
}

static int binary_byte(struct sl_csv *csv)
{
    return parse_fail(csv, "a NUL byte: expected plain text (ASCII or UTF-8)");
}

/* Each parser takes the first character of the field and returns the one that ends it. */

static int parse_plain(struct sl_csv *csv, int c)
{
    while (!ends_field(csv, c)) {
        if (c == 0)
            return binary_byte(csv);
        csv->text[csv->size++] = (char)c;
        c = get(csv);
    }
    while (csv->size > csv->start[csv->n - 1] && is_blank(csv, csv->text[csv->size - 1]))
        csv->size--;
    return c;
}

static int parse_quoted(struct sl_csv *csv)
{
    size_t opened = csv->next_line;
    int c;
    for (;;) {
        c = get(csv);
        if (c == '"' && (c = get(csv)) != '"')
            break;
        if (c == 0)
            return binary_byte(csv);
        if (c == END && !csv->code) {
            csv->next_line = opened;
            return parse_fail(csv, "the quote that opens here is never closed");
        }
        if (c == END)
            return END;
        csv->next_line += c == '\n';
        csv->text[csv->size++] = (char)c;
    }
    while (is_blank(csv, c))
        c = get(csv);
    if (!ends_field(csv, c))
        return parse_fail(csv, "expected a separator or the end of the line after the closing quote");
    return c;
}

static int parse_field(struct sl_csv *csv)
{
    int c = get(csv);
    while (is_blank(csv, c))
        c = get(csv);
    csv->quoted += c == '"';
    c = c == '"' ? parse_quoted(csv) : parse_plain(csv, c);
    csv->text[csv->size++] = 0;
    return c;
}

/* Rows ----------------------------------------------------------------------------------------------*/

/* Takes one line, or several where quotes span them; 0 when the file has ended before it. */
static int parse_row(struct sl_csv *csv)
{
    csv->n = csv->size = csv->quoted = 0;
    csv->line = csv->next_line;
    if (csv->at == csv->end && !refill(csv))
        return 0;
    reserve_text(csv);
    int c = csv->separator;
    while (!csv->code && c == csv->separator) {
        if (!begin_field(csv))
            return 0;
        c = parse_field(csv);
    }
    if (c == '\r') {
        int after = get(csv);
        if (after != '\n' && after != END)
            csv->at--;
    }
    csv->next_line++;
    return !csv->code;
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
    int code = fail_at(csv, csv->line, column, csv->err, format, args);
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
    *got = parse_row(csv);
    for (; *got && is_blank_row(csv); blank++)
        *got = parse_row(csv);
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
    size_t at = csv->at, line = csv->next_line;
    int failed = 0;
    csv->err = &unread;
    csv->looking = 1;
    csv->dry = 0;
    while (!failed && sample->n < most && parse_row(csv) && !csv->dry) {
        if (!is_blank_row(csv))
            failed = keep_row(csv, sample);
    }
    csv->looking = 0;
    csv->err = err;
    csv->code = SL_OK;
    csv->at = at;
    csv->next_line = line;
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
        reserve_text(csv);
    return code ? code : csv->code;
}

int sl_csv_sample(struct sl_csv *csv, size_t most, struct sl_csv_sample *sample, struct sl_error *err)
{
    *sample = (struct sl_csv_sample){0};
    csv->err = err;
    if (!csv->begun)
        refill(csv);
    int code = csv->code;
    while (!code) {
        code = look(csv, most, sample) ? sl_fail_memory(err) : SL_OK;
        if (code || sample->n > 1 || !csv->dry || csv->chunk_size >= MAX_ROW)
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
