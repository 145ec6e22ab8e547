/* html.c - a grid in HTML: a fragment for a page of one's own, and the tables of reports. */
#include "show/markup.h"

enum { LARGE = 100 /* rows */ };

void sl_html_text(const char *text, FILE *to)
{
    for (; *text; text++) {
        switch (*text) {
        case '&':
            fputs("&amp;", to);
            break;
        case '<':
            fputs("&lt;", to);
            break;
        case '>':
            fputs("&gt;", to);
            break;
        case '"':
            fputs("&quot;", to);
            break;
        case '\'':
            fputs("&#39;", to);
            break;
        default:
            fputc(*text, to);
        }
    }
}

static int has_titles(const struct sl_grid *grid)
{
    for (size_t c = 0; c < grid->n_columns; c++)
        if (*grid->columns[c].title)
            return 1;
    return 0;
}

/* An empty header is none: readers would be told of a column without a name. */
static void write_titles(const struct sl_grid *grid, FILE *to)
{
    fputs("<thead><tr>", to);
    for (size_t c = 0; c < grid->n_columns; c++) {
        const char *title = grid->columns[c].title;
        fputs(!*title ? "<td>" : grid->columns[c].right ? "<th scope=col>" : "<th scope=col class=t>", to);
        sl_html_text(title, to);
    }
    fputs("\n<tbody>\n", to);
}

static void write_name(const struct sl_html_look *look, size_t row, const char *text, FILE *to)
{
    const char *link = look->links ? look->links[row] : NULL;
    fputs("<th scope=row>", to);
    if (link) {
        fputs("<a href=\"#", to);
        sl_html_text(link, to);
        fputs("\">", to);
    }
    sl_html_text(text, to);
    fputs(link ? "</a>" : "", to);
}

static void write_row(const struct sl_grid *grid, const struct sl_html_look *look, size_t row, FILE *to)
{
    fputs("<tr>", to);
    for (size_t c = 0; c < grid->n_columns; c++) {
        const char *text = sl_grid_cell(grid, row, c);
        int shade = look->shades ? look->shades[row * grid->n_columns + c] : 0;
        if ((int)c == look->header) {
            write_name(look, row, text, to);
            continue;
        }
        if (shade)
            fprintf(to, "<td class=s%d>", shade);
        else
            fputs(grid->columns[c].right ? "<td>" : "<td class=t>", to);
        sl_html_text(text, to);
    }
    fputc('\n', to);
}

void sl_html_table(const struct sl_grid *grid, const struct sl_html_look *look, FILE *to)
{
    /* A browser lays a large table out when it comes into sight, not row by row as it is read. */
    fprintf(to, "<div class=%s tabindex=0 role=group aria-label=\"",
            grid->n_rows > LARGE ? "\"scroll large\"" : "scroll");
    sl_html_text(look->caption ? look->caption : "table", to);
    fprintf(to, "\"><table%s>\n",
            look->sorts == SL_SORTS_AND_FILTERS ? " class=\"sorts filters\""
            : look->sorts                       ? " class=sorts"
                                                : "");
    if (look->caption) {
        fputs("<caption>", to);
        sl_html_text(look->caption, to);
        fputs("</caption>\n", to);
    }
    if (has_titles(grid))
        write_titles(grid, to);
    else
        fputs("<tbody>\n", to);
    for (size_t row = 0; row < grid->n_rows; row++)
        write_row(grid, look, row, to);
    fputs("</table></div>\n", to);
}

static void write_lines(const struct sl_lines *lines, const char *before, FILE *to)
{
    for (size_t i = 0; i < lines->n; i++) {
        fputs(before, to);
        sl_html_text(lines->line[i], to);
        fputc('\n', to);
    }
}

/* The first column with a title names the row. */
static int name_column(const struct sl_grid *grid)
{
    for (size_t c = 0; c < grid->n_columns; c++)
        if (*grid->columns[c].title)
            return (int)c;
    return -1;
}

int sl_grid_html(const struct sl_grid *grid, FILE *to)
{
    struct sl_html_look look = {.header = name_column(grid),
                                .caption = grid->above.n ? grid->above.line[0] : NULL};
    fputs("<section class=shortlist>\n", to);
    write_lines(&grid->above, "<p>", to);
    if (grid->verdict) {
        fputs("<p><strong>", to);
        sl_html_text(grid->verdict, to);
        fputs("</strong>\n", to);
    }
    sl_html_table(grid, &look, to);
    if (grid->below.n) {
        fputs("<ul>\n", to);
        write_lines(&grid->below, "<li>", to);
        fputs("</ul>\n", to);
    }
    fputs("</section>\n", to);
    return SL_OK;
}
