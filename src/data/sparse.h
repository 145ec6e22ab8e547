/* sparse.h - rows of which only what is not 0 is kept (CSR), as a reader finds them. */
#ifndef SL_DATA_SPARSE_H
#define SL_DATA_SPARSE_H

#include <shortlist/dataset.h>

enum { SL_SPARSE_COLUMNS = INT32_MAX };                   /* more there are not */
static const uint32_t SL_SPARSE_LONG = (uint32_t)1 << 31; /* a mark beside a column */

/* Zeroed is empty. */
struct sl_sparse {
    size_t n, n_entries;
    size_t *start;    /* (n + 1) of each row, in entries */
    uint32_t *column; /* (n_entries): in a row they ascend; with SL_SPARSE_LONG */
    double *value;    /* (n_entries) */
    size_t row_capacity, capacity;
    uint32_t any; /* of all columns, by or */
};

void sl_sparse_release(struct sl_sparse *rows);

/* Room for that many entries more, in one row more; -1 when out of memory. */
int sl_sparse_reserve(struct sl_sparse *rows, size_t entries);
/* Needs such room.  is_long: the value was written with more digits than every float keeps. */
static inline void sl_sparse_add(struct sl_sparse *rows, uint32_t column, double value, int is_long)
{
    uint32_t marked = column | (is_long ? SL_SPARSE_LONG : 0);
    rows->column[rows->n_entries] = marked;
    rows->value[rows->n_entries++] = value;
    rows->any |= marked;
}
static inline uint32_t sl_sparse_column(const struct sl_sparse *rows, size_t i)
{
    return rows->column[i] & ~SL_SPARSE_LONG;
}
void sl_sparse_end_row(struct sl_sparse *rows);

/* Which features of such rows a table takes, and what became of the others. */
struct sl_sparse_range {
    uint32_t first; /* column of the first feature */
    size_t d;
    size_t left_out; /* entries behind them */
};

/* Fresh sparse rows as a view has them: free() them.  NULL: no memory. */
struct sl_csr *sl_sparse_to_csr(const struct sl_sparse *rows, struct sl_sparse_range *range);

/* Fills x, zeroed, (n, d), floats or doubles. */
void sl_sparse_to_dense(const struct sl_sparse *rows, struct sl_sparse_range *range, enum sl_dtype dtype,
                        void *x);

/* As sl_needs_doubles: does some column lose differences as floats?  -1 when out of memory. */
int sl_sparse_needs_doubles(const struct sl_sparse *rows, int *needs);

#endif
