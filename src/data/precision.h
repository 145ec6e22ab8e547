/* precision.h - do floats keep what a column's numbers tell apart? */
#ifndef SL_DATA_PRECISION_H
#define SL_DATA_PRECISION_H

#include "data/notes.h"
#include <shortlist/view.h>

/* How many different numbers a column has: as they were read, and as floats. */
struct sl_distinct {
    size_t numbers, floats;
};

/* *needs: does some column of x (n, d) lose differences as floats?  Looks only at columns with digits[j] set:
 * a decimal of at most FLT_DIG digits is told from every other by its float.  -1 when out of memory. */
int sl_needs_doubles(const double *x, size_t n, size_t d, const unsigned char *digits, int *needs);

/* Counts column j of a view of doubles (of at most 16,384 rows, evenly spaced), each as the float that
 * min-max scaling makes of it (scaled), or as it stands.  -1 when out of memory. */
int sl_count_distinct(const struct sl_view *view, size_t j, int scaled, struct sl_distinct *out);

/* Is the loss more than rounding?  A few of many long random numbers always share a float. */
int sl_loses_differences(const struct sl_distinct *distinct);

/* What notes call the columns of features (d): by name, else by place.  NULL stands for neither. */
struct sl_column_texts {
    char *const *names;   /* or NULL */
    const size_t *places; /* columns in the file, from 0; NULL: features are its columns */
};

/* Says of each column of doubles that needs them whether scaling rescues what floats would lose.  -1 when out
 * of memory. */
int sl_note_precision(const struct sl_view *view, const struct sl_column_texts *columns,
                      struct sl_notes *notes);

/* Names the columns (d) with that mark: numbers of accounts, messages and the like that even doubles round.
 */
void sl_note_rounded(const unsigned char *marks, unsigned char mark, size_t d,
                     const struct sl_column_texts *columns, struct sl_notes *notes);

#endif
