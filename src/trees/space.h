/* space.h - one thread's memory while it looks for splits. */
#ifndef SL_TREES_SPACE_H
#define SL_TREES_SPACE_H

#include <stddef.h>
#include <stdint.h>

struct sl_tree_space {
    int32_t *local;  /* (k): a class's number among those of the node, or -1 */
    int32_t *class;  /* (k): the other way round */
    uint32_t *total; /* (k): rows of each of the node's classes */
    int64_t *mass;   /* (k): and their mass, with weights (sweep.h) */
    double *weight;  /* (k): of a unit of that */
    uint8_t *label;  /* (n): rows' classes, numbered in the node */
    uint32_t *left;  /* (k): sweep's counts */
    int64_t *mass_left;
    uint16_t *hist; /* see kernels/histogram.h; NULL without bytes */
    int16_t *keys;
    uint64_t *sorted, *spare; /* (n): code << 32 | class, or where rows have weights the row's place */
    uint32_t *order;          /* (d): random order of features */
};

/* For nodes of up to n rows of d features and k classes; bytes: their codes are bytes.  SL_OK or SL_ENOMEM;
 * release it either way. */
int sl_tree_space_init(struct sl_tree_space *space, size_t n, size_t d, size_t k, int bytes);
void sl_tree_space_release(struct sl_tree_space *space);

#endif
