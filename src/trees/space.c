/* space.c - one thread's memory while it looks for splits. */
#include "trees/space.h"
#include "core/memory.h"
#include "kernels/histogram.h"
#include "kernels/lanes.h"
#include "trees/order.h"
#include <shortlist/error.h>

void sl_tree_space_release(struct sl_tree_space *space)
{
    free(space->local);
    free(space->class);
    free(space->total);
    free(space->held);
    free(space->mass);
    free(space->weight);
    free(space->label);
    free(space->left);
    free(space->bits_left);
    free(space->mass_left);
    free(space->hist);
    free(space->keys);
    free(space->narrow);
    free(space->narrow_spare);
    free(space->bucket);
    free(space->sorted);
    free(space->spare);
    free(space->order);
    free(space->swapped);
    free(space->block);
    free(space->count);
    free(space->lanes_left);
    *space = (struct sl_tree_space){0};
}

/* Of drawn features. */
static int init_drawn(struct sl_tree_space *space, const struct sl_tree_space_size *size)
{
    const size_t most = size->n < SL_TREE_BLOCK_ROWS ? size->n : SL_TREE_BLOCK_ROWS;
    const size_t rows = size->random && most > SL_TREE_CHUNK ? most : SL_TREE_CHUNK;
    space->order = sl_alloc(size->d, sizeof *space->order);
    space->swapped = sl_alloc(size->d, sizeof *space->swapped);
    if (!space->order || !space->swapped)
        return SL_ENOMEM;
    for (size_t f = 0; f < size->d; f++)
        space->order[f] = (uint32_t)f;
    space->lanes_left = size->random ? sl_alloc(size->k, SL_LANES * sizeof *space->lanes_left) : NULL;
    if (size->random && !space->lanes_left)
        return SL_ENOMEM;
    if (!size->bytes)
        return SL_OK;
    space->block = sl_alloc_zero(rows, SL_LANES);
    space->count = sl_alloc(SL_TREE_CHUNK, sizeof *space->count);
    if (!space->block || !space->count)
        return SL_ENOMEM;
    for (uint32_t i = 0; i < SL_TREE_CHUNK; i++)
        space->count[i] = i;
    return SL_OK;
}

int sl_tree_space_init(struct sl_tree_space *space, const struct sl_tree_space_size *size)
{
    const size_t n = size->n, k = size->k;
    const size_t hist_k = (k < SL_HIST_CLASSES ? k : SL_HIST_CLASSES) * (size->drawn ? 2 : 1);
    *space = (struct sl_tree_space){
        .local = sl_alloc(k, sizeof *space->local),
        .class = sl_alloc(k, sizeof *space->class),
        .total = sl_alloc(k, sizeof *space->total),
        .held = sl_alloc(k, sizeof *space->held),
        .mass = sl_alloc(k, sizeof *space->mass),
        .weight = sl_alloc(k, sizeof *space->weight),
        .label = sl_alloc(n, sizeof *space->label),
        .left = sl_alloc(k, sizeof *space->left),
        .bits_left = size->bytes ? NULL : sl_alloc(k, sizeof *space->bits_left),
        .mass_left = sl_alloc(k, sizeof *space->mass_left),
        .hist = size->bytes ? sl_alloc(hist_k, SL_HIST_CLASS * sizeof *space->hist) : NULL,
        .keys = size->bytes ? sl_alloc(SL_SORT_ROWS, SL_SORT_LANES * sizeof *space->keys) : NULL,
    };
    if (size->random) {
        space->narrow = sl_alloc(n, sizeof *space->narrow);
    } else if (size->wide) {
        space->sorted = sl_alloc(n, sizeof *space->sorted);
        space->spare = sl_alloc(n, sizeof *space->spare);
    } else {
        space->narrow = sl_alloc(n, sizeof *space->narrow);
        space->narrow_spare = sl_alloc(n, sizeof *space->narrow_spare);
        space->bucket = sl_alloc(SL_ORDER_BUCKETS + 1, sizeof *space->bucket);
    }
    const int sorts = size->random ? space->narrow != NULL
                      : size->wide ? space->sorted && space->spare
                                   : space->narrow && space->narrow_spare && space->bucket;
    int whole = space->local && space->class && space->total && space->held && space->mass && space->weight &&
                space->label && space->left && space->mass_left && sorts &&
                (size->bytes ? space->hist && space->keys : space->bits_left != NULL);
    if (!whole)
        return SL_ENOMEM;
    return size->drawn || size->random ? init_drawn(space, size) : SL_OK;
}
