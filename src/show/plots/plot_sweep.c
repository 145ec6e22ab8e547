/* plot_sweep.c - accuracy, or the table's metric, against swept hyperparameters of one classifier (sweep.c
 * says which).
 *
 * One: a curve.  Two of three values and more each, on a full grid: a heat map (plot_heat.c).  Else a line
 * for each combination of the others, and with three a panel for each value of the third.  A value that is a
 * word among numbers (gamma=scale) is a dashed level.  Folds and repeats give mean and standard deviation as
 * a band, and each of their scores as a faint point; a single score gives its interval. */
#include "core/memory.h"
#include "core/order.h"
#include "show/numbers.h"
#include "show/plots/heat.h"
#include "show/plots/plot.h"
#include "show/plots/rows.h"
#include <math.h>
#include <stdlib.h>

enum {
    WIDTH = 900,
    PANEL_HEIGHT = 400,
    SMALL_HEIGHT = 230,
    ACROSS = 3,
    UPRIGHT = 90,
    KEYS = 2 * SL_SWEEP_SERIES + 8
};

struct lines {
    struct sl_picture *picture;
    struct sl_sweep *sweep;
    struct sl_axis x, y;
    struct sl_key keys[KEYS];
    char (*level_names)[256]; /* (SL_SWEEP_SERIES) */
    size_t n_keys;
    double word_room; /* pixels for a word on the axis; upright where that is little */
};

static int by_place(const void *a, const void *b)
{
    const struct sl_sweep_point *p = a, *q = b;
    if (p->panel_number != q->panel_number)
        return p->panel_number < q->panel_number ? -1 : 1;
    if (p->series_number != q->series_number)
        return p->series_number < q->series_number ? -1 : 1;
    const int order = sl_compare_reals(p->x, q->x);
    return order ? order : (p->row > q->row) - (p->row < q->row);
}

static const char *metric_of(const struct sl_table *table)
{
    return sl_measure_types[table->metric].name;
}

static void bounds(const struct sl_sweep *sweep, const struct sl_table_row *row, double *low, double *high)
{
    double sd = isnan(row->score_std) ? 0 : row->score_std;
    *low = sweep->spread ? row->score - sd : sl_row_low(row);
    *high = sweep->spread ? row->score + sd : sl_row_high(row);
}

/* Columns: panel, line, kind (0 mean, 1 a single score, 2 a level), value, metric, low, high, mark, row. */
static void write_point(struct lines *l, const struct sl_sweep_point *p, int kind, double score)
{
    struct sl_figure *figure = &l->picture->figure;
    double low, high;
    bounds(l->sweep, p->row, &low, &high);
    fprintf(figure->csv, "%d,%d,%d", p->panel_number, p->series_number, kind);
    sl_figure_number(figure, p->x);
    sl_figure_number(figure, score);
    sl_figure_number(figure, kind ? NAN : low);
    sl_figure_number(figure, kind ? NAN : high);
    fprintf(figure->csv, ",%d,", sl_row_mark(l->picture->table, p->row));
    sl_figure_field(figure, p->row->row->name);
    fputc('\n', figure->csv);
}

static void write_data(struct lines *l)
{
    struct sl_sweep *sweep = l->sweep;
    fprintf(l->picture->figure.csv, "panel,line,kind,");
    sl_figure_field(&l->picture->figure, sweep->key);
    fprintf(l->picture->figure.csv, ",%s,low,high,mark,row\n", metric_of(l->picture->table));
    qsort(sweep->points, sweep->n, sizeof *sweep->points, by_place);
    for (int kind = 0; kind < 3; kind++)
        for (size_t i = 0; i < sweep->n; i++) {
            const struct sl_sweep_point *p = &sweep->points[i];
            if (p->series_number < 0 || p->panel_number < 0 || isnan(p->x) != (kind == 2))
                continue;
            if (kind != 1)
                write_point(l, p, kind, p->row->score);
            for (size_t j = 0; j < p->row->n_scores && kind == 1 && sweep->spread; j++)
                write_point(l, p, 1, p->row->scores[j]);
        }
}

static void choose_axes(struct lines *l, double width, double height)
{
    double x_low = INFINITY, x_high = -INFINITY, y_low = INFINITY, y_high = -INFINITY, low, high;
    struct sl_sweep *sweep = l->sweep;
    int are_whole = 1;
    for (size_t i = 0; i < sweep->n; i++) {
        const struct sl_sweep_point *p = &sweep->points[i];
        bounds(sweep, p->row, &low, &high);
        y_low = fmin(y_low, low);
        y_high = fmax(y_high, high);
        for (size_t j = 0; j < p->row->n_scores; j++) {
            y_low = isnan(p->row->scores[j]) ? y_low : fmin(y_low, p->row->scores[j]);
            y_high = isnan(p->row->scores[j]) ? y_high : fmax(y_high, p->row->scores[j]);
        }
        if (!isnan(p->x)) {
            x_low = fmin(x_low, p->x);
            x_high = fmax(x_high, p->x);
            are_whole &= p->x == floor(p->x);
        }
    }
    sl_score_axis(l->picture->table, &l->y, y_low, y_high, height, 0);
    if (!sweep->numeric)
        sl_axis_places(&l->x, sweep->n_words, 0);
    else if (sweep->is_log)
        sl_axis_log(&l->x, x_low, x_high, width, 1);
    else {
        sl_axis_linear(&l->x, x_low, x_high, x_low >= 0 ? 0 : -INFINITY, INFINITY, width, 1);
        if (are_whole)
            sl_axis_whole(&l->x, width, 1);
    }
    l->word_room = sweep->n_words ? width / (double)sweep->n_words - 8 : 0;
}

static int is_upright(const struct lines *l)
{
    double widest = 0;
    for (size_t i = 0; i < l->sweep->n_words; i++)
        widest = fmax(widest, sl_text_pixels(l->sweep->words[i], SL_TEXT));
    return widest > l->word_room;
}

static void write_words(struct lines *l, const struct sl_panel *panel)
{
    int upright = is_upright(l);
    for (size_t i = 0; i < l->sweep->n_words && l->word_room > 4; i++) {
        double x = sl_axis_at(&panel->x, (double)i, panel->left, panel->right);
        char *text = sl_text_fit(l->sweep->words[i], SL_TEXT, upright ? UPRIGHT - 18 : l->word_room);
        if (text)
            sl_figure_text(&l->picture->figure, x, panel->bottom + (upright ? 8 : 16),
                           upright ? SL_RIGHT | SL_UP : SL_CENTRE, SL_TEXT, SL_INK, text);
        l->picture->figure.settings.failed |= !text;
        free(text);
    }
}

/* Lines, levels and marks that some point has. */
static void collect_keys(struct lines *l)
{
    struct sl_sweep *sweep = l->sweep;
    int marks[3] = {0};
    for (int s = 0; s < sweep->n_series && sweep->n_series > 1; s++)
        l->keys[l->n_keys++] =
            (struct sl_key){sweep->series[s], sl_series_colour((size_t)s), 7,
                            sweep->numeric ? sl_series_dash((size_t)s / SL_SERIES_COLOURS) : 0};
    for (size_t i = 0, n = 0; i < sweep->n; i++) {
        const struct sl_sweep_point *p = &sweep->points[i];
        marks[sl_row_mark(l->picture->table, p->row)] = 1;
        if (!isnan(p->x) || p->panel_number > 0 || p->series_number < 0 || n == SL_SWEEP_SERIES)
            continue;
        char value[80];
        sl_sweep_print_value(json_object_get(p->params, sweep->key), value, sizeof value);
        snprintf(l->level_names[n], sizeof *l->level_names, "%.60s=%.60s%s%.100s", sweep->key, value,
                 *p->series ? " " : "", p->series);
        l->keys[l->n_keys++] =
            (struct sl_key){l->level_names[n++], sl_series_colour((size_t)p->series_number), 0, 2};
    }
    if (marks[2])
        l->keys[l->n_keys++] = (struct sl_key){"ringed: the best", SL_INK, 6, 0};
    if (marks[1])
        l->keys[l->n_keys++] = (struct sl_key){"filled: can not be told from it", SL_INK, 7, 0};
}

static void plot_panel(struct lines *l, int panel)
{
    struct sl_figure *figure = &l->picture->figure;
    struct sl_sweep *sweep = l->sweep;
    for (int s = 0; s < sweep->n_series; s++) {
        char at[120];
        const char *colour = sl_series_colour((size_t)s);
        double aside = sweep->numeric ? 0 : 0.14 * (s - (sweep->n_series - 1) / 2.0);
        if (fabs(aside) > 0.4)
            aside = fmod(aside, 0.4);
        snprintf(at, sizeof at, "($1 == %d && $2 == %d && $3 == 0 ? $4 + %g : NaN)", panel, s, aside);
        if (sweep->spread && sweep->numeric)
            sl_figure_plot(
                figure,
                "using %s:6:7 with filledcurves fillcolor rgb '%s' fillstyle transparent solid 0.13 noborder",
                at, colour);
        if (sweep->spread)
            sl_figure_plot(figure,
                           "using ($1 == %d && $2 == %d && $3 == 1 ? $4 + %g : NaN):5 with points pointtype "
                           "7 pointsize 0.5 * size linecolor rgb '#90%s'",
                           panel, s, aside, colour + 1);
        if (!sweep->spread || !sweep->numeric)
            sl_figure_plot(
                figure,
                "using %s:5:6:7 with yerrorbars pointtype 7 pointsize 0 linewidth 1.2 linecolor rgb '%s'", at,
                colour);
        if (sweep->numeric)
            sl_figure_plot(figure, "using %s:5 with lines linewidth 2 * wide dashtype %d linecolor rgb '%s'",
                           at, sl_series_dash((size_t)s / SL_SERIES_COLOURS), colour);
        sl_figure_plot(figure, "using %s:5 with points pointtype 7 pointsize 1.1 * size linecolor rgb '%s'",
                       at, colour);
        sl_figure_plot(figure,
                       "using ($8 == 0 ? %s : NaN):5 with points pointtype 7 pointsize 0.65 * size linecolor "
                       "rgb '#ffffff'",
                       at);
        sl_figure_plot(figure,
                       "using ($8 == 2 ? %s : NaN):5 with points pointtype 6 pointsize 2.2 * size linewidth "
                       "2 linecolor rgb '%s'",
                       at, colour);
    }
}

static void draw_levels(struct lines *l, const struct sl_panel *panel, int number)
{
    for (size_t i = 0; i < l->sweep->n; i++) {
        const struct sl_sweep_point *p = &l->sweep->points[i];
        if (!isnan(p->x) || p->panel_number != number || p->series_number < 0)
            continue;
        double y = sl_axis_at(&panel->y, p->row->score, panel->bottom, panel->top);
        sl_figure_line(&l->picture->figure, panel->left, y, panel->right, y,
                       sl_series_colour((size_t)p->series_number), 1.4, 2);
    }
}

static double titles(struct sl_picture *picture, const struct sl_sweep *sweep)
{
    const struct sl_study *study = picture->table->study;
    const char *over = study->folds > 1 && study->repeats > 1 ? "folds and repeats"
                       : study->folds > 1                     ? "folds"
                                                              : "repeats";
    char title[400], rest[300], spread[80], rows[40];
    sl_print_count(study->n_train, rows, sizeof rows);
    snprintf(title, sizeof title, "%.100s: %s against %.100s", picture->classifier, metric_of(picture->table),
             sweep->key);
    snprintf(spread, sizeof spread, "mean ± standard deviation over %s", over);
    snprintf(rest, sizeof rest, ", %s training rows; %s", rows,
             sweep->spread ? spread : "bars: 95 % intervals");
    return sl_picture_titles(picture, title, rest, 0);
}

static void draw_lines(struct lines *l)
{
    struct sl_figure *figure = &l->picture->figure;
    struct sl_sweep *sweep = l->sweep;
    int panels = sweep->n_panels, across = panels < ACROSS ? panels : ACROSS,
        bands = (panels + across - 1) / across;
    double cell = (double)WIDTH / across, height = panels > 1 ? SMALL_HEIGHT : PANEL_HEIGHT;
    double top = titles(l->picture, sweep);
    char x_title[140];
    collect_keys(l);
    top +=
        sl_figure_key(figure, SL_MARGIN, top, WIDTH - SL_MARGIN, l->keys, l->n_keys) + (panels > 1 ? 30 : 34);
    choose_axes(l, cell - 104, height);
    double below = is_upright(l) ? UPRIGHT + 24 : 56, above = panels > 1 ? 26 : 0;
    figure->height = (int)(top + bands * (height + below + above) + (bands - 1) * 22);
    snprintf(x_title, sizeof x_title, "%.100s%s", sweep->key, sweep->is_log ? " (logarithmic)" : "");
    write_data(l);
    for (int i = 0; i < panels; i++) {
        double left = (i % across) * cell, y = top + above + (i / across) * (height + below + above + 22);
        struct sl_panel panel = {.left = left + 78,
                                 .top = y,
                                 .right = left + cell - 26,
                                 .bottom = y + height,
                                 .x = l->x,
                                 .y = l->y};
        panel.x.title = sweep->numeric ? x_title : NULL;
        panel.y.title = metric_of(l->picture->table);
        if (panels > 1) {
            char *name = sl_text_fit(sweep->panels[i], SL_TEXT, cell - 40);
            sl_figure_text(figure, left + 78 - 54, y - 36, SL_LEFT, SL_TEXT, SL_INK, name ? name : "");
            free(name);
        }
        sl_figure_panel(figure, &panel);
        write_words(l, &panel);
        draw_levels(l, &panel, i);
        plot_panel(l, i);
        sl_figure_panel_end(figure);
    }
}

static int fill_lines(struct sl_picture *picture, struct sl_sweep *sweep, struct sl_error *err)
{
    struct lines *l = sl_alloc_zero(1, sizeof *l);
    char(*names)[256] = sl_alloc_zero(SL_SWEEP_SERIES, sizeof *names);
    int code = l && names ? sl_picture_begin(picture, WIDTH, 600, err) : sl_fail_memory(err);
    if (!code) {
        *l = (struct lines){.picture = picture, .sweep = sweep, .level_names = names};
        draw_lines(l);
    }
    free(l);
    free(names);
    return code;
}

int sl_plot_sweep(struct sl_picture *picture, struct sl_error *err)
{
    struct sl_sweep sweep;
    int code = SL_OK;
    if (sl_sweep_collect(picture->table, picture->classifier, &sweep)) {
        sl_sweep_release(&sweep);
        return sl_fail_memory(err);
    }
    if (sweep.key) {
        sl_sweep_arrange(&sweep);
        code = sl_heat_wanted(&sweep) ? sl_plot_heat(picture, &sweep, err) : fill_lines(picture, &sweep, err);
    }
    sl_sweep_release(&sweep);
    return code;
}
