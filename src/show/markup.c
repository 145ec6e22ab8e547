/* markup.c - a grid as Markdown, LaTeX and CSV.  None of a cell's characters is taken for markup. */
#include "show/grid.h"
#include <string.h>

/* Markdown (the pipe tables of GitHub and pandoc) ----------------------------------------------------*/

static void markdown_text(const char *text, FILE *to)
{
    for (; *text; text++) {
        if (strchr("\\|*_`<>[]#", *text))
            fputc('\\', to);
        fputc(*text == '\n' ? ' ' : *text, to);
    }
}

void sl_grid_markdown(const struct sl_grid *grid, FILE *to)
{
    for (size_t i = 0; i < grid->above.n; i++) {
        markdown_text(grid->above.line[i], to);
        fputs("\n\n", to);
    }
    for (size_t c = 0; c < grid->n_columns; c++) {
        fputs("| ", to);
        markdown_text(grid->columns[c].title, to);
        fputc(' ', to);
    }
    fputs("|\n", to);
    for (size_t c = 0; c < grid->n_columns; c++)
        fputs(grid->columns[c].right ? "|---:" : "|:---", to);
    fputs("|\n", to);
    for (size_t row = 0; row < grid->n_rows; row++) {
        for (size_t c = 0; c < grid->n_columns; c++) {
            fputs("| ", to);
            markdown_text(sl_grid_cell(grid, row, c), to);
            fputc(' ', to);
        }
        fputs("|\n", to);
    }
    if (grid->below.n)
        fputc('\n', to);
    for (size_t i = 0; i < grid->below.n; i++) {
        fputs("- ", to);
        markdown_text(grid->below.line[i], to);
        fputc('\n', to);
    }
}

/* LaTeX (booktabs) ---------------------------------------------------------------------------------*/

static void latex_char(char c, FILE *to)
{
    switch (c) {
    case '\\':
        fputs("\\textbackslash{}", to);
        break;
    case '~':
        fputs("\\textasciitilde{}", to);
        break;
    case '^':
        fputs("\\textasciicircum{}", to);
        break;
    case '<':
        fputs("\\textless{}", to);
        break;
    case '>':
        fputs("\\textgreater{}", to);
        break;
    case '"':
        fputs("\\textquotedbl{}", to);
        break;
    case '|':
        fputs("\\textbar{}", to);
        break;
    case '\n':
        fputc(' ', to);
        break;
    default:
        if (strchr("&%$#_{}", c))
            fputc('\\', to);
        fputc(c, to);
    }
}

static void latex_text(const char *text, FILE *to)
{
    /* A cell that opens with a bracket or a star would be read as an argument of the \\ before it. */
    if (*text == '[' || *text == '*')
        fputs("{}", to);
    for (; *text; text++)
        latex_char(*text, to);
}

static void latex_row(const struct sl_grid *grid, size_t row, FILE *to)
{
    for (size_t c = 0; c < grid->n_columns; c++) {
        fputs(c ? " & " : "", to);
        latex_text(sl_grid_cell(grid, row, c), to);
    }
    fputs(" \\\\\n", to);
}

void sl_grid_latex(const struct sl_grid *grid, FILE *to)
{
    fputs("% needs \\usepackage[T1]{fontenc} and \\usepackage{booktabs}\n", to);
    for (size_t i = 0; i < grid->above.n; i++)
        fprintf(to, "%% %s\n", grid->above.line[i]);
    fputs("\\begin{tabular}{@{}", to);
    for (size_t c = 0; c < grid->n_columns; c++)
        fputc(grid->columns[c].right ? 'r' : 'l', to);
    fputs("@{}}\n\\toprule\n", to);
    for (size_t c = 0; c < grid->n_columns; c++) {
        fputs(c ? " & " : "", to);
        latex_text(grid->columns[c].title, to);
    }
    fputs(" \\\\\n\\midrule\n", to);
    for (size_t row = 0; row < grid->n_rows; row++)
        latex_row(grid, row, to);
    fputs("\\bottomrule\n\\end{tabular}\n", to);
    if (grid->below.n)
        fputs("\\par\\smallskip\n{\\footnotesize\\raggedright\n", to);
    for (size_t i = 0; i < grid->below.n; i++) {
        latex_text(grid->below.line[i], to);
        fputs("\\par\n", to);
    }
    if (grid->below.n)
        fputs("}\n", to);
}

/* CSV (RFC 4180: CRLF, quotes doubled) -----------------------------------------------------------------*/

static void csv_field(const char *text, FILE *to)
{
    if (!text[strcspn(text, ",\"\r\n")]) {
        fputs(text, to);
        return;
    }
    fputc('"', to);
    for (; *text; text++) {
        if (*text == '"')
            fputc('"', to);
        fputc(*text, to);
    }
    fputc('"', to);
}

void sl_grid_csv(const struct sl_grid *grid, FILE *to)
{
    for (size_t c = 0; c < grid->n_columns; c++) {
        fputs(c ? "," : "", to);
        csv_field(grid->columns[c].title, to);
    }
    fputs("\r\n", to);
    for (size_t row = 0; row < grid->n_rows; row++) {
        for (size_t c = 0; c < grid->n_columns; c++) {
            fputs(c ? "," : "", to);
            csv_field(sl_grid_cell(grid, row, c), to);
        }
        fputs("\r\n", to);
    }
}
