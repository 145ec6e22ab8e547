/* plot_curves.c - learning curves: loss and accuracy by epoch, on the training and the validation rows.
 *
 * One row in detail: over folds or repeats the mean at each epoch, and each single curve faintly.  Several
 * rows side by side, their means in panels with the same range of accuracies; ranges of losses are shared by
 * those that are of the same kind alone (a hinge loss and a log loss do not compare). */
#include "core/memory.h"
#include "show/numbers.h"
#include "show/plots/curve.h"
#include "show/plots/plot.h"
#include "show/plots/rows.h"
#include <math.h>
#include <string.h>

enum {
    WIDTH = 960,
    HEIGHT = 470,
    ROWS_MOST = 12,
    ACROSS = 4,
    PANEL_WIDTH = 290,
    PANEL_HEIGHT = 150,
    DOTS_MOST = 40
};

static const struct sl_key keys[] = {{"training rows", SL_BLUE, 0, 1}, {"validation rows", SL_ORANGE, 0, 2}};

static size_t choose_keys(const struct sl_curve *curves, size_t n, struct sl_key *chosen)
{
    int train = 0, validation = 0;
    size_t used = 0;
    for (size_t i = 0; i < n; i++) {
        train |= curves[i].measured[SL_TRAIN_LOSS] || curves[i].measured[SL_TRAIN_ACCURACY];
        validation |= curves[i].measured[SL_VALIDATION_LOSS] || curves[i].measured[SL_VALIDATION_ACCURACY];
    }
    if (train)
        chosen[used++] = keys[0];
    if (validation)
        chosen[used++] = keys[1];
    return used;
}

/* Columns: row, curve (0: the mean), epoch, and the four values. */
static void write_line(struct sl_figure *figure, size_t row, size_t number, size_t epoch,
                       const double *values, const char *name)
{
    fprintf(figure->csv, "%zu,%zu,%zu", row, number, epoch);
    for (int v = 0; v < SL_CURVES; v++)
        sl_figure_number(figure, values[v]);
    fputc(',', figure->csv);
    sl_figure_field(figure, name);
    fputc('\n', figure->csv);
}

static void write_data(struct sl_figure *figure, const struct sl_curve *curve, size_t row, int singles)
{
    double values[SL_CURVES];
    for (size_t i = 0; i < curve->epochs; i++) {
        for (int v = 0; v < SL_CURVES; v++)
            values[v] = sl_curve_mean(curve, i, v);
        write_line(figure, row, 0, i + 1, values, curve->row->name);
    }
    for (size_t o = 0, number = 0; o < curve->row->n_outcomes && singles; o++) {
        const struct sl_outcome *outcome = &curve->row->outcomes[o];
        number += outcome->curve && outcome->n_curve;
        for (size_t i = 0; outcome->curve && i < outcome->n_curve; i++) {
            for (int v = 0; v < SL_CURVES; v++)
                values[v] = sl_curve_value(&outcome->curve[i], v);
            write_line(figure, row, number, i + 1, values, curve->row->name);
        }
    }
}

static void write_header(struct sl_figure *figure)
{
    fprintf(figure->csv,
            "row_number,curve,epoch,train_loss,validation_loss,train_accuracy,validation_accuracy,row\n");
}

static void plot_lines(struct sl_figure *figure, const struct sl_curve *curve, size_t row, int first,
                       int singles)
{
    for (int v = first; v < first + 2; v++) {
        const char *colour = v == first ? SL_BLUE : SL_ORANGE;
        if (!curve->measured[v])
            continue;
        for (size_t o = 1; singles && o <= curve->n; o++)
            sl_figure_plot(
                figure,
                "using ($1 == %zu && $2 == %zu ? $3 : NaN):%d with lines linewidth 0.8 * wide linecolor rgb "
                "'#b0%s'",
                row, o, 4 + v, colour + 1);
        sl_figure_plot(figure,
                       "using ($1 == %zu && $2 == 0 ? $3 : NaN):%d with %s linewidth 2.2 * wide dashtype %d "
                       "linecolor rgb "
                       "'%s'",
                       row, 4 + v,
                       curve->epochs <= DOTS_MOST ? "linespoints pointtype 7 pointsize 0.6 * size" : "lines",
                       v == first ? 1 : 2, colour);
    }
}

/* The range of loss or accuracy: of the means, and where curves are drawn singly, theirs. */
static void find_range(const struct sl_curve *curve, int first, int singles, double *low, double *high)
{
    for (int v = first; v < first + 2; v++) {
        *low = fmin(*low, curve->low[v]);
        *high = fmax(*high, curve->high[v]);
        for (size_t o = 0; o < curve->row->n_outcomes && singles; o++)
            for (size_t i = 0; curve->row->outcomes[o].curve && i < curve->row->outcomes[o].n_curve; i++) {
                double value = sl_curve_value(&curve->row->outcomes[o].curve[i], v);
                *low = isfinite(value) ? fmin(*low, value) : *low;
                *high = isfinite(value) ? fmax(*high, value) : *high;
            }
    }
}

static void value_axis(struct sl_axis *axis, double low, double high, int is_loss, double pixels)
{
    sl_axis_linear(axis, low, high, is_loss ? (low >= 0 ? 0 : -INFINITY) : 0, is_loss ? INFINITY : 1, pixels,
                   0);
    axis->title = is_loss ? "loss" : "accuracy";
}

/* One row ------------------------------------------------------------------------------------------ */

/* "; best on validation rows: accuracy 0.9123 in epoch 12": the mean's. */
static void describe_best(const struct sl_curve *curve, char *buf, size_t size)
{
    int which = curve->measured[SL_VALIDATION_ACCURACY] ? SL_VALIDATION_ACCURACY : SL_VALIDATION_LOSS;
    size_t at = 0;
    buf[0] = 0;
    if (!curve->measured[which] || curve->epochs < 2)
        return;
    double best = which == SL_VALIDATION_ACCURACY ? curve->high[which] : curve->low[which];
    while (at + 1 < curve->epochs && sl_curve_mean(curve, at, which) != best)
        at++;
    snprintf(buf, size, "; best on validation rows: %s %.4g in epoch %zu",
             which == SL_VALIDATION_ACCURACY ? "accuracy" : "loss", best, at + 1);
}

static double one_titles(struct sl_picture *picture, const struct sl_curve *curve)
{
    char rest[300], best[120], rows[40];
    char *title = sl_format("Learning curves: %s", curve->row->name);
    sl_print_count(picture->table->study->n_train, rows, sizeof rows);
    describe_best(curve, best, sizeof best);
    snprintf(rest, sizeof rest, ", %s training rows%s%s", rows,
             curve->n > 1 ? "; bold: mean over folds or repeats" : "", best);
    picture->figure.settings.failed |= !title;
    double height = title ? sl_picture_titles(picture, title, rest, 0) : 0;
    free(title);
    return height;
}

int sl_plot_curves(struct sl_picture *picture, struct sl_error *err)
{
    struct sl_curve curve;
    struct sl_key chosen[2];
    sl_curve_look(picture->row->row, &curve);
    int panels = sl_curve_has_loss(&curve) + sl_curve_has_accuracy(&curve);
    if (!panels)
        return SL_OK;
    if (sl_picture_begin(picture, panels == 2 ? WIDTH : 620, HEIGHT, err))
        return SL_ENOMEM;
    struct sl_figure *figure = &picture->figure;
    double top = one_titles(picture, &curve), width = figure->width / (double)panels;
    top += sl_figure_key(figure, SL_MARGIN, top, figure->width - SL_MARGIN, chosen,
                         choose_keys(&curve, 1, chosen)) +
           36;
    write_header(figure);
    write_data(figure, &curve, 0, curve.n > 1);
    for (int is_loss = 1, panel = 0; is_loss >= 0; is_loss--) {
        int first = is_loss ? SL_TRAIN_LOSS : SL_TRAIN_ACCURACY;
        double low = INFINITY, high = -INFINITY;
        if (is_loss ? !sl_curve_has_loss(&curve) : !sl_curve_has_accuracy(&curve))
            continue;
        struct sl_panel p = {
            .left = panel * width + 74, .top = top, .right = (panel + 1) * width - 26, .bottom = HEIGHT - 56};
        find_range(&curve, first, curve.n > 1, &low, &high);
        value_axis(&p.y, low, high, is_loss, p.bottom - p.top);
        sl_axis_count(&p.x, curve.epochs, p.right - p.left);
        p.x.title = "epoch";
        sl_figure_panel(figure, &p);
        plot_lines(figure, &curve, 0, first, curve.n > 1);
        sl_figure_panel_end(figure);
        panel++;
    }
    return SL_OK;
}

/* Several rows side by side ------------------------------------------------------------------------ */

struct together {
    struct sl_picture *picture;
    struct sl_curve curve[ROWS_MOST];
    char *name[ROWS_MOST];
    size_t n, left_out;
    int any_loss, any_accuracy;
    double low, high; /* of accuracies */
};

/* The best rows that have curves. */
static void choose_rows(struct together *t, const struct sl_rows *rows)
{
    t->low = INFINITY;
    t->high = -INFINITY;
    for (size_t i = 0; i < rows->n; i++) {
        struct sl_curve curve;
        sl_curve_look(rows->row[i]->row, &curve);
        if (!sl_curve_has_loss(&curve) && !sl_curve_has_accuracy(&curve))
            continue;
        if (t->n == ROWS_MOST) {
            t->left_out++;
            continue;
        }
        t->any_loss |= sl_curve_has_loss(&curve);
        t->any_accuracy |= sl_curve_has_accuracy(&curve);
        find_range(&curve, SL_TRAIN_ACCURACY, 0, &t->low, &t->high);
        t->curve[t->n++] = curve;
    }
}

static int name_panels(struct together *t)
{
    const char *full[ROWS_MOST];
    for (size_t i = 0; i < t->n; i++)
        full[i] = t->curve[i].row->name;
    char *start = sl_names_fit(full, t->n, SL_TEXT, PANEL_WIDTH - 46, t->name);
    free(start);
    return start ? 0 : -1;
}

static void loss_range(const struct together *t, size_t i, double *low, double *high)
{
    for (size_t j = 0; j < t->n; j++)
        if (j == i || sl_curve_same_loss(&t->curve[i], &t->curve[j]))
            find_range(&t->curve[j], SL_TRAIN_LOSS, 0, low, high);
}

/* The upper or lower panel of a row's place. */
static void draw_panel(struct together *t, size_t i, int is_loss, double left, double top, double height)
{
    struct sl_figure *figure = &t->picture->figure;
    const struct sl_curve *curve = &t->curve[i];
    int is_last = !is_loss || !sl_curve_has_accuracy(curve);
    double low = t->low, high = t->high;
    struct sl_panel panel = {
        .left = left + 70, .top = top, .right = left + PANEL_WIDTH - 14, .bottom = top + height};
    if (is_loss) {
        low = INFINITY;
        high = -INFINITY;
        loss_range(t, i, &low, &high);
    }
    value_axis(&panel.y, low, high, is_loss, height);
    sl_axis_count(&panel.x, curve->epochs, panel.right - panel.left);
    panel.x.no_texts = !is_last;
    panel.x.title = is_last ? "epoch" : NULL;
    sl_figure_panel(figure, &panel);
    plot_lines(figure, curve, i, is_loss ? SL_TRAIN_LOSS : SL_TRAIN_ACCURACY, 0);
    sl_figure_panel_end(figure);
}

static void draw_place(struct together *t, size_t i, double left, double top)
{
    const struct sl_curve *curve = &t->curve[i];
    enum { APART = 32, TITLE = 46 };
    int both = sl_curve_has_loss(curve) && sl_curve_has_accuracy(curve), two = t->any_loss && t->any_accuracy;
    double whole = two ? 2 * PANEL_HEIGHT + APART : PANEL_HEIGHT, height = both ? PANEL_HEIGHT : whole;
    sl_figure_text(&t->picture->figure, left + SL_MARGIN, top + 10, SL_LEFT, SL_TEXT, SL_INK, t->name[i]);
    if (sl_curve_has_loss(curve))
        draw_panel(t, i, 1, left, top + TITLE, height);
    if (sl_curve_has_accuracy(curve))
        draw_panel(t, i, 0, left, top + TITLE + (both ? PANEL_HEIGHT + APART : 0), height);
    write_data(&t->picture->figure, curve, i, 0);
}

static void draw_together(struct together *t)
{
    struct sl_picture *picture = t->picture;
    struct sl_figure *figure = &picture->figure;
    struct sl_key chosen[2];
    char rest[300], rows[40];
    size_t across = t->n < ACROSS                         ? t->n
                    : t->n == 5 || t->n == 6 || t->n == 9 ? 3
                                                          : ACROSS,
           bands = (t->n + across - 1) / across;
    double band = 46 + (t->any_loss && t->any_accuracy ? 2 * PANEL_HEIGHT + 32 : PANEL_HEIGHT) + 62;
    sl_print_count(picture->table->study->n_train, rows, sizeof rows);
    int used = snprintf(rest, sizeof rest,
                        ", %s training rows; losses of other kinds have scales of their own", rows);
    if (t->left_out)
        snprintf(rest + used, sizeof rest - (size_t)used, "; the best %d of %zu rows", ROWS_MOST,
                 t->n + t->left_out);
    figure->width = (int)across * PANEL_WIDTH + SL_MARGIN;
    double top = sl_picture_titles(picture, sl_picture_study_title(picture), rest, 0);
    top += sl_figure_key(figure, SL_MARGIN, top, figure->width - SL_MARGIN, chosen,
                         choose_keys(t->curve, t->n, chosen)) +
           12;
    figure->height = (int)(top + (double)bands * band);
    write_header(figure);
    for (size_t i = 0; i < t->n; i++)
        draw_place(t, i, (double)(i % across) * PANEL_WIDTH, top + (double)(i / across) * band);
}

int sl_plot_curves_together(struct sl_picture *picture, struct sl_error *err)
{
    struct together t = {.picture = picture};
    struct sl_rows rows;
    int code = sl_rows_collect(picture->table, 1, &rows, err);
    if (!code)
        choose_rows(&t, &rows);
    if (!code && t.n > 1) {
        code = name_panels(&t) ? sl_fail_memory(err) : sl_picture_begin(picture, WIDTH, HEIGHT, err);
        if (!code)
            draw_together(&t);
    }
    for (size_t i = 0; i < t.n; i++)
        free(t.name[i]);
    sl_rows_release(&rows);
    return code;
}
