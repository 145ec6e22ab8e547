/* plot_accuracy_time.c - accuracy, or the table's metric, with its interval against the time to fit or to
 * predict, on a logarithmic axis, and the front of the rows that no other row beats in both.
 *
 * Where a time was measured several times, a bar goes from the fastest run to the slowest.  Names stand
 * beside the points where all have room, else numbers do, and a key right of the frame tells whose they are.
 * A row far below all others (a majority class among trained classifiers) does not flatten the rest: it is
 * marked at the axis with its accuracy. */
#include "core/memory.h"
#include "show/numbers.h"
#include "show/plots/rows.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double shortest = 1e-6; /* seconds: no clock here is finer, and 0 has no logarithm */
enum { WIDTH = 900, HEIGHT = 620, LABELS_MOST = 30, KEY_LINE = 18, NAME_WIDTH = 400 };

struct point {
    const struct sl_table_row *row;
    double time, score;           /* as drawn */
    double time_least, time_most; /* of the timing runs; NaN: one run only */
    int best, front, below;
};

struct scatter {
    struct sl_picture *picture;
    const char *time_name; /* "fit_time" */
    struct point *points;  /* (n), the best first */
    size_t n;
    char **names;             /* (n) */
    struct sl_label *labels;  /* (n) */
    char (*texts)[400];       /* (n) */
    struct sl_box *obstacles; /* (3 n) */
    struct sl_panel panel;
    double widest; /* of the names */
    int numbered;  /* numbers at the points, a key beside the frame */
};

static int by_score(const void *a, const void *b)
{
    const struct point *x = a, *y = b;
    if (x->score != y->score)
        return x->score < y->score ? 1 : -1;
    return (x->row > y->row) - (x->row < y->row);
}

static double at_least_shortest(double seconds)
{
    return isnan(seconds) ? NAN : fmax(seconds, shortest);
}

static double measure(const struct sl_table_row *row, const char *time, const char *what)
{
    char name[40];
    snprintf(name, sizeof name, "%s%s", time, what);
    return row->measures[sl_measure_find(name)];
}

static void collect(struct scatter *s)
{
    const struct sl_table *table = s->picture->table;
    for (size_t i = 0; i < table->n; i++) {
        const struct sl_table_row *row = &table->rows[i];
        double time = measure(row, s->time_name, "");
        if (isnan(row->score) || isnan(time))
            continue;
        s->points[s->n++] =
            (struct point){.row = row,
                           .time = fmax(time, shortest),
                           .score = row->score,
                           .time_least = at_least_shortest(measure(row, s->time_name, "_min")),
                           .time_most = at_least_shortest(measure(row, s->time_name, "_max")),
                           .best = i == table->best};
    }
    qsort(s->points, s->n, sizeof *s->points, by_score);
    for (size_t i = 0; i < s->n / 2 && !sl_metric_rises(table->metric); i++) {
        struct point point = s->points[i];
        s->points[i] = s->points[s->n - 1 - i];
        s->points[s->n - 1 - i] = point;
    }
}

/* From the best down, a point is on the front if it is faster than all before it. */
static void mark_front(struct point *points, size_t n)
{
    double fastest = INFINITY;
    for (size_t i = 0; i < n; i++)
        if (points[i].time < fastest) {
            points[i].front = 1;
            fastest = points[i].time;
        }
}

/* Points sorted by a metric that rises, the best first: a gap of over 0.1 and over twice the spread of at
 * least three points above it leaves the points under it below the axis. */
static void mark_below(struct point *points, size_t n)
{
    for (size_t i = 3; i < n; i++) {
        double spread = points[0].score - points[i - 1].score;
        double step = points[i - 1].score - points[i].score;
        if (step < 0.1 || step < 2 * spread)
            continue;
        for (size_t j = i; j < n; j++)
            points[j].below = 1;
        return;
    }
}

static void choose_axes(struct scatter *s)
{
    double x_low = INFINITY, x_high = -INFINITY, y_low = INFINITY, y_high = -INFINITY;
    for (size_t i = 0; i < s->n; i++) {
        const struct point *p = &s->points[i];
        x_low = fmin(x_low, fmin(p->time, p->time_least)); /* not NaN's */
        x_high = fmax(x_high, fmax(p->time, p->time_most));
        if (p->below)
            continue;
        y_low = fmin(y_low, sl_row_low(p->row));
        y_high = fmax(y_high, sl_row_high(p->row));
    }
    struct sl_panel *panel = &s->panel;
    sl_score_axis(s->picture->table, &panel->y,
                  s->n && s->points[s->n - 1].below ? y_low - 0.2 * (y_high - y_low) - 0.01 : y_low, y_high,
                  panel->bottom - panel->top, 0);
    sl_axis_log(&panel->x, x_low, x_high, panel->right - panel->left, 1);
}

/* Pixels from the frame's lower left corner, upwards. */
static double to_x(const struct scatter *s, double seconds)
{
    return sl_axis_at(&s->panel.x, seconds, 0, s->panel.right - s->panel.left);
}

static double to_y(const struct scatter *s, double score)
{
    return sl_axis_at(&s->panel.y, score, 0, s->panel.bottom - s->panel.top);
}

static double drawn_score(const struct scatter *s, const struct point *point)
{
    const struct sl_axis *y = &s->panel.y;
    return point->below ? y->low + 0.03 * (y->high - y->low) : point->score;
}

/* Thin boxes: the front's steps, two for each pair of neighbours, and the bars of the timing runs. */
static size_t find_obstacles(struct scatter *s)
{
    size_t m = 0;
    const struct point *last = NULL;
    for (size_t i = s->n; i-- > 0;) {
        const struct point *p = &s->points[i];
        if (p->below)
            continue;
        double x = to_x(s, p->time), y = to_y(s, p->score);
        if (!isnan(p->time_least))
            s->obstacles[m++] = (struct sl_box){to_x(s, p->time_least), y - 3, to_x(s, p->time_most), y + 3};
        if (p->front && last) {
            double x0 = to_x(s, last->time), y0 = to_y(s, last->score);
            s->obstacles[m++] = (struct sl_box){x0, y0 - 3, x, y0 + 3};
            s->obstacles[m++] = (struct sl_box){x - 3, y0, x + 3, y};
        }
        last = p->front ? p : last;
    }
    return m;
}

static int is_named(const struct scatter *s, const struct point *p)
{
    return s->n <= LABELS_MOST || p->front || p->best;
}

/* 1 where a name that should be shown has no room. */
static int place_labels(struct scatter *s)
{
    int number = 0, lost = 0;
    for (size_t i = 0; i < s->n; i++) {
        const struct point *p = &s->points[i];
        double y = to_y(s, drawn_score(s, p));
        if (s->numbered)
            snprintf(s->texts[i], sizeof s->texts[i], "%d", number += is_named(s, p));
        else if (p->below)
            snprintf(s->texts[i], sizeof s->texts[i], "%.380s (%.3f)", s->names[i], p->score);
        else
            snprintf(s->texts[i], sizeof s->texts[i], "%.390s", s->names[i]);
        s->labels[i] = (struct sl_label){
            .text = s->texts[i], .x = to_x(s, p->time), .y = y, .low = y, .high = y, .shown = is_named(s, p)};
        if (!p->below) {
            s->labels[i].low = to_y(s, sl_row_low(p->row));
            s->labels[i].high = to_y(s, sl_row_high(p->row));
        }
    }
    sl_labels_place(s->labels, s->n, s->obstacles, find_obstacles(s), s->panel.right - s->panel.left,
                    s->panel.bottom - s->panel.top);
    for (size_t i = 0; i < s->n; i++)
        lost |= is_named(s, &s->points[i]) && !s->labels[i].shown;
    return lost;
}

static void write_labels(struct scatter *s)
{
    struct sl_figure *figure = &s->picture->figure;
    double y = s->panel.top + 8;
    int number = 0;
    for (size_t i = 0; i < s->n; i++) {
        const struct sl_label *label = &s->labels[i];
        if (label->shown)
            sl_figure_text(figure, s->panel.left + label->at_x, s->panel.bottom - label->at_y,
                           label->side > 0 ? SL_LEFT
                           : label->side   ? SL_RIGHT
                                           : SL_CENTRE,
                           SL_TEXT, SL_INK, label->text);
        if (!s->numbered || !is_named(s, &s->points[i]))
            continue;
        sl_figure_textf(figure, s->panel.right + 44, y, SL_RIGHT, SL_TEXT, SL_GREY, "%d", ++number);
        sl_figure_text(figure, s->panel.right + 50, y, SL_LEFT, SL_TEXT, SL_INK, s->names[i]);
        y += KEY_LINE;
    }
}

static void write_points(struct scatter *s)
{
    struct sl_figure *figure = &s->picture->figure;
    fprintf(figure->csv, "mark,%s,%s,low,high,below,fastest,slowest,front,row\n", s->time_name,
            sl_measure_types[s->picture->table->metric].name);
    for (size_t i = s->n; i-- > 0;) {
        const struct point *p = &s->points[i];
        fprintf(figure->csv, "%d", sl_row_mark(s->picture->table, p->row));
        sl_figure_number(figure, p->time);
        sl_figure_number(figure, p->below ? drawn_score(s, p) : p->score);
        sl_figure_number(figure, sl_row_low(p->row));
        sl_figure_number(figure, sl_row_high(p->row));
        fprintf(figure->csv, ",%d", p->below);
        sl_figure_number(figure, p->time_least);
        sl_figure_number(figure, p->time_most);
        fprintf(figure->csv, ",%d,", p->front && !p->below);
        sl_figure_field(figure, p->row->row->name);
        fputc('\n', figure->csv);
    }
}

/* Is there a bar across to draw, of a mark (-1: of any)? */
static int any_runs(const struct scatter *s, int mark)
{
    for (size_t i = 0; i < s->n; i++) {
        const struct point *p = &s->points[i];
        if (!p->below && !isnan(p->time_least) &&
            (mark < 0 || sl_row_mark(s->picture->table, p->row) == mark))
            return 1;
    }
    return 0;
}

static void plot_points(struct scatter *s)
{
    struct sl_figure *figure = &s->picture->figure;
    sl_figure_plot(figure, "using ($9 == 1 ? $2 : NaN):3 with steps linecolor rgb '#b5c4d0' linewidth 2");
    for (int mark = 0; mark < 3; mark++) {
        const char *colour = sl_mark_colour(mark);
        char at[60];
        snprintf(at, sizeof at, "($1 == %d && $6 == 0 ? $2 : NaN)", mark);
        sl_figure_plot(
            figure, "using %s:3:4:5 with yerrorbars pointtype 7 pointsize 0 linecolor rgb '%s' linewidth 1.2",
            at, colour);
        if (any_runs(s, mark))
            sl_figure_plot(
                figure,
                "using %s:3:7:8 with xerrorbars pointtype 7 pointsize 0 linecolor rgb '%s' linewidth 1.2", at,
                colour);
        sl_figure_plot(figure, "using %s:3 with points pointtype %d pointsize %g * size linecolor rgb '%s'",
                       at, sl_mark_point(mark), mark == 2 ? 1.6 : 1.1, colour);
    }
    sl_figure_plot(figure,
                   "using ($6 == 1 ? $2 : NaN):3 with points pointtype 11 pointsize 1.2 * size linecolor "
                   "rgb '" SL_DULL "'");
}

static void lay_out(struct scatter *s, const char *rest)
{
    struct sl_picture *picture = s->picture;
    struct sl_figure *figure = &picture->figure;
    struct sl_key keys[4];
    size_t n_keys = sl_mark_keys(picture->table, keys);
    keys[n_keys++] = (struct sl_key){"Pareto front: no row is both faster and better", "#b5c4d0", 0, 1};
    figure->width = WIDTH + (s->numbered ? 60 + (int)s->widest : 0);
    double top = sl_picture_titles(picture, sl_picture_study_title(picture), rest, 0);
    top += sl_figure_key(figure, SL_MARGIN, top, figure->width - SL_MARGIN, keys, n_keys) + 34;
    size_t named = 0;
    for (size_t i = 0; i < s->n; i++)
        named += (size_t)is_named(s, &s->points[i]);
    double room = s->numbered ? (double)named * KEY_LINE + 66 : 0;
    figure->height = (int)fmax(HEIGHT, top + room + 10);
    s->panel = (struct sl_panel){
        .left = 84, .top = top, .right = WIDTH - SL_MARGIN - 4, .bottom = figure->height - 58};
    choose_axes(s);
}

static int draw(struct scatter *s, const char *x_title)
{
    struct sl_picture *picture = s->picture;
    char rest[300], rows[40];
    sl_print_count(picture->table->study->n_train, rows, sizeof rows);
    snprintf(rest, sizeof rest, ", %s training rows; upright bars: 95 %% intervals%s", rows,
             any_runs(s, -1) ? "; bars across: from the fastest timing run to the slowest" : "");
    sl_picture_absent(picture->table, rest, sizeof rest);
    lay_out(s, rest);
    if (place_labels(s)) {
        s->numbered = 1;
        sl_string_release(&picture->figure.settings);
        lay_out(s, rest);
        place_labels(s);
    }
    s->panel.x.title = x_title;
    s->panel.y.title = sl_measure_types[picture->table->metric].name;
    sl_figure_panel(&picture->figure, &s->panel);
    write_labels(s);
    write_points(s);
    plot_points(s);
    sl_figure_panel_end(&picture->figure);
    return SL_OK;
}

static int name_points(struct scatter *s)
{
    const char **full = sl_alloc_zero(s->n, sizeof *full);
    for (size_t i = 0; i < s->n && full; i++)
        full[i] = s->points[i].row->row->name;
    char *start = full ? sl_names_fit(full, s->n, SL_TEXT, NAME_WIDTH, s->names) : NULL;
    for (size_t i = 0; i < s->n && start; i++)
        s->widest = fmax(s->widest, sl_text_pixels(s->names[i], SL_TEXT));
    free(full);
    free(start);
    return start ? 0 : -1;
}

static int fill(struct sl_picture *picture, const char *time_name, const char *x_title, struct sl_error *err)
{
    size_t most = picture->table->n;
    struct scatter s = {.picture = picture,
                        .time_name = time_name,
                        .points = sl_alloc_zero(most, sizeof *s.points),
                        .names = sl_alloc_zero(most, sizeof *s.names),
                        .labels = sl_alloc_zero(most, sizeof *s.labels),
                        .texts = sl_alloc_zero(most, sizeof *s.texts),
                        .obstacles = sl_alloc_zero(3 * most, sizeof *s.obstacles)};
    int code = s.points && s.names && s.labels && s.texts && s.obstacles ? SL_OK : sl_fail_memory(err);
    if (!code)
        collect(&s);
    if (!code && s.n) {
        mark_front(s.points, s.n);
        if (sl_metric_rises(picture->table->metric))
            mark_below(s.points, s.n);
        code = name_points(&s) ? sl_fail_memory(err) : sl_picture_begin(picture, WIDTH, HEIGHT, err);
        if (!code)
            code = draw(&s, x_title);
    }
    for (size_t i = 0; i < s.n && s.names; i++)
        free(s.names[i]);
    free(s.points);
    free(s.names);
    free(s.labels);
    free(s.texts);
    free(s.obstacles);
    return code;
}

int sl_plot_accuracy_time(struct sl_picture *picture, struct sl_error *err)
{
    return fill(picture, "fit_time", "fit time in seconds (logarithmic)", err);
}

int sl_plot_accuracy_score_time(struct sl_picture *picture, struct sl_error *err)
{
    return fill(picture, "score_time", "time to predict the scored rows, in seconds (logarithmic)", err);
}
