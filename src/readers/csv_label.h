/* csv_label.h - which column of a CSV file is the label, where nobody says so. */
#ifndef SL_DATA_CSV_LABEL_H
#define SL_DATA_CSV_LABEL_H

#include "readers/csv_rows.h"

struct sl_csv_columns {
    const struct sl_csv *csv;
    const struct sl_csv_sample *sample; /* rows; the first is the header where there is one */
    char **names;                       /* (width), or NULL: no header */
    const char *dropped;                /* (width): columns that are left out, and no labels; NULL: none */
    const char
        *categorical; /* (width): 1 where somebody says that a column is a feature of words; NULL: none */
    int takes_words;  /* somebody expects features of words */
    size_t width;
};

/* How well a name fits a label column: 0 not at all, 3 best ("label", "class", "target"). */
int sl_label_rank(const char *name);

/* A name that numbers rows, not classes: "", "id", "Unnamed: 0", "PassengerId", ... */
int sl_is_row_name(const char *name);

/* SL_EDATA where two columns fit alike, with what to say for each. */
int sl_csv_guess_label(const struct sl_csv_columns *columns, size_t *label, struct sl_error *err);

/* The label among columns that are no features (n): the one called like a label, or the only one if it can be
 * one; columns->width: none.  SL_EDATA where two fit alike. */
int sl_csv_find_label_among(const struct sl_csv_columns *columns, const size_t *others, size_t n,
                            size_t *label, struct sl_error *err);

#endif
