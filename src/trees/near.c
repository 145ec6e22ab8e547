/* near.c - the rows of a small node copied side by side.  O(n d), once on each path from the root. */
#include "trees/near.h"
#include "core/memory.h"
#include <string.h>

enum {
    BYTES = 400000, /* of copies: about what a processor's second cache holds (measured) */
    FEWEST = 64,    /* rows, however long they are, where they are read from columns otherwise */
    LEAST = 16,     /* rows: fewer have few nodes below them */
    AHEAD = 16,     /* rows: they lie in far memory */
};

int sl_tree_near_init(struct sl_tree_near *near, const struct sl_tree_codes *codes, int with_units)
{
    const size_t ranks = codes->n_ranked * sizeof *near->ranks, bits = codes->words * sizeof *near->bits,
                 row = codes->bytes ? codes->d : ranks + bits;
    int code = SL_OK;
    if (codes->ranks && !codes->row_ranks) /* a row's lie far apart */
        return SL_OK;
    near->most = BYTES / row < codes->n ? BYTES / row : codes->n;
    if (codes->columns && near->most < FEWEST)
        near->most = FEWEST < codes->n ? FEWEST : codes->n;
    if (!near->most)
        return SL_OK;
    if (codes->bytes)
        code = (near->bytes = sl_alloc(near->most, row)) ? SL_OK : SL_ENOMEM;
    else if (ranks)
        code = (near->ranks = sl_alloc(near->most, ranks)) ? SL_OK : SL_ENOMEM;
    if (!code && bits)
        code = (near->bits = sl_alloc(near->most, bits)) ? SL_OK : SL_ENOMEM;
    near->y = sl_alloc(near->most, sizeof *near->y);
    near->rows = sl_alloc(near->most, sizeof *near->rows);
    near->units = with_units ? sl_alloc(near->most, sizeof *near->units) : NULL;
    return !code && near->y && near->rows && (near->units || !with_units) ? SL_OK : SL_ENOMEM;
}

void sl_tree_near_release(struct sl_tree_near *near)
{
    free(near->bytes);
    free(near->ranks);
    free(near->bits);
    free(near->y);
    free(near->units);
    free(near->rows);
    *near = (struct sl_tree_near){0};
}

/* Rows stand class by class: the first and the last one tell whether there is but one. */
int sl_tree_near_is_worth(const struct sl_tree_near *near, const struct sl_tree_growth *g,
                          const struct sl_tree_node *node)
{
    const uint32_t *rows = g->rows + node->start;
    return near->most && g->codes != &near->codes && node->held >= LEAST && node->held <= near->most &&
           g->y[sl_entry_row(rows[0])] != g->y[sl_entry_row(rows[node->held - 1])];
}

static void prefetch_row(const struct sl_tree_codes *codes, uint32_t row)
{
    __builtin_prefetch(codes->row_ranks + row * codes->n_ranked);
    if (codes->bits)
        __builtin_prefetch(codes->bits + row * codes->words);
}

static void copy_codes(struct sl_tree_near *near, const struct sl_tree_codes *codes, const uint32_t *rows,
                       size_t n)
{
    const size_t d = codes->d, ranked = codes->n_ranked;
    for (size_t i = 0; i < n && near->bytes; i++) {
        const uint32_t position = sl_entry_row(rows[i]), row = codes->row ? codes->row[position] : position;
        memcpy(near->bytes + i * d, codes->bytes + row * d, d);
    }
    for (size_t i = 0; i < n && codes->row_ranks; i++) {
        if (i + AHEAD < n)
            prefetch_row(codes, sl_entry_row(rows[i + AHEAD]));
        const uint32_t *from = codes->row_ranks + sl_entry_row(rows[i]) * ranked;
        for (size_t r = 0; r < ranked; r++)
            near->ranks[r * n + i] = from[r];
    }
    for (size_t i = 0; i < n && near->bits; i++) {
        const uint64_t *from = codes->bits + sl_entry_row(rows[i]) * codes->words;
        for (size_t w = 0; w < codes->words; w++)
            near->bits[i * codes->words + w] = from[w];
    }
    near->codes = *codes;
    near->codes.n = n;
    near->codes.bytes = near->bytes;
    near->codes.columns = NULL;
    near->codes.row_ranks = NULL;
    near->codes.position = near->codes.row = NULL;
    near->codes.y = NULL;
    near->codes.ranks = near->ranks;
    near->codes.bits = near->bits;
}

void sl_tree_near_enter(struct sl_tree_near *near, const struct sl_tree_growth *g,
                        const struct sl_tree_node *node, struct sl_tree_growth *local)
{
    uint32_t *rows = g->rows + node->start;
    copy_codes(near, g->codes, rows, node->held);
    for (uint32_t i = 0; i < node->held; i++) {
        const uint32_t row = sl_entry_row(rows[i]);
        near->rows[i] = row;
        near->y[i] = g->y[row];
        if (g->units)
            near->units[i] = g->units[row];
        rows[i] += i - row;
    }
    *local = *g;
    local->codes = &near->codes;
    local->y = near->y;
    local->units = g->units ? near->units : NULL;
}

void sl_tree_near_leave(const struct sl_tree_near *near, const struct sl_tree_growth *g,
                        const struct sl_tree_node *node)
{
    uint32_t *rows = g->rows + node->start;
    for (uint32_t i = 0; i < node->held; i++) {
        const uint32_t copy = sl_entry_row(rows[i]);
        rows[i] += near->rows[copy] - copy;
    }
}
