/* explain_table.c - explanations of tables: bars of mean |value|, a beeswarm of all rows' values, bars of
 * permutation importance. */
#include "core/memory.h"
#include "data/features.h"
#include "show/plots/explain_plots.h"
#include <math.h>

enum { COLUMNS = 15, PITCH = 30, NAMES = 190, WIDTH = 760, DOTS = 400 };

char *sl_column_text(const struct sl_model *model, size_t column, double pixels)
{
    const char *name = sl_model_feature(model, column);
    char number[32];
    snprintf(number, sizeof number, "column %zu", sl_feature_number(sl_model_indices(model), column));
    return sl_text_fit(name ? name : number, SL_TEXT, pixels);
}

/* The page that all three have: names on the left, the panel beside them. */
static int begin_page(struct sl_figure *figure, const char *title, const char *subtitle, size_t shown,
                      double extra, struct sl_panel *panel)
{
    if (sl_figure_begin(figure, WIDTH, 1))
        return -1;
    const double top = sl_figure_titles(figure, title, subtitle, WIDTH) + 12 + extra;
    figure->height = (int)(top + (double)shown * PITCH + 60);
    sl_figure_titles(figure, title, subtitle, 0);
    *panel = (struct sl_panel){.left = SL_MARGIN + NAMES,
                               .top = top,
                               .right = WIDTH - SL_MARGIN - 20,
                               .bottom = top + (double)shown * PITCH,
                               .no_grid_y = 1};
    sl_axis_places(&panel->y, shown, 1);
    return 0;
}

static int write_names(const struct sl_model *model, struct sl_figure *figure, const struct sl_panel *panel,
                       const uint32_t *order, size_t shown)
{
    for (size_t i = 0; i < shown; i++) {
        char *name = sl_column_text(model, order[i], NAMES - 10);
        if (!name)
            return -1;
        sl_figure_text(figure, panel->left - 8, panel->top + ((double)i + .5) * PITCH, SL_RIGHT, SL_TEXT,
                       SL_INK, name);
        free(name);
    }
    return 0;
}

/* Columns by their mean |value| over all pairs, the largest first: order (d), mean (d). */
static void rank_columns(const struct sl_explanation *x, size_t d, struct sl_importance *mean,
                         uint32_t *order)
{
    for (size_t j = 0; j < d; j++) {
        mean[j] = (struct sl_importance){0, 0};
        for (size_t p = 0; p < x->n * x->m; p++)
            mean[j].mean += fabs((double)x->explained.values[p * d + j]) / (double)(x->n * x->m);
    }
    sl_importance_order(mean, d, order);
}

static void write_subtitle(const struct sl_explanation *x, char *text, size_t size)
{
    snprintf(text, size, "%s, %s, %zu row%s", sl_dataset_name(x->data), sl_model_type(x->model)->title, x->n,
             x->n == 1 ? "" : "s");
}

/* Bars ---------------------------------------------------------------------------------------------- */

static int draw_bars(const struct sl_model *model, const struct sl_importance *values, const uint32_t *order,
                     size_t shown, const char *axis, int whiskers, struct sl_figure *figure,
                     struct sl_panel *panel)
{
    double low = 0, high = 0;
    fprintf(figure->csv, "place,value,deviation,column\n");
    for (size_t i = 0; i < shown; i++) {
        const struct sl_importance *v = &values[order[i]];
        low = fmin(low, v->mean - (whiskers ? v->deviation : 0));
        high = fmax(high, v->mean + (whiskers ? v->deviation : 0));
        char *name = sl_column_text(model, order[i], 10000);
        fprintf(figure->csv, "%zu,%.9g,%.9g,", i, v->mean, v->deviation);
        if (!name)
            return -1;
        sl_figure_field(figure, name);
        fputc('\n', figure->csv);
        free(name);
    }
    sl_axis_linear(&panel->x, low, high, low < 0 ? -INFINITY : 0, INFINITY, panel->right - panel->left, 1);
    panel->x.title = axis;
    sl_figure_panel(figure, panel);
    if (write_names(model, figure, panel, order, shown))
        return -1;
    sl_figure_plot(figure,
                   "using (0):1:(0):2:($1 - 0.32):($1 + 0.32) with boxxyerror fillcolor rgb '" SL_BLUE "'");
    if (whiskers)
        sl_figure_plot(figure, "using 2:1:3 with xerrorbars pointtype 7 pointsize 0 linecolor rgb '" SL_INK
                               "' linewidth 1.2");
    sl_figure_panel_end(figure);
    figure->has_data = 1;
    return 0;
}

int sl_plot_bars(const struct sl_explanation *x, struct sl_figure *figure, struct sl_error *err)
{
    const size_t d = sl_model_like(x->model).d, shown = d < COLUMNS ? d : COLUMNS;
    struct sl_importance *mean = sl_alloc(d, sizeof *mean);
    uint32_t *order = sl_alloc(d, sizeof *order);
    struct sl_panel panel;
    char title[200], subtitle[400];
    int failed = !mean || !order;
    if (!failed) {
        rank_columns(x, d, mean, order);
        snprintf(title, sizeof title, "%s: mean |value| of each column", x->method->title);
        write_subtitle(x, subtitle, sizeof subtitle);
        failed =
            begin_page(figure, title, subtitle, shown, 0, &panel) ||
            draw_bars(x->model, mean, order, shown, "mean |value|, in units of the score", 0, figure, &panel);
        snprintf(figure->alt, sizeof figure->alt, "%s: bars of the mean |value| of %zu columns",
                 x->method->title, shown);
    }
    free(mean);
    free(order);
    return failed ? sl_fail_memory(err) : SL_OK;
}

int sl_plot_importance(const struct sl_model *model, const struct sl_explain_method *method,
                       const struct sl_importance *importance, size_t n, double accuracy,
                       struct sl_figure *figure, struct sl_error *err)
{
    const size_t d = sl_model_like(model).d, shown = d < COLUMNS ? d : COLUMNS;
    uint32_t *order = sl_alloc(d, sizeof *order);
    struct sl_panel panel;
    char subtitle[400], title[96];
    int failed = !order;
    if (!failed) {
        snprintf(title, sizeof title, "%s of each column", method->title);
        sl_importance_order(importance, d, order);
        if (n)
            snprintf(subtitle, sizeof subtitle,
                     "%s, accuracy %.4f on %zu rows; mean and standard deviation over the repeats",
                     sl_model_type(model)->title, accuracy, n);
        else
            snprintf(subtitle, sizeof subtitle, "%s; mean and standard deviation over the trees",
                     sl_model_type(model)->title);
        failed = begin_page(figure, title, subtitle, shown, 0, &panel) ||
                 draw_bars(model, importance, order, shown, n ? "accuracy that is lost" : method->help, 1,
                           figure, &panel);
        snprintf(figure->alt, sizeof figure->alt, "bars of the importance of %zu columns by %s", shown,
                 method->name);
    }
    free(order);
    return failed ? sl_fail_memory(err) : SL_OK;
}

/* Beeswarm ------------------------------------------------------------------------------------------ */

static double feature(const struct sl_view *view, size_t row, size_t column)
{
    const size_t i = row * view->d + column;
    return view->dtype == SL_U8    ? ((const uint8_t *)view->x)[i]
           : view->dtype == SL_F32 ? (double)((const float *)view->x)[i]
                                   : ((const double *)view->x)[i];
}

/* Where the feature lies among the shown rows' values, 0 ... 1; NaN where it is missing or all are one. */
static double share_below(const struct sl_view *view, const size_t *pairs, size_t shown, size_t m,
                          double value, size_t column)
{
    size_t below = 0, equal = 0, known = 0;
    for (size_t i = 0; i < shown; i++) {
        const double other = feature(view, pairs[i] / m, column);
        below += other < value;
        equal += other == value;
        known += !isnan(other);
    }
    return isnan(value) || equal == known ? NAN
                                          : ((double)below + .5 * (double)(equal - 1)) / (double)(known - 1);
}

/* Dots of one column: each goes up or down from the middle until it has room beside those before it. */
static void write_dots(const struct sl_explanation *x, struct sl_figure *figure, const struct sl_panel *panel,
                       const size_t *pairs, size_t shown, size_t column, size_t place, double *at)
{
    const struct sl_view view = sl_dataset_view(x->data);
    const double pixels = (panel->right - panel->left) / (panel->x.high - panel->x.low);
    for (size_t i = 0; i < shown; i++) {
        const double value = (double)x->explained.values[pairs[i] * view.d + column];
        const double key = feature(&view, pairs[i] / x->m, column);
        int level = 0, clear = 0;
        at[2 * i] = value * pixels;
        for (; !clear && level < 17; level++) {
            at[2 * i + 1] = (level + 1) / 2 * (level % 2 ? 1.6 : -1.6);
            clear = 1;
            for (size_t l = 0; l < i && clear; l++)
                clear = fabs(at[2 * l] - at[2 * i]) > 3.5 || fabs(at[2 * l + 1] - at[2 * i + 1]) > .8;
        }
        fprintf(figure->csv, "%.9g,%.4f", value, (double)place + at[2 * i + 1] / PITCH);
        sl_figure_number(figure, share_below(&view, pairs, shown, x->m, key, column));
        sl_figure_number(figure, key);
        fprintf(figure->csv, ",%zu\n", column);
    }
}

static void write_key(struct sl_figure *figure, const struct sl_panel *panel)
{
    static const char *const colours[] = {"#005a9c", "#7fa8cb", "#d9d9d9", "#e6a583", "#d55e00"};
    const double left = panel->right - 230, top = panel->top - 26;
    sl_figure_text(figure, left - 8, top, SL_RIGHT, SL_SMALL, SL_GREY, "the column's own value: low");
    for (int i = 0; i < 5; i++)
        sl_figure_box(figure, left + 22 * i, top - 6, left + 22 * (i + 1), top + 6, colours[i]);
    sl_figure_text(figure, left + 118, top, SL_LEFT, SL_SMALL, SL_GREY, "high; grey: missing");
}

static int draw_swarm(const struct sl_explanation *x, struct sl_figure *figure, const uint32_t *order,
                      size_t columns, const size_t *pairs, size_t shown)
{
    const size_t d = sl_model_like(x->model).d;
    struct sl_panel panel;
    char title[200], subtitle[400];
    double low = 0, high = 0, *at = sl_alloc(2 * shown, sizeof *at);
    snprintf(title, sizeof title, "%s: values of each row", x->method->title);
    write_subtitle(x, subtitle, sizeof subtitle);
    if (!at || begin_page(figure, title, subtitle, columns, 30, &panel)) {
        free(at);
        return -1;
    }
    for (size_t i = 0; i < shown; i++)
        for (size_t c = 0; c < columns; c++) {
            low = fmin(low, (double)x->explained.values[pairs[i] * d + order[c]]);
            high = fmax(high, (double)x->explained.values[pairs[i] * d + order[c]]);
        }
    sl_axis_linear(&panel.x, low, high, -INFINITY, INFINITY, panel.right - panel.left, 1);
    panel.x.title = "value, in units of the score: left against the class, right for it";
    fprintf(figure->csv, "value,place,rank,feature,column\n");
    for (size_t c = 0; c < columns; c++)
        write_dots(x, figure, &panel, pairs, shown, order[c], c, at);
    free(at);
    write_key(figure, &panel);
    sl_figure_panel(figure, &panel);
    sl_string_add(&figure->settings,
                  "set palette defined (0 '#005a9c', 1 '#7fa8cb', 2 '#d9d9d9', 3 '#e6a583', 4 "
                  "'#d55e00')\nset cbrange [0:1]\n");
    sl_figure_line(figure, sl_axis_at(&panel.x, 0, panel.left, panel.right), panel.top,
                   sl_axis_at(&panel.x, 0, panel.left, panel.right), panel.bottom, SL_GREY, 1, 1);
    int failed = write_names(x->model, figure, &panel, order, columns);
    sl_figure_plot(
        figure,
        "using 1:(valid(3) ? NaN : $2) with points pointtype 7 pointsize 0.55 * size linecolor rgb '" SL_DULL
        "'");
    sl_figure_plot(figure, "using 1:2:3 with points pointtype 7 pointsize 0.55 * size linecolor palette");
    sl_figure_panel_end(figure);
    figure->has_data = 1;
    snprintf(figure->alt, sizeof figure->alt,
             "%s: values of %zu rows for %zu columns, coloured by the column's value", x->method->title,
             shown, columns);
    return failed;
}

int sl_plot_beeswarm(const struct sl_explanation *x, struct sl_figure *figure, struct sl_error *err)
{
    const size_t d = sl_model_like(x->model).d, columns = d < COLUMNS ? d : COLUMNS, all = x->n * x->m;
    const size_t shown = all < DOTS ? all : DOTS;
    struct sl_importance *mean = sl_alloc(d, sizeof *mean);
    uint32_t *order = sl_alloc(d, sizeof *order);
    size_t *pairs = sl_alloc(shown, sizeof *pairs);
    int failed = !mean || !order || !pairs;
    if (!failed && sl_dataset_view(x->data).dtype != SL_SPARSE) {
        rank_columns(x, d, mean, order);
        for (size_t i = 0; i < shown; i++) /* evenly spaced */
            pairs[i] = i * all / shown;
        failed = draw_swarm(x, figure, order, columns, pairs, shown);
    }
    free(mean);
    free(order);
    free(pairs);
    return failed ? sl_fail_memory(err) : SL_OK;
}
