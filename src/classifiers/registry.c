/* registry.c - finding classifiers by name. */
#include "classifiers/registry.h"
#include "core/names.h"
#include <shortlist/classifier.h>
#include <stdio.h>
#include <string.h>

#define DECLARE(name) extern const struct sl_classifier_type sl_classifier_##name;
SL_CLASSIFIERS(DECLARE)

enum { ADDED_MAX = 32 };

#define ADDRESS(name) &sl_classifier_##name,
static const struct sl_classifier_type *const built_in[] = {SL_CLASSIFIERS(ADDRESS)};
static const struct sl_classifier_type *added[ADDED_MAX];
static size_t n_added;

enum { BUILT_IN = sizeof built_in / sizeof *built_in };

size_t sl_classifier_count(void)
{
    return BUILT_IN + n_added;
}

const struct sl_classifier_type *sl_classifier_at(size_t i)
{
    return i < BUILT_IN ? built_in[i] : i < sl_classifier_count() ? added[i - BUILT_IN] : NULL;
}

static const struct sl_classifier_type *lookup(const char *name)
{
    for (size_t i = 0; i < sl_classifier_count(); i++)
        if (strcmp(sl_classifier_at(i)->name, name) == 0)
            return sl_classifier_at(i);
    return NULL;
}

const struct sl_classifier_type *sl_classifier_find(const char *name, struct sl_error *err)
{
    const struct sl_classifier_type *type = lookup(name);
    if (type)
        return type;
    const char *names[BUILT_IN + ADDED_MAX];
    for (size_t i = 0; i < sl_classifier_count(); i++)
        names[i] = sl_classifier_at(i)->name;
    sl_fail_unknown(err, "classifier", name, names, sl_classifier_count());
    return NULL;
}

int sl_classifier_register(const struct sl_classifier_type *type, struct sl_error *err)
{
    if (lookup(type->name))
        return sl_fail(err, SL_EUSAGE, "there is a classifier '%s' already", type->name);
    if (n_added == ADDED_MAX)
        return sl_fail(err, SL_EUSAGE, "at most %d classifiers can be added", ADDED_MAX);
    if (!type->fit || !type->predict || !type->save || !type->load || !type->free)
        return sl_fail(err, SL_EUSAGE, "%s: fit, predict, save, load and free are needed", type->name);
    if (sl_params_check(type->params, type->later, err))
        return sl_fail_prefix(err, "%s", type->name);
    added[n_added++] = type;
    return SL_OK;
}
