/* csv_number.h - numbers as CSV files write them. */
#ifndef SL_DATA_CSV_NUMBER_H
#define SL_DATA_CSV_NUMBER_H

/* 1 where all of text is a finite number.  *n_digits: at least how many significant digits it has; INT_MAX
 * where they were not counted. */
int sl_csv_parse_number(const char *text, double *value, int *n_digits);

/* "3.0" and "3.000e+00", as some programs write the label 3, are the class "3". */
void sl_csv_drop_zero_fraction(char *name);

#endif
