/* param_check.c - is a table of hyperparameters sound? */
#include <limits.h>
#include <shortlist/param.h>
#include <string.h>

/* A field of any type. */
union any_value {
    int i;
    double d;
    struct sl_ints list;
    char text[SL_TEXT_MAX];
};

static int check_param(const struct sl_param *table, const struct sl_param *p, struct sl_error *err)
{
    union any_value scratch = {0};
    struct sl_param row[2] = {*p, {0}};
    row[0].offset = 0;
    if (!p->def || !p->help || !*p->help)
        return sl_fail(err, SL_EINTERNAL, "%s: needs a default and a help line", p->name);
    if (p->min > p->max)
        return sl_fail(err, SL_EINTERNAL, "%s: bounds are out of order", p->name);
    if ((p->type == SL_PARAM_INT || p->type == SL_PARAM_INTS) && !(p->min >= INT_MIN && p->max <= INT_MAX))
        return sl_fail(err, SL_EINTERNAL, "%s: bounds are wider than an int", p->name);
    if (p->type == SL_PARAM_CHOICE && !(p->words && p->words->name))
        return sl_fail(err, SL_EINTERNAL, "%s: a choice needs words", p->name);
    for (const struct sl_param *q = table; q != p; q++)
        if (strcmp(q->name, p->name) == 0)
            return sl_fail(err, SL_EINTERNAL, "%s: stands twice in the table", p->name);
    if (sl_config_set(row, &scratch, p->name, p->def, err))
        return sl_fail_prefix(err, "the default");
    struct sl_values values;
    if (p->grid) {
        if (sl_values_parse(p, p->grid, &values, err))
            return sl_fail_prefix(err, "the default grid");
        sl_values_free(&values);
    }
    return SL_OK;
}

static int check_later(const struct sl_param *table, const struct sl_later *later, struct sl_error *err)
{
    union any_value scratch = {0};
    const struct sl_param *p = sl_param_find(table, later->name, err);
    if (!p)
        return SL_EINTERNAL;
    struct sl_param row[2] = {*p, {0}};
    row[0].offset = 0;
    return sl_config_set(row, &scratch, p->name, later->before, err) ? sl_fail_prefix(err, "what was before")
                                                                     : SL_OK;
}

int sl_params_check(const struct sl_param *table, const struct sl_later *later, struct sl_error *err)
{
    for (; later && later->name; later++) {
        int code = check_later(table, later, err);
        if (code)
            return code;
    }
    for (const struct sl_param *p = table; p->name; p++) {
        int code = check_param(table, p, err);
        if (code)
            return code;
    }
    return SL_OK;
}
