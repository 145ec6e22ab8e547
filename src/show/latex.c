/* latex.c - a grid as a LaTeX table (booktabs) that fits a page.
 *
 * The page is that of the class article at 10 pt: 345 pt wide.  Widths are counted letter by letter, after
 * the Computer Modern fonts' own, rounded up: columns that do not fit are left out, and named in a comment;
 * names that are too long stand in a paragraph column, which breaks them. */
#include "core/memory.h"
#include "show/layout.h"
#include "show/markup.h"
#include <string.h>

enum {
    PAGE = 345,
    GAP = 12,
    NARROW_GAP = 6 /* 2\tabcolsep */,
    LETTER = 5,
    CELL_WORD = 12,
    NOTE_WORD = 60, /* letters that stay together */
    ROWS_OF_PAGE = 40
};

static const char *escape_of(char c)
{
    static const struct {
        char character;
        const char *latex;
    } escapes[] = {
        {'\\', "\\textbackslash{}"},
        {'~', "\\textasciitilde{}"},
        {'^', "\\textasciicircum{}"},
        {'<', "\\textless{}"},
        {'>', "\\textgreater{}"},
        {'"', "\\textquotedbl{}"},
        {'`', "\\textasciigrave{}"},
        {'|', "\\textbar{}"},
        {'&', "\\&"},
        {'%', "\\%"},
        {'$', "\\$"},
        {'#', "\\#"},
        {'_', "\\_"},
        {'{', "\\{"},
        {'}', "\\}"},
    };
    for (size_t i = 0; i < sizeof escapes / sizeof *escapes; i++)
        if (escapes[i].character == c)
            return escapes[i].latex;
    return NULL;
}

void sl_latex_text(const char *text, size_t word, FILE *to)
{
    size_t letters = 0;
    /* A cell that opens with a bracket or a star would be read as an argument of the \\ before it. */
    if (*text == '[' || *text == '*')
        fputs("{}", to);
    for (; *text; text++) {
        const char *escape = escape_of(*text);
        if (((unsigned char)*text & 0xc0) != 0x80)
            letters = *text == ' ' ? 0 : letters + 1;
        if (word && letters > word) {
            fputs("\\allowbreak{}", to);
            letters = 1;
        }
        if (escape)
            fputs(escape, to);
        else
            fputc(*text, to);
        if ((*text == '-' || *text == ',') && text[1] == *text) /* not a dash or a low quote of two */
            fputs("{}", to);
    }
}

/* Points of a text in the common font at 10 pt. */
static size_t latex_width(const char *text)
{
    double points = 0;
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if ((c & 0xc0) == 0x80)
            continue;
        if (strchr(" ijl.,:;!'|()[]`-", c))
            points += c == ' ' || c == '-' ? 3.4 : 3.9;
        else if (strchr("mwMW@%&", c) || c >= 0x80)
            points += 10.3;
        else if ((c >= 'A' && c <= 'Z') || strchr("+=<>~_#", c))
            points += 7.8;
        else
            points += c >= '0' && c <= '9' ? 5.0 : 5.6;
    }
    return (size_t)(points + 0.999);
}

static const struct sl_measure wide = {latex_width, GAP, LETTER}, narrow = {latex_width, NARROW_GAP, LETTER};

static int is_broken(const struct sl_layout *layout, size_t column)
{
    return layout->width[column] < layout->natural[column];
}

/* 1 where no column may be left out, and the columns fit badly. */
static int is_tight(const struct sl_layout *layout)
{
    int broken = 0;
    for (size_t c = 0; c < layout->grid->n_columns; c++) {
        if (layout->grid->columns[c].rank)
            return 0;
        broken |= is_broken(layout, c);
    }
    return broken || layout->line > PAGE;
}

static int make_layout(const struct sl_grid *grid, struct sl_layout *layout)
{
    int code = sl_layout_make(grid, &wide, PAGE, layout);
    if (code || !is_tight(layout))
        return code;
    sl_layout_release(layout);
    return sl_layout_make(grid, &narrow, PAGE, layout);
}

int sl_grid_latex_fits(const struct sl_grid *grid)
{
    struct sl_layout layout;
    int fits = make_layout(grid, &layout) == SL_OK && sl_layout_fits(&layout, PAGE);
    sl_layout_release(&layout);
    return fits;
}

static void write_verdict(const struct sl_grid *grid, FILE *to)
{
    if (!grid->verdict)
        return;
    fputs("\\noindent ", to);
    sl_latex_text(grid->verdict, NOTE_WORD, to);
    fputs("\\par\\smallskip\n", to);
}

/* A tabular does not break over pages. */
static const char *kind_of(const struct sl_grid *grid)
{
    return grid->n_rows > ROWS_OF_PAGE ? "longtable" : "tabular";
}

static void write_head(const struct sl_layout *layout, FILE *to)
{
    const struct sl_grid *grid = layout->grid;
    if (layout->measure == &narrow)
        fprintf(to, "\\begingroup\\setlength{\\tabcolsep}{%dpt}\n", NARROW_GAP / 2);
    fprintf(to, "\\begin{%s}{@{}", kind_of(grid));
    for (size_t c = 0; c < grid->n_columns; c++) {
        if (layout->shown[c] && is_broken(layout, c))
            fprintf(to, "p{%zupt}", layout->width[c]);
        else if (layout->shown[c])
            fputc(grid->columns[c].right ? 'r' : 'l', to);
    }
    fputs("@{}}\n\\toprule\n", to);
}

/* row: of the grid, or -1 for the titles */
static void write_row(const struct sl_layout *layout, long row, FILE *to)
{
    const struct sl_grid *grid = layout->grid;
    int first = 1;
    for (size_t c = 0; c < grid->n_columns; c++) {
        if (!layout->shown[c])
            continue;
        fputs(first ? "" : " & ", to);
        first = 0;
        if (is_broken(layout, c))
            fputs("\\raggedright ", to);
        sl_latex_text(row < 0 ? grid->columns[c].title : sl_grid_cell(grid, (size_t)row, c),
                      is_broken(layout, c) ? CELL_WORD : 0, to);
    }
    fputs(" \\tabularnewline\n", to); /* \\ means something else after \raggedright */
}

static void write_notes(const struct sl_layout *layout, FILE *to)
{
    const struct sl_grid *grid = layout->grid;
    if (!grid->below.n)
        return;
    fputs("\\par\\smallskip\n{\\footnotesize\\raggedright\n", to);
    for (size_t i = 0; i < grid->below.n; i++) {
        if (grid->below.column[i] >= 0 && !layout->shown[grid->below.column[i]])
            continue;
        sl_latex_text(grid->below.line[i], NOTE_WORD, to);
        fputs("\\par\n", to);
    }
    fputs("}\n", to);
}

static int write_comments(const struct sl_layout *layout, FILE *to)
{
    const struct sl_grid *grid = layout->grid;
    char *left_out = sl_layout_left_out(layout);
    if (!left_out)
        return SL_ENOMEM;
    fprintf(to, "%% needs \\usepackage[T1]{fontenc} and \\usepackage{booktabs%s}\n",
            grid->n_rows > ROWS_OF_PAGE ? ",longtable" : "");
    for (size_t i = 0; i < grid->above.n; i++)
        fprintf(to, "%% %s\n", grid->above.line[i]);
    if (*left_out)
        fprintf(to, "%% left out, to fit a page of %d pt: %s\n", PAGE, left_out);
    free(left_out);
    return SL_OK;
}

int sl_grid_latex(const struct sl_grid *grid, FILE *to)
{
    struct sl_layout layout;
    if (make_layout(grid, &layout))
        return SL_ENOMEM;
    if (write_comments(&layout, to)) {
        sl_layout_release(&layout);
        return SL_ENOMEM;
    }
    write_verdict(grid, to);
    write_head(&layout, to);
    write_row(&layout, -1, to);
    fprintf(to, "\\midrule\n%s", grid->n_rows > ROWS_OF_PAGE ? "\\endhead\n" : "");
    for (size_t row = 0; row < grid->n_rows; row++)
        write_row(&layout, (long)row, to);
    fprintf(to, "\\bottomrule\n\\end{%s}%s\n", kind_of(grid), layout.measure == &narrow ? "\\endgroup" : "");
    write_notes(&layout, to);
    sl_layout_release(&layout);
    return SL_OK;
}
