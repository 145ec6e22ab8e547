/* codes.h - features as whole numbers in the order of their values: what trees are grown on. */
#ifndef SL_TREES_CODES_H
#define SL_TREES_CODES_H

#include <shortlist/error.h>
#include <shortlist/view.h>

/* Bytes are their own codes; a float's code is its rank among the distinct values of its column.  Any number
 * of trees may be grown on the same codes, at the same time: nobody writes to them. */
struct sl_tree_codes {
    enum sl_dtype dtype; /* of the view */
    size_t n, d;
    const uint8_t *bytes; /* (n, d), or NULL where a column has more than 256 values */
    uint32_t *ranks;      /* (d, n), or NULL */
    uint8_t *own_bytes;   /* (n, d): bytes made from floats */
    uint8_t *columns;     /* (d, n): the bytes the other way round, or NULL */
    float *values;        /* all columns' distinct values, ascending; NULL: the code is the value */
    size_t *first_value;  /* (d + 1): where a column's values begin */
};

/* Codes of all rows of a view of bytes or finite floats.  Those of bytes point into the view, which must
 * outlive them; labels are not looked at.  On error nothing needs to be released. */
int sl_tree_codes_make(const struct sl_view *view, int threads, struct sl_tree_codes *codes,
                       struct sl_error *err);
/* Adds columns to bytes: for nodes of many rows that look at few of their features.  SL_ENOMEM. */
int sl_tree_codes_add_columns(struct sl_tree_codes *codes, int threads, struct sl_error *err);
void sl_tree_codes_release(struct sl_tree_codes *codes);

/* Are bytes of n rows and few features better read from columns?  A row's features lie on a dozen lines of
 * memory, those of many rows on fewer lines of the columns. */
static inline int sl_tree_prefers_columns(const struct sl_tree_codes *codes, size_t n)
{
    enum { DENSE = 24 }; /* a column's rows for each of them (measured) */
    return codes->columns && n * DENSE >= codes->n;
}

double sl_tree_value(const struct sl_tree_codes *codes, size_t feature, uint32_t code);
/* The threshold half-way between two codes: value(low) <= threshold < value(high). */
float sl_tree_middle(const struct sl_tree_codes *codes, size_t feature, uint32_t low, uint32_t high);

#endif
