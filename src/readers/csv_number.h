/* csv_number.h - numbers as text files write them. */
#ifndef SL_DATA_CSV_NUMBER_H
#define SL_DATA_CSV_NUMBER_H

/* Takes the number at text: a decimal of at most 19 digits with a small exponent, which nearly all are.
 * Returns what follows it, or NULL where there is none of these.  *n_digits as below. */
const char *sl_number_scan(const char *text, double *value, int *n_digits);

/* 1 where all of text is a finite number.  *n_digits: at least how many significant digits it has; INT_MAX
 * where they were not counted. */
int sl_csv_parse_number(const char *text, double *value, int *n_digits);

/* "3.0" and "3.000e+00", as some programs write the label 3, are the class "3". */
void sl_csv_drop_zero_fraction(char *name);

#endif
