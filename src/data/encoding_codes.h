/* encoding_codes.h - inside a fitted encoding: what becomes of each column. */
#ifndef SL_DATA_ENCODING_CODES_H
#define SL_DATA_ENCODING_CODES_H

#include "data/columns.h"
#include <shortlist/encoding.h>

enum { SL_NO_PLACE = -1 };

struct sl_column_code {
    int32_t *place; /* (n_levels) of a category: the feature, or the rank, of each level; SL_NO_PLACE: of
                       none. Owned; NULL: a number */
    double fill;    /* stands for a missing value: a number, or a place; NaN: nothing does */
    size_t width;   /* features that the column becomes, an indicator aside */
    int lacks;      /* it has an indicator */
    uint16_t codes; /* the places are codes of a category, so many; 0: they are not */
};

struct sl_encoding {
    struct sl_encoding_options options;
    struct sl_columns *columns;  /* a user of it */
    struct sl_column_code *code; /* (d), owned */
    size_t width;                /* features, indicators among them */
    uint16_t *codes;             /* (width), as a view's, owned; NULL: no feature is a category */
};

/* Without codes; NULL when out of memory. */
struct sl_encoding *sl_encoding_new(const struct sl_encoding_options *options, struct sl_columns *columns);
void sl_encoding_free(struct sl_encoding *encoding);

/* Adds up the codes' widths, and says which features are categories.  SL_ENOMEM. */
int sl_encoding_set_width(struct sl_encoding *encoding);

/* Do rows come in that lack values? */
static inline int sl_admits_gaps(enum sl_missing missing)
{
    return missing > SL_MISSING_DROP;
}

/* Does this way with missing values put something in their place? */
static inline int sl_fills(enum sl_missing missing)
{
    return sl_admits_gaps(missing) && missing != SL_MISSING_KEEP;
}

#endif
