/* space.c - one thread's memory while it looks for splits. */
#include "trees/space.h"
#include "core/memory.h"
#include "kernels/histogram.h"
#include <shortlist/error.h>

void sl_tree_space_release(struct sl_tree_space *space)
{
    free(space->local);
    free(space->class);
    free(space->total);
    free(space->mass);
    free(space->weight);
    free(space->label);
    free(space->left);
    free(space->mass_left);
    free(space->hist);
    free(space->keys);
    free(space->sorted);
    free(space->spare);
    free(space->order);
    *space = (struct sl_tree_space){0};
}

int sl_tree_space_init(struct sl_tree_space *space, size_t n, size_t d, size_t k, int bytes)
{
    size_t hist_k = k < SL_HIST_CLASSES ? k : SL_HIST_CLASSES;
    *space = (struct sl_tree_space){
        .local = sl_alloc(k, sizeof *space->local),
        .class = sl_alloc(k, sizeof *space->class),
        .total = sl_alloc(k, sizeof *space->total),
        .mass = sl_alloc(k, sizeof *space->mass),
        .weight = sl_alloc(k, sizeof *space->weight),
        .label = sl_alloc(n, sizeof *space->label),
        .left = sl_alloc(k, sizeof *space->left),
        .mass_left = sl_alloc(k, sizeof *space->mass_left),
        .hist = bytes ? sl_alloc(hist_k, SL_HIST_CLASS * sizeof *space->hist) : NULL,
        .keys = bytes ? sl_alloc(SL_SORT_ROWS, SL_SORT_LANES * sizeof *space->keys) : NULL,
        .sorted = sl_alloc(n, sizeof *space->sorted),
        .spare = sl_alloc(n, sizeof *space->spare),
        .order = sl_alloc(d, sizeof *space->order),
    };
    int whole = space->local && space->class && space->total && space->mass && space->weight &&
                space->label && space->left && space->mass_left && space->sorted && space->spare &&
                space->order && (!bytes || (space->hist && space->keys));
    return whole ? SL_OK : SL_ENOMEM;
}
