/* plot_training_size.c - score and fit time against the number of training rows, on logarithmic axes: a line
 * for each classifier and its hyperparameters.  Rows of one study may differ in that number, and so may
 * several studies. */
#include "core/memory.h"
#include "show/plots/plot.h"
#include "show/plots/rows.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { WIDTH = 960, HEIGHT = 380, LINES_MOST = 12 };

struct point {
    const struct sl_table_row *row;
    size_t line, n, place; /* place: among the rows of all tables */
};

struct sizes {
    struct sl_picture *picture;
    struct point *points; /* (n), by line, then number of rows */
    size_t n, n_lines, left_out;
    const struct sl_study_row *line[LINES_MOST]; /* its first row */
    char *names[LINES_MOST];
};

static int same_line(const struct sl_study_row *a, const struct sl_study_row *b)
{
    return strcmp(a->classifier, b->classifier) == 0 && strcmp(a->params, b->params) == 0;
}

static void add_row(struct sizes *s, const struct sl_table_row *row)
{
    size_t line = 0;
    if (isnan(row->score))
        return;
    while (line < s->n_lines && !same_line(s->line[line], row->row))
        line++;
    if (line == LINES_MOST) {
        s->left_out++;
        return;
    }
    if (line == s->n_lines)
        s->line[s->n_lines++] = row->row;
    s->points[s->n] = (struct point){row, line, row->n_train, s->n};
    s->n++;
}

static int by_line_and_size(const void *a, const void *b)
{
    const struct point *p = a, *q = b;
    if (p->line != q->line)
        return p->line < q->line ? -1 : 1;
    if (p->n != q->n)
        return p->n < q->n ? -1 : 1;
    return (p->place > q->place) - (p->place < q->place);
}

/* Several sizes of some line. */
static int collect(struct sizes *s, struct sl_error *err)
{
    const struct sl_plot_request *request = s->picture->request;
    size_t most = request->table->n;
    int several = 0;
    for (size_t t = 0; t < request->n_others; t++)
        most += request->others[t]->n;
    s->points = sl_alloc_zero(most, sizeof *s->points);
    if (!s->points)
        return sl_fail_memory(err);
    for (size_t t = 0; t <= request->n_others; t++) {
        const struct sl_table *table = t ? request->others[t - 1] : request->table;
        for (size_t i = 0; i < table->n && table->metric == request->table->metric; i++)
            add_row(s, &table->rows[i]);
    }
    qsort(s->points, s->n, sizeof *s->points, by_line_and_size);
    for (size_t i = 1; i < s->n; i++)
        several |= s->points[i].line == s->points[i - 1].line && s->points[i].n != s->points[i - 1].n;
    s->n = several ? s->n : 0;
    return SL_OK;
}

static void write_data(struct sizes *s)
{
    struct sl_figure *figure = &s->picture->figure;
    fprintf(figure->csv, "line,training_rows,%s,low,high,fit_time,row\n",
            sl_measure_types[s->picture->table->metric].name);
    for (size_t i = 0; i < s->n; i++) {
        const struct sl_table_row *row = s->points[i].row;
        fprintf(figure->csv, "%zu,%zu", s->points[i].line, s->points[i].n);
        sl_figure_number(figure, row->score);
        sl_figure_number(figure, sl_row_low(row));
        sl_figure_number(figure, sl_row_high(row));
        sl_figure_number(figure, row->fit_time > 0 ? row->fit_time : NAN);
        fputc(',', figure->csv);
        sl_figure_field(figure, row->row->name);
        fputc('\n', figure->csv);
    }
}

static void choose_axes(const struct sizes *s, struct sl_panel *score, struct sl_panel *time)
{
    double x_low = INFINITY, x_high = 0, low = INFINITY, high = -INFINITY, t_low = INFINITY, t_high = 0;
    for (size_t i = 0; i < s->n; i++) {
        const struct sl_table_row *row = s->points[i].row;
        x_low = fmin(x_low, (double)s->points[i].n);
        x_high = fmax(x_high, (double)s->points[i].n);
        low = fmin(low, sl_row_low(row));
        high = fmax(high, sl_row_high(row));
        if (row->fit_time > 0) {
            t_low = fmin(t_low, row->fit_time);
            t_high = fmax(t_high, row->fit_time);
        }
    }
    sl_axis_log(&score->x, x_low, x_high, score->right - score->left, 1);
    score->x.title = "training rows (logarithmic)";
    time->x = score->x;
    sl_score_axis(s->picture->table, &score->y, low, high, score->bottom - score->top, 0);
    score->y.title = sl_measure_types[s->picture->table->metric].name;
    sl_axis_log(&time->y, t_low, t_high, time->bottom - time->top, 0);
    time->y.title = "fit time in seconds (logarithmic)";
}

static void plot_lines(struct sizes *s, int is_time)
{
    struct sl_figure *figure = &s->picture->figure;
    for (size_t l = 0; l < s->n_lines; l++) {
        const char *colour = sl_series_colour(l);
        int any = 0;
        for (size_t i = 0; i < s->n; i++)
            any |= s->points[i].line == l && (!is_time || s->points[i].row->fit_time > 0);
        if (!any)
            continue;
        if (!is_time)
            sl_figure_plot(figure,
                           "using ($1 == %zu ? $2 : NaN):3:4:5 with yerrorbars pointtype 7 pointsize 0 "
                           "linewidth 1.2 linecolor rgb '%s'",
                           l, colour);
        sl_figure_plot(figure,
                       "using ($1 == %zu ? $2 : NaN):%d with linespoints pointtype %d pointsize 1.1 * size "
                       "linewidth 1.8 * wide dashtype %d linecolor rgb '%s'",
                       l, is_time ? 6 : 3, sl_series_point(l), sl_series_dash(l), colour);
    }
}

static void draw(struct sizes *s)
{
    struct sl_figure *figure = &s->picture->figure;
    struct sl_key keys[LINES_MOST];
    char rest[120] = "; bars: 95 % intervals";
    if (s->left_out)
        snprintf(rest, sizeof rest, "; bars: 95 %% intervals; the first %d lines", LINES_MOST);
    char *title = sl_format("Training size: %s", sl_picture_study_title(s->picture));
    double top = sl_picture_titles(s->picture, title ? title : "", rest, 0);
    figure->settings.failed |= !title;
    free(title);
    for (size_t l = 0; l < s->n_lines; l++)
        keys[l] = (struct sl_key){s->names[l], sl_series_colour(l), sl_series_point(l), sl_series_dash(l)};
    top += sl_figure_key(figure, SL_MARGIN, top, WIDTH - SL_MARGIN, keys, s->n_lines) + 34;
    struct sl_panel score = {.left = 78, .top = top, .right = WIDTH / 2.0 - 26, .bottom = top + HEIGHT - 70},
                    time = {.left = WIDTH / 2.0 + 78,
                            .top = top,
                            .right = WIDTH - 26,
                            .bottom = top + HEIGHT - 70};
    figure->height = (int)score.bottom + 56;
    choose_axes(s, &score, &time);
    write_data(s);
    for (int is_time = 0; is_time < 2; is_time++) {
        sl_figure_panel(figure, is_time ? &time : &score);
        plot_lines(s, is_time);
        sl_figure_panel_end(figure);
    }
}

int sl_plot_training_size(struct sl_picture *picture, struct sl_error *err)
{
    struct sizes s = {.picture = picture};
    int code = collect(&s, err);
    if (!code && s.n) {
        const char *full[LINES_MOST];
        for (size_t l = 0; l < s.n_lines; l++)
            full[l] = s.line[l]->name;
        char *start = sl_names_fit(full, s.n_lines, SL_TEXT, 300, s.names);
        free(start);
        code = start ? sl_picture_begin(picture, WIDTH, HEIGHT, err) : sl_fail_memory(err);
        if (!code)
            draw(&s);
    }
    for (size_t l = 0; l < s.n_lines; l++)
        free(s.names[l]);
    free(s.points);
    return code;
}
