/* part.c - the classes of one part of a group's rows.  O(n). */
#include "linear/part.h"
#include "core/memory.h"

/* From numbers by the part's own count of rows to numbers by row of the view. */
static int spread(const struct sl_view *rows, const struct sl_group_part *part, struct sl_classes *classes)
{
    int32_t *number = sl_alloc(rows->n, sizeof *number);
    if (!number)
        return SL_ENOMEM;
    for (size_t i = 0; i < rows->n; i++)
        number[i] = -1;
    for (size_t i = 0; i < part->n_fit; i++)
        number[part->fit[i]] = classes->number[i];
    free(classes->number);
    classes->number = number;
    return SL_OK;
}

int sl_part_classes(const struct sl_view *rows, const struct sl_group_part *part, struct sl_classes *classes,
                    struct sl_error *err)
{
    int code = sl_classes_find_in(rows, part->fit, part->n_fit, classes, err);
    if (!code && spread(rows, part, classes)) {
        sl_classes_release(classes);
        code = sl_fail_memory(err);
    }
    return code;
}
