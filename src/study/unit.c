/* unit.c - groups trials whose classifier can fit them together.
 *
 * A trial's group is a hash of all that the members of a group have in common; trials are sorted by it.
 * Cost: O(t log t) for t trials. */
#include "study/unit.h"
#include "core/hash.h"
#include "core/memory.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT = 16384 };

struct entry {
    char group[33];      /* "": alone */
    size_t trial, first; /* first: of its unit */
};

/* Rows that the trial fits, at most: what a type looks at to see whether sharing pays. */
static struct sl_view fitted_shape(const struct sl_trial *t, const struct sl_view *shape)
{
    struct sl_view view = *shape;
    view.x = NULL;
    view.y = NULL;
    view.weight = NULL;
    view.n = t->n_train + t->n_validation;
    return view;
}

static int can_share(const struct sl_trial *t, const struct sl_view *shape)
{
    struct sl_view view = fitted_shape(t, shape);
    return t->type->fit_group && !t->final && shape->dtype != SL_SPARSE && t->type->shares(t->config, &view);
}

static void name_group(const struct sl_trial *t, const struct sl_view *shape, char *text, char group[33])
{
    char value[SL_TEXT_MAX];
    int together =
        !(t->type->flags & SL_FOLDS_APART) && !t->encoding && sl_scaling_is_fixed(t->scaling, shape);
    size_t used = (size_t)snprintf(text, TEXT, "%s scaling %d repeat %d seed %llu fold %d fit %zu",
                                   t->type->name, (int)t->scaling, t->repeat, (unsigned long long)t->seed,
                                   together ? -1 : t->fold, t->n_fit);
    for (const struct sl_param *p = t->type->params; p->name && used < TEXT; p++) {
        if (p->flags & SL_SHARED)
            continue;
        sl_param_print(p, t->config, value, sizeof value);
        used += (size_t)snprintf(text + used, TEXT - used, " %s=%s", p->name, value);
    }
    sl_hash_hex(text, used < TEXT ? used : TEXT - 1, group);
}

static int by_group(const void *va, const void *vb)
{
    const struct entry *a = va, *b = vb;
    int order = strcmp(a->group, b->group);
    return order ? order : (a->trial > b->trial) - (a->trial < b->trial);
}

static int by_first(const void *va, const void *vb)
{
    const struct entry *a = va, *b = vb;
    if (a->first != b->first)
        return a->first < b->first ? -1 : 1;
    return (a->trial > b->trial) - (a->trial < b->trial);
}

static size_t list(const struct sl_plan *plan, const struct sl_view *shape, const unsigned char *wish,
                   struct entry *entries, char *text)
{
    size_t n = 0;
    for (size_t i = 0; i < plan->n_trials; i++) {
        struct entry *e = &entries[n];
        if (wish[i] == SL_UNIT_NONE)
            continue;
        *e = (struct entry){.trial = i, .first = i};
        if (wish[i] == SL_UNIT_SHARED && can_share(&plan->trials[i], shape))
            name_group(&plan->trials[i], shape, text, e->group);
        n++;
    }
    return n;
}

/* Gives each entry the first trial of its group, and sorts the entries by that. */
static void find_first(struct entry *entries, size_t n)
{
    qsort(entries, n, sizeof *entries, by_group);
    for (size_t i = 1; i < n; i++)
        if (*entries[i].group && strcmp(entries[i].group, entries[i - 1].group) == 0)
            entries[i].first = entries[i - 1].first;
    qsort(entries, n, sizeof *entries, by_first);
}

static int fill(struct sl_units *out, const struct entry *entries, size_t n)
{
    out->trials = sl_alloc(n, sizeof *out->trials);
    out->units = sl_alloc_zero(n, sizeof *out->units);
    if (!out->trials || !out->units)
        return SL_ENOMEM;
    for (size_t i = 0; i < n; i++) {
        out->trials[i] = entries[i].trial;
        if (i == 0 || entries[i].first != entries[i - 1].first)
            out->units[out->n++].trials = &out->trials[i];
        out->units[out->n - 1].n++;
    }
    return SL_OK;
}

int sl_units_make(const struct sl_plan *plan, const struct sl_view *shape, const unsigned char *wish,
                  struct sl_units *out, struct sl_error *err)
{
    struct entry *entries = sl_alloc(plan->n_trials, sizeof *entries);
    char *text = sl_alloc(TEXT, 1);
    *out = (struct sl_units){0};
    int code = entries && text ? SL_OK : SL_ENOMEM;
    if (!code) {
        size_t n = list(plan, shape, wish, entries, text);
        find_first(entries, n);
        code = fill(out, entries, n);
    }
    free(entries);
    free(text);
    if (!code)
        code = sl_units_bound(out, plan, err);
    if (code)
        sl_units_release(out);
    return code ? sl_fail_memory(err) : SL_OK;
}

void sl_units_release(struct sl_units *units)
{
    free(units->trials);
    free(units->units);
    *units = (struct sl_units){0};
}
