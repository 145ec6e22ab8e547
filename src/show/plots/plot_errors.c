/* plot_errors.c - margins of right and wrong rows, and error rates of subsets.
 *
 * Both histograms are shares of their own rows, so that few errors are seen beside many right rows; below
 * them stands the error rate of each bin.  Of each kind of subset those with the highest error rates are
 * shown. */
#include "core/memory.h"
#include "show/errors_write.h"
#include "show/plots/errors_plots.h"
#include <math.h>

enum {
    WIDTH = 720,
    HIGH = 260,
    LOW = 130,
    GAP = 64,
    NAMES = 230,
    PITCH = 20,
    KIND = 30 /* above each kind */
};

static double share(size_t part, size_t of)
{
    return of ? (double)part / (double)of : 0;
}

/* Margins ------------------------------------------------------------------------------------------ */

static void write_bins(const struct sl_errors *e, struct sl_figure *figure, double *highest)
{
    const struct sl_margins *m = e->margins;
    fprintf(figure->csv, "margin,right,wrong,share_of_right,share_of_wrong,error_rate\n");
    for (int b = 0; b < SL_MARGIN_BINS; b++) {
        const double right = share(m->right[b], e->scored->n - e->wrong),
                     wrong = share(m->wrong[b], e->wrong);
        const size_t all = m->right[b] + m->wrong[b];
        *highest = fmax(*highest, fmax(right, wrong));
        fprintf(figure->csv, "%.8g,%zu,%zu,%.6f,%.6f", m->most * (b + 0.5) / SL_MARGIN_BINS, m->right[b],
                m->wrong[b], right, wrong);
        sl_figure_number(figure, all ? share(m->wrong[b], all) : NAN);
        fputc('\n', figure->csv);
    }
}

static void draw_histogram(const struct sl_errors *e, struct sl_figure *figure, struct sl_panel *panel)
{
    const double bin = e->margins->most / SL_MARGIN_BINS;
    const double near = sl_axis_at(&panel->x, e->margins->near, panel->left, panel->right);
    panel->y.title = "share of the right, and of the wrong rows";
    sl_figure_panel(figure, panel);
    if (e->margins->near < e->margins->most)
        sl_figure_line(figure, near, panel->bottom, near, panel->top, SL_GREY, 1, 3);
    sl_figure_plot(figure, "using ($1 - %.8g):4:(%.8g) with boxes fillcolor rgb '" SL_BLUE "'", bin * 0.2,
                   bin * 0.38);
    sl_figure_plot(figure, "using ($1 + %.8g):5:(%.8g) with boxes fillcolor rgb '" SL_ORANGE "'", bin * 0.2,
                   bin * 0.38);
    sl_figure_panel_end(figure);
}

static void draw_rates(const struct sl_errors *e, struct sl_figure *figure, const struct sl_panel *above)
{
    struct sl_panel panel = {.left = above->left,
                             .top = above->bottom + GAP,
                             .right = above->right,
                             .bottom = above->bottom + GAP + LOW,
                             .x = above->x};
    sl_axis_linear(&panel.y, 0, 1, 0, 1, LOW, 0);
    panel.y.title = "error rate";
    panel.x.title = "margin: the largest score less the second";
    sl_figure_panel(figure, &panel);
    sl_figure_plot(figure, "using 1:6:(%.8g) with boxes fillcolor rgb '" SL_DULL "'",
                   0.8 * e->margins->most / SL_MARGIN_BINS);
    sl_figure_panel_end(figure);
}

int sl_plot_margins(const struct sl_errors *e, struct sl_figure *figure, struct sl_error *err)
{
    static const struct sl_key keys[] = {{"right", SL_BLUE, 5, 0}, {"wrong", SL_ORANGE, 5, 0}};
    const struct sl_margins *m = e->margins;
    char subtitle[300];
    double highest = 0;
    if (!m)
        return SL_OK;
    if (sl_figure_begin(figure, WIDTH, 100))
        return sl_fail_memory(err);
    write_bins(e, figure, &highest);
    char *title = sl_format("Margins: %s", e->scored->name);
    snprintf(subtitle, sizeof subtitle,
             "%zu of %zu rows are wrong; dashed: the boundary's neighbourhood, %.3g, with %.0f %% of the "
             "rows and %.0f %% of the "
             "errors",
             e->wrong, e->scored->n, m->near, 100 * share(m->near_right + m->near_wrong, e->scored->n),
             100 * share(m->near_wrong, e->wrong));
    double top = title ? sl_figure_titles(figure, title, subtitle, 0) : 0;
    snprintf(figure->alt, sizeof figure->alt, "%.200s", title ? title : "");
    top += sl_figure_key(figure, SL_MARGIN, top, WIDTH - SL_MARGIN, keys, 2) + 30;
    struct sl_panel panel = {.left = 84, .top = top, .right = WIDTH - SL_MARGIN - 10, .bottom = top + HIGH};
    figure->height = (int)panel.bottom + GAP + LOW + 56;
    figure->has_data = 1;
    sl_axis_linear(&panel.x, 0, m->most, 0, m->most, panel.right - panel.left, 1);
    sl_axis_linear(&panel.y, 0, highest, 0, 1, HIGH, 0);
    draw_histogram(e, figure, &panel);
    draw_rates(e, figure, &panel);
    free(title);
    return title ? SL_OK : sl_fail_memory(err);
}

/* Subsets ------------------------------------------------------------------------------------------ */

static int is_shown(const struct sl_errors *e, size_t i)
{
    return sl_errors_subset_place(e, i) < SL_SUBSETS_SHOWN;
}

static int begins_kind(const struct sl_errors *e, size_t i)
{
    return i == 0 || e->subsets[i].kind != e->subsets[i - 1].kind;
}

static double height_of(const struct sl_errors *e, double *highest)
{
    double height = 0;
    for (size_t i = 0; i < e->n_subsets; i++) {
        if (begins_kind(e, i))
            height += KIND;
        if (is_shown(e, i)) {
            height += PITCH;
            *highest = fmax(*highest, e->subsets[i].high);
        }
    }
    return height;
}

static int write_name(struct sl_figure *figure, const struct sl_panel *panel, double y, const char *name)
{
    char *text = sl_text_fit(name, SL_TEXT, NAMES - 16);
    if (text)
        sl_figure_text(figure, panel->left - 10, y, SL_RIGHT, SL_TEXT, SL_INK, text);
    free(text);
    return text ? 0 : -1;
}

/* Rows of the table: from the top in pixels, so that kinds have room above them. */
static int write_subsets(const struct sl_errors *e, struct sl_figure *figure, const struct sl_panel *panel)
{
    double y = panel->top;
    int failed = 0;
    fprintf(figure->csv, "y,error_rate,low,high,stands_out,rows,wrong,by,subset\n");
    for (size_t i = 0; i < e->n_subsets; i++) {
        const struct sl_subset *subset = &e->subsets[i];
        if (begins_kind(e, i)) {
            y += KIND;
            sl_figure_text(figure, panel->left + 6, y - 11, SL_LEFT, SL_SMALL, SL_GREY,
                           sl_subset_kind_name(subset->kind));
        }
        if (!is_shown(e, i))
            continue;
        failed |= write_name(figure, panel, y + PITCH / 2.0, subset->name);
        fprintf(figure->csv, "%.1f,%.6f,%.6f,%.6f,%d,%zu,%zu,%s,", panel->bottom - y - PITCH / 2.0,
                share(subset->wrong, subset->n), subset->low, subset->high, subset->p < 0.05, subset->n,
                subset->wrong, sl_subset_kind_name(subset->kind));
        sl_figure_field(figure, subset->name);
        fputc('\n', figure->csv);
        y += PITCH;
    }
    return failed;
}

int sl_plot_subsets(const struct sl_errors *e, struct sl_figure *figure, struct sl_error *err)
{
    static const struct sl_key keys[] = {{"differs from the others (p < 0.05)", SL_BLUE, 5, 0},
                                         {"can not be told from them", SL_DULL, 5, 0}};
    double highest = 0;
    const double height = height_of(e, &highest);
    if (!e->n_subsets || !e->wrong)
        return SL_OK;
    if (sl_figure_begin(figure, WIDTH, 100))
        return sl_fail_memory(err);
    char *title = sl_format("Error rates of subsets: %s", e->scored->name);
    double top =
        title ? sl_figure_titles(figure, title,
                                 "dashed: of all rows; lines: 95 % intervals; a cluster is compared with the "
                                 "others of its class",
                                 0)
              : 0;
    snprintf(figure->alt, sizeof figure->alt, "%.200s", title ? title : "");
    top += sl_figure_key(figure, SL_MARGIN, top, WIDTH - SL_MARGIN, keys, 2) + 8;
    struct sl_panel panel = {.left = SL_MARGIN + NAMES,
                             .top = top,
                             .right = WIDTH - SL_MARGIN - 10,
                             .bottom = top + height + 8,
                             .no_grid_y = 1};
    figure->height = (int)panel.bottom + 56;
    figure->has_data = 1;
    sl_axis_linear(&panel.x, 0, highest, 0, 1, panel.right - panel.left, 1);
    panel.x.title = "error rate";
    panel.y.high = panel.bottom - panel.top;
    sl_figure_panel(figure, &panel);
    const int failed = write_subsets(e, figure, &panel);
    const double all = sl_axis_at(&panel.x, share(e->wrong, e->scored->n), panel.left, panel.right);
    sl_figure_line(figure, all, panel.bottom, all, panel.top, SL_GREY, 1, 3);
    for (int out = 0; out < 2; out++)
        sl_figure_plot(
            figure,
            "using (0):($5 == %d ? $1 : NaN):(0):2:($1 - 7):($1 + 7) with boxxyerror fillcolor rgb '%s'", out,
            keys[!out].colour);
    sl_figure_plot(figure,
                   "using 3:1:($4 - $3):(0) with vectors nohead linewidth 1.4 linecolor rgb '" SL_INK "'");
    sl_figure_panel_end(figure);
    free(title);
    return title && !failed ? SL_OK : sl_fail_memory(err);
}
