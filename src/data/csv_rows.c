/* csv_rows.c - splits a CSV file into rows and fields.
 *
 * RFC 4180: fields in double quotes may hold separators, line ends and doubled quotes.  Beyond it: a
 * byte order mark, line ends CR LF, LF or CR, semicolons or tabs for commas, blanks around fields.
 * One pass, one row in memory, O(bytes).  No row may be longer than 16 MiB, so that a file without line
 * ends can not take all memory. */
#include "data/csv_rows.h"
#include "core/memory.h"
#include "data/input.h"
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { CHUNK = 1 << 18, MAX_ROW = 1 << 24, END = -1 };

struct sl_csv {
    struct sl_input *in;
    char *chunk; /* what was read and not yet looked at: chunk[at] ... chunk[end - 1] */
    size_t at, end;
    int ended, begun;
    int separator;
    char *text; /* the row's fields, each with a NUL; has room for all that is left of the chunk */
    size_t size, capacity;
    size_t *start; /* of each field, in text */
    size_t n, max_fields;
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

/* The most frequent candidate in the first line, outside quotes. */
static int find_separator(const char *text, size_t n)
{
    static const char candidates[] = {',', ';', '\t'};
    size_t counts[sizeof candidates] = {0}, best = 0;
    int quoted = 0;
    for (size_t i = 0; i < n && (quoted || (text[i] != '\n' && text[i] != '\r')); i++) {
        quoted ^= text[i] == '"';
        for (size_t c = 0; c < sizeof candidates; c++)
            counts[c] += !quoted && text[i] == candidates[c];
    }
    for (size_t c = 1; c < sizeof candidates; c++)
        best = counts[c] > counts[best] ? c : best;
    return candidates[best];
}

static void begin(struct sl_csv *csv)
{
    csv->begun = 1;
    if (csv->end >= 3 && memcmp(csv->chunk, "\xef\xbb\xbf", 3) == 0)
        csv->at = 3;
    csv->separator = find_separator(csv->chunk + csv->at, csv->end - csv->at);
}

/* Reads the next chunk; 0 at the end and on failure. */
static int refill(struct sl_csv *csv)
{
    if (csv->ended || csv->code)
        return 0;
    if (csv->size > MAX_ROW) {
        parse_fail(csv, "the row is longer than %d bytes: is this a CSV file?", MAX_ROW);
        return 0;
    }
    csv->at = csv->end = 0;
    csv->code = sl_input_read(csv->in, csv->chunk, CHUNK, &csv->end, csv->err);
    csv->ended = csv->end < CHUNK;
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
    c = c == '"' ? parse_quoted(csv) : parse_plain(csv, c);
    csv->text[csv->size++] = 0;
    return c;
}

/* Rows ----------------------------------------------------------------------------------------------*/

/* Takes one line, or several where quotes span them; 0 when the file has ended before it. */
static int parse_row(struct sl_csv *csv)
{
    csv->n = csv->size = 0;
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

static int is_blank_line(const struct sl_csv *csv)
{
    return csv->n == 1 && csv->text[0] == 0;
}

int sl_csv_next(struct sl_csv *csv, int *got, struct sl_error *err)
{
    csv->err = err;
    *got = parse_row(csv);
    size_t blank = 0;
    while (*got && is_blank_line(csv)) {
        blank = blank ? blank : csv->line;
        *got = parse_row(csv);
    }
    if (blank && *got && !csv->code) {
        csv->line = blank;
        csv->code = sl_csv_fail(csv, 0, err, "a blank line before the end of the data");
    }
    return csv->code;
}

size_t sl_csv_width(const struct sl_csv *csv)
{
    return csv->n;
}

char *sl_csv_field(const struct sl_csv *csv, size_t i)
{
    return csv->text + csv->start[i];
}

int sl_csv_open(struct sl_input *in, struct sl_csv **out, struct sl_error *err)
{
    struct sl_csv *csv = sl_alloc_zero(1, sizeof *csv);
    *out = NULL;
    if (!csv)
        return sl_fail_memory(err);
    csv->in = in;
    csv->next_line = 1;
    csv->chunk = sl_alloc(CHUNK, 1);
    if (!csv->chunk) {
        sl_csv_close(csv);
        return sl_fail_memory(err);
    }
    *out = csv;
    return SL_OK;
}
