/* csv_header.h - is the first row of a CSV file a header? */
#ifndef SL_DATA_CSV_HEADER_H
#define SL_DATA_CSV_HEADER_H

#include "readers/csv_rows.h"
#include "readers/labels.h"

struct sl_csv_first {
    char **field; /* (width) of the first row, without blanks around them */
    size_t width;
    const struct sl_labels *index; /* of the fields */
    const struct sl_csv_sample *sample;
};

/* Names that a header would hold. */
struct sl_csv_expected {
    const char *const *features; /* (n), or NULL */
    size_t n;
    const char *label; /* or NULL */
};

int sl_csv_is_header(const struct sl_csv_first *first, const struct sl_csv_expected *expected);

#endif
