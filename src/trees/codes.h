/* codes.h - features as whole numbers in the order of their values: what trees are grown on. */
#ifndef SL_TREES_CODES_H
#define SL_TREES_CODES_H

#include "kernels/distinct.h"
#include <shortlist/error.h>
#include <shortlist/view.h>

/* Bytes are their own codes; a float's code is its rank among the distinct values of its column, or, by_key,
 * the float by its bits; where a column has no more than two values a bit, of which a row's stand side by
 * side.  Any number of trees may be grown on the same codes, at the same time: nobody writes to them. */
struct sl_tree_codes {
    enum sl_dtype dtype; /* of the view */
    size_t n, d;
    const uint8_t *bytes; /* (n, d), or NULL where a column has more than 256 values */
    uint32_t *ranks;      /* (n_ranked, n), or NULL with bytes */
    int by_key;           /* ranks are the floats themselves, as sl_key_of_float has them */
    uint64_t *bits;       /* (n, words), or NULL where no column has two values */
    int32_t *place;       /* (d): a column's among ranks, or ~ that among the bits; NULL with bytes */
    size_t n_ranked, words;
    uint32_t *row_ranks; /* (n, n_ranked): the ranks the other way round, or NULL */
    uint8_t *own_bytes;  /* (n, d): bytes made from floats */
    uint8_t *columns;    /* (d, n): the bytes the other way round, rows class by class; or NULL */
    uint32_t
        *position; /* (n): where a row of the view stands among columns, ranks or bits; NULL: in its place */
    uint32_t *row; /* (n): which row of the view stands there, or NULL */
    int32_t *y;    /* (n): its label, or NULL */
    float *values; /* distinct values of columns of ranks and bits, ascending; NULL: the code is the value */
    size_t *first_value; /* (d + 1): where a column's values begin */
};

/* Codes of all rows of a view of bytes or finite floats.  Those of bytes point into the view, which must
 * outlive them; labels are not looked at.  random: for trees that draw thresholds, which ask for no order: a
 * column of many floats is not ranked.  On error nothing needs to be released. */
int sl_tree_codes_make(const struct sl_view *view, int random, int threads, struct sl_tree_codes *codes,
                       struct sl_error *err);
/* Lays rows class by class, for trees that draw features or thresholds: a node holds few classes, and what it
 * reads of a feature then lies on fewer lines of memory.  Bytes are laid as columns, of which those of
 * several rows share a line, ranks and bits where they are.  y (n): labels of k classes, which take the
 * place of a sample's.  Trees that draw nothing are not to be grown on the codes afterwards, and rows that
 * are added are added after it.  SL_ENOMEM. */
int sl_tree_codes_lay(struct sl_tree_codes *codes, const int32_t *y, int k, int threads,
                      struct sl_error *err);
/* Adds rows to ranks: for copies of all columns of some rows (near.h).  SL_ENOMEM. */
int sl_tree_codes_add_rows(struct sl_tree_codes *codes, int threads, struct sl_error *err);
void sl_tree_codes_release(struct sl_tree_codes *codes);

/* The number among the codes of a row of the view. */
static inline uint32_t sl_tree_position(const struct sl_tree_codes *codes, uint32_t row)
{
    return codes->position ? codes->position[row] : row;
}

static inline int sl_tree_is_bit(const struct sl_tree_codes *codes, size_t feature)
{
    return codes->place && codes->place[feature] < 0;
}

/* Where the feature's bit of row 0 stands: in this word, so far from its lowest. */
static inline const uint64_t *sl_tree_bit_word(const struct sl_tree_codes *codes, size_t feature, int *shift)
{
    const int32_t bit = ~codes->place[feature];
    *shift = bit % 64;
    return codes->bits + bit / 64;
}

static inline const uint32_t *sl_tree_ranks(const struct sl_tree_codes *codes, size_t feature)
{
    return codes->ranks + (size_t)codes->place[feature] * codes->n;
}

static inline uint32_t sl_tree_code(const struct sl_tree_codes *codes, size_t row, size_t feature)
{
    int shift;
    if (codes->columns)
        return codes->columns[feature * codes->n + row];
    if (codes->bytes)
        return codes->bytes[row * codes->d + feature];
    if (!sl_tree_is_bit(codes, feature))
        return sl_tree_ranks(codes, feature)[row];
    const uint64_t *word = sl_tree_bit_word(codes, feature, &shift);
    return word[row * codes->words] >> shift & 1;
}

/* For a look at the values on both sides of a split that is soon to come: they lie far apart.  Of ranks. */
static inline void sl_tree_prefetch_value(const struct sl_tree_codes *codes, size_t feature, uint32_t code)
{
    if (codes->values)
        __builtin_prefetch(codes->values + codes->first_value[feature] + code);
}

static inline int sl_tree_is_by_key(const struct sl_tree_codes *codes, size_t feature)
{
    return codes->by_key && !sl_tree_is_bit(codes, feature);
}

/* -0 is 0, of which the keys of floats know nothing. */
static inline uint32_t sl_tree_key_of(float x)
{
    return sl_key_of_float(x == 0 ? 0 : x);
}

static inline double sl_tree_value(const struct sl_tree_codes *codes, size_t feature, uint32_t code)
{
    if (sl_tree_is_by_key(codes, feature))
        return (double)sl_float_of_key(code);
    return codes->values ? (double)codes->values[codes->first_value[feature] + code] : code;
}

/* The threshold half-way between two codes: value(low) <= threshold < value(high). */
float sl_tree_middle(const struct sl_tree_codes *codes, size_t feature, uint32_t low, uint32_t high);

#endif
