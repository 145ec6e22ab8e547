/* layout.h - which columns of a grid fit a line, and how wide each is: for text in characters, for LaTeX
 * in points. */
#ifndef SL_SHOW_LAYOUT_H
#define SL_SHOW_LAYOUT_H

#include "show/grid.h"

struct sl_measure {
    size_t (*width)(const char *text);
    size_t gap;    /* between columns */
    size_t letter; /* of a common letter */
};

struct sl_layout {
    const struct sl_grid *grid;
    const struct sl_measure *measure;
    size_t *natural; /* (n_columns): the widest text's width */
    size_t *width;   /* (n_columns): smaller than that where texts are to be broken */
    char *shown;     /* (n_columns) */
    size_t line;     /* the whole line's width */
};

/* Chooses for lines of at most room; layout->line is larger where even the least is too wide.  SL_OK or
 * SL_ENOMEM, with layout empty. */
int sl_layout_make(const struct sl_grid *grid, const struct sl_measure *measure, size_t room,
                   struct sl_layout *layout);
void sl_layout_release(struct sl_layout *layout);

/* 1 where all columns are there and the line is not too wide. */
int sl_layout_fits(const struct sl_layout *layout, size_t room);

/* "precision, recall": the titles of the columns that are left out; NULL when out of memory. */
char *sl_layout_left_out(const struct sl_layout *layout);

#endif
