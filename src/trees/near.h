/* near.h - the rows of a small node copied side by side, for all nodes below it.
 *
 * Rows of a node lie anywhere in the data, and each of the many nodes below it that draws its features would
 * fetch them anew, from far memory, a line for a few bytes.  A copy stays in the processor's caches. */
#ifndef SL_TREES_NEAR_H
#define SL_TREES_NEAR_H

#include "trees/growth.h"

struct sl_tree_near {
    size_t most;     /* rows */
    uint8_t *bytes;  /* (most, d), or NULL */
    uint32_t *ranks; /* (n_ranked, most), or NULL */
    uint64_t *bits;  /* (most, words), or NULL */
    int32_t *y;      /* (most) */
    int64_t *units;  /* (most): of rows with weights, or NULL */
    uint32_t *rows;  /* (most): where they come from */
    struct sl_tree_codes codes;
};

/* with_units: rows have weights.  SL_OK or SL_ENOMEM; release it either way. */
int sl_tree_near_init(struct sl_tree_near *near, const struct sl_tree_codes *codes, int with_units);
void sl_tree_near_release(struct sl_tree_near *near);

/* Is it worth a node that has not been looked at yet? */
int sl_tree_near_is_worth(const struct sl_tree_near *near, const struct sl_tree_growth *growth,
                          const struct sl_tree_node *node);

/* Copies the node's rows, and makes *local the growth of the same nodes on the copies: it shares all arrays
 * with the growth, and the node's part of rows holds numbers of the copies until sl_tree_near_leave. */
void sl_tree_near_enter(struct sl_tree_near *near, const struct sl_tree_growth *growth,
                        const struct sl_tree_node *node, struct sl_tree_growth *local);
void sl_tree_near_leave(const struct sl_tree_near *near, const struct sl_tree_growth *growth,
                        const struct sl_tree_node *node);

#endif
