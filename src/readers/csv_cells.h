/* csv_cells.h - cells of a table that are no plain numbers: missing values, words, true and false. */
#ifndef SL_DATA_CSV_CELLS_H
#define SL_DATA_CSV_CELLS_H

#include "data/columns.h"
#include "data/notes.h"
#include "readers/csv_rows.h"
#include "readers/labels.h"
#include <shortlist/dataset.h>

/* What was seen of a column so far. */
struct sl_csv_cell_column {
    struct sl_labels *levels; /* owned; NULL: no words */
    size_t gaps, fresh;       /* missing values; levels that the training rows do not have */
    size_t dropped;           /* rows that are left out because this is missing */
    unsigned char given;      /* a category, whatever it holds: 1 as asked, or declared */
    unsigned char truth;      /* true and false: the training file or the model says so */
};

struct sl_csv_cells {
    const struct sl_csv *csv;
    const struct sl_read_options *options;
    struct sl_encoding_options encoding; /* the options', or those of the model */
    const struct sl_columns *known;      /* of the training file or the model; NULL: there is none */
    int second;                          /* there is a training file, or a model */
    char *const *names;                  /* (d), or NULL */
    const size_t *places;                /* (d) columns of the file, from 0; NULL: features are its columns */
    size_t d, rows, left_out;            /* rows: that were read; left_out: of these, for want of a value */
    size_t unlabelled;                   /* of these, for want of a label alone */
    int drop;                            /* the present row is one of them */
    unsigned char *is_text;              /* (d): cells are names of levels; owned, as is column */
    struct sl_csv_cell_column *column;   /* (d) */
};

/* May values be missing in a file that is read so? */
int sl_takes_gaps(const struct sl_read_options *options);

/* For d features; names: or NULL.  categorical (d): columns that are categories whatever they hold. */
int sl_csv_cells_begin(struct sl_csv_cells *cells, const struct sl_csv *csv,
                       const struct sl_read_options *options, char *const *names, size_t d,
                       const unsigned char *categorical, struct sl_error *err);
void sl_csv_cells_release(struct sl_csv_cells *cells);

/* The present row lacks its label: it is left out where rows without a value are. */
void sl_csv_cells_unlabelled(struct sl_csv_cells *cells);
/* The value of a cell that is no number, in a column that is not text, or has been so far.  why: what to say
 * of it otherwise.  SL_EDATA. */
int sl_csv_cells_take(struct sl_csv_cells *cells, size_t j, char *field, const char *why, double *value,
                      struct sl_error *err);
/* A value of the present row is missing, and may be; it is NaN.  cells->drop: its row is left out. */
void sl_csv_cells_gap(struct sl_csv_cells *cells, size_t j);
/* SL_EDATA: a cell that is no number for the reason why, or for a better one that shows in it. */
int sl_csv_cells_fail(const struct sl_csv_cells *cells, size_t j, const char *field, const char *why,
                      struct sl_error *err);
/* The value of any cell of a text column. */
int sl_csv_cells_level(struct sl_csv_cells *cells, size_t j, char *field, double *value,
                       struct sl_error *err);

/* The columns of a table x (n, d), whose levels are renumbered in the order of their names; *out is NULL
 * where all are numbers, and none is missing. */
int sl_csv_cells_finish(struct sl_csv_cells *cells, double *x, size_t n, struct sl_columns **out,
                        struct sl_error *err);

/* Says what was found, and what is done with it (csv_cell_notes.c).  n: rows. */
void sl_csv_cells_note(const struct sl_csv_cells *cells, const struct sl_columns *columns, size_t n,
                       struct sl_notes *notes);

#endif
