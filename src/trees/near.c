/* near.c - the rows of a small node copied side by side.  O(n d), once on each path from the root. */
#include "trees/near.h"
#include "core/memory.h"
#include <string.h>

enum {
    BYTES = 400000, /* of copies: about what a processor's second cache holds (measured) */
    LEAST = 16,     /* rows: fewer have few nodes below them */
};

int sl_tree_near_init(struct sl_tree_near *near, const struct sl_tree_codes *codes)
{
    const size_t row = codes->d * (codes->bytes ? 1 : sizeof *near->ranks);
    near->most = BYTES / row < codes->n ? BYTES / row : codes->n;
    if (!near->most)
        return SL_OK;
    if (codes->bytes)
        near->bytes = sl_alloc(near->most, row);
    else
        near->ranks = sl_alloc(near->most, row);
    near->y = sl_alloc(near->most, sizeof *near->y);
    near->rows = sl_alloc(near->most, sizeof *near->rows);
    return (near->bytes || near->ranks) && near->y && near->rows ? SL_OK : SL_ENOMEM;
}

void sl_tree_near_release(struct sl_tree_near *near)
{
    free(near->bytes);
    free(near->ranks);
    free(near->y);
    free(near->rows);
    *near = (struct sl_tree_near){0};
}

/* Rows stand class by class: the first and the last one tell whether there is but one. */
int sl_tree_near_is_worth(const struct sl_tree_near *near, const struct sl_tree_growth *g,
                          const struct sl_tree_node *node)
{
    const uint32_t *rows = g->rows + node->start;
    return near->most && g->codes != &near->codes && node->n >= LEAST && node->n <= near->most &&
           g->y[rows[0]] != g->y[rows[node->n - 1]];
}

static void copy_codes(struct sl_tree_near *near, const struct sl_tree_codes *codes, const uint32_t *rows,
                       size_t n)
{
    const size_t d = codes->d;
    for (size_t i = 0; i < n && near->bytes; i++)
        memcpy(near->bytes + i * d, codes->bytes + rows[i] * d, d);
    for (size_t f = 0; f < d && near->ranks; f++) {
        const uint32_t *from = codes->ranks + f * codes->n;
        uint32_t *to = near->ranks + f * n;
        for (size_t i = 0; i < n; i++)
            to[i] = from[rows[i]];
    }
    near->codes = *codes;
    near->codes.n = n;
    near->codes.bytes = near->bytes;
    near->codes.columns = NULL;
    near->codes.ranks = near->ranks;
}

void sl_tree_near_enter(struct sl_tree_near *near, const struct sl_tree_growth *g,
                        const struct sl_tree_node *node, struct sl_tree_growth *local)
{
    uint32_t *rows = g->rows + node->start;
    copy_codes(near, g->codes, rows, node->n);
    for (uint32_t i = 0; i < node->n; i++) {
        near->rows[i] = rows[i];
        near->y[i] = g->y[rows[i]];
        rows[i] = i;
    }
    *local = *g;
    local->codes = &near->codes;
    local->y = near->y;
}

void sl_tree_near_leave(const struct sl_tree_near *near, const struct sl_tree_growth *g,
                        const struct sl_tree_node *node)
{
    uint32_t *rows = g->rows + node->start;
    for (uint32_t i = 0; i < node->n; i++)
        rows[i] = near->rows[rows[i]];
}
