/* plot_reliability.c - is a row as often right as its probabilities say?  A reliability diagram: in bins of
 * equal counts by the predicted class's probability, the share that is right, with Wilson's interval, against
 * the mean probability; below, how many rows have which. */
#include "core/memory.h"
#include "show/numbers.h"
#include "show/plots/row_scores.h"
#include <math.h>
#include <shortlist/calibration.h>

enum { SIDE = 420, DENSITY = 90, BARS = 20 };

static double titles(struct sl_picture *picture, const struct sl_reliability *found, size_t n)
{
    const int count = found->n_bins;
    char rest[300], rows[40];
    char *title = sl_format("Reliability: %s", picture->row->row->name);
    sl_print_count(n, rows, sizeof rows);
    snprintf(rest, sizeof rest,
             ", %s predictions in %d bin%s of equal counts; expected calibration error %.4f; bars: 95 %% "
             "intervals",
             rows, count, count == 1 ? "" : "s", found->ece);
    picture->figure.settings.failed |= !title;
    double height = title ? sl_picture_titles(picture, title, rest, 0) : 0;
    free(title);
    return height;
}

static void draw_density(struct sl_figure *figure, const struct sl_panel *above, size_t largest)
{
    struct sl_panel panel = {.left = above->left,
                             .top = above->bottom + 74,
                             .right = above->right,
                             .bottom = above->bottom + 74 + DENSITY,
                             .x = above->x};
    sl_axis_linear(&panel.y, 0, (double)largest, 0, INFINITY, DENSITY, 0);
    sl_axis_whole(&panel.y, DENSITY, 0);
    panel.y.title = "rows";
    panel.x.title = "probability of the predicted class";
    sl_figure_panel(figure, &panel);
    sl_figure_plot(figure, "using ($1 == 1 ? $2 : NaN):3:(%g) with boxes fillcolor rgb '" SL_DULL "'",
                   0.9 / BARS);
    sl_figure_panel_end(figure);
}

static void draw(struct sl_picture *picture, const struct sl_row_scores *scores,
                 const struct sl_reliability *found)
{
    struct sl_figure *figure = &picture->figure;
    const struct sl_reliability_bin *bins = found->bin;
    const size_t n = scores->n;
    size_t bars[BARS] = {0}, largest = 1;
    for (size_t i = 0; i < n; i++) {
        int bar = (int)(scores->confidence[i] * BARS);
        size_t *here = &bars[bar < 0 ? 0 : bar >= BARS ? BARS - 1 : bar];
        largest = ++*here > largest ? *here : largest;
    }
    double top = titles(picture, found, n) + 34;
    struct sl_panel panel = {.left = 84, .top = top, .right = 84 + SIDE, .bottom = top + SIDE};
    figure->width = 620;
    figure->height = (int)panel.bottom + 74 + DENSITY + 56;
    fprintf(figure->csv, "density,probability,share_right_or_rows,low,high,rows\n");
    for (int b = 0; b < found->n_bins; b++)
        fprintf(figure->csv, "0,%.6f,%.6f,%.6f,%.6f,%zu\n", bins[b].confidence, bins[b].accuracy, bins[b].low,
                bins[b].high, bins[b].n);
    for (int b = 0; b < BARS; b++)
        fprintf(figure->csv, "1,%.4f,%zu,,,%zu\n", (b + 0.5) / BARS, bars[b], bars[b]);
    sl_axis_linear(&panel.x, 0, 1, 0, 1, SIDE, 1);
    sl_axis_linear(&panel.y, 0, 1, 0, 1, SIDE, 0);
    panel.y.title = "share that is right";
    sl_figure_panel(figure, &panel);
    sl_figure_line(figure, panel.left, panel.bottom, panel.right, panel.top, "#9a9a9a", 1, 3);
    sl_figure_text(figure, panel.right - 12, panel.bottom - 16, SL_RIGHT, SL_SMALL, SL_GREY,
                   "below the diagonal: surer than right");
    sl_figure_plot(
        figure, "using ($1 == 0 ? $2 : NaN):3 with lines linewidth 1.6 * wide linecolor rgb '" SL_BLUE "'");
    sl_figure_plot(figure, "using ($1 == 0 ? $2 : NaN):3:4:5 with yerrorbars pointtype 7 pointsize 1.1 * "
                           "size linewidth 1.2 linecolor rgb '" SL_BLUE "'");
    sl_figure_panel_end(figure);
    draw_density(figure, &panel, largest);
}

int sl_plot_reliability(struct sl_picture *picture, struct sl_error *err)
{
    struct sl_row_scores scores;
    if (!picture->row->n_scores)
        return SL_OK;
    int code = sl_row_scores_read(picture, &scores, err);
    if (!code && scores.n && !scores.probabilities)
        snprintf(picture->reason, sizeof picture->reason, "its scores are margins, not probabilities");
    if (!code && scores.n && scores.probabilities) {
        struct sl_reliability found;
        code = sl_reliability_measure(scores.confidence, scores.right, scores.n, &found, err);
        if (!code)
            code = sl_picture_begin(picture, 620, 700, err);
        if (!code)
            draw(picture, &scores, &found);
    }
    sl_row_scores_release(&scores);
    return code;
}
