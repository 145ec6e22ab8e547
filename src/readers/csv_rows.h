/* csv_rows.h - a CSV file as rows of text fields. */
#ifndef SL_DATA_CSV_ROWS_H
#define SL_DATA_CSV_ROWS_H

#include <shortlist/error.h>
#include <stddef.h>

struct sl_csv; /* a stream and its present row */

struct sl_input;
struct sl_arff;

/* Reads rows from the start of in, which stays the caller's and must outlive it.  The separator is the one
 * that a line "sep=;" names, or whichever of comma, semicolon, tab and | comes most often in the first line;
 * blanks where none does.  Lines at the top that begin with # or % are comments, but for the last where it
 * names the columns; so are those further below that are no row of the table. */
int sl_csv_open(struct sl_input *in, struct sl_csv **out, struct sl_error *err);
void sl_csv_close(struct sl_csv *csv);

/* Before a row is read: fields are separated by this character, whatever the first line holds, ' ' for blanks
 * and tabs; runs: several of them count as one, and none at the ends of a row. */
void sl_csv_separate(struct sl_csv *csv, int separator, int runs);

/* Moves on to the next row; *got is 0 at the end of the file.  Rows without anything in their fields are left
 * out. */
int sl_csv_next(struct sl_csv *csv, int *got, struct sl_error *err);

/* From the present row on, fields are the given columns (n), in that order, of rows with width columns (and
 * empty ones behind); sl_csv_next refuses others. */
int sl_csv_select(struct sl_csv *csv, const size_t *columns, size_t n, size_t width, struct sl_error *err);

/* Of the present row; fields are NUL-terminated, without quotes and without blanks around them, and last
 * until sl_csv_next. */
size_t sl_csv_width(const struct sl_csv *csv);
char *sl_csv_field(const struct sl_csv *csv, size_t i);

int sl_csv_separator(const struct sl_csv *csv);
int sl_csv_is_declared(const struct sl_csv *csv); /* the file says what its columns are (ARFF) */
const struct sl_arff *sl_csv_declared(const struct sl_csv *csv); /* how; NULL: it does not */
const char *sl_csv_path(const struct sl_csv *csv);
size_t sl_csv_line(const struct sl_csv *csv);     /* where the present row began, from 1 */
size_t sl_csv_comments(const struct sl_csv *csv); /* lines left out */
size_t sl_csv_blank(const struct sl_csv *csv);    /* rows left out because nothing is in them */

/* SL_EDATA with "path:line:column: " before the text; column counts fields, from 1 (0: the whole line). */
int sl_csv_fail(const struct sl_csv *csv, size_t column, struct sl_error *err, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* A first look ---------------------------------------------------------------------------------------*/

struct sl_csv_row {
    size_t n, quoted; /* fields, and those in quotes */
    char **field;     /* (n), one block, owned */
};

/* The first rows, as far as they are whole: none where the file is empty or its beginning is broken. */
struct sl_csv_sample {
    size_t n;
    struct sl_csv_row *rows; /* (n) */
};

/* Looks at up to most rows of a stream that has just been opened, without taking them. */
int sl_csv_sample(struct sl_csv *csv, size_t most, struct sl_csv_sample *sample, struct sl_error *err);
void sl_csv_sample_release(struct sl_csv_sample *sample);

#endif
