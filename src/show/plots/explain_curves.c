/* explain_curves.c - how faithful an explanation is: the mean score while the columns with the largest values
 * are deleted first, and while they are inserted first, each beside a random order. */
#include "show/plots/explain_plots.h"
#include "show/plots/standalone.h"
#include <math.h>

enum { WIDTH = 782, SIDE = 310, GAP = 68, STEPS = 21 };

static void write_data(const struct sl_faithfulness *f, struct sl_figure *figure)
{
    fprintf(figure->csv, "share,deletion,insertion,random_deletion,random_insertion\n");
    for (int step = 0; step < STEPS; step++) {
        fprintf(figure->csv, "%.4g", (double)step / (STEPS - 1));
        for (int c = 0; c < SL_N_CURVES; c++)
            sl_figure_number(figure, f->curve[c][step]);
        fputc('\n', figure->csv);
    }
}

/* One range for all curves, so that the two panels can be compared. */
static void find_range(const struct sl_faithfulness *f, double *low, double *high)
{
    *low = INFINITY;
    *high = -INFINITY;
    for (int c = 0; c < SL_N_CURVES; c++)
        for (int step = 0; step < STEPS; step++) {
            *low = fmin(*low, f->curve[c][step]);
            *high = fmax(*high, f->curve[c][step]);
        }
}

/* A panel of a curve and that of the random order, with their areas in the key above it. */
static void draw_panel(const struct sl_faithfulness *f, struct sl_figure *figure, struct sl_panel *panel,
                       int curve, int by_chance, const char *axis)
{
    char ordered[80], drawn[80];
    snprintf(ordered, sizeof ordered, "largest values first (mean %.4g)", f->area[curve]);
    snprintf(drawn, sizeof drawn, "random order (mean %.4g)", f->area[by_chance]);
    const struct sl_key keys[] = {{ordered, SL_BLUE, 0, 1}, {drawn, SL_RED, 0, 2}};
    for (size_t i = 0; i < 2; i++)
        sl_figure_key(figure, panel->left, panel->top - 70 + 18 * (double)i, panel->right, &keys[i], 1);
    panel->x.title = axis;
    sl_figure_panel(figure, panel);
    sl_figure_plot(figure, "using 1:%d with lines linewidth 1.8 * wide dashtype 2 linecolor rgb '" SL_RED "'",
                   by_chance + 2);
    sl_figure_plot(figure, "using 1:%d with lines linewidth 2.2 * wide linecolor rgb '" SL_BLUE "'",
                   curve + 2);
    sl_figure_panel_end(figure);
}

static int fill(const struct sl_explanation *x, const struct sl_faithfulness *f, struct sl_figure *figure,
                struct sl_error *err)
{
    char title[200], subtitle[400];
    double low, high;
    if (sl_figure_begin(figure, WIDTH, 1))
        return sl_fail_memory(err);
    snprintf(title, sizeof title, "%s: deletion and insertion", x->method->title);
    snprintf(subtitle, sizeof subtitle, "%s, %s, mean over %zu explanation%s", sl_dataset_name(x->data),
             sl_model_type(x->model)->title, x->n * x->m, x->n * x->m == 1 ? "" : "s");
    const double top = sl_figure_titles(figure, title, subtitle, 0) + 96;
    find_range(f, &low, &high);
    struct sl_panel panel = {.left = 70, .top = top, .right = 70 + SIDE, .bottom = top + SIDE};
    sl_axis_linear(&panel.x, 0, 1, 0, 1, SIDE, 1);
    sl_axis_linear(&panel.y, low, high, -INFINITY, INFINITY, SIDE, 0);
    panel.y.title = "mean score";
    figure->height = (int)panel.bottom + 66;
    write_data(f, figure);
    draw_panel(f, figure, &panel, SL_CURVE_DELETION, SL_CURVE_RANDOM_DELETION,
               "share deleted: lower is better");
    panel.left += SIDE + GAP;
    panel.right += SIDE + GAP;
    panel.y.title = NULL;
    draw_panel(f, figure, &panel, SL_CURVE_INSERTION, SL_CURVE_RANDOM_INSERTION,
               "share inserted: higher is better");
    snprintf(figure->alt, sizeof figure->alt,
             "%s: mean score while columns are deleted (%.4g, in a random order %.4g) and inserted (%.4g, "
             "%.4g)",
             x->method->title, f->area[SL_CURVE_DELETION], f->area[SL_CURVE_RANDOM_DELETION],
             f->area[SL_CURVE_INSERTION], f->area[SL_CURVE_RANDOM_INSERTION]);
    figure->has_data = 1;
    return SL_OK;
}

int sl_faithfulness_draw(const struct sl_explanation *x, const struct sl_faithfulness *faithfulness,
                         const char *folder, void (*made)(void *arg, const char *path), void *arg,
                         struct sl_error *err)
{
    struct sl_standalone drawing;
    struct sl_picture picture = {0};
    int code = sl_standalone_begin(&drawing, folder, made, arg, err);
    if (!code)
        code = fill(x, faithfulness, &picture.figure, err);
    if (!code)
        code = sl_standalone_add(&drawing, &picture, "faithfulness", err);
    sl_figure_release(&picture.figure);
    return sl_standalone_end(&drawing, code, err);
}
