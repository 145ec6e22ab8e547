/* plot_reliability.c - is a row as often right as its probabilities say?  A reliability diagram: in bins of
 * equal counts by the predicted class's probability, the share that is right, with Wilson's interval, against
 * the mean probability; below, how many rows have which.
 *
 * ECE is the mean distance from the diagonal, each bin with the weight of its rows (Naeini et al. 2015; equal
 * counts: Nguyen and O'Connor 2015). */
#include "core/memory.h"
#include "show/numbers.h"
#include "show/plots/row_scores.h"
#include <math.h>
#include <shortlist/metrics.h>
#include <stdlib.h>

enum { SIDE = 420, DENSITY = 90, BINS = 15, LEAST = 10 /* rows of a bin */, BARS = 20 };

struct sample {
    float confidence;
    unsigned char right;
};

struct bin {
    double confidence, accuracy, low, high;
    size_t n;
};

static int rising(const void *a, const void *b)
{
    float x = ((const struct sample *)a)->confidence, y = ((const struct sample *)b)->confidence;
    return (x > y) - (x < y);
}

/* Bins (BINS) of as equal counts as there can be; how many. */
static int fill_bins(const struct sample *samples, size_t n, struct bin *bins)
{
    int count = n / LEAST < BINS ? (int)(n / LEAST) : BINS;
    count = count ? count : 1;
    for (int b = 0; b < count; b++) {
        size_t from = n * (size_t)b / (size_t)count, to = n * (size_t)(b + 1) / (size_t)count;
        double confidence = 0;
        uint64_t right = 0;
        for (size_t i = from; i < to; i++) {
            confidence += samples[i].confidence;
            right += samples[i].right;
        }
        bins[b] = (struct bin){.n = to - from,
                               .confidence = confidence / (double)(to - from),
                               .accuracy = (double)right / (double)(to - from)};
        sl_wilson(right, to - from, 0.95, &bins[b].low, &bins[b].high);
    }
    return count;
}

static double titles(struct sl_picture *picture, const struct bin *bins, int count, size_t n, double *ece)
{
    char rest[300], rows[40];
    *ece = 0;
    for (int b = 0; b < count; b++)
        *ece += (double)bins[b].n / (double)n * fabs(bins[b].accuracy - bins[b].confidence);
    char *title = sl_format("Reliability: %s", picture->row->row->name);
    sl_print_count(n, rows, sizeof rows);
    snprintf(rest, sizeof rest,
             ", %s predictions in %d bin%s of equal counts; expected calibration error %.4f; bars: 95 %% "
             "intervals",
             rows, count, count == 1 ? "" : "s", *ece);
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
    panel.y.title = "rows";
    panel.x.title = "probability of the predicted class";
    sl_figure_panel(figure, &panel);
    sl_figure_plot(figure, "using ($1 == 1 ? $2 : NaN):3:(%g) with boxes fillcolor rgb '" SL_DULL "'",
                   0.9 / BARS);
    sl_figure_panel_end(figure);
}

static void draw(struct sl_picture *picture, const struct sample *samples, size_t n)
{
    struct sl_figure *figure = &picture->figure;
    struct bin bins[BINS];
    size_t bars[BARS] = {0}, largest = 1;
    double ece;
    int count = fill_bins(samples, n, bins);
    for (size_t i = 0; i < n; i++) {
        int bar = (int)(samples[i].confidence * BARS);
        size_t *here = &bars[bar < 0 ? 0 : bar >= BARS ? BARS - 1 : bar];
        largest = ++*here > largest ? *here : largest;
    }
    double top = titles(picture, bins, count, n, &ece) + 34;
    struct sl_panel panel = {.left = 84, .top = top, .right = 84 + SIDE, .bottom = top + SIDE};
    figure->width = 620;
    figure->height = (int)panel.bottom + 74 + DENSITY + 56;
    fprintf(figure->csv, "density,probability,share_right_or_rows,low,high,rows\n");
    for (int b = 0; b < count; b++)
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
        struct sample *samples = sl_alloc(scores.n, sizeof *samples);
        code = samples ? sl_picture_begin(picture, 620, 700, err) : sl_fail_memory(err);
        for (size_t i = 0; i < scores.n && !code; i++)
            samples[i] = (struct sample){scores.confidence[i], scores.right[i]};
        if (!code) {
            qsort(samples, scores.n, sizeof *samples, rising);
            draw(picture, samples, scores.n);
        }
        free(samples);
    }
    sl_row_scores_release(&scores);
    return code;
}
