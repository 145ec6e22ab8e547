/* row_spec.c - a row as it was written: values given to it, how many rows it stands for, whether two are the
 * same. */
#include "core/memory.h"
#include "study/experiment.h"
#include <stdio.h>
#include <string.h>

static size_t count_params(const struct sl_classifier_type *type)
{
    size_t n = 0;
    while (type->params[n].name)
        n++;
    return n;
}

size_t sl_row_spec_count(const struct sl_row_spec *row)
{
    size_t n = 1;
    for (size_t p = 0; p < count_params(row->type) && n <= SL_ROWS_MAX; p++)
        if (row->values[p].n)
            n *= row->values[p].n; /* at most 10,000 each */
    return n <= SL_ROWS_MAX ? n : SL_ROWS_MAX + 1;
}

void sl_row_spec_unpublish(struct sl_row_spec *row)
{
    free(row->published);
    row->published = NULL;
}

int sl_row_spec_assign(struct sl_row_spec *row, const char *assignment, struct sl_error *err)
{
    const char *equals = strchr(assignment, '=');
    if (!equals)
        return sl_fail(err, SL_EUSAGE, "%s: '%.80s' is not HYPERPARAMETER=VALUES", row->type->name,
                       assignment);
    char name[64];
    snprintf(name, sizeof name, "%.*s", (int)(equals - assignment), assignment);
    const struct sl_param *param = sl_param_find(row->type->params, name, err);
    struct sl_values values;
    if (!param || sl_values_parse(param, equals + 1, &values, err))
        return sl_fail_prefix(err, "%s", row->type->name);
    struct sl_values *old = &row->values[param - row->type->params];
    sl_values_free(old);
    *old = values;
    return SL_OK;
}

void sl_row_spec_name_values(struct sl_row_spec *row)
{
    for (size_t p = 0; p < count_params(row->type); p++)
        if (row->values[p].n || row->values[p].is_whole)
            row->named |= (uint64_t)1 << p;
}

int sl_row_spec_check_steps(const struct sl_row_spec *spec, struct sl_error *err)
{
    const struct sl_param *table = spec->type->params;
    for (const struct sl_param *p = table; p->name; p++) {
        const struct sl_values *values = &spec->values[p - table];
        if (values->is_whole)
            return sl_fail(
                err, SL_EUSAGE,
                "%s: %s: the range from %g to %g has no steps: write %g:%g:%s7, or search at random",
                spec->type->name, p->name, values->low, values->high, values->low, values->high,
                values->is_log ? "log" : "lin");
    }
    return SL_OK;
}

int sl_row_spec_same(const struct sl_row_spec *a, const struct sl_row_spec *b)
{
    int same = a->type == b->type && a->scale == b->scale;
    for (size_t p = 0; same && p < count_params(a->type); p++) {
        same = a->values[p].n == b->values[p].n && a->values[p].is_whole == b->values[p].is_whole &&
               a->values[p].low == b->values[p].low && a->values[p].high == b->values[p].high;
        for (size_t i = 0; same && i < a->values[p].n; i++)
            same = strcmp(a->values[p].text[i], b->values[p].text[i]) == 0;
    }
    return same;
}
