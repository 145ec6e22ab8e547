/* markdown.c - a grid in Markdown (the pipe tables of GitHub and pandoc).  None of a text's characters is
 * taken for markup. */
#include "show/markup.h"
#include <string.h>

void sl_markdown_text(const char *text, FILE *to)
{
    for (; *text; text++) {
        if (strchr("\\|*_`<>[]#&~$^", *text)) /* &: "&amp;" is five characters of a name */
            fputc('\\', to);
        fputc(*text, to);
    }
}

void sl_markdown_line(const char *text, FILE *to)
{
    text += strspn(text, " ");
    size_t digits = strspn(text, "0123456789");
    if (digits && (text[digits] == '.' || text[digits] == ')')) {
        fwrite(text, 1, digits, to);
        text += digits;
        fputc('\\', to);
        fputc(*text++, to);
    } else if (*text == '-' || *text == '+' || *text == '=') {
        fputc('\\', to);
        fputc(*text++, to);
    }
    sl_markdown_text(text, to);
}

int sl_grid_markdown(const struct sl_grid *grid, FILE *to)
{
    for (size_t i = 0; i < grid->above.n; i++) {
        sl_markdown_line(grid->above.line[i], to);
        fputs("\n\n", to);
    }
    if (grid->verdict) {
        sl_markdown_line(grid->verdict, to);
        fputs("\n\n", to);
    }
    for (size_t c = 0; c < grid->n_columns; c++) {
        fputs("| ", to);
        sl_markdown_text(grid->columns[c].title, to);
        fputc(' ', to);
    }
    fputs("|\n", to);
    for (size_t c = 0; c < grid->n_columns; c++)
        fputs(grid->columns[c].right ? "|---:" : "|:---", to);
    fputs("|\n", to);
    for (size_t row = 0; row < grid->n_rows; row++) {
        for (size_t c = 0; c < grid->n_columns; c++) {
            fputs("| ", to);
            sl_markdown_text(sl_grid_cell(grid, row, c), to);
            fputc(' ', to);
        }
        fputs("|\n", to);
    }
    if (grid->below.n)
        fputc('\n', to);
    for (size_t i = 0; i < grid->below.n; i++) {
        fputs("- ", to);
        sl_markdown_line(grid->below.line[i], to);
        fputc('\n', to);
    }
    return SL_OK;
}
