/* csv_parse.c - splits one row of a CSV file into fields.
 *
 * RFC 4180: fields in double quotes may hold separators, line ends and doubled quotes.  Beyond it: line ends
 * CR LF, LF or CR, other separators, blanks around fields.
 * One pass, O(bytes).  No row may be longer than 16 MiB, so that a file without line ends can not take all
 * memory. */
#include "readers/csv_parse.h"
#include "core/memory.h"
#include "input/input.h"
#include "readers/csv_form.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>

int sl_csv_fail_at(const struct sl_csv *csv, size_t line, size_t column, struct sl_error *err,
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

int sl_csv_stop(struct sl_csv *csv, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    csv->code = sl_csv_fail_at(csv, csv->next_line, csv->n, csv->err, format, args);
    va_end(args);
    return SL_CSV_END;
}

/* Characters ----------------------------------------------------------------------------------------*/

void sl_csv_reserve_text(struct sl_csv *csv)
{
    size_t need = csv->size + (csv->end - csv->at) + csv->reserved + 2;
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

void sl_csv_set_separator(struct sl_csv *csv, int separator, int runs)
{
    csv->separator = (unsigned char)separator;
    csv->runs = runs;
    memset(csv->stops, 0, sizeof csv->stops);
    csv->stops[0] = csv->stops['\n'] = csv->stops['\r'] = csv->stops[csv->separator] = 1;
    if (separator == ' ')
        csv->stops['\t'] = 1;
}

static void begin(struct sl_csv *csv)
{
    struct sl_csv_form form = sl_csv_find_form(csv->chunk, csv->end);
    csv->begun = 1;
    csv->at = form.at;
    csv->next_line = form.line;
    if (!csv->given)
        sl_csv_set_separator(csv, form.separator, form.separator == ' ');
    csv->comments = form.comments;
}

int sl_csv_refill(struct sl_csv *csv)
{
    if (csv->code)
        return 0;
    if (csv->looking) {
        csv->dry = !csv->ended;
        return 0;
    }
    if (csv->size > SL_CSV_MAX_ROW) {
        sl_csv_stop(csv, "the row is longer than %d bytes: is this a CSV file?", SL_CSV_MAX_ROW);
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
        sl_csv_reserve_text(csv);
    return !csv->code && csv->at < csv->end;
}

/* Fields --------------------------------------------------------------------------------------------*/

static inline int separates(const struct sl_csv *csv, int c)
{
    return c == csv->separator || (c == '\t' && csv->separator == ' ');
}

static inline int is_blank(const struct sl_csv *csv, int c)
{
    return (c == ' ' || c == '\t') && !separates(csv, c);
}

static inline int ends_field(const struct sl_csv *csv, int c)
{
    return c == SL_CSV_END || (c != 0 && csv->stops[c]);
}

/* Copies what nothing stops, as far as the chunk goes: text has room for it. */
static inline void copy_plain(struct sl_csv *csv)
{
    const char *from = csv->chunk + csv->at, *p = from, *end = csv->chunk + csv->end;
    while (p < end && !csv->stops[(unsigned char)*p])
        p++;
    memcpy(csv->text + csv->size, from, (size_t)(p - from));
    csv->size += (size_t)(p - from);
    csv->at += (size_t)(p - from);
}

int sl_csv_begin_field(struct sl_csv *csv)
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
    return sl_csv_stop(csv, "a NUL byte: expected plain text (ASCII or UTF-8)");
}

/* Each parser takes the first character of the field and returns the one that ends it. */

static int parse_plain(struct sl_csv *csv, int c)
{
    while (!ends_field(csv, c)) {
        if (c == 0)
            return binary_byte(csv);
        csv->text[csv->size++] = (char)c;
        copy_plain(csv);
        c = sl_csv_get(csv);
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
        c = sl_csv_get(csv);
        if (c == '"' && (c = sl_csv_get(csv)) != '"')
            break;
        if (c == 0)
            return binary_byte(csv);
        if (c == SL_CSV_END && !csv->code) {
            csv->next_line = opened;
            return sl_csv_stop(csv, "the quote that opens here is never closed");
        }
        if (c == SL_CSV_END)
            return SL_CSV_END;
        csv->next_line += c == '\n';
        csv->text[csv->size++] = (char)c;
    }
    while (is_blank(csv, c))
        c = sl_csv_get(csv);
    if (!ends_field(csv, c))
        return sl_csv_stop(csv, "expected a separator or the end of the line after the closing quote");
    return c;
}

static int parse_field(struct sl_csv *csv)
{
    int c = sl_csv_get(csv);
    while (is_blank(csv, c))
        c = sl_csv_get(csv);
    csv->quoted += c == '"';
    c = c == '"' ? parse_quoted(csv) : parse_plain(csv, c);
    csv->text[csv->size++] = 0;
    return c;
}

/* Rows ----------------------------------------------------------------------------------------------*/

/* Goes on behind separators that count as one with the one before; the character that ends the row, where
 * none but it follows. */
static int skip_run(struct sl_csv *csv, int before)
{
    int c = sl_csv_get(csv);
    while (separates(csv, c))
        c = sl_csv_get(csv);
    if (c == '\n' || c == '\r' || c == SL_CSV_END)
        return c;
    csv->at--;
    return before;
}

static int parse_row(struct sl_csv *csv)
{
    csv->n = csv->size = csv->quoted = 0;
    csv->line = csv->next_line;
    if (csv->at == csv->end && !sl_csv_refill(csv))
        return 0;
    sl_csv_reserve_text(csv);
    int c = csv->runs ? skip_run(csv, csv->separator) : csv->separator;
    if (!separates(csv, c) && !csv->code && sl_csv_begin_field(csv))
        csv->text[csv->size++] = 0; /* a row without anything */
    while (!csv->code && separates(csv, c)) {
        if (!sl_csv_begin_field(csv))
            return 0;
        c = parse_field(csv);
        if (csv->runs && separates(csv, c))
            c = skip_run(csv, c);
    }
    if (c == '\r') {
        int after = sl_csv_get(csv);
        if (after != '\n' && after != SL_CSV_END)
            csv->at--;
    }
    csv->next_line++;
    csv->row++;
    return !csv->code;
}

int sl_csv_parse_row(struct sl_csv *csv)
{
    return csv->parse_row ? csv->parse_row(csv) : parse_row(csv);
}
