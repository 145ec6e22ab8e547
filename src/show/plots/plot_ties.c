/* plot_ties.c - which rows can not be told apart, on one data set: rows in the order of their scores, and a
 * bar beside each largest run of rows no two of which differ.
 *
 * Pairs are compared by McNemar's test on the rows that both scored, with Holm's correction over all pairs
 * (Dietterich 1998; Holm 1979), at 5 %.  A pair that can not be compared counts as one that can be told
 * apart. Cost: O(m^2 n) for m rows and n scored ones; of more than 40 rows the best 40. */
#include "core/memory.h"
#include "show/numbers.h"
#include "show/plots/plot.h"
#include "show/plots/rows.h"
#include <math.h>
#include <shortlist/metrics.h>
#include <stdlib.h>

enum { ROWS_MOST = 40, BAR_PITCH = 16, VALUE_WIDTH = 70 };

struct run {
    size_t first, last;
};

/* (n, n): 1 where two rows differ; NULL when out of memory. */
static unsigned char *compare(const struct sl_rows *rows, size_t n)
{
    size_t m = 0;
    double *p = sl_alloc_zero(n * n, sizeof *p);
    unsigned char *differ = sl_alloc_zero(n * n, 1);
    size_t *pair = sl_alloc_zero(n * n, sizeof *pair);
    for (size_t i = 0; i < n && p && pair && differ; i++)
        for (size_t j = i + 1; j < n; j++) {
            double value = sl_rows_mcnemar(rows->row[i]->row, rows->row[j]->row);
            differ[i * n + j] = isnan(value);
            pair[m] = i * n + j;
            p[m] = value;
            m += !isnan(value);
        }
    if (p && pair && differ) {
        sl_holm(p, m);
        for (size_t i = 0; i < m; i++)
            differ[pair[i]] = p[i] < 0.05;
    }
    int failed = !p || !pair;
    free(p);
    free(pair);
    if (failed) {
        free(differ);
        return NULL;
    }
    return differ;
}

/* Largest runs of two rows and more, in order; how many. */
static size_t find_runs(const unsigned char *differ, size_t n, struct run *runs)
{
    size_t count = 0, reached = 0;
    for (size_t first = 0; first < n; first++) {
        size_t last = first;
        for (int same = 1; same && last + 1 < n; last += (size_t)same)
            for (size_t i = first; i <= last && same; i++)
                same = !differ[i * n + last + 1];
        if (last > first && last > reached)
            runs[count++] = (struct run){first, last};
        reached = last > reached ? last : reached;
    }
    return count;
}

static double titles(struct sl_picture *picture, const struct sl_rows *rows, size_t n, size_t count)
{
    char rest[400], more[80] = "";
    char *title = sl_format("Ties: %s", sl_picture_study_title(picture));
    if (rows->n > n)
        snprintf(more, sizeof more, "; the best %zu of %zu rows", n, rows->n);
    snprintf(rest, sizeof rest, "; %s (McNemar's test of every pair, Holm's correction, 5 %%)%s",
             count ? "a bar joins rows that can not be told apart" : "every two rows can be told apart",
             more);
    picture->figure.settings.failed |= !title;
    double height = title ? sl_picture_titles(picture, title, rest, 0) : 0;
    free(title);
    return height;
}

static void draw(struct sl_picture *picture, const struct sl_rows *rows, size_t n, const struct run *runs,
                 size_t count)
{
    struct sl_figure *figure = &picture->figure;
    double names = fmax(rows->width, 60) + SL_MARGIN + 10, bars = names + VALUE_WIDTH;
    int digits = sl_score_digits(picture->table);
    figure->width = (int)fmax(520, bars + (double)(count + 1) * BAR_PITCH + SL_MARGIN);
    double top = titles(picture, rows, n, count) + 30;
    struct sl_panel panel = {.left = bars,
                             .top = top,
                             .right = bars + (double)(count ? count : 1) * BAR_PITCH,
                             .bottom = top + (double)n * rows->pitch,
                             .no_frame = 1};
    figure->height = (int)panel.bottom + 20;
    sl_axis_places(&panel.x, count ? count : 1, 0);
    sl_axis_places(&panel.y, n, 1);
    sl_figure_panel(figure, &panel);
    sl_figure_text(figure, bars - 14, top - 14, SL_RIGHT, SL_SMALL, SL_GREY,
                   sl_measure_types[picture->table->metric].name);
    fprintf(figure->csv, "bar,first_place,last_place,first_row,last_row\n");
    for (size_t i = 0; i < n; i++) {
        double y = top + ((double)i + 0.5) * rows->pitch;
        sl_figure_text(figure, names - 10, y, SL_RIGHT, SL_TEXT, SL_INK, rows->name[i]);
        sl_figure_textf(figure, bars - 14, y, SL_RIGHT, SL_TEXT, SL_INK, "%.*f", digits, rows->row[i]->score);
        sl_figure_line(figure, bars - 8, y, panel.right, y, "#eeeeee", 1, 1);
    }
    for (size_t i = 0; i < count; i++) {
        fprintf(figure->csv, "%zu,%zu,%zu,", i, runs[i].first, runs[i].last);
        sl_figure_field(figure, rows->row[runs[i].first]->row->name);
        fputc(',', figure->csv);
        sl_figure_field(figure, rows->row[runs[i].last]->row->name);
        fputc('\n', figure->csv);
    }
    if (count)
        sl_figure_plot(
            figure,
            "using 1:2:($1 - 0.2):($1 + 0.2):($2 - 0.3):($3 + 0.3) with boxxyerror fillcolor rgb '" SL_BLUE
            "'");
    sl_figure_panel_end(figure);
}

int sl_plot_ties(struct sl_picture *picture, struct sl_error *err)
{
    struct sl_rows rows;
    int code = sl_rows_collect(picture->table, 0, &rows, err);
    size_t n = rows.n < ROWS_MOST ? rows.n : ROWS_MOST;
    if (!code && n > 1) {
        unsigned char *differ = compare(&rows, n);
        struct run *runs = sl_alloc_zero(n, sizeof *runs);
        code = differ && runs ? sl_picture_begin(picture, 620, 400, err) : sl_fail_memory(err);
        if (!code)
            draw(picture, &rows, n, runs, find_runs(differ, n, runs));
        free(differ);
        free(runs);
    }
    sl_rows_release(&rows);
    return code;
}
