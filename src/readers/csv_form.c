/* csv_form.c - the beginning of a CSV file: a line "sep=;", comments, the separator.
 *
 * Lines at the top that begin with # or % are comments, but for the last where it names the columns, as
 * NumPy's savetxt writes it.  Cost: O(bytes of these lines and of the first row). */
#include "readers/csv_form.h"
#include <ctype.h>
#include <string.h>
#include <strings.h>

static size_t line_length(const char *text, size_t n)
{
    size_t i = 0;
    while (i < n && text[i] != '\n' && text[i] != '\r')
        i++;
    return i;
}

/* How often c stands in the line, outside quotes. */
static size_t count_in_line(const char *text, size_t n, char c)
{
    size_t count = 0;
    int quoted = 0;
    for (size_t i = 0; i < n; i++) {
        quoted ^= text[i] == '"';
        count += !quoted && text[i] == c;
    }
    return count;
}

/* "4,81;6,19;a": every comma stands between two digits, and no two between the same semicolons, or tabs, or
 * |. */
static int has_decimal_commas(const char *line, size_t n, char separator)
{
    size_t commas = 0, separated = 0, here = 0;
    for (size_t i = 0; i < n; i++) {
        separated += line[i] == separator;
        here = line[i] == separator ? 0 : here + (line[i] == ',');
        if (line[i] != ',')
            continue;
        if (here > 1 || i == 0 || i + 1 == n || !isdigit((unsigned char)line[i - 1]) ||
            !isdigit((unsigned char)line[i + 1]))
            return 0;
        commas++;
    }
    return commas && separated;
}

static const char separators[] = {',', ';', '\t', '|'};

static int has_blank_within(const char *line, size_t n)
{
    size_t i = 0;
    while (n && line[n - 1] == ' ')
        n--;
    while (i < n && line[i] == ' ')
        i++;
    return i < n && memchr(line + i, ' ', n - i) != NULL;
}

/* The most frequent candidate in the first line, outside quotes (which may span lines); a blank where there
 * is none of them, but blanks. */
static char find_separator(const char *text, size_t n)
{
    size_t counts[sizeof separators] = {0}, best = 0;
    int quoted = 0;
    for (size_t i = 0; i < n && (quoted || (text[i] != '\n' && text[i] != '\r')); i++) {
        quoted ^= text[i] == '"';
        for (size_t c = 0; c < sizeof separators; c++)
            counts[c] += !quoted && text[i] == separators[c];
    }
    for (size_t c = 1; c < sizeof separators; c++)
        best = counts[c] > counts[best] ? c : best;
    if (counts[best] == 0 && has_blank_within(text, line_length(text, n)))
        return ' ';
    for (size_t c = 1; c < sizeof separators && best == 0; c++)
        best = has_decimal_commas(text, line_length(text, n), separators[c]) ? c : best;
    return separators[best];
}

static void next_line(struct sl_csv_form *form, const char *text, size_t n)
{
    form->at += line_length(text + form->at, n - form->at);
    if (form->at < n && text[form->at++] == '\r' && form->at < n && text[form->at] == '\n')
        form->at++;
    form->line++;
}

/* "sep=;", as spreadsheets write and read it. */
static void take_separator_line(struct sl_csv_form *form, const char *text, size_t n)
{
    const char *line = text + form->at;
    if (line_length(line, n - form->at) != 5 || strncasecmp(line, "sep=", 4) != 0 ||
        !memchr(separators, line[4], sizeof separators))
        return;
    form->separator = line[4];
    next_line(form, text, n);
}

/* A comment that names the columns: as many fields as the line below, and no number at its beginning. */
static int names_columns(const char *comment, size_t n, const char *below, size_t n_below)
{
    char separator = find_separator(below, n_below);
    size_t count = count_in_line(below, line_length(below, n_below), separator);
    while (n && (*comment == '#' || *comment == '%' || *comment == ' ')) {
        comment++;
        n--;
    }
    return count && n && !strchr("0123456789+-.", *comment) && count_in_line(comment, n, separator) == count;
}

static int is_comment(const char *line, size_t n)
{
    static const char matrix_market[] = "%%MatrixMarket";
    const size_t m = sizeof matrix_market - 1;
    return *line == '#' || (*line == '%' && (n < m || memcmp(line, matrix_market, m) != 0));
}

static void skip_comments(struct sl_csv_form *form, const char *text, size_t n)
{
    struct sl_csv_form last = *form;
    while (form->at < n && is_comment(text + form->at, n - form->at)) {
        last = *form;
        form->comments++;
        next_line(form, text, n);
    }
    if (!form->comments || !names_columns(text + last.at, line_length(text + last.at, n - last.at),
                                          text + form->at, n - form->at))
        return;
    *form = last;
    while (text[form->at] == '#' || text[form->at] == '%' || text[form->at] == ' ')
        form->at++;
}

struct sl_csv_form sl_csv_find_form(const char *text, size_t n)
{
    struct sl_csv_form form = {.line = 1};
    take_separator_line(&form, text, n);
    skip_comments(&form, text, n);
    while (form.at < n && line_length(text + form.at, n - form.at) == 0)
        next_line(&form, text, n);
    if (!form.separator)
        form.separator = find_separator(text + form.at, n - form.at);
    return form;
}
