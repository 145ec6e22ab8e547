/* layout.c - which columns of a grid fit a line.
 *
 * Texts of left-aligned columns (names) may be broken over lines, numbers never.  A name may take its share
 * of the line at first.  Then columns go, the highest rank first; before those of rank 2 and 1 go, names
 * shrink, first to what reads well, then to the least.  What is left of the line goes back to the names. */
#include "show/layout.h"
#include "core/memory.h"
#include "core/text.h"
#include <string.h>

enum { NAME_SHARE = 28 /* per cent of the line */, NAME_GOOD = 12, NAME_LEAST = 8 /* letters */ };

static size_t natural_width(const struct sl_layout *layout, size_t column)
{
    const struct sl_grid *grid = layout->grid;
    size_t widest = layout->measure->width(grid->columns[column].title);
    for (size_t row = 0; row < grid->n_rows; row++) {
        size_t w = layout->measure->width(sl_grid_cell(grid, row, column));
        widest = w > widest ? w : widest;
    }
    return widest;
}

/* Sets the line's width where no name is wider than limit. */
static void limit_names(struct sl_layout *layout, size_t limit)
{
    size_t shown = 0, sum = 0;
    for (size_t c = 0; c < layout->grid->n_columns; c++) {
        int is_name = !layout->grid->columns[c].right;
        layout->width[c] = is_name && layout->natural[c] > limit ? limit : layout->natural[c];
        if (!layout->shown[c])
            continue;
        sum += layout->width[c];
        shown++;
    }
    layout->line = sum + (shown > 1 ? (shown - 1) * layout->measure->gap : 0);
}

/* Leaves out columns of this rank and above, the highest first, until the line fits. */
static void drop(struct sl_layout *layout, int least, size_t limit, size_t room)
{
    const struct sl_grid *grid = layout->grid;
    while (layout->line > room) {
        size_t worst = grid->n_columns;
        for (size_t c = 0; c < grid->n_columns; c++)
            if (layout->shown[c] && grid->columns[c].rank >= least &&
                (worst == grid->n_columns || grid->columns[c].rank > grid->columns[worst].rank))
                worst = c;
        if (worst == grid->n_columns)
            return;
        layout->shown[worst] = 0;
        limit_names(layout, limit);
    }
}

static void shrink(struct sl_layout *layout, size_t *limit, size_t least, size_t room)
{
    while (layout->line > room && *limit > least)
        limit_names(layout, --*limit);
}

static void grow(struct sl_layout *layout, size_t limit, size_t room)
{
    while (layout->line <= room && limit < room)
        limit_names(layout, ++limit);
    if (layout->line > room)
        limit_names(layout, limit - 1);
}

static void fit(struct sl_layout *layout, size_t room)
{
    size_t limit = room * NAME_SHARE / 100, letter = layout->measure->letter;
    limit_names(layout, limit);
    drop(layout, 3, limit, room);
    shrink(layout, &limit, NAME_GOOD * letter, room);
    drop(layout, 2, limit, room);
    shrink(layout, &limit, NAME_LEAST * letter, room);
    drop(layout, 1, limit, room);
    if (layout->line <= room)
        grow(layout, limit, room);
}

int sl_layout_make(const struct sl_grid *grid, const struct sl_measure *measure, size_t room,
                   struct sl_layout *layout)
{
    *layout = (struct sl_layout){.grid = grid, .measure = measure};
    layout->natural = sl_alloc(grid->n_columns, sizeof *layout->natural);
    layout->width = sl_alloc(grid->n_columns, sizeof *layout->width);
    layout->shown = sl_alloc(grid->n_columns, 1);
    if (!layout->natural || !layout->width || !layout->shown) {
        sl_layout_release(layout);
        return SL_ENOMEM;
    }
    memset(layout->shown, 1, grid->n_columns);
    for (size_t c = 0; c < grid->n_columns; c++)
        layout->natural[c] = natural_width(layout, c);
    fit(layout, room);
    return SL_OK;
}

int sl_layout_fits(const struct sl_layout *layout, size_t room)
{
    for (size_t c = 0; c < layout->grid->n_columns; c++)
        if (!layout->shown[c])
            return 0;
    return layout->line <= room;
}

void sl_layout_release(struct sl_layout *layout)
{
    free(layout->natural);
    free(layout->width);
    free(layout->shown);
    *layout = (struct sl_layout){0};
}

char *sl_layout_left_out(const struct sl_layout *layout)
{
    struct sl_string names = {0};
    sl_string_add(&names, "%s", "");
    for (size_t c = 0; c < layout->grid->n_columns; c++)
        if (!layout->shown[c])
            sl_string_add(&names, "%s%s", names.size ? ", " : "", layout->grid->columns[c].title);
    if (names.failed)
        sl_string_release(&names);
    return names.text;
}
