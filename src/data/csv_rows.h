/* csv_rows.h - a CSV file as rows of text fields. */
#ifndef SL_DATA_CSV_ROWS_H
#define SL_DATA_CSV_ROWS_H

#include <shortlist/error.h>
#include <stddef.h>

struct sl_csv; /* a stream and its present row */

struct sl_input;

/* Reads rows from the start of in, which stays the caller's and must outlive it.  The separator is whichever
 * of comma, semicolon and tab comes most often in the first line. */
int sl_csv_open(struct sl_input *in, struct sl_csv **out, struct sl_error *err);
void sl_csv_close(struct sl_csv *csv);

/* Moves on to the next row; *got is 0 at the end of the file.  Blank lines at the end are no rows. */
int sl_csv_next(struct sl_csv *csv, int *got, struct sl_error *err);

/* Of the present row; fields are NUL-terminated, without quotes and without blanks around them, and last
 * until sl_csv_next. */
size_t sl_csv_width(const struct sl_csv *csv);
char *sl_csv_field(const struct sl_csv *csv, size_t i);

/* SL_EDATA with "path:line:column: " before the text; column counts fields, from 1 (0: the whole line). */
int sl_csv_fail(const struct sl_csv *csv, size_t column, struct sl_error *err, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
