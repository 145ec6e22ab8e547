/* formats.h - the formats of files, one row each: how one is told, and its reader. */
#ifndef SL_DATA_FORMATS_H
#define SL_DATA_FORMATS_H

#include "data/dataset.h"

struct sl_input;
struct sl_zip;

/* How a file begins. */
struct sl_head {
    const unsigned char *bytes; /* (n) */
    size_t n;
    const struct sl_zip *zip; /* NULL: no archive of several files */
};

enum {
    SL_TAKES_COLUMNS = 1,  /* label and drop name columns */
    SL_TAKES_DIALECT = 2,  /* delimiter and decimal */
    SL_TAKES_LABELS = 4,   /* a file of labels */
    SL_TAKES_WEIGHTS = 8,  /* weights names a column, or an array */
    SL_TAKES_STORAGE = 16, /* rows become sparse or dense */
    SL_TAKES_GAPS = 32,    /* what becomes of missing values */
};

struct sl_format {
    const char *name;
    const char *endings; /* of file names, in blanks: a hint where no content tells */
    int is_text;
    unsigned takes;                        /* SL_TAKES_...: options that mean something to it */
    int has_parts;                         /* may hold a test part, too */
    int (*is)(const struct sl_head *head); /* NULL: whatever is nothing else */
    int (*read)(struct sl_input *in, const char *name, enum sl_part part,
                const struct sl_read_options *options, struct sl_dataset **out, struct sl_error *err);
};

/* The format of a stream that nothing was read from: the one that options name, else by its content, else by
 * the ending of its name.  Text is decoded from then on.  SL_EUSAGE for a name that there is not. */
int sl_format_find(struct sl_input *in, const struct sl_read_options *options, const struct sl_format **out,
                   struct sl_error *err);

/* SL_EUSAGE for an option that means nothing to the format; name: the file's. */
int sl_format_check(const struct sl_format *format, const struct sl_read_options *options, const char *name,
                    struct sl_error *err);

/* Does a file's name end like one of the format, packed or not? */
int sl_format_has_ending(const struct sl_format *format, const char *name);

/* The formats in the order in which they are looked for; NULL past the last. */
const struct sl_format *sl_format_at(size_t i);

#endif
