/* space.c - a boosted tree's memory while it grows: rows, sums of nodes, nodes.
 *
 * A node's sums take 16 KiB for each 8 features.  As many nodes keep theirs as fit in POOL bytes; one that
 * has lost them is summed again when it is split. */
#include "boosting/space.h"
#include "core/memory.h"
#include <string.h>

enum { POOL = 24 << 20, SLOTS_LEAST = 3, SLOTS_MOST = 64 };

void sl_boost_space_free(struct sl_boost_space *space)
{
    if (!space)
        return;
    for (size_t s = 0; space->slot && s < space->n_slots; s++)
        free(space->slot[s]);
    free(space->slot);
    free(space->holder);
    free(space->joint);
    free(space->few);
    free(space->rows);
    free(space->scratch);
    free(space->near);
    free(space->nodes);
    free(space->open);
    free(space->found);
    free(space);
}

static int any_category(const struct sl_bins *bins)
{
    for (size_t f = 0; f < bins->width; f += SL_BINS_LANES)
        if (sl_bins_have_categories(bins, f))
            return 1;
    return 0;
}

struct sl_boost_space *sl_boost_space_new(const struct sl_bins *bins, const struct sl_joint *joint, size_t n)
{
    struct sl_boost_space *space = sl_alloc_zero(1, sizeof *space);
    if (!space)
        return NULL;
    space->n = n;
    space->n_blocks = bins->width / SL_SUMS_FEATURES;
    space->n_groups = (space->n_blocks + SL_BOOST_GROUP - 1) / SL_BOOST_GROUP;
    const size_t slots = POOL / (space->n_blocks * SL_SUMS_BLOCK * sizeof **space->slot);
    space->n_slots = slots < SLOTS_LEAST ? SLOTS_LEAST : slots > SLOTS_MOST ? SLOTS_MOST : slots;
    space->joint_blocks = joint ? joint->n_blocks : 0;
    if (space->joint_blocks)
        space->joint = sl_alloc(space->n_groups * space->joint_blocks, SL_SUMS_BLOCK * sizeof *space->joint);
    const int has_few = any_category(bins);
    if (has_few)
        space->few = sl_alloc(space->n_groups, SL_SUMS_BLOCK * sizeof *space->few);
    space->slot = sl_alloc_zero(space->n_slots, sizeof *space->slot);
    space->holder = sl_alloc(space->n_slots, sizeof *space->holder);
    space->rows = sl_alloc(n, sizeof *space->rows);
    space->scratch = sl_alloc(n, sizeof *space->scratch);
    space->near = sl_alloc(n, sizeof *space->near);
    space->found = sl_alloc(space->n_groups, 2 * sizeof *space->found);
    if (space->slot && space->holder && space->rows && space->scratch && space->near && space->found &&
        (space->joint || !space->joint_blocks) && (space->few || !has_few))
        return space;
    sl_boost_space_free(space);
    return NULL;
}

/* A free slot, or that of the open node with the least gain; n_slots where there is none. */
static size_t choose_slot(const struct sl_boost_space *space)
{
    size_t best = space->n_slots;
    for (size_t s = 0; s < space->n_slots; s++)
        if (space->holder[s] < 0)
            return s;
    for (size_t i = 0; i < space->n_open; i++) {
        const struct sl_boost_grown *node = &space->nodes[space->open[i]];
        if (node->slot >= 0 &&
            (best == space->n_slots || node->gain < space->nodes[space->holder[best]].gain))
            best = (size_t)node->slot;
    }
    return best;
}

int sl_boost_take_slot(struct sl_boost_space *space, int32_t node)
{
    const size_t s = choose_slot(space);
    if (!space->slot[s])
        space->slot[s] = sl_alloc(space->n_blocks, SL_SUMS_BLOCK * sizeof **space->slot);
    if (!space->slot[s])
        return SL_ENOMEM;
    if (space->holder[s] >= 0)
        space->nodes[space->holder[s]].slot = SL_BOOST_NO_SLOT;
    space->holder[s] = node;
    space->nodes[node].slot = (int32_t)s;
    return SL_OK;
}

void sl_boost_give_slot(struct sl_boost_space *space, int32_t node)
{
    if (space->nodes[node].slot >= 0)
        space->holder[space->nodes[node].slot] = -1;
    space->nodes[node].slot = SL_BOOST_NO_SLOT;
}

int sl_boost_add_nodes(struct sl_boost_space *space, size_t n)
{
    if (space->n_nodes + n > space->room) {
        const size_t room = 2 * (space->n_nodes + n);
        void *nodes = sl_alloc(room, sizeof *space->nodes), *open = sl_alloc(room, sizeof *space->open);
        if (!nodes || !open) {
            free(nodes);
            free(open);
            return SL_ENOMEM;
        }
        if (space->n_nodes)
            memcpy(nodes, space->nodes, space->n_nodes * sizeof *space->nodes);
        if (space->n_open)
            memcpy(open, space->open, space->n_open * sizeof *space->open);
        free(space->nodes);
        free(space->open);
        space->nodes = nodes;
        space->open = open;
        space->room = room;
    }
    for (size_t i = 0; i < n; i++)
        space->nodes[space->n_nodes++] =
            (struct sl_boost_grown){.left = -1, .right = -1, .slot = SL_BOOST_NO_SLOT};
    return SL_OK;
}
