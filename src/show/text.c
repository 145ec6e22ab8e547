/* text.c - a grid as plain text for a terminal: columns as wide as they need, the less important ones
 * left out where the width is short, long names broken over lines. */
#include "core/memory.h"
#include "show/grid.h"
#include <string.h>

enum { GAP = 2, NAME_MIN = 16, NAME_SHARE = 28 /* per cent of the line */ };

struct layout {
    const struct sl_grid *grid;
    size_t *width; /* (n_columns): 0 where the column is left out */
    char *shown;   /* (n_columns) */
    size_t line;   /* the whole line's width */
};

static size_t natural_width(const struct sl_grid *grid, size_t column)
{
    size_t widest = sl_text_width(grid->columns[column].title);
    for (size_t row = 0; row < grid->n_rows; row++) {
        size_t w = sl_text_width(sl_grid_cell(grid, row, column));
        widest = w > widest ? w : widest;
    }
    return widest;
}

static size_t line_width(const struct layout *layout)
{
    size_t sum = 0;
    for (size_t c = 0; c < layout->grid->n_columns; c++)
        if (layout->shown[c])
            sum += layout->width[c] + (sum ? GAP : 0);
    return sum;
}

/* The widest left-aligned column: the one whose texts may be broken. */
static size_t name_column(const struct layout *layout)
{
    size_t best = layout->grid->n_columns;
    for (size_t c = 0; c < layout->grid->n_columns; c++) {
        if (layout->grid->columns[c].right || !layout->shown[c])
            continue;
        if (best == layout->grid->n_columns || layout->width[c] > layout->width[best])
            best = c;
    }
    return best;
}

/* A name may take its share of the line at first; then columns go, the highest rank first; then the name
 * gets what is left over, or shrinks. */
static void fit(struct layout *layout, size_t width)
{
    const struct sl_grid *grid = layout->grid;
    size_t name = name_column(layout);
    size_t natural = name < grid->n_columns ? layout->width[name] : 0;
    size_t share = width * NAME_SHARE / 100;
    if (name < grid->n_columns && layout->width[name] > share)
        layout->width[name] = share;
    while (line_width(layout) > width) {
        size_t worst = grid->n_columns;
        for (size_t c = 0; c < grid->n_columns; c++) {
            if (!layout->shown[c] || grid->columns[c].rank == 0)
                continue;
            if (worst == grid->n_columns || grid->columns[c].rank > grid->columns[worst].rank)
                worst = c;
        }
        if (worst == grid->n_columns)
            break;
        layout->shown[worst] = 0;
    }
    size_t line = line_width(layout);
    if (name < grid->n_columns && line > width) {
        size_t over = line - width, now = layout->width[name];
        size_t least = now < NAME_MIN ? now : NAME_MIN;
        layout->width[name] = now > over + least ? now - over : least;
    } else if (name < grid->n_columns) {
        size_t room = layout->width[name] + width - line;
        layout->width[name] = natural < room ? natural : room;
    }
    layout->line = line_width(layout);
}

static void pad(FILE *to, size_t n)
{
    while (n--)
        fputc(' ', to);
}

/* Bytes of text that make up at most width characters, cut after a blank or a comma if there is one in
 * the second half. */
static size_t piece(const char *text, size_t width)
{
    size_t bytes = 0, columns = 0, cut = 0;
    while (text[bytes]) {
        size_t next = bytes + 1;
        while (((unsigned char)text[next] & 0xc0) == 0x80)
            next++;
        if (columns == width)
            return cut ? cut : bytes;
        columns++;
        if ((text[bytes] == ' ' || text[bytes] == ',') && columns * 2 > width)
            cut = next;
        bytes = next;
    }
    return bytes;
}

/* One line of a row; returns whether texts are left for a further line. */
static int write_line(const struct layout *layout, const char **rest, FILE *to)
{
    size_t owed = 0; /* blanks are written before the next text only: no line ends in blanks */
    int first = 1, more = 0;
    for (size_t c = 0; c < layout->grid->n_columns; c++) {
        if (!layout->shown[c])
            continue;
        owed += first ? 0 : GAP;
        first = 0;
        size_t bytes = piece(rest[c], layout->width[c]);
        char text[1024];
        size_t kept = bytes;
        while (kept && rest[c][kept - 1] == ' ' && rest[c][bytes]) /* at a break */
            kept--;
        snprintf(text, sizeof text, "%.*s", (int)(kept < sizeof text ? kept : sizeof text - 1), rest[c]);
        size_t used = sl_text_width(text);
        size_t space = layout->width[c] > used ? layout->width[c] - used : 0;
        if (layout->grid->columns[c].right)
            owed += space;
        if (*text) {
            pad(to, owed);
            owed = 0;
            fputs(text, to);
        }
        if (!layout->grid->columns[c].right)
            owed += space;
        rest[c] += bytes;
        rest[c] += strspn(rest[c], " ");
        more |= *rest[c] != 0;
    }
    fputc('\n', to);
    return more;
}

static void write_rule(const struct layout *layout, FILE *to)
{
    for (size_t i = 0; i < layout->line; i++)
        fputc('-', to);
    fputc('\n', to);
}

/* A paragraph broken at blanks. */
static void write_paragraph(const char *text, size_t width, FILE *to)
{
    size_t column = 0;
    while (*text) {
        size_t word = strcspn(text, " ");
        char copy[1024];
        snprintf(copy, sizeof copy, "%.*s", (int)(word < sizeof copy ? word : sizeof copy - 1), text);
        size_t w = sl_text_width(copy);
        if (column && column + 1 + w > width) {
            fputs("\n  ", to);
            column = 2;
        } else if (column) {
            fputc(' ', to);
            column++;
        }
        fputs(copy, to);
        column += w;
        text += word;
        text += strspn(text, " ");
    }
    fputc('\n', to);
}

/* A reader should know that there is more. */
static void write_left_out(const struct layout *layout, size_t width, FILE *to)
{
    char names[512] = "";
    for (size_t c = 0; c < layout->grid->n_columns; c++) {
        size_t used = strlen(names);
        if (!layout->shown[c])
            snprintf(names + used, sizeof names - used, "%s%s", used ? ", " : "",
                     layout->grid->columns[c].title);
    }
    char line[600];
    snprintf(line, sizeof line, "Left out for want of width: %s", names);
    if (*names)
        write_paragraph(line, width, to);
}

static void write_body(const struct layout *layout, const char **rest, size_t width, FILE *to)
{
    const struct sl_grid *grid = layout->grid;
    for (size_t i = 0; i < grid->above.n; i++)
        write_paragraph(grid->above.line[i], width, to);
    if (grid->above.n)
        fputc('\n', to);
    for (size_t c = 0; c < grid->n_columns; c++)
        rest[c] = grid->columns[c].title;
    write_line(layout, rest, to);
    write_rule(layout, to);
    for (size_t row = 0; row < grid->n_rows; row++) {
        for (size_t c = 0; c < grid->n_columns; c++)
            rest[c] = sl_grid_cell(grid, row, c);
        while (write_line(layout, rest, to))
            ;
    }
    write_rule(layout, to);
    for (size_t i = 0; i < grid->below.n; i++)
        if (grid->below.column[i] < 0 || layout->shown[grid->below.column[i]])
            write_paragraph(grid->below.line[i], width, to);
    write_left_out(layout, width, to);
}

void sl_grid_text(const struct sl_grid *grid, int width, FILE *to)
{
    size_t room = width >= 40 ? (size_t)width : width > 0 ? 40 : 100;
    struct layout layout = {.grid = grid};
    const char **rest = sl_alloc(grid->n_columns, sizeof *rest);
    layout.width = sl_alloc(grid->n_columns, sizeof *layout.width);
    layout.shown = sl_alloc(grid->n_columns, 1);
    if (rest && layout.width && layout.shown) {
        for (size_t c = 0; c < grid->n_columns; c++) {
            layout.shown[c] = 1;
            layout.width[c] = natural_width(grid, c);
        }
        fit(&layout, room);
        write_body(&layout, rest, room, to);
    }
    free(rest);
    free(layout.width);
    free(layout.shown);
}
