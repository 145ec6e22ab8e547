/* csv_side.c - names of rows, and groups, as a table's columns have them.  O(1) a row, and the names. */
#include "readers/csv_side.h"
#include "core/memory.h"
#include "readers/csv_number.h"
#include "readers/foreign.h"
#include <string.h>

int sl_csv_side_begin(struct sl_csv_side *side, size_t id, size_t group, struct sl_error *err)
{
    *side = (struct sl_csv_side){.id = id, .group = group};
    if (group)
        side->groups = sl_labels_new();
    return group && !side->groups ? sl_fail_memory(err) : SL_OK;
}

void sl_csv_side_release(struct sl_csv_side *side)
{
    for (size_t i = 0; side->ids && i < side->n; i++)
        free(side->ids[i]);
    free(side->ids);
    free(side->group_of);
    sl_labels_free(side->groups);
    *side = (struct sl_csv_side){0};
}

static int reserve(struct sl_csv_side *side)
{
    if (side->n < side->capacity)
        return 0;
    size_t capacity = side->capacity ? side->capacity * 2 : 256;
    char **ids = side->id ? sl_realloc(side->ids, capacity, sizeof *ids) : NULL;
    int32_t *group_of = side->group ? sl_realloc(side->group_of, capacity, sizeof *group_of) : NULL;
    side->ids = ids ? ids : side->ids;
    side->group_of = group_of ? group_of : side->group_of;
    if ((side->id && !ids) || (side->group && !group_of))
        return -1;
    side->capacity = capacity;
    return 0;
}

int sl_csv_side_take(struct sl_csv_side *side, const struct sl_csv *csv, struct sl_error *err)
{
    if (!side->id && !side->group)
        return SL_OK;
    if (reserve(side))
        return sl_fail_memory(err);
    if (side->group) {
        char *name = sl_csv_field(csv, side->group);
        if (sl_is_missing(name))
            return sl_csv_fail(csv, side->group + 1, err, "no group; expected the name of one");
        sl_csv_drop_zero_fraction(name);
        side->group_of[side->n] = sl_labels_add(side->groups, name);
        if (side->group_of[side->n] < 0)
            return sl_fail_memory(err);
    }
    if (side->id) {
        side->ids[side->n] = sl_strdup(sl_csv_field(csv, side->id));
        if (!side->ids[side->n])
            return sl_fail_memory(err);
    }
    side->n++;
    return SL_OK;
}

void sl_csv_side_finish(struct sl_csv_side *side, struct sl_dataset *data)
{
    data->ids = side->ids;
    data->group_of = side->group_of;
    data->n_groups = side->groups ? sl_labels_count(side->groups) : 0;
    side->ids = NULL;
    side->group_of = NULL;
}
