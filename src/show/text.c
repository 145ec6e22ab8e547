/* text.c - a grid as plain text for a terminal: columns as wide as they need, the less important ones
 * left out where the width is short, long names broken over lines and shortened where they are too long. */
#include "core/memory.h"
#include "show/grid.h"
#include "show/layout.h"
#include <string.h>

enum { GAP = 2, INDENT = 2 /* of a note's further lines */, LINES_MOST = 3 /* of one name */ };
static const char ellipsis[] = "...";

static const struct sl_measure measure = {sl_text_width, GAP, 1};

static size_t room_of(int width)
{
    return width >= 40 ? (size_t)width : width > 0 ? 40 : 100;
}

static void pad(FILE *to, size_t n)
{
    while (n--)
        fputc(' ', to);
}

/* Bytes of text that make up at most width characters, cut after a blank or a comma if there is one
 * beyond the first third. */
static size_t piece(const char *text, size_t width)
{
    size_t bytes = 0, columns = 0, cut = 0;
    while (text[bytes]) {
        size_t next = bytes + sl_text_bytes(text + bytes, 1);
        if (columns == width)
            return cut ? cut : bytes;
        columns++;
        if ((text[bytes] == ' ' || text[bytes] == ',') && columns * 3 > width)
            cut = next;
        bytes = next;
    }
    return bytes;
}

/* What a line takes of a text. */
struct part {
    size_t bytes, width; /* without blanks at its end */
    int shortened;       /* an ellipsis follows, and nothing more */
};

static struct part next_part(const char **rest, size_t width, int last)
{
    struct part part = {piece(*rest, width), 0, 0};
    const char *text = *rest;
    if (last && text[part.bytes]) {
        size_t dots = strlen(ellipsis) < width ? strlen(ellipsis) : 0;
        part.bytes = sl_text_bytes(text, width - dots);
        part.shortened = dots > 0;
        *rest += strlen(text);
    } else
        *rest += part.bytes;
    *rest += strspn(*rest, " ");
    while (part.bytes && text[part.bytes - 1] == ' ' && text[part.bytes]) /* at a break */
        part.bytes--;
    for (size_t at = 0; at < part.bytes; part.width++)
        at += sl_text_bytes(text + at, 1);
    part.width += part.shortened ? strlen(ellipsis) : 0;
    return part;
}

/* One line of a row, the last one where `last`; returns whether texts are left for a further line. */
static int write_line(const struct sl_layout *layout, const char **rest, int last, FILE *to)
{
    size_t owed = 0; /* blanks are written before the next text only: no line ends in blanks */
    int first = 1, more = 0;
    for (size_t c = 0; c < layout->grid->n_columns; c++) {
        if (!layout->shown[c])
            continue;
        owed += first ? 0 : GAP;
        first = 0;
        const char *text = rest[c];
        struct part part = next_part(&rest[c], layout->width[c], last);
        size_t space = layout->width[c] > part.width ? layout->width[c] - part.width : 0;
        if (layout->grid->columns[c].right)
            owed += space;
        if (part.bytes) {
            pad(to, owed);
            owed = 0;
            fwrite(text, 1, part.bytes, to);
            fputs(part.shortened ? ellipsis : "", to);
        }
        if (!layout->grid->columns[c].right)
            owed += space;
        more |= *rest[c] != 0;
    }
    fputc('\n', to);
    return more;
}

static void write_row(const struct sl_layout *layout, const char **rest, FILE *to)
{
    for (int line = 1; write_line(layout, rest, line == LINES_MOST, to); line++)
        ;
}

static void write_rule(const struct sl_layout *layout, FILE *to)
{
    for (size_t i = 0; i < layout->line; i++)
        fputc('-', to);
    fputc('\n', to);
}

/* A paragraph broken at blanks, and within words that are wider than a line; lines after the first begin with
 * so many blanks. */
static void write_paragraph(const char *text, size_t width, size_t indent, FILE *to)
{
    size_t column = 0;
    while (*text) {
        size_t word = strcspn(text, " ");
        size_t bytes = sl_text_bytes(text, width - 2), w = 0;
        bytes = bytes < word ? bytes : word;
        for (size_t at = 0; at < bytes; w++)
            at += sl_text_bytes(text + at, 1);
        if (column && column + 1 + w > width) {
            fputc('\n', to);
            pad(to, indent);
            column = indent;
        } else if (column) {
            fputc(' ', to);
            column++;
        }
        fwrite(text, 1, bytes, to);
        column += w;
        text += bytes;
        text += strspn(text, " ");
    }
    fputc('\n', to);
}

/* A reader should know that there is more.  "" where there is not; NULL when out of memory. */
static char *left_out(const struct sl_layout *layout)
{
    char *names = sl_layout_left_out(layout);
    char *line = names && *names ? sl_format("Left out for want of width: %s", names) : names;
    if (line != names)
        free(names);
    return line;
}

static void write_body(const struct sl_layout *layout, const char **rest, const char *last, size_t width,
                       FILE *to)
{
    const struct sl_grid *grid = layout->grid;
    for (size_t i = 0; i < grid->above.n; i++)
        write_paragraph(grid->above.line[i], width, INDENT, to);
    if (grid->above.n)
        fputc('\n', to);
    if (grid->verdict) {
        write_paragraph(grid->verdict, width, 0, to);
        fputc('\n', to);
    }
    for (size_t c = 0; c < grid->n_columns; c++)
        rest[c] = grid->columns[c].title;
    write_row(layout, rest, to);
    write_rule(layout, to);
    for (size_t row = 0; row < grid->n_rows; row++) {
        for (size_t c = 0; c < grid->n_columns; c++)
            rest[c] = sl_grid_cell(grid, row, c);
        write_row(layout, rest, to);
    }
    write_rule(layout, to);
    for (size_t i = 0; i < grid->below.n; i++)
        if (grid->below.column[i] < 0 || layout->shown[grid->below.column[i]])
            write_paragraph(grid->below.line[i], width, INDENT, to);
    if (*last)
        write_paragraph(last, width, INDENT, to);
}

int sl_grid_text_fits(const struct sl_grid *grid, int width)
{
    struct sl_layout layout;
    int fits = sl_layout_make(grid, &measure, room_of(width), &layout) == SL_OK &&
               sl_layout_fits(&layout, room_of(width));
    sl_layout_release(&layout);
    return fits;
}

int sl_grid_text(const struct sl_grid *grid, int width, FILE *to)
{
    struct sl_layout layout;
    size_t room = room_of(width);
    const char **rest = sl_alloc(grid->n_columns, sizeof *rest);
    int code = rest ? sl_layout_make(grid, &measure, room, &layout) : SL_ENOMEM;
    if (!code) {
        char *last = left_out(&layout);
        code = last ? SL_OK : SL_ENOMEM;
        if (last)
            write_body(&layout, rest, last, room, to);
        free(last);
        sl_layout_release(&layout);
    }
    free(rest);
    return code;
}
