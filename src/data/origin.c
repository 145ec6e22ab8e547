/* origin.c - how a data set was read: copies of it, and the numbers of features without names. */
#include "core/memory.h"
#include "data/dataset.h"
#include <string.h>

size_t sl_feature_number(enum sl_indices indices, size_t column)
{
    return column + (indices == SL_INDICES_FROM_1);
}

void sl_origin_release(struct sl_origin *origin)
{
    free(origin->label);
    free(origin->id);
    free(origin->groups);
    free(origin->places);
    sl_notes_release(&origin->notes);
    *origin = (struct sl_origin){0};
}

int sl_origin_copy_names(struct sl_origin *to, const struct sl_origin *from)
{
    to->indices = from->indices;
    to->label = sl_strdup(from->label);
    to->id = sl_strdup(from->id);
    to->groups = sl_strdup(from->groups);
    int whole = !to->label == !from->label && !to->id == !from->id && !to->groups == !from->groups;
    return whole ? SL_OK : SL_ENOMEM;
}

int sl_origin_copy(struct sl_origin *to, const struct sl_origin *from, size_t d)
{
    to->width = from->width;
    to->label_at = from->label_at;
    to->decimal = from->decimal;
    if (from->places) {
        to->places = sl_alloc(d, sizeof *to->places);
        if (!to->places)
            return SL_ENOMEM;
        memcpy(to->places, from->places, d * sizeof *to->places);
    }
    for (size_t i = 0; i < from->notes.n; i++)
        sl_notes_add(&to->notes, "%s", from->notes.lines[i]);
    return to->notes.failed ? SL_ENOMEM : sl_origin_copy_names(to, from);
}
