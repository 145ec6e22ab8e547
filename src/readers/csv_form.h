/* csv_form.h - where the rows of a CSV file begin, and what separates their fields. */
#ifndef SL_DATA_CSV_FORM_H
#define SL_DATA_CSV_FORM_H

#include <stddef.h>

struct sl_csv_form {
    size_t at, line; /* where the first row begins; line from 1 */
    size_t comments; /* lines left out above it */
    char separator;
};

/* Of the file's first n bytes.  Pure. */
struct sl_csv_form sl_csv_find_form(const char *text, size_t n);

#endif
