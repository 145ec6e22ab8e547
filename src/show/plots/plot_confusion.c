/* plot_confusion.c - the confusion matrix of one row, or the difference of two rows', as a heat map: counts
 * and per cents in the cells, colour by the share of the true class, so that classes of different sizes
 * compare. Of more than 20 classes the 20 worst pairs as a list of bars: their cells could not be read. */
#include "core/memory.h"
#include "show/numbers.h"
#include "show/plots/plot.h"
#include "show/report.h"
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

enum { CLASSES_MOST = 20, PAIRS = 20, NAME_WIDTH = 170, SCALE = 96, PAIR_PITCH = 24, PAIR_WIDTH = 420 };

struct matrix {
    struct sl_picture *picture;
    int k, differs; /* differs: of two rows, the first's less the second's */
    double *counts; /* (k, k): true by predicted class */
    double *shares; /* (k, k): of the true class */
    char **names;   /* (k) */
    double widest;  /* of the names */
    double largest; /* share that has the darkest colour */
};

static int add_report(struct matrix *m, const struct sl_table_row *row, double sign, struct sl_error *err)
{
    struct sl_class_report report;
    int code = sl_class_report_make(m->picture->table, row, &report, err);
    if (code)
        return code;
    for (int t = 0; t < m->k; t++)
        for (int p = 0; p < m->k; p++) {
            double count = (double)report.counts[t * report.k + p],
                   support = (double)report.classes[t].support;
            m->counts[t * m->k + p] += sign * count;
            m->shares[t * m->k + p] += support > 0 ? sign * count / support : 0;
        }
    sl_class_report_free(&report);
    return SL_OK;
}

static int begin(struct matrix *m, struct sl_error *err)
{
    const struct sl_study *study = m->picture->table->study;
    m->k = study->k;
    size_t k = (size_t)m->k;
    m->counts = sl_alloc_zero(k * k, sizeof *m->counts);
    m->shares = sl_alloc_zero(k * k, sizeof *m->shares);
    m->names = sl_alloc_zero(k, sizeof *m->names);
    if (!m->counts || !m->shares || !m->names)
        return sl_fail_memory(err);
    char *start = sl_names_fit((const char *const *)study->classes, k, SL_TEXT, NAME_WIDTH, m->names);
    free(start);
    for (size_t c = 0; c < k && start; c++)
        m->widest = fmax(m->widest, sl_text_pixels(m->names[c], SL_TEXT));
    return start ? SL_OK : sl_fail_memory(err);
}

static void release(struct matrix *m)
{
    for (int c = 0; c < m->k && m->names; c++)
        free(m->names[c]);
    free(m->names);
    free(m->counts);
    free(m->shares);
}

static void print_cell(const struct matrix *m, size_t i, char *count, char *share, size_t size)
{
    snprintf(count, size, m->differs ? "%+.0f" : "%.0f", m->counts[i]);
    double percent = 100 * m->shares[i];
    snprintf(share, size,
             m->differs ? (fabs(percent) < 9.95 ? "%+.1f %%" : "%+.0f %%")
                        : (percent < 9.95 ? "%.1f %%" : "%.0f %%"),
             percent);
}

static void write_data(struct matrix *m)
{
    struct sl_figure *figure = &m->picture->figure;
    fprintf(figure->csv, "predicted_number,true_number,share_of_true,count,predicted,true\n");
    for (int t = 0; t < m->k; t++)
        for (int p = 0; p < m->k; p++) {
            if (m->counts[t * m->k + p] == 0)
                continue;
            fprintf(figure->csv, "%d,%d,%.6f,%.0f,", p, t, m->shares[t * m->k + p], m->counts[t * m->k + p]);
            sl_figure_field(figure, m->picture->table->study->classes[p]);
            fputc(',', figure->csv);
            sl_figure_field(figure, m->picture->table->study->classes[t]);
            fputc('\n', figure->csv);
        }
}

/* Titles ------------------------------------------------------------------------------------------- */

static double titles(struct matrix *m, int width)
{
    const struct sl_table_row *row = m->picture->row, *against = m->picture->against;
    char rest[700], rows[40];
    char *title = sl_format(m->differs ? "Confusions: %s less those of %s" : "Confusion matrix: %s",
                            row->row->name, m->differs ? against->row->name : "");
    sl_print_count(row->n_validation, rows, sizeof rows);
    if (m->differs)
        snprintf(rest, sizeof rest,
                 ", %s predictions; accuracy %.4f and %.4f; on the diagonal more is better, "
                 "elsewhere less",
                 rows, row->accuracy, against->accuracy);
    else
        snprintf(rest, sizeof rest, ", %s predictions, accuracy %.4f (%.4f-%.4f)", rows, row->accuracy,
                 row->ci_low, row->ci_high);
    m->picture->figure.settings.failed |= !title;
    double height = title ? sl_picture_titles(m->picture, title, rest, width) : 0;
    free(title);
    return height;
}

/* Cells -------------------------------------------------------------------------------------------- */

static double cell_size(const struct matrix *m)
{
    double widest = 30;
    for (size_t i = 0; i < (size_t)m->k * (size_t)m->k; i++) {
        char count[32], share[32];
        print_cell(m, i, count, share, sizeof count);
        widest = fmax(widest, fmax(sl_text_pixels(count, SL_TEXT), sl_text_pixels(share, SL_SMALL)));
    }
    return fmax(widest + 6, m->k <= 10 ? 54 : 42);
}

static void write_cells(struct matrix *m, const struct sl_panel *panel, double cell)
{
    for (int t = 0; t < m->k; t++)
        for (int p = 0; p < m->k; p++) {
            char count[32], share[32];
            size_t i = (size_t)(t * m->k + p);
            if (m->counts[i] == 0)
                continue;
            print_cell(m, i, count, share, sizeof count);
            double x = panel->left + (p + 0.5) * cell, y = panel->top + (t + 0.5) * cell;
            const char *colour = fabs(m->shares[i]) > 0.5 * m->largest ? "#ffffff" : SL_INK;
            sl_figure_text(&m->picture->figure, x, y - 8, SL_CENTRE, SL_TEXT, colour, count);
            sl_figure_text(&m->picture->figure, x, y + 10, SL_CENTRE, SL_SMALL, colour, share);
        }
}

static void write_names(struct matrix *m, const struct sl_panel *panel, double cell)
{
    struct sl_figure *figure = &m->picture->figure;
    int upright = m->widest > cell - 8;
    for (int c = 0; c < m->k; c++) {
        double at = (c + 0.5) * cell;
        sl_figure_text(figure, panel->left - 8, panel->top + at, SL_RIGHT, SL_TEXT, SL_INK, m->names[c]);
        sl_figure_text(figure, panel->left + at, panel->bottom + (upright ? 8 : 16),
                       upright ? SL_RIGHT | SL_UP : SL_CENTRE, SL_TEXT, SL_INK, m->names[c]);
    }
    sl_figure_text(figure, panel->left - 8, panel->top - 14, SL_RIGHT, SL_TEXT, SL_GREY, "true class");
    sl_figure_text(figure, (panel->left + panel->right) / 2, panel->bottom + (upright ? m->widest : 16) + 28,
                   SL_CENTRE, SL_TEXT, SL_GREY, "predicted class");
}

/* The scale beside the matrix: its ends and its middle. */
static void write_scale(struct matrix *m, const struct sl_panel *panel)
{
    struct sl_figure *figure = &m->picture->figure;
    double left = panel->right + 22, height = fmin(panel->bottom - panel->top, 200);
    static const char *const one[] = {"#ffffff", "#dfeaf4", "#b9d3e8", "#8fb9da",
                                      "#5e99c6", "#2f77b0", "#0b4f8a"};
    static const char *const two[] = {"#9c4a00", "#d98032", "#f2c9a0", "#ffffff",
                                      "#a9c8e2", "#4c8abd", "#0b4f8a"};
    for (int i = 0; i < 7; i++)
        sl_figure_box(figure, left, panel->top + height * (6 - i) / 7, left + 14,
                      panel->top + height * (7 - i) / 7, m->differs ? two[i] : one[i]);
    for (int i = 0; i < 3; i++) {
        double value = m->differs ? (i - 1) * m->largest : i * m->largest / 2;
        sl_figure_textf(figure, left + 20, panel->top + 8 + (height - 16) * (2 - i) / 2, SL_LEFT, SL_SMALL,
                        SL_GREY, m->differs ? "%+.3g %%" : "%.3g %%", 100 * value);
    }
    sl_figure_text(figure, left, panel->top - 14, SL_LEFT, SL_SMALL, SL_GREY, "of the class");
}

static void plot_cells(struct matrix *m, double cell)
{
    struct sl_figure *figure = &m->picture->figure;
    sl_string_add(&figure->settings, "set palette defined (%s)\nset cbrange [%.6g:%.6g]\n",
                  m->differs
                      ? "0 '#9c4a00', 1 '#d98032', 2 '#f2c9a0', 3 '#ffffff', 4 '#a9c8e2', 5 '#4c8abd', 6 "
                        "'#0b4f8a'"
                      : "0 '#ffffff', 1 '#dfeaf4', 2 '#b9d3e8', 3 '#8fb9da', 4 '#5e99c6', 5 '#2f77b0', 6 "
                        "'#0b4f8a'",
                  m->differs ? -m->largest : 0, m->largest);
    double half = 0.5 - 0.5 / cell;
    sl_figure_plot(figure,
                   "using 1:2:(%.4f):(%.4f):3 with boxxyerror fillcolor palette fillstyle solid noborder",
                   half, half);
}

static int draw_cells(struct matrix *m)
{
    struct sl_figure *figure = &m->picture->figure;
    double cell = cell_size(m), left = fmax(m->widest, 70) + SL_MARGIN + 10;
    double below = (m->widest > cell - 8 ? m->widest : 16) + 52;
    figure->width = (int)fmax(left + cell * m->k + SCALE, 620);
    double top = titles(m, 0) + 34;
    figure->height = (int)(top + cell * m->k + below);
    struct sl_panel panel = {
        .left = left, .top = top, .right = left + cell * m->k, .bottom = top + cell * m->k, .no_frame = 1};
    sl_axis_places(&panel.x, (size_t)m->k, 0);
    sl_axis_places(&panel.y, (size_t)m->k, 1);
    m->largest = m->differs ? 0.01 : 1;
    for (size_t i = 0; i < (size_t)m->k * (size_t)m->k && m->differs; i++)
        m->largest = fmax(m->largest, fabs(m->shares[i]));
    sl_figure_panel(figure, &panel);
    write_names(m, &panel, cell);
    write_cells(m, &panel, cell);
    write_scale(m, &panel);
    write_data(m);
    plot_cells(m, cell);
    sl_figure_panel_end(figure);
    return SL_OK;
}

/* Pairs -------------------------------------------------------------------------------------------- */

struct pair {
    int truth, predicted;
    double count, share;
};

static int largest_first(const void *a, const void *b)
{
    const struct pair *p = a, *q = b;
    double x = fabs(p->count), y = fabs(q->count);
    if (x != y)
        return x < y ? 1 : -1;
    return p->truth != q->truth ? p->truth - q->truth : p->predicted - q->predicted;
}

static size_t collect_pairs(const struct matrix *m, struct pair *pairs)
{
    size_t n = 0;
    for (int t = 0; t < m->k; t++)
        for (int p = 0; p < m->k; p++)
            if (t != p && m->counts[t * m->k + p] != 0)
                pairs[n++] = (struct pair){t, p, m->counts[t * m->k + p], m->shares[t * m->k + p]};
    qsort(pairs, n, sizeof *pairs, largest_first);
    return n < PAIRS ? n : PAIRS;
}

static void write_pairs(struct matrix *m, const struct pair *pairs, size_t n, const struct sl_panel *panel)
{
    struct sl_figure *figure = &m->picture->figure;
    double half = panel->left / 2;
    fprintf(figure->csv, "place,count,share_of_true,true,predicted\n");
    sl_figure_text(figure, half - 14, panel->top - 14, SL_RIGHT, SL_TEXT, SL_GREY, "true class");
    sl_figure_text(figure, half + 14, panel->top - 14, SL_LEFT, SL_TEXT, SL_GREY, "predicted class");
    for (size_t i = 0; i < n; i++) {
        double y = panel->top + ((double)i + 0.5) * PAIR_PITCH;
        const struct pair *p = &pairs[i];
        sl_figure_text(figure, half - 14, y, SL_RIGHT, SL_TEXT, SL_INK, m->names[p->truth]);
        sl_figure_text(figure, half, y, SL_CENTRE, SL_TEXT, SL_GREY, "→");
        sl_figure_text(figure, half + 14, y, SL_LEFT, SL_TEXT, SL_INK, m->names[p->predicted]);
        double x = sl_axis_at(&panel->x, fmax(p->count, 0), panel->left, panel->right);
        sl_figure_textf(figure, x + 6, y, SL_LEFT, SL_SMALL, SL_INK,
                        m->differs ? "%+.0f (%+.1f %%)" : "%.0f (%.1f %%)", p->count, 100 * p->share);
        fprintf(figure->csv, "%zu,%.0f,%.6f,", i, p->count, p->share);
        sl_figure_field(figure, m->picture->table->study->classes[p->truth]);
        fputc(',', figure->csv);
        sl_figure_field(figure, m->picture->table->study->classes[p->predicted]);
        fputc('\n', figure->csv);
    }
}

static int draw_pairs(struct matrix *m, struct sl_error *err)
{
    struct sl_figure *figure = &m->picture->figure;
    struct pair *pairs = sl_alloc_zero((size_t)m->k * (size_t)m->k, sizeof *pairs);
    if (!pairs)
        return sl_fail_memory(err);
    size_t n = collect_pairs(m, pairs);
    double low = 0, high = 1, left = 2 * (NAME_WIDTH + 14) + SL_MARGIN;
    for (size_t i = 0; i < n; i++) {
        low = fmin(low, pairs[i].count);
        high = fmax(high, pairs[i].count);
    }
    figure->width = (int)left + PAIR_WIDTH + 150;
    struct sl_panel panel = {
        .left = left, .top = titles(m, 0) + 36, .right = left + PAIR_WIDTH, .no_grid_y = 1};
    panel.bottom = panel.top + (double)(n ? n : 1) * PAIR_PITCH;
    figure->height = (int)panel.bottom + 58;
    sl_axis_linear(&panel.x, low, high, low < 0 ? -INFINITY : 0, INFINITY, PAIR_WIDTH, 1);
    sl_axis_whole(&panel.x, PAIR_WIDTH, 1);
    sl_axis_places(&panel.y, n ? n : 1, 1);
    panel.x.title =
        m->differs ? "rows more (or less) than the other's" : "rows; in brackets: of the true class";
    sl_figure_panel(figure, &panel);
    write_pairs(m, pairs, n, &panel);
    if (!n)
        sl_figure_text(figure, panel.left + 8, panel.top + PAIR_PITCH / 2.0, SL_LEFT, SL_TEXT, SL_INK,
                       m->differs ? "no pair of classes differs" : "no class is taken for another");
    else
        sl_figure_plot(
            figure, "using (0):1:(0):2:($1 - 0.32):($1 + 0.32) with boxxyerror fillcolor rgb '" SL_BLUE "'");
    sl_figure_panel_end(figure);
    free(pairs);
    return SL_OK;
}

static int fill(struct matrix *m, struct sl_error *err)
{
    int code = begin(m, err);
    if (!code)
        code = add_report(m, m->picture->row, 1, err);
    if (!code && m->differs)
        code = add_report(m, m->picture->against, -1, err);
    if (!code)
        code = sl_picture_begin(m->picture, 620, 400, err);
    if (!code)
        code = m->k > CLASSES_MOST ? draw_pairs(m, err) : draw_cells(m);
    release(m);
    return code;
}

int sl_plot_confusion(struct sl_picture *picture, struct sl_error *err)
{
    struct matrix m = {.picture = picture};
    return picture->row->n_scores ? fill(&m, err) : SL_OK;
}

int sl_plot_confusion_difference(struct sl_picture *picture, struct sl_error *err)
{
    struct matrix m = {.picture = picture, .differs = 1};
    return picture->row->n_scores && picture->against->n_scores ? fill(&m, err) : SL_OK;
}
