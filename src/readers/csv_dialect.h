/* csv_dialect.h - how the rows of a text file are written: what separates their fields, the decimal sign. */
#ifndef SL_DATA_CSV_DIALECT_H
#define SL_DATA_CSV_DIALECT_H

#include "data/dataset.h"
#include "data/decimal.h"
#include "readers/csv_rows.h"

struct sl_csv_dialect {
    enum sl_decimal decimal;
    const char *separated; /* a note on the separator, or NULL: nothing is to be said */
    int row_names;         /* the rows have one field more than the header, before the others */
};

/* As sl_csv_sample, after it was found out how the rows are written, or as options say.  Where rows have
 * names, the sample's first row has an empty field before the others.  SL_EUSAGE. */
int sl_csv_dialect_find(struct sl_csv *csv, const struct sl_read_options *options, size_t most,
                        struct sl_csv_sample *sample, struct sl_csv_dialect *dialect, struct sl_error *err);

/* Every row has more fields than the first, which holds no number, and all of them as many; 0: they do not.
 */
size_t sl_csv_wider_rows(const struct sl_csv_sample *sample);

#endif
