/* plot_roc.c - ROC and precision-recall curves of one row: each class against the rest, and their mean over
 * the classes (macro), at equal steps of the x axis.
 *
 * Rows with equal scores move together.  The area of a ROC curve is that of trapezoids; average precision is
 * the sum of precisions times steps of recall, as scikit-learn has them.  Of more than 6 classes the 5 with
 * the least area have colours.  Cost: O(k n log n). */
#include "core/memory.h"
#include "show/numbers.h"
#include "show/plots/row_scores.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SIDE = 460, STEPS = 200, COLOURED = 6, NAME_WIDTH = 240, KEY_LINE = 20 };

struct curve {
    int class;
    double area;
    double y[STEPS + 1]; /* at x = i / STEPS */
};

struct roc {
    struct sl_picture *picture;
    struct sl_row_scores scores;
    int recall;           /* precision against recall, else true against false positives */
    size_t n;             /* curves */
    struct curve *curves; /* (k), the least area first */
    uint32_t *order;      /* (rows) */
    char **names;         /* of all classes of the study */
};

/* For qsort: the scores of the class at work. */
struct ranked {
    float score;
    unsigned char is_class;
};

static int falling(const void *a, const void *b)
{
    float x = ((const struct ranked *)a)->score, y = ((const struct ranked *)b)->score;
    return (x < y) - (x > y);
}

/* Straight lines from one point to the next, as a ROC curve goes. */
static void draw_to(struct curve *curve, double x0, double y0, double x1, double y1)
{
    for (int i = (int)ceil(x0 * STEPS - 1e-9); i <= STEPS && i <= x1 * STEPS + 1e-9; i++) {
        double at = (double)i / STEPS;
        curve->y[i] = fmax(curve->y[i], x1 > x0 ? y0 + (at - x0) / (x1 - x0) * (y1 - y0) : y1);
    }
}

static void follow(const struct roc *roc, struct curve *curve, const struct ranked *rows, size_t n,
                   size_t of_class)
{
    double x = 0, y = 0, rest = (double)(n - of_class), right = 0, wrong = 0, reached = 0;
    for (size_t i = 0; i < n;) {
        size_t j = i;
        for (; j < n && rows[j].score == rows[i].score; j++) {
            right += rows[j].is_class;
            wrong += !rows[j].is_class;
        }
        i = j;
        if (roc->recall) { /* a step: this precision up to this recall */
            double recall = right / (double)of_class, precision = right / (right + wrong);
            curve->area += (recall - reached) * precision;
            for (int s = (int)floor(reached * STEPS + 1e-9) + (reached > 0);
                 s <= recall * STEPS + 1e-9 && s <= STEPS; s++)
                curve->y[s] = precision;
            reached = recall;
        } else {
            double x1 = wrong / rest, y1 = right / (double)of_class;
            curve->area += (x1 - x) * (y + y1) / 2;
            draw_to(curve, x, y, x1, y1);
            x = x1;
            y = y1;
        }
    }
}

static int least_first(const void *a, const void *b)
{
    const struct curve *p = a, *q = b;
    if (p->area != q->area)
        return p->area < q->area ? -1 : 1;
    return p->class - q->class;
}

static int make_curves(struct roc *roc, struct sl_error *err)
{
    const struct sl_row_scores *s = &roc->scores;
    struct ranked *rows = sl_alloc(s->n, sizeof *rows);
    roc->curves = sl_alloc_zero((size_t)s->k, sizeof *roc->curves);
    if (!rows || !roc->curves) {
        free(rows);
        return sl_fail_memory(err);
    }
    for (int c = s->k == 2; c < s->k; c++) {
        size_t of_class = 0;
        for (size_t i = 0; i < s->n; i++) {
            rows[i] = (struct ranked){s->scores[i * (size_t)s->k + (size_t)c], s->truth[i] == c};
            of_class += rows[i].is_class;
        }
        if (!of_class || of_class == s->n)
            continue;
        qsort(rows, s->n, sizeof *rows, falling);
        roc->curves[roc->n].class = c;
        follow(roc, &roc->curves[roc->n++], rows, s->n, of_class);
    }
    qsort(roc->curves, roc->n, sizeof *roc->curves, least_first);
    free(rows);
    return SL_OK;
}

static void write_data(struct roc *roc, const double *mean)
{
    struct sl_figure *figure = &roc->picture->figure;
    fprintf(figure->csv, "curve,%s,class\n",
            roc->recall ? "recall,precision" : "false_positive_rate,true_positive_rate");
    for (size_t c = 0; c <= roc->n; c++) {
        int lead = c && !roc->recall; /* a ROC curve begins at the origin */
        if (c)
            fputc('\n', figure->csv);
        if (lead)
            fprintf(figure->csv, "%zu,0,0,\n", c);
        const double *y = c ? roc->curves[c - 1].y : mean;
        for (int i = 0; i <= STEPS; i++) {
            if (i && i < STEPS && y[i] == y[i - 1] && y[i] == y[i + 1])
                continue; /* within a straight line */
            fprintf(figure->csv, "%zu,%.4g,%.6f,", c, (double)i / STEPS, y[i]);
            sl_figure_field(figure,
                            c ? roc->picture->table->study->classes[roc->curves[c - 1].class] : "macro");
            fputc('\n', figure->csv);
        }
    }
}

static double titles(struct roc *roc, double macro)
{
    char rest[300];
    char *title =
        sl_format(roc->recall ? "Precision and recall: %s" : "ROC: %s", roc->picture->row->row->name);
    if (roc->scores.k == 2)
        snprintf(rest, sizeof rest, "; of two classes the second is the positive one; %s %.4f",
                 roc->recall ? "average precision" : "area under the curve", macro);
    else
        snprintf(rest, sizeof rest, "; each class against the rest; mean of the classes' %s %.4f",
                 roc->recall ? "average precision" : "areas", macro);
    roc->picture->figure.settings.failed |= !title;
    double height = title ? sl_picture_titles(roc->picture, title, rest, 0) : 0;
    free(title);
    return height;
}

static void write_key(struct roc *roc, const struct sl_panel *panel, size_t coloured)
{
    struct sl_figure *figure = &roc->picture->figure;
    double x = panel->right + 24, y = panel->top + 10;
    if (roc->n > 1) {
        sl_figure_line(figure, x, y, x + 26, y, SL_INK, 3, 1);
        sl_figure_text(figure, x + 34, y, SL_LEFT, SL_TEXT, SL_INK, "mean of the classes");
        y += KEY_LINE;
    }
    for (size_t c = 0; c < coloured; c++, y += KEY_LINE) {
        sl_figure_line(figure, x, y, x + 26, y, sl_series_colour(c), 2, sl_series_dash(c));
        sl_figure_textf(figure, x + 34, y, SL_LEFT, SL_TEXT, SL_INK, "%.300s (%.3f)",
                        roc->names[roc->curves[c].class], roc->curves[c].area);
    }
    if (coloured < roc->n) {
        sl_figure_line(figure, x, y, x + 26, y, "#c5ced6", 1, 1);
        sl_figure_textf(figure, x + 34, y, SL_LEFT, SL_TEXT, SL_INK, "the other %zu classes",
                        roc->n - coloured);
    }
}

/* The grey curves are one element: gnuplot reads the table once for each, and an empty line parts curves. */
static void plot_curves(struct roc *roc, size_t coloured)
{
    struct sl_figure *figure = &roc->picture->figure;
    if (coloured < roc->n)
        sl_figure_plot(figure,
                       "using ($1 > %zu ? $2 : NaN):3 with lines linewidth 1 * wide linecolor rgb '#c5ced6'",
                       coloured);
    for (size_t c = coloured; c-- > 0;)
        sl_figure_plot(
            figure,
            "using ($1 == %zu ? $2 : NaN):3 with lines linewidth 1.8 * wide dashtype %d linecolor rgb '%s'",
            c + 1, sl_series_dash(c), sl_series_colour(c));
    if (roc->n > 1)
        sl_figure_plot(
            figure, "using ($1 == 0 ? $2 : NaN):3 with lines linewidth 3 * wide linecolor rgb '" SL_INK "'");
}

static void draw(struct roc *roc)
{
    struct sl_figure *figure = &roc->picture->figure;
    size_t coloured = roc->n <= COLOURED ? roc->n : COLOURED - 1;
    double mean[STEPS + 1] = {0}, macro = 0, widest = sl_text_pixels("the other 100 classes", SL_TEXT);
    for (size_t c = 0; c < roc->n; c++) {
        macro += roc->curves[c].area / (double)roc->n;
        for (int i = 0; i <= STEPS; i++)
            mean[i] += roc->curves[c].y[i] / (double)roc->n;
    }
    for (size_t c = 0; c < coloured; c++)
        widest = fmax(widest, sl_text_pixels(roc->names[roc->curves[c].class], SL_TEXT) + 60);
    figure->width = (int)(84 + SIDE + 58 + widest + SL_MARGIN);
    double top = titles(roc, macro) + 34;
    struct sl_panel panel = {.left = 76, .top = top, .right = 76 + SIDE, .bottom = top + SIDE};
    figure->height = (int)panel.bottom + 56;
    sl_axis_linear(&panel.x, 0, 1, 0, 1, SIDE, 1);
    sl_axis_linear(&panel.y, 0, 1, 0, 1, SIDE, 0);
    panel.x.title = roc->recall ? "recall" : "false positive rate";
    panel.y.title = roc->recall ? "precision" : "true positive rate";
    sl_figure_panel(figure, &panel);
    if (!roc->recall)
        sl_figure_line(figure, panel.left, panel.bottom, panel.right, panel.top, "#b0b0b0", 1, 3);
    write_key(roc, &panel, coloured);
    write_data(roc, mean);
    plot_curves(roc, coloured);
    sl_figure_panel_end(figure);
}

static int name_classes(struct roc *roc, struct sl_error *err)
{
    const struct sl_study *study = roc->picture->table->study;
    roc->names = sl_alloc_zero((size_t)study->k, sizeof *roc->names);
    char *start = roc->names ? sl_names_fit((const char *const *)study->classes, (size_t)study->k, SL_TEXT,
                                            NAME_WIDTH, roc->names)
                             : NULL;
    free(start);
    return start ? SL_OK : sl_fail_memory(err);
}

static int fill(struct sl_picture *picture, int recall, struct sl_error *err)
{
    struct roc roc = {.picture = picture, .recall = recall};
    if (!picture->row->n_scores)
        return SL_OK;
    int code = sl_row_scores_read(picture, &roc.scores, err);
    if (!code && roc.scores.n && !roc.scores.all)
        snprintf(picture->reason, sizeof picture->reason,
                 "the store keeps the two largest scores of a row alone; --keep-scores all keeps those of "
                 "all classes");
    if (!code && roc.scores.n && roc.scores.all)
        code = make_curves(&roc, err);
    if (!code && roc.n) {
        code = name_classes(&roc, err);
        if (!code)
            code = sl_picture_begin(picture, 620, 600, err);
        if (!code)
            draw(&roc);
    }
    for (int c = 0; roc.names && c < picture->table->study->k; c++)
        free(roc.names[c]);
    free(roc.names);
    free(roc.curves);
    sl_row_scores_release(&roc.scores);
    return code;
}

int sl_plot_roc(struct sl_picture *picture, struct sl_error *err)
{
    return fill(picture, 0, err);
}

int sl_plot_precision_recall(struct sl_picture *picture, struct sl_error *err)
{
    return fill(picture, 1, err);
}
