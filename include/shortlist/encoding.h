/* encoding.h - columns as people bring them, made numbers: missing values are filled in, categories become
 * columns of 0 and 1, or ranks.  What stands for what is found out on training rows only. */
#ifndef SHORTLIST_ENCODING_H
#define SHORTLIST_ENCODING_H

#include <shortlist/api.h>
#include <shortlist/error.h>
#include <stddef.h>

SL_API_BEGIN

enum sl_missing {
    SL_MISSING_ERROR,
    SL_MISSING_DROP,     /* rows with a missing value are left out when the file is read */
    SL_MISSING_MEDIAN,   /* of the column's training rows; of categories the most frequent */
    SL_MISSING_MEAN,     /* likewise */
    SL_MISSING_MODE,     /* the most frequent value of the training rows, the least of several */
    SL_MISSING_CONSTANT, /* a number; of categories one of that name */
    SL_MISSING_KEEP,     /* stays missing, as NaN: for classifiers that take it (SL_TAKES_MISSING) */
};

enum sl_categories {
    SL_CATEGORIES_ERROR,   /* words are refused; what is said to be a category is as under onehot */
    SL_CATEGORIES_ONEHOT,  /* a column of 0 and 1 for each category of the training rows */
    SL_CATEGORIES_ORDINAL, /* its rank among those, from 0; -1 for others */
    SL_CATEGORIES_DROP,    /* columns of words are left out when the file is read */
};

enum { SL_CONSTANT_MAX = 64, SL_ENCODING_TEXT = 256, SL_CODES_MAX = 255 };

/* Zeroed: missing values and words are errors. */
struct sl_encoding_options {
    enum sl_missing missing;
    enum sl_categories categories;
    int indicators;       /* a column of 0 and 1 more for each that lacks values in the training rows */
    double min_frequency; /* categories of fewer training rows share a column, or a rank, behind the others;
                             below 1: a share of the rows; 0: none do */
    int codes; /* a column of at most SL_CODES_MAX categories is one feature, their ranks, NaN for others,
                  whatever categories says: for classifiers that take such codes (SL_TAKES_CATEGORIES) */
    char constant[SL_CONSTANT_MAX]; /* of SL_MISSING_CONSTANT */
};

/* "error", "drop", "median", "mean", "mode", "constant=VALUE" or "keep" into missing and constant; SL_EUSAGE.
 */
int sl_missing_parse(const char *text, struct sl_encoding_options *options, struct sl_error *err);
/* "error", "onehot", "ordinal" or "drop"; SL_EUSAGE. */
int sl_categories_parse(const char *text, enum sl_categories *categories, struct sl_error *err);

/* SL_EUSAGE for indicators where nothing is filled in. */
int sl_encoding_check(const struct sl_encoding_options *options, struct sl_error *err);

/* What such options are to a classifier that takes missing values, or codes of categories: missing values are
 * kept, where others have them filled in, and no column tells of them. */
struct sl_encoding_options sl_encoding_for(const struct sl_encoding_options *options, int takes_missing,
                                           int takes_categories);

/* The options as one line, "missing=median categories=onehot": what differs from zeroed ones. */
void sl_encoding_print(const struct sl_encoding_options *options, char *buf, size_t size);

struct sl_encoding; /* fitted; a model holds it (sl_model_encoding) */

SL_API_END
#endif
