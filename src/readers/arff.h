/* arff.h - Weka's attribute-relation files: a header that declares columns, and rows below it, dense or
 * sparse. */
#ifndef SL_DATA_ARFF_H
#define SL_DATA_ARFF_H

#include "readers/csv_parse.h"
#include "readers/labels.h"

enum sl_arff_type { SL_ARFF_NUMBER, SL_ARFF_NOMINAL, SL_ARFF_TEXT /* strings and dates */ };

struct sl_arff_attribute {
    char *name; /* owned */
    enum sl_arff_type type;
    struct sl_labels *values; /* of a nominal one, owned */
};

struct sl_arff {
    size_t n;
    struct sl_arff_attribute *attribute; /* (n) */
};

void sl_arff_release(struct sl_arff *arff);

/* Adds what one line of the header declares; line is NUL-terminated, and changed.  *data: it is @data, behind
 * which the rows stand.  SL_EDATA has a text without its place. */
int sl_arff_take_line(struct sl_arff *arff, char *line, int *data, struct sl_error *err);

/* One value, quoted or not, at *p: *value is it, NUL-terminated, and *p what follows; -1 where a quote is not
 * closed. Both within the line that holds it. */
int sl_arff_take_value(char **p, const char *ends, char **value);

/* A parser of rows for struct sl_csv, whose arff is set: the names of the attributes, then the rows. */
int sl_arff_parse_row(struct sl_csv *csv);

#endif
