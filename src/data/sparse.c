/* sparse.c - rows of which only what is not 0 is kept.  Cost: O(entries); to dense O(n d). */
#include "data/sparse.h"
#include "core/memory.h"
#include "data/csr.h"
#include "data/precision.h"
#include "kernels/convert.h"

void sl_sparse_release(struct sl_sparse *rows)
{
    free(rows->start);
    free(rows->column);
    free(rows->value);
    *rows = (struct sl_sparse){0};
}

static int grow_rows(struct sl_sparse *rows)
{
    size_t capacity = rows->row_capacity ? rows->row_capacity * 2 : 1024;
    size_t *start = sl_realloc(rows->start, capacity, sizeof *start);
    if (!start)
        return -1;
    start[0] = 0;
    rows->start = start;
    rows->row_capacity = capacity;
    return 0;
}

static int grow_entries(struct sl_sparse *rows, size_t more)
{
    size_t capacity = (rows->n_entries + more) * 2;
    uint32_t *column = sl_realloc(rows->column, capacity, sizeof *column);
    rows->column = column ? column : rows->column;
    double *value = column ? sl_realloc(rows->value, capacity, sizeof *value) : NULL;
    if (!value)
        return -1;
    rows->value = value;
    rows->capacity = capacity;
    return 0;
}

int sl_sparse_reserve(struct sl_sparse *rows, size_t entries)
{
    if (rows->n + 2 > rows->row_capacity && grow_rows(rows))
        return -1;
    return rows->n_entries + entries > rows->capacity ? grow_entries(rows, entries) : 0;
}

void sl_sparse_end_row(struct sl_sparse *rows)
{
    rows->start[++rows->n] = rows->n_entries;
}

void sl_sparse_to_dense(const struct sl_sparse *rows, struct sl_sparse_range *range, enum sl_dtype dtype,
                        void *x)
{
    const size_t d = range->d;
    range->left_out = 0;
    for (size_t i = 0; i < rows->n; i++) {
        for (size_t e = rows->start[i]; e < rows->start[i + 1]; e++) {
            size_t j = sl_sparse_column(rows, e) - range->first;
            if (j >= d)
                ++range->left_out;
            else if (dtype == SL_F64)
                ((double *)x)[i * d + j] = rows->value[e];
            else
                ((float *)x)[i * d + j] = sl_cut(rows->value[e]);
        }
    }
}

struct sl_csr *sl_sparse_to_csr(const struct sl_sparse *rows, struct sl_sparse_range *range)
{
    struct sl_csr_block out = sl_csr_alloc(rows->n, rows->n_entries);
    size_t at = 0;
    range->left_out = 0;
    for (size_t i = 0; out.head && i < rows->n; i++) {
        for (size_t e = rows->start[i]; e < rows->start[i + 1]; e++) {
            const uint32_t j = sl_sparse_column(rows, e) - range->first;
            const float value = sl_cut(rows->value[e]);
            range->left_out += j >= range->d;
            if (j >= range->d || value == 0) /* it may be below the least float */
                continue;
            out.column[at] = j;
            out.value[at++] = value;
        }
        out.start[i + 1] = at;
    }
    return out.head;
}

/* Precision -----------------------------------------------------------------------------------------*/

struct entry {
    double value;
    uint32_t column, is_long;
};

static int by_column_and_value(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    if (x->column != y->column)
        return x->column < y->column ? -1 : 1;
    return x->value < y->value ? -1 : x->value > y->value;
}

/* Entries, evenly spaced, that stand for all; -1 when out of memory. */
static int sample(const struct sl_sparse *rows, struct entry **out, size_t *n)
{
    enum { ENTRIES = 1 << 20 };
    size_t step = 1 + rows->n_entries / ENTRIES;
    *out = sl_alloc(rows->n_entries / step + 1, sizeof **out);
    *n = 0;
    for (size_t i = 0; *out && i < rows->n_entries; i += step)
        (*out)[(*n)++] = (struct entry){rows->value[i], sl_sparse_column(rows, i),
                                        (rows->column[i] & SL_SPARSE_LONG) != 0};
    return *out ? 0 : -1;
}

/* Of one column's entries, sorted; 0 is one number more. */
static int loses(const struct entry *entry, size_t n)
{
    struct sl_distinct distinct = {2, 2};
    uint32_t is_long = entry[0].is_long;
    for (size_t i = 1; i < n; i++) {
        distinct.numbers += entry[i].value != entry[i - 1].value;
        distinct.floats += sl_cut(entry[i].value) != sl_cut(entry[i - 1].value);
        is_long |= entry[i].is_long;
    }
    return is_long && sl_loses_differences(&distinct);
}

int sl_sparse_needs_doubles(const struct sl_sparse *rows, int *needs)
{
    struct entry *entry;
    size_t n;
    *needs = 0;
    if (!(rows->any & SL_SPARSE_LONG))
        return 0;
    if (sample(rows, &entry, &n))
        return -1;
    qsort(entry, n, sizeof *entry, by_column_and_value);
    for (size_t i = 0, j; i < n && !*needs; i = j) {
        for (j = i + 1; j < n && entry[j].column == entry[i].column;)
            j++;
        *needs = loses(entry + i, j - i);
    }
    free(entry);
    return 0;
}
