/* unit_split.c - cuts groups, so that nothing idles while a large one runs.
 *
 * The group with the most members is halved, again and again: between folds, as members of one fold share the
 * most, then within one.  A group whose members may round otherwise in other company (SL_GROUP_ROUNDS) is cut
 * by its size alone, so that results do not depend on how many places there are.  Cost: O(w u) for w units
 * that are wanted of u. */
#include "core/memory.h"
#include "study/unit.h"
#include <stdlib.h>
#include <string.h>

static int by_number(const void *va, const void *vb)
{
    const int a = *(const int *)va, b = *(const int *)vb;
    return (a > b) - (a < b);
}

/* The fold that begins the second half of a unit's folds; -1 where it has but one.  folds: room for n. */
static int middle_fold(const struct sl_plan *plan, const struct sl_unit *unit, int *folds)
{
    size_t n = 0;
    for (size_t m = 0; m < unit->n; m++)
        folds[m] = plan->trials[unit->trials[m]].fold;
    qsort(folds, unit->n, sizeof *folds, by_number);
    for (size_t m = 0; m < unit->n; m++)
        if (n == 0 || folds[m] != folds[n - 1])
            folds[n++] = folds[m];
    return n > 1 ? folds[(n + 1) / 2] : -1;
}

/* Puts the members that stay before those that go, each in their order; returns how many stay.  rest: room.
 */
static size_t part(const struct sl_plan *plan, size_t *trials, size_t n, int fold, size_t *rest)
{
    size_t kept = 0, gone = 0;
    if (fold < 0)
        return (n + 1) / 2;
    for (size_t m = 0; m < n; m++) {
        if (plan->trials[trials[m]].fold < fold)
            trials[kept++] = trials[m];
        else
            rest[gone++] = trials[m];
    }
    memcpy(trials + kept, rest, gone * sizeof *rest);
    return kept;
}

/* The largest group of the types that round otherwise in other company, or of the others. */
static struct sl_unit *largest(const struct sl_units *units, const struct sl_plan *plan, int rounds)
{
    struct sl_unit *best = NULL;
    for (size_t u = 0; u < units->n; u++) {
        struct sl_unit *unit = &units->units[u];
        const int its = (plan->trials[unit->trials[0]].type->flags & SL_GROUP_ROUNDS) != 0;
        if (its == rounds && (!best || unit->n > best->n))
            best = unit;
    }
    return best;
}

static int by_first(const void *va, const void *vb)
{
    const struct sl_unit *a = va, *b = vb;
    return (a->trials[0] > b->trials[0]) - (a->trials[0] < b->trials[0]);
}

/* Halves the largest groups of more than most members until there are as many units as wanted. */
static int cut(struct sl_units *units, const struct sl_plan *plan, int rounds, size_t most, size_t wanted,
               struct sl_error *err)
{
    struct sl_unit *unit = largest(units, plan, rounds);
    if (units->n >= wanted || !unit || unit->n <= most)
        return SL_OK;
    struct sl_unit *grown = sl_alloc(wanted, sizeof *grown);
    int *folds = sl_alloc(plan->n_trials, sizeof *folds);
    size_t *rest = sl_alloc(plan->n_trials, sizeof *rest);
    const int failed = !grown || !folds || !rest;
    if (!failed) {
        memcpy(grown, units->units, units->n * sizeof *grown);
        free(units->units);
        units->units = grown;
    }
    while (!failed && units->n < wanted && (unit = largest(units, plan, rounds)) && unit->n > most) {
        size_t *trials = units->trials + (unit->trials - units->trials);
        const size_t kept = part(plan, trials, unit->n, middle_fold(plan, unit, folds), rest);
        units->units[units->n++] = (struct sl_unit){unit->n - kept, trials + kept};
        unit->n = kept;
    }
    free(folds);
    free(rest);
    if (failed) {
        free(grown);
        return sl_fail_memory(err);
    }
    qsort(units->units, units->n, sizeof *units->units, by_first);
    return SL_OK;
}

int sl_units_split(struct sl_units *units, const struct sl_plan *plan, size_t wanted, struct sl_error *err)
{
    return cut(units, plan, 0, 1, wanted, err);
}

int sl_units_bound(struct sl_units *units, const struct sl_plan *plan, struct sl_error *err)
{
    const size_t most = SL_ROUNDING_GROUP_MOST;
    return cut(units, plan, 1, most, units->n + 2 * (plan->n_trials / most) + 1, err);
}
