/* plot_scores.c - the table as a picture: every row's score as a dot with its interval, the best first, what
 * was published of it as an open mark; and the same with box plots of the scores in each fold and repeat. */
#include "core/memory.h"
#include "core/order.h"
#include "show/json.h"
#include "show/numbers.h"
#include "show/plots/plot.h"
#include "show/plots/rows.h"
#include <math.h>
#include <stdlib.h>

enum { PLOT_WIDTH = 520, VALUE_WIDTH = 150, LEAST_SCORES = 2 };

struct scores {
    struct sl_picture *picture;
    struct sl_rows rows;
    double *published; /* (n); NaN: nothing */
    int boxes, any_published;
};

static int find_published(struct scores *s, struct sl_error *err)
{
    int no_memory = 0;
    s->published = sl_alloc_zero(s->rows.n, sizeof *s->published);
    if (!s->published)
        return sl_fail_memory(err);
    for (size_t i = 0; i < s->rows.n; i++) {
        s->published[i] = sl_json_find(s->rows.row[i]->row->published,
                                       sl_measure_types[s->picture->table->metric].name, &no_memory);
        s->any_published |= isfinite(s->published[i]);
    }
    return no_memory ? sl_fail_memory(err) : SL_OK;
}

static void widen(double value, double *low, double *high)
{
    if (isfinite(value)) {
        *low = fmin(*low, value);
        *high = fmax(*high, value);
    }
}

static void choose_axis(const struct scores *s, struct sl_axis *axis)
{
    double low = INFINITY, high = -INFINITY;
    for (size_t i = 0; i < s->rows.n; i++) {
        const struct sl_table_row *row = s->rows.row[i];
        widen(s->published[i], &low, &high);
        for (size_t j = 0; j < row->n_scores && s->boxes; j++)
            widen(row->scores[j], &low, &high);
        if (!s->boxes) {
            widen(sl_row_low(row), &low, &high);
            widen(sl_row_high(row), &low, &high);
        }
    }
    sl_score_axis(s->picture->table, axis, low, high, PLOT_WIDTH, 1);
}

/* Linear between the order's neighbours, as numpy has it. */
static double quantile(const double *sorted, size_t n, double share)
{
    double at = share * (double)(n - 1);
    size_t below = (size_t)at;
    double upper = below + 1 < n ? sorted[below + 1] : sorted[below];
    return sorted[below] + (at - (double)below) * (upper - sorted[below]);
}

/* Least, quartiles, largest; NaN without scores. */
static void summarise(const struct sl_table_row *row, double *five)
{
    double *sorted = sl_alloc(row->n_scores, sizeof *sorted);
    size_t n = 0;
    for (int q = 0; q < 5; q++)
        five[q] = NAN;
    for (size_t i = 0; i < row->n_scores && sorted; i++)
        if (isfinite(row->scores[i]))
            sorted[n++] = row->scores[i];
    if (n) {
        qsort(sorted, n, sizeof *sorted, sl_by_real);
        for (int q = 0; q < 5; q++)
            five[q] = quantile(sorted, n, q / 4.0);
    }
    free(sorted);
}

static void write_data(struct scores *s)
{
    struct sl_figure *figure = &s->picture->figure;
    fprintf(figure->csv, "place,%s,%s,mark,published,row\n", sl_measure_types[s->picture->table->metric].name,
            s->boxes ? "least,lower_quartile,median,upper_quartile,largest" : "low,high");
    for (size_t i = 0; i < s->rows.n; i++) {
        const struct sl_table_row *row = s->rows.row[i];
        double five[5];
        fprintf(figure->csv, "%zu", i);
        sl_figure_number(figure, row->score);
        if (s->boxes) {
            summarise(row, five);
            for (int q = 0; q < 5; q++)
                sl_figure_number(figure, five[q]);
        } else {
            sl_figure_number(figure, sl_row_low(row));
            sl_figure_number(figure, sl_row_high(row));
        }
        fprintf(figure->csv, ",%d", sl_row_mark(s->picture->table, row));
        sl_figure_number(figure, s->published[i]);
        fputc(',', figure->csv);
        sl_figure_field(figure, row->row->name);
        fputc('\n', figure->csv);
    }
}

static void plot_dots(struct scores *s)
{
    struct sl_figure *figure = &s->picture->figure;
    for (int mark = 0; mark < 3; mark++) {
        const char *colour = sl_mark_colour(mark);
        sl_figure_plot(figure,
                       "using ($5 == %d ? $2 : NaN):1:3:4 with xerrorbars pointtype 7 pointsize 0 linewidth "
                       "1.6 linecolor "
                       "rgb '%s'",
                       mark, colour);
        sl_figure_plot(
            figure,
            "using ($5 == %d ? $2 : NaN):1 with points pointtype %d pointsize %g * size linecolor rgb '%s'",
            mark, sl_mark_point(mark), mark == 2 ? 1.6 : 1.1, colour);
    }
    if (s->any_published)
        sl_figure_plot(
            figure,
            "using 6:1 with points pointtype 4 pointsize 1.3 * size linewidth 1.5 linecolor rgb '" SL_INK
            "'");
}

static void plot_boxes(struct scores *s)
{
    struct sl_figure *figure = &s->picture->figure;
    sl_figure_plot(figure,
                   "using 3:1:($7 - $3):(0) with vectors nohead linewidth 1.2 linecolor rgb '" SL_GREY "'");
    for (int mark = 0; mark < 3; mark++) {
        sl_figure_plot(figure,
                       "using ($8 == %d ? $5 : NaN):1:4:6:($1 - 0.3):($1 + 0.3) with boxxyerror fillcolor "
                       "rgb '%s' fillstyle "
                       "transparent solid 0.45 border linecolor rgb '%s'",
                       mark, sl_mark_colour(mark), sl_mark_colour(mark));
    }
    sl_figure_plot(
        figure, "using 5:($1 - 0.3):(0):(0.6) with vectors nohead linewidth 2.4 linecolor rgb '" SL_INK "'");
    sl_figure_plot(figure,
                   "using 2:1 with points pointtype 7 pointsize 0.7 * size linecolor rgb '" SL_INK "'");
}

static double titles(struct scores *s)
{
    const struct sl_table *table = s->picture->table;
    struct sl_key keys[5];
    char rest[300], count[40];
    size_t n_keys = sl_mark_keys(table, keys);
    sl_print_count(table->study->n_train, count, sizeof count);
    snprintf(rest, sizeof rest,
             s->boxes ? ", %s training rows; box: quartiles, line: median, dot: mean, whiskers: the least "
                        "and the largest fold or repeat"
                      : ", %s training rows; bars: 95 %% intervals",
             count);
    sl_picture_absent(table, rest, sizeof rest);
    double top = sl_picture_titles(s->picture, sl_picture_study_title(s->picture), rest, 0);
    if (s->any_published && !s->boxes)
        keys[n_keys++] = (struct sl_key){"published", SL_INK, 4, 0};
    for (size_t i = 0; i < n_keys && s->boxes; i++)
        keys[i].point = 5;
    return top + sl_figure_key(&s->picture->figure, SL_MARGIN, top, s->picture->figure.width - SL_MARGIN,
                               keys, n_keys);
}

static void write_values(struct scores *s, const struct sl_panel *panel)
{
    struct sl_figure *figure = &s->picture->figure;
    int digits = sl_score_digits(s->picture->table);
    for (size_t i = 0; i < s->rows.n; i++) {
        double y = panel->top + ((double)i + 0.5) * s->rows.pitch;
        sl_figure_textf(figure, panel->right + 14, y, SL_LEFT, SL_TEXT, SL_INK, "%.*f", digits,
                        s->rows.row[i]->score);
        if (isfinite(s->published[i]) && !s->boxes)
            sl_figure_textf(figure, panel->right + 80, y, SL_LEFT, SL_TEXT, SL_GREY, "%.*f", digits,
                            s->published[i]);
    }
    if (!s->any_published || s->boxes)
        return;
    sl_figure_text(figure, panel->right + 14, panel->top - 14, SL_LEFT, SL_SMALL, SL_GREY, "ours");
    sl_figure_text(figure, panel->right + 80, panel->top - 14, SL_LEFT, SL_SMALL, SL_GREY, "published");
}

static void draw(struct scores *s)
{
    struct sl_figure *figure = &s->picture->figure;
    double names = fmax(s->rows.width, 60) + SL_MARGIN + 10;
    figure->width = (int)(names + PLOT_WIDTH + VALUE_WIDTH + SL_MARGIN);
    double top = titles(s) + 34;
    struct sl_panel panel = {.left = names,
                             .top = top,
                             .right = names + PLOT_WIDTH,
                             .bottom = top + (double)s->rows.n * s->rows.pitch};
    figure->height = (int)panel.bottom + 52;
    choose_axis(s, &panel.x);
    sl_axis_places(&panel.y, s->rows.n, 1);
    panel.x.title = sl_measure_types[s->picture->table->metric].name;
    sl_figure_panel(figure, &panel);
    sl_rows_write(&s->rows, figure, panel.left, top);
    write_values(s, &panel);
    write_data(s);
    if (s->boxes)
        plot_boxes(s);
    else
        plot_dots(s);
    sl_figure_panel_end(figure);
}

static int fill(struct sl_picture *picture, int boxes, struct sl_error *err)
{
    struct scores s = {.picture = picture, .boxes = boxes};
    size_t several = 0;
    int code = sl_rows_collect(picture->table, 0, &s.rows, err);
    if (!code)
        code = find_published(&s, err);
    for (size_t i = 0; i < s.rows.n && !code; i++)
        several += s.rows.row[i]->n_scores >= LEAST_SCORES;
    if (!code && s.rows.n && (!boxes || several)) {
        code = sl_picture_begin(picture, 620, 400, err);
        if (!code)
            draw(&s);
    }
    free(s.published);
    sl_rows_release(&s.rows);
    return code;
}

int sl_plot_scores(struct sl_picture *picture, struct sl_error *err)
{
    return fill(picture, 0, err);
}

int sl_plot_folds(struct sl_picture *picture, struct sl_error *err)
{
    return fill(picture, 1, err);
}
