/* errors_lists.c - an error analysis for people: lists of rows, labels that may be wrong, and what other rows
 * of the study get wrong, too. */
#include "show/errors_write.h"
#include <math.h>

enum { RIVALS_SHOWN = 20 };

double sl_per_cent(size_t part, size_t of)
{
    return of ? 100.0 * (double)part / (double)of : 0;
}

static void add_number(struct sl_grid *grid, const char *format, double value)
{
    if (isfinite(value)) {
        char text[40];
        snprintf(text, sizeof text, format, value);
        sl_grid_add(grid, "%s", text);
    } else
        sl_grid_add(grid, "%s", "");
}

void sl_errors_columns(struct sl_grid *grid, const char *const *titles)
{
    for (; *titles; titles++)
        sl_grid_column(grid, *titles + (**titles == '>'), **titles == '>', 0);
}

/* Lists of rows ------------------------------------------------------------------------------------ */

static void row_cells(const struct sl_errors *e, size_t i, struct sl_grid *grid)
{
    const struct sl_scored_rows *s = e->scored;
    const size_t row = sl_scored_row(s, i);
    const char *id = s->data ? sl_dataset_row_id(s->data, row) : NULL;
    if (id)
        sl_grid_add(grid, "%zu (%s)", row, id);
    else
        sl_grid_add(grid, "%zu", row);
    sl_grid_add(grid, "%s", s->classes[s->truth[i]]);
}

void sl_errors_list_grid(const struct sl_errors *e, const char *above, const size_t *list, size_t n,
                         struct sl_grid *grid)
{
    const struct sl_scored_rows *s = e->scored;
    if (!n)
        return;
    sl_grid_above(grid, "%s", above);
    sl_grid_column(grid, "row", 1, 0);
    sl_grid_column(grid, "true class", 0, 0);
    sl_grid_column(grid, "predicted class", 0, 0);
    sl_grid_column(grid, s->probabilities ? "its probability" : "its score", 1, 0);
    sl_grid_column(grid, "that of the true class", 1, 0);
    sl_grid_column(grid, "margin", 1, 0);
    if (s->wrong_by)
        sl_grid_column(grid, "wrong by", 1, 0);
    if (s->wrong_in)
        sl_grid_column(grid, "wrong in", 1, 0);
    for (size_t j = 0; j < n; j++) {
        const size_t i = list[j];
        row_cells(e, i, grid);
        sl_grid_add(grid, "%s", s->classes[s->predicted[i]]);
        add_number(grid, "%.4f", sl_scored_score(s, i, s->predicted[i]));
        add_number(grid, "%.4f", sl_scored_score(s, i, s->truth[i]));
        add_number(grid, "%.4f", s->margin ? s->margin[i] : NAN);
        if (s->wrong_by)
            sl_grid_add(grid, "%u of %zu", (unsigned)s->wrong_by[i], s->n_rivals + 1);
        if (s->wrong_in)
            sl_grid_add(grid, "%u of %d", (unsigned)s->wrong_in[i], s->repeats);
    }
    sl_grid_below(grid, "Rows count from 0 %s.",
                  !s->row      ? "among those scored, as in show --predictions"
                  : s->of_test ? "in the data's test part"
                               : "in the data's training part");
    if (s->wrong_by && s->wrong_in)
        sl_grid_below(
            grid, "wrong by: rows of the study that get it wrong; wrong in: repeats of this one that do.");
}

/* Labels ------------------------------------------------------------------------------------------- */

static void suspects_below(const struct sl_errors *e, struct sl_grid *grid)
{
    const struct sl_suspects *x = &e->suspects;
    const struct sl_scored_rows *s = e->scored;
    sl_grid_below(
        grid,
        "Confident learning: of the %zu rows %zu labels are suspected, and by the calibrated counts %.0f are "
        "wrong (%.1f %%). A suspicion is no proof: look at the row.",
        s->n, x->n, x->estimated, 100 * x->estimated / (double)s->n);
    sl_grid_below(grid, s->folds ? "Each row's probabilities are of a fit without it."
                                 : "The scored rows alone: a study with --folds looks at all training rows.");
    if (x->known)
        sl_grid_below(grid,
                      "Known to be wrong are %zu of the scored rows: %zu of them are suspected (%.1f %%), "
                      "which are %.1f "
                      "%% of the suspects.",
                      x->known, x->found, sl_per_cent(x->found, x->known), sl_per_cent(x->found, x->n));
}

void sl_errors_suspects_grid(const struct sl_errors *e, size_t listed, struct sl_grid *grid)
{
    static const char *const titles[] = {
        "row", "label", "likely class", ">its probability", ">that of the label", NULL};
    const struct sl_suspects *x = &e->suspects;
    const struct sl_scored_rows *s = e->scored;
    sl_grid_above(grid, "Labels that may be wrong");
    if (x->why) {
        sl_grid_column(grid, "none was looked for", 0, 0);
        sl_grid_add(grid, "%s", x->why);
        return;
    }
    sl_errors_columns(grid, titles);
    for (size_t j = 0; j < x->n && j < listed; j++) {
        row_cells(e, x->list[j].i, grid);
        sl_grid_add(grid, "%s", s->classes[x->list[j].likely]);
        add_number(grid, "%.4f", sl_scored_score(s, x->list[j].i, x->list[j].likely));
        add_number(grid, "%.4f", sl_scored_score(s, x->list[j].i, s->truth[x->list[j].i]));
    }
    suspects_below(e, grid);
}

/* Other rows of the study -------------------------------------------------------------------------- */

/* Other rows that share more errors with this one, or as many and stand before it. */
static size_t place_of_rival(const struct sl_scored_rows *s, size_t r)
{
    size_t before = 0;
    for (size_t i = 0; i < s->n_rivals; i++)
        before += s->rivals[i].both > s->rivals[r].both || (i < r && s->rivals[i].both == s->rivals[r].both);
    return before;
}

static void rivals_below(const struct sl_errors *e, struct sl_grid *grid)
{
    const struct sl_scored_rows *s = e->scored;
    const double n = (double)s->n;
    double chance = (double)e->wrong / n;
    size_t all = 0, none = 0;
    for (size_t r = 0; r < s->n_rivals; r++)
        chance *= (double)s->rivals[r].wrong / n;
    for (size_t i = 0; i < s->n; i++) {
        all += s->wrong_by[i] == s->n_rivals + 1;
        none += s->wrong_by[i] == 0;
    }
    sl_grid_below(
        grid,
        "All %zu rows of the study get %zu of the %zu rows wrong (%.3g if their errors were independent), "
        "and %zu right.",
        s->n_rivals + 1, all, s->n, chance * n, none);
}

void sl_errors_rivals_grid(const struct sl_errors *e, struct sl_grid *grid)
{
    static const char *const titles[] = {"row of the study", ">wrong",       ">both wrong", ">by chance",
                                         ">this alone",      ">other alone", ">share",      NULL};
    const struct sl_scored_rows *s = e->scored;
    if (!s->n_rivals)
        return;
    sl_grid_above(grid, "Errors that other rows of the study make, too");
    sl_errors_columns(grid, titles);
    for (size_t r = 0; r < s->n_rivals; r++) {
        const struct sl_rival *rival = &s->rivals[r];
        if (place_of_rival(s, r) >= RIVALS_SHOWN)
            continue;
        sl_grid_add(grid, "%s", rival->name);
        sl_grid_add(grid, "%zu", rival->wrong);
        sl_grid_add(grid, "%zu", rival->both);
        sl_grid_add(grid, "%.1f", (double)rival->wrong * (double)e->wrong / (double)s->n);
        sl_grid_add(grid, "%zu", rival->ours);
        sl_grid_add(grid, "%zu", rival->wrong - rival->both);
        sl_grid_add(grid, "%.1f %%", sl_per_cent(rival->both, e->wrong));
    }
    rivals_below(e, grid);
}
