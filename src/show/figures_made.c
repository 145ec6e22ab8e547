/* figures_made.c - what came of a published figure: its pictures, and which published numbers it misses. */
#include "core/memory.h"
#include "core/text.h"
#include "show/published_cells.h"
#include <math.h>
#include <shortlist/figures.h>
#include <stdlib.h>

void sl_figure_made_add(struct sl_figure_made *made, const char *path)
{
    char **paths = sl_realloc(made->paths, made->n_paths + 1, sizeof *paths);
    char *copy = sl_strdup(path);
    if (paths)
        made->paths = paths;
    made->out_of_memory |= !paths || !copy;
    if (paths && copy)
        paths[made->n_paths++] = copy;
    else
        free(copy);
}

void sl_figure_made_release(struct sl_figure_made *made)
{
    for (size_t i = 0; i < made->n_paths; i++)
        free(made->paths[i]);
    free(made->paths);
    free(made->from);
    free(made->text);
    free(made->outside);
    free(made->why);
    free(made->command);
    free(made->missing);
    *made = (struct sl_figure_made){0};
}

int sl_figures_outside(const struct sl_table *table, char **text, struct sl_error *err)
{
    struct sl_table_context context = {.table = table, .digits = 4};
    struct sl_string lines = {0};
    *text = NULL;
    for (size_t i = 0; i < table->n; i++) {
        const struct sl_table_row *row = &table->rows[i];
        const double published = sl_find_published(&context, row);
        if (published < row->score_low || published > row->score_high) /* not where they are NaN */
            sl_string_add(&lines, "%s%s has %.4f (%.4f-%.4f), and %.4f is published", lines.size ? "; " : "",
                          row->row->name, row->score, row->score_low, row->score_high, published);
    }
    if (lines.size)
        sl_string_add(&lines, ".");
    if (context.out_of_memory || lines.failed) {
        free(lines.text);
        return sl_fail_memory(err);
    }
    *text = lines.text;
    return SL_OK;
}
