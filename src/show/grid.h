/* grid.h - a table of texts with notes around it: what people's formats (text, Markdown, LaTeX, HTML, CSV)
 * all write.  An allocation that fails is remembered, so that a grid is filled without checks and
 * checked once. */
#ifndef SL_SHOW_GRID_H
#define SL_SHOW_GRID_H

#include <shortlist/error.h>
#include <shortlist/text.h>
#include <stddef.h>
#include <stdio.h>

struct sl_grid_column {
    char *title;
    int right; /* numbers stand at the right */
    int rank;  /* 0: always shown; where the width is short the column of the highest rank goes first, */
               /* names shrink before 2 and 1 go (layout.c) */
};

struct sl_lines {
    size_t n;
    char **line; /* (n), without newlines */
    int *column; /* (n): shown only where this column is; -1: always */
};

struct sl_grid {
    size_t n_columns, n_rows, n_cells;
    struct sl_grid_column *columns; /* (n_columns) */
    char **cells;                   /* (n_rows, n_columns), the last row perhaps not full yet */
    struct sl_lines above, below;   /* what is shown; what the marks mean */
    char *verdict;                  /* what it comes to: a paragraph before the table; NULL: none */
    int failed;
};

/* Zeroed is empty.  Columns first, then cells from left to right, row by row. */
void sl_grid_column(struct sl_grid *grid, const char *title, int right, int rank);
void sl_grid_add(struct sl_grid *grid, const char *format, ...) __attribute__((format(printf, 2, 3)));
void sl_grid_above(struct sl_grid *grid, const char *format, ...) __attribute__((format(printf, 2, 3)));
void sl_grid_below(struct sl_grid *grid, const char *format, ...) __attribute__((format(printf, 2, 3)));
void sl_grid_verdict(struct sl_grid *grid, const char *text);
/* A note about the last column called title: left out with it, and where there is none. */
void sl_grid_note(struct sl_grid *grid, const char *title, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void sl_grid_release(struct sl_grid *grid);
const char *sl_grid_cell(const struct sl_grid *grid, size_t row, size_t column);
/* Makes every text fit for people (sl_visible): formats for people call it before they write. */
void sl_grid_visible(struct sl_grid *grid);

/* SL_OK or SL_ENOMEM.  Text is fitted to width columns (0: 100), LaTeX to its page; Markdown and CSV are
 * whole. */
int sl_grid_text(const struct sl_grid *grid, int width, FILE *to);
int sl_grid_markdown(const struct sl_grid *grid, FILE *to);
int sl_grid_latex(const struct sl_grid *grid, FILE *to);
int sl_grid_html(const struct sl_grid *grid, FILE *to); /* a fragment */
int sl_grid_csv(const struct sl_grid *grid, FILE *to);
/* 1 where no column has to be left out. */
int sl_grid_text_fits(const struct sl_grid *grid, int width);
int sl_grid_latex_fits(const struct sl_grid *grid);

#endif
