/* csv_side.c - names of rows, groups and weights, as a table's columns have them.  O(1) a row, and the names.
 */
#include "readers/csv_side.h"
#include "core/memory.h"
#include "readers/csv_number.h"
#include "readers/foreign.h"
#include <stdio.h>
#include <string.h>

int sl_csv_side_begin(struct sl_csv_side *side, const struct sl_csv_side_fields *at, struct sl_error *err)
{
    *side = (struct sl_csv_side){.at = *at};
    if (at->group)
        side->groups = sl_labels_new();
    return at->group && !side->groups ? sl_fail_memory(err) : SL_OK;
}

void sl_csv_side_release(struct sl_csv_side *side)
{
    for (size_t i = 0; side->ids && i < side->n; i++)
        free(side->ids[i]);
    free(side->ids);
    free(side->group_of);
    free(side->weight);
    sl_labels_free(side->groups);
    *side = (struct sl_csv_side){0};
}

static int reserve(struct sl_csv_side *side)
{
    if (side->n < side->capacity)
        return 0;
    size_t capacity = side->capacity ? side->capacity * 2 : 256;
    char **ids = side->at.id ? sl_realloc(side->ids, capacity, sizeof *ids) : NULL;
    int32_t *group_of = side->at.group ? sl_realloc(side->group_of, capacity, sizeof *group_of) : NULL;
    double *weight = side->at.weight ? sl_realloc(side->weight, capacity, sizeof *weight) : NULL;
    side->ids = ids ? ids : side->ids;
    side->group_of = group_of ? group_of : side->group_of;
    side->weight = weight ? weight : side->weight;
    if ((side->at.id && !ids) || (side->at.group && !group_of) || (side->at.weight && !weight))
        return -1;
    side->capacity = capacity;
    return 0;
}

static int take_group(struct sl_csv_side *side, const struct sl_csv *csv, struct sl_error *err)
{
    char *name = sl_csv_field(csv, side->at.group);
    if (sl_is_missing(name))
        return sl_csv_fail(csv, side->at.group + 1, err, "no group; expected the name of one");
    sl_csv_drop_zero_fraction(name);
    side->group_of[side->n] = sl_labels_add(side->groups, name);
    return side->group_of[side->n] < 0 ? sl_fail_memory(err) : SL_OK;
}

static int take_id(struct sl_csv_side *side, const struct sl_csv *csv, struct sl_error *err)
{
    side->ids[side->n] = sl_strdup(sl_csv_field(csv, side->at.id));
    return side->ids[side->n] ? SL_OK : sl_fail_memory(err);
}

static int take_weight(struct sl_csv_side *side, const struct sl_csv *csv, struct sl_error *err)
{
    char *field = sl_csv_field(csv, side->at.weight), text[48];
    double weight;
    int n_digits;
    snprintf(text, sizeof text, "%.40s", field);
    if (side->decimal != SL_DECIMAL_PLAIN && strpbrk(field, ".,") &&
        !sl_decimal_to_plain(field, side->decimal))
        *field = 0;
    if (!sl_csv_parse_number(field, &weight, &n_digits) || !sl_is_weight(weight))
        return sl_csv_fail(csv, side->at.weight + 1, err,
                           "\"%s\" is no weight (column %.60s): expected 0 or a positive number, within the "
                           "range of float numbers",
                           text, side->weights);
    side->weight[side->n] = weight == 0 ? 0 : weight; /* no -0 */
    side->n_weightless += weight == 0;
    return SL_OK;
}

int sl_csv_side_take(struct sl_csv_side *side, const struct sl_csv *csv, struct sl_error *err)
{
    const struct sl_csv_side_fields *at = &side->at;
    if (!at->id && !at->group && !at->weight)
        return SL_OK;
    int code = reserve(side) ? sl_fail_memory(err) : SL_OK;
    if (!code && at->group)
        code = take_group(side, csv, err);
    if (!code && at->weight)
        code = take_weight(side, csv, err);
    if (!code && at->id)
        code = take_id(side, csv, err);
    side->n += !code;
    return code;
}

int sl_csv_side_check(const struct sl_csv_side *side, const char *path, struct sl_error *err)
{
    if (!side->at.weight || side->n_weightless < side->n)
        return SL_OK;
    return sl_fail(err, SL_EDATA, "%s: column %.60s: every weight is 0: nothing is left to fit", path,
                   side->weights);
}

void sl_csv_side_finish(struct sl_csv_side *side, struct sl_dataset *data)
{
    data->ids = side->ids;
    data->group_of = side->group_of;
    data->n_groups = side->groups ? sl_labels_count(side->groups) : 0;
    data->view.weight = side->weight;
    sl_note_weightless(side->n_weightless, &data->origin.notes);
    side->ids = NULL;
    side->group_of = NULL;
    side->weight = NULL;
}
