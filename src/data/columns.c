/* columns.c - kinds of columns and names of their levels, shared by a data set and those made of its rows. */
#include "data/columns.h"
#include "core/hash.h"
#include "core/memory.h"
#include <string.h>

struct sl_columns *sl_columns_new(size_t d)
{
    struct sl_columns *columns = sl_alloc_zero(1, sizeof *columns);
    struct sl_column *column = sl_alloc_zero(d, sizeof *column);
    if (!columns || !column) {
        free(columns);
        free(column);
        return NULL;
    }
    *columns = (struct sl_columns){.d = d, .users = 1, .column = column};
    return columns;
}

struct sl_columns *sl_columns_share(struct sl_columns *columns)
{
    if (columns)
        __atomic_add_fetch(&columns->users, 1, __ATOMIC_RELAXED);
    return columns;
}

void sl_columns_release(struct sl_columns *columns)
{
    if (!columns || __atomic_sub_fetch(&columns->users, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    for (size_t j = 0; j < columns->d; j++)
        free(columns->column[j].levels);
    free(columns->column);
    free(columns);
}

int sl_columns_are_numbers(const struct sl_columns *columns)
{
    for (size_t j = 0; columns && j < columns->d; j++) {
        if (columns->column[j].kind == SL_COLUMN_CATEGORY)
            return 0;
    }
    return 1;
}

uint64_t sl_columns_hash(const struct sl_columns *columns, uint64_t seed)
{
    uint64_t h = seed;
    for (size_t j = 0; columns && j < columns->d; j++) {
        const struct sl_column *column = &columns->column[j];
        uint64_t shape[] = {(uint64_t)column->kind, column->n_levels};
        h = sl_hash64(shape, sizeof shape, h);
        for (size_t l = 0; l < column->n_levels; l++)
            h = sl_hash64(column->levels[l], strlen(column->levels[l]), h);
    }
    return h;
}
