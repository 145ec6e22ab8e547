/* plot_heat.c - a sweep of two hyperparameters as a heat map: the metric's mean in each cell, the best one
 * framed.  Values stand in order, at equal distances. */
#include "core/memory.h"
#include "show/numbers.h"
#include "show/plots/heat.h"
#include "show/plots/rows.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { VALUES_MOST = 30, CELL_HEIGHT = 34, VALUE_WIDTH = 120 };

struct values {
    const char *key;
    size_t n;
    json_t *value[VALUES_MOST]; /* the points' own */
    char text[VALUES_MOST][80];
};

/* Numbers before words, which come as they are. */
static int is_before(json_t *a, json_t *b)
{
    if (json_is_number(a) && json_is_number(b))
        return json_number_value(a) < json_number_value(b);
    return json_is_number(a) && !json_is_number(b);
}

static void add_value(struct values *values, json_t *value)
{
    size_t at = values->n;
    for (size_t i = 0; i < values->n; i++)
        if (json_equal(values->value[i], value))
            return;
    if (values->n == VALUES_MOST) {
        values->n = VALUES_MOST + 1; /* too many */
        return;
    }
    for (; at && is_before(value, values->value[at - 1]); at--)
        values->value[at] = values->value[at - 1];
    values->value[at] = value;
    values->n++;
}

static void collect(const struct sl_sweep *sweep, const char *key, struct values *values)
{
    *values = (struct values){.key = key};
    for (size_t i = 0; i < sweep->n && values->n <= VALUES_MOST; i++)
        add_value(values, json_object_get(sweep->points[i].params, key));
    for (size_t i = 0; i < values->n && values->n <= VALUES_MOST; i++)
        sl_sweep_print_value(values->value[i], values->text[i], sizeof values->text[i]);
}

static size_t place(const struct values *values, json_t *value)
{
    size_t i = 0;
    while (i < values->n && !json_equal(values->value[i], value))
        i++;
    return i;
}

int sl_heat_wanted(const struct sl_sweep *sweep)
{
    struct values x, y;
    if (!sweep->second || sweep->third)
        return 0;
    collect(sweep, sweep->key, &x);
    collect(sweep, sweep->second, &y);
    return x.n >= 3 && y.n >= 3 && x.n <= VALUES_MOST && y.n <= VALUES_MOST && 10 * sweep->n >= 9 * x.n * y.n;
}

static double widest(const struct values *values)
{
    double width = 0;
    for (size_t i = 0; i < values->n; i++)
        width = fmax(width, sl_text_pixels(values->text[i], SL_TEXT));
    return fmin(width, VALUE_WIDTH);
}

static void write_names(struct sl_figure *figure, const struct sl_panel *panel, const struct values *x,
                        const struct values *y, int upright)
{
    for (int side = 0; side < 2; side++) {
        const struct values *values = side ? y : x;
        for (size_t i = 0; i < values->n; i++) {
            char *text = sl_text_fit(values->text[i], SL_TEXT, VALUE_WIDTH);
            if (text && side)
                sl_figure_text(figure, panel->left - 8,
                               sl_axis_at(&panel->y, (double)i, panel->bottom, panel->top), SL_RIGHT, SL_TEXT,
                               SL_INK, text);
            else if (text)
                sl_figure_text(figure, sl_axis_at(&panel->x, (double)i, panel->left, panel->right),
                               panel->bottom + (upright ? 8 : 16), upright ? SL_RIGHT | SL_UP : SL_CENTRE,
                               SL_TEXT, SL_INK, text);
            figure->settings.failed |= !text;
            free(text);
        }
    }
}

static void write_cells(struct sl_picture *picture, const struct sl_sweep *sweep,
                        const struct sl_panel *panel, const struct values *x, const struct values *y,
                        double low, double high)
{
    struct sl_figure *figure = &picture->figure;
    fprintf(figure->csv, "x,y,%s,row\n", sl_measure_types[picture->table->metric].name);
    for (size_t i = 0; i < sweep->n; i++) {
        const struct sl_table_row *row = sweep->points[i].row;
        double c = (double)place(x, json_object_get(sweep->points[i].params, x->key));
        double r = (double)place(y, json_object_get(sweep->points[i].params, y->key));
        double px = sl_axis_at(&panel->x, c, panel->left, panel->right),
               py = sl_axis_at(&panel->y, r, panel->bottom, panel->top);
        int dark = row->score - low > 0.55 * (high - low), mark = sl_row_mark(picture->table, row);
        sl_figure_textf(figure, px, py, SL_CENTRE, SL_SMALL, dark ? "#ffffff" : SL_INK, "%.4f%s", row->score,
                        mark == 2 ? " ★"
                        : mark    ? " ="
                                  : "");
        fprintf(figure->csv, "%g,%g", c, r);
        sl_figure_number(figure, row->score);
        fputc(',', figure->csv);
        sl_figure_field(figure, row->row->name);
        fputc('\n', figure->csv);
    }
}

static void find_range(const struct sl_sweep *sweep, double *low, double *high)
{
    *low = INFINITY;
    *high = -INFINITY;
    for (size_t i = 0; i < sweep->n; i++) {
        *low = fmin(*low, sweep->points[i].row->score);
        *high = fmax(*high, sweep->points[i].row->score);
    }
    if (!(*high > *low))
        *high = *low + 1e-3;
}

static double titles(struct sl_picture *picture, const struct sl_sweep *sweep)
{
    char title[400], rest[200], rows[40];
    sl_print_count(picture->table->study->n_train, rows, sizeof rows);
    snprintf(title, sizeof title, "%.100s: %s by %.100s and %.100s", picture->classifier,
             sl_measure_types[picture->table->metric].name, sweep->key, sweep->second);
    snprintf(rest, sizeof rest,
             ", %s training rows%s; darker is higher; ★ the best, = can not be told from it", rows,
             sweep->spread ? "; means over folds or repeats" : "");
    return sl_picture_titles(picture, title, rest, 0);
}

int sl_plot_heat(struct sl_picture *picture, struct sl_sweep *sweep, struct sl_error *err)
{
    enum { CELL = 68 };
    struct values x, y;
    double low, high;
    collect(sweep, sweep->key, &x);
    collect(sweep, sweep->second, &y);
    double left = fmax(widest(&y), sl_text_pixels(y.key, SL_TEXT)) + SL_MARGIN + 10;
    int upright = widest(&x) > CELL - 6;
    if (sl_picture_begin(picture, (int)fmax(620, left + CELL * (double)x.n + SL_MARGIN), 400, err))
        return SL_ENOMEM;
    struct sl_figure *figure = &picture->figure;
    double top = titles(picture, sweep) + 34;
    struct sl_panel panel = {.left = left,
                             .top = top,
                             .right = left + CELL * (double)x.n,
                             .bottom = top + CELL_HEIGHT * (double)y.n,
                             .no_frame = 1};
    figure->height = (int)panel.bottom + 56 + (upright ? (int)widest(&x) - 8 : 0);
    sl_axis_places(&panel.x, x.n, 0);
    sl_axis_places(&panel.y, y.n, 1);
    sl_figure_panel(figure, &panel);
    sl_figure_text(figure, (panel.left + panel.right) / 2, figure->height - 18, SL_CENTRE, SL_TEXT, SL_GREY,
                   x.key);
    sl_figure_text(figure, panel.left - 8, panel.top - 14, SL_RIGHT, SL_TEXT, SL_GREY, y.key);
    find_range(sweep, &low, &high);
    write_names(figure, &panel, &x, &y, upright);
    write_cells(picture, sweep, &panel, &x, &y, low, high);
    sl_string_add(
        &figure->settings,
        "set palette defined (0 '#f4f8fb', 1 '#b9d3e8', 2 '#5e99c6', 3 '#0b4f8a')\nset cbrange [%.8g:%.8g]\n",
        low, high);
    sl_figure_plot(figure,
                   "using 1:2:(0.49):(0.48):3 with boxxyerror fillcolor palette fillstyle solid noborder");
    sl_figure_panel_end(figure);
    return SL_OK;
}
