/* markup.h - texts in the markup of each format, with nothing in them taken for markup.  They are fit for
 * people already (sl_visible). */
#ifndef SL_SHOW_MARKUP_H
#define SL_SHOW_MARKUP_H

#include "show/grid.h"

void sl_html_text(const char *text, FILE *to); /* in an attribute, too, between double quotes */
void sl_markdown_text(const char *text, FILE *to);
/* A line of its own: a number or a bullet at its start makes no list. */
void sl_markdown_line(const char *text, FILE *to);
/* A word of more than `word` letters may be broken (0: none). */
void sl_latex_text(const char *text, size_t word, FILE *to);

enum sl_table_sorts { SL_SORTS_NOT, SL_SORTS, SL_SORTS_AND_FILTERS };

/* A grid as an HTML table, and how it looks. */
struct sl_html_look {
    const char *caption;         /* NULL: none */
    int header;                  /* column that names the row; -1: none does */
    enum sl_table_sorts sorts;   /* what a script may do with it */
    const char *const *links;    /* (n_rows): where the row's name leads to, or NULL each; NULL: nowhere */
    const unsigned char *shades; /* (n_rows, n_columns): 0 none, 1 ... 9; NULL: none */
};
void sl_html_table(const struct sl_grid *grid, const struct sl_html_look *look, FILE *to);

#endif
