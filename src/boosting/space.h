/* space.h - a boosted tree while it grows: what one thread, or several together, keep from tree to tree. */
#ifndef SL_BOOSTING_SPACE_H
#define SL_BOOSTING_SPACE_H

#include "boosting/model.h"
#include "boosting/step.h"

enum {
    SL_BOOST_GROUP =
        SL_BINS_GROUP /
        SL_SUMS_FEATURES, /* blocks that one thread takes at a time: they share lines of memory */
    SL_BOOST_NO_SLOT = -1,
};

struct sl_boost_found {
    float score; /* < 0: there is no split */
    uint32_t feature;
    uint8_t bin, missing_left;
    struct sl_boost_set left; /* of categories, in the place of bin */
};

struct sl_boost_grown {
    uint32_t start, n;          /* of the space's rows */
    int32_t depth, left, right; /* nodes; left -1: a leaf */
    int32_t slot;               /* of its sums, or SL_BOOST_NO_SLOT */
    uint64_t total;
    float gain;
    struct sl_boost_found split;
};

struct sl_boost_space {
    size_t n, n_blocks, n_groups;
    uint32_t *rows, *scratch; /* (n) */
    uint64_t *near;           /* (n): whole numbers in the order of rows, of nodes whose rows are summed */
    size_t n_slots;
    uint64_t *joint; /* (n_groups, joint_blocks, SL_SUMS_BLOCK): sums of joint bytes; NULL: there are none */
    size_t joint_blocks;
    uint64_t *few; /* (n_groups, SL_SUMS_BLOCK): for categories of nodes of few rows; NULL: there are none */
    uint64_t **slot; /* (n_slots): (n_blocks, SL_SUMS_BLOCK); NULL until it is used first */
    int32_t *holder; /* (n_slots): the node that has it, or -1 */
    size_t n_nodes, room;
    struct sl_boost_grown *nodes;
    int32_t *open; /* (room): nodes that may be split */
    size_t n_open;
    struct sl_boost_found *found; /* (n_groups, 2) */
};

/* A node's sums of a block. */
static inline uint64_t *sl_boost_sums(const struct sl_boost_space *space, const struct sl_boost_grown *node,
                                      size_t block)
{
    return space->slot[node->slot] + block * SL_SUMS_BLOCK;
}

/* Bytes of the bins that a block's sums have. */
static inline size_t sl_boost_sums_size(const struct sl_bins *bins, size_t block)
{
    return sl_bins_used(bins, block * SL_SUMS_FEATURES) * SL_SUMS_FEATURES * sizeof(uint64_t);
}

/* For trees on n of the bins' rows; joint: NULL or as the step has it.  NULL when out of memory. */
struct sl_boost_space *sl_boost_space_new(const struct sl_bins *bins, const struct sl_joint *joint, size_t n);
void sl_boost_space_free(struct sl_boost_space *space);

/* A slot for a node; where none is free, that of the open node with the least gain (of equal ones the first).
 * SL_ENOMEM. */
int sl_boost_take_slot(struct sl_boost_space *space, int32_t node);
void sl_boost_give_slot(struct sl_boost_space *space, int32_t node);

/* Two more nodes; SL_ENOMEM. */
int sl_boost_add_nodes(struct sl_boost_space *space, size_t n);

#endif
