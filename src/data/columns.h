/* columns.h - what the columns of a table hold that are not all plain numbers.
 *
 * Such a table is kept in doubles: a category is the number of its level, a missing value is NaN. */
#ifndef SL_DATA_COLUMNS_H
#define SL_DATA_COLUMNS_H

#include <stddef.h>
#include <stdint.h>

enum sl_column_kind {
    SL_COLUMN_NUMBER,
    SL_COLUMN_TRUTH, /* true and false, or yes and no, kept as 1 and 0 */
    SL_COLUMN_CATEGORY,
};

struct sl_column {
    enum sl_column_kind kind;
    size_t n_levels;
    char **levels; /* (n_levels) names, sorted in the training file; a second file's own stand behind those;
                      one block, owned; NULL: no category */
};

/* Immutable once it is filled, and shared. */
struct sl_columns {
    size_t d;
    int users;
    struct sl_column *column; /* (d), owned */
};

/* All numbers; one user.  NULL when out of memory. */
struct sl_columns *sl_columns_new(size_t d);
struct sl_columns *sl_columns_share(struct sl_columns *columns); /* another user; NULL for NULL */
void sl_columns_release(struct sl_columns *columns);             /* one user less */

/* 1 where every column is a number (or NULL). */
int sl_columns_are_numbers(const struct sl_columns *columns);

/* Of kinds and names of levels. */
uint64_t sl_columns_hash(const struct sl_columns *columns, uint64_t seed);

#endif
