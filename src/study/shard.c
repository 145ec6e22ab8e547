/* shard.c - deals the units of a plan to runs that know nothing of each other. */
#include "study/shard.h"
#include "core/memory.h"
#include <stdlib.h>
#include <string.h>

struct entry {
    double weight;
    const char *key;
    const struct sl_unit *unit;
};

static int by_weight(const void *va, const void *vb)
{
    const struct entry *a = va, *b = vb;
    if (a->weight != b->weight)
        return a->weight > b->weight ? -1 : 1;
    const int order = strcmp(a->key, b->key);
    return order ? order : (a->unit > b->unit) - (a->unit < b->unit);
}

static int least_loaded(const double *load, int shards)
{
    int best = 0;
    for (int s = 1; s < shards; s++)
        if (load[s] < load[best])
            best = s;
    return best;
}

static void deal(const struct entry *entries, size_t n, int shard, int shards, double *load,
                 unsigned char *mine)
{
    for (size_t e = 0; e < n; e++) {
        const int to = least_loaded(load, shards);
        load[to] += entries[e].weight;
        for (size_t m = 0; to == shard && m < entries[e].unit->n; m++)
            mine[entries[e].unit->trials[m]] = 1;
    }
}

int sl_shard_deal(const struct sl_plan *plan, const struct sl_units *units, const double *seconds, int shard,
                  int shards, unsigned char *mine, struct sl_error *err)
{
    struct entry *entries = sl_alloc(units->n, sizeof *entries);
    double *load = sl_alloc_zero((size_t)shards, sizeof *load);
    memset(mine, 0, plan->n_trials);
    for (size_t u = 0; entries && u < units->n; u++) {
        const struct sl_unit *unit = &units->units[u];
        entries[u] = (struct entry){.key = plan->trials[unit->trials[0]].key, .unit = unit};
        for (size_t m = 0; m < unit->n; m++)
            entries[u].weight += seconds ? seconds[unit->trials[m]] : 1;
    }
    const int failed = !entries || !load;
    if (!failed && units->n)
        qsort(entries, units->n, sizeof *entries, by_weight);
    if (!failed)
        deal(entries, units->n, shard, shards, load, mine);
    free(entries);
    free(load);
    return failed ? sl_fail_memory(err) : SL_OK;
}
