/* space.h - one thread's memory while it looks for splits. */
#ifndef SL_TREES_SPACE_H
#define SL_TREES_SPACE_H

#include "kernels/keys.h"
#include <stddef.h>
#include <stdint.h>

struct sl_tree_space {
    int32_t *local;                      /* (k): a class's number among those of the node, or -1 */
    int32_t *class;                      /* (k): the other way round */
    uint32_t *total;                     /* (k): rows of each of the node's classes */
    uint32_t *held;                      /* (k): and the entries that stand for them */
    int64_t *mass;                       /* (k): and their mass, with weights (sweep.h) */
    double *weight;                      /* (k): of a unit of that */
    uint8_t *label;                      /* (n): rows' classes, numbered in the node */
    uint32_t *left;                      /* (k): sweep's counts */
    uint32_t (*bits_left)[SL_KEYS_BITS]; /* (k): bits.h's; NULL with bytes */
    int64_t *mass_left;
    uint16_t *hist; /* see kernels/histogram.h; NULL without bytes */
    int16_t *keys;
    uint32_t *narrow, *narrow_spare; /* (n): keys of order.h; NULL: they hold too little.  Where thresholds
                                        are drawn narrow alone is in use, for codes */
    uint32_t *bucket;                /* see sl_order_keys */
    uint64_t *sorted, *spare; /* (n): code << 32 | class, or where rows have weights the row's place; NULL
                                 with narrow */
    uint32_t *order;          /* (d): features, 0 ... d - 1 between two nodes */
    uint32_t *swapped;        /* (d): what drawing them has swapped */
    uint8_t *block;       /* drawn byte features side by side, see kernels/lanes.h; NULL: none are drawn */
    uint32_t *count;      /* 0, 1, ...: the block's rows */
    uint32_t *lanes_left; /* (k, SL_LANES); NULL where no thresholds are drawn */
};

enum {
    SL_TREE_CHUNK = 256,        /* rows of a block that is gathered on the way to a histogram */
    SL_TREE_BLOCK_ROWS = 65535, /* and of one that thresholds are drawn for */
};

/* What the nodes are: n rows of d features and k classes at most. */
struct sl_tree_space_size {
    size_t n, d, k;
    int bytes;         /* the features' codes are bytes */
    int wide;          /* rows have weights, or codes and classes do not fit in the keys of order.h */
    int drawn, random; /* features are drawn; thresholds are */
};

/* SL_OK or SL_ENOMEM; release it either way. */
int sl_tree_space_init(struct sl_tree_space *space, const struct sl_tree_space_size *size);
void sl_tree_space_release(struct sl_tree_space *space);

#endif
