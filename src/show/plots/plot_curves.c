/* plot_curves.c - learning curves: loss and accuracy by epoch, on the training and the validation rows.
 * One row in detail; over folds or repeats the mean at each epoch, and each single curve faintly.  Several
 * rows side by side, their means in panels of the same range; where classifiers differ, so do their losses,
 * and each panel has a range of its own for that. */
#include "core/text.h"
#include "show/numbers.h"
#include "show/plots/plot.h"
#include <math.h>
#include <string.h>

enum { N_VALUES = 4 };

static double value(const struct sl_epoch *e, int which)
{
    switch (which) {
    case 0:
        return e->train_loss;
    case 1:
        return e->validation_loss;
    case 2:
        return e->train_accuracy;
    default:
        return e->validation_accuracy;
    }
}

static int has_curve(const struct sl_outcome *o)
{
    return o->n_curve > 0 && o->curve != NULL;
}

static void add_value(struct sl_picture *picture, double x)
{
    if (isfinite(x))
        sl_string_add(&picture->data, "\t%.6g", x);
    else
        sl_string_add(&picture->data, "\tnan");
}

/* The mean at the i-th epoch over the curves that go so far. */
static double mean_at(const struct sl_study_row *row, size_t i, int which)
{
    double sum = 0;
    size_t n = 0;
    for (size_t o = 0; o < row->n_outcomes; o++) {
        const struct sl_outcome *outcome = &row->outcomes[o];
        if (!has_curve(outcome) || i >= outcome->n_curve || !isfinite(value(&outcome->curve[i], which)))
            continue;
        sum += value(&outcome->curve[i], which);
        n++;
    }
    return n ? sum / (double)n : NAN;
}

/* The epoch of the lowest validation loss or the highest validation accuracy. */
static void write_best(struct sl_picture *picture, const struct sl_study_row *row, size_t epochs, int which,
                       const char *name)
{
    double best = NAN, at = NAN;
    char variable[40];
    for (size_t i = 0; i < epochs; i++) {
        double x = mean_at(row, i, which);
        if (isnan(x))
            continue;
        if (isnan(best) || (which == 1 ? x < best : x > best)) {
            best = x;
            at = (double)(i + 1);
        }
    }
    snprintf(variable, sizeof variable, "best_%s", name);
    sl_picture_number(picture, variable, isnan(best) ? -1 : best);
    snprintf(variable, sizeof variable, "best_%s_epoch", name);
    sl_picture_number(picture, variable, isnan(at) ? -1 : at);
}

/* Block 0: the means; blocks 1 ... n: the single curves, where there are several. */
static void write_data(struct sl_picture *picture, const struct sl_study_row *row, size_t epochs,
                       size_t curves)
{
    sl_string_add(&picture->data,
                  "# epoch\ttrain_loss\tvalidation_loss\ttrain_accuracy\tvalidation_accuracy\n");
    for (size_t i = 0; i < epochs; i++) {
        sl_string_add(&picture->data, "%zu", i + 1);
        for (int v = 0; v < N_VALUES; v++)
            add_value(picture, mean_at(row, i, v));
        sl_string_add(&picture->data, "\n");
    }
    sl_picture_block_end(picture);
    for (size_t o = 0; o < row->n_outcomes && curves > 1; o++) {
        const struct sl_outcome *outcome = &row->outcomes[o];
        if (!has_curve(outcome))
            continue;
        for (size_t i = 0; i < outcome->n_curve; i++) {
            sl_string_add(&picture->data, "%zu", i + 1);
            for (int v = 0; v < N_VALUES; v++)
                add_value(picture, value(&outcome->curve[i], v));
            sl_string_add(&picture->data, "\n");
        }
        sl_picture_block_end(picture);
    }
}

/* What the curves of a row hold. */
struct extent {
    size_t epochs, curves;
    int measured[N_VALUES];
};

static void measure(const struct sl_study_row *row, struct extent *extent)
{
    for (size_t o = 0; o < row->n_outcomes; o++) {
        const struct sl_outcome *outcome = &row->outcomes[o];
        if (!has_curve(outcome))
            continue;
        extent->curves++;
        extent->epochs = outcome->n_curve > extent->epochs ? outcome->n_curve : extent->epochs;
        for (size_t i = 0; i < outcome->n_curve; i++)
            for (int v = 0; v < N_VALUES; v++)
                extent->measured[v] |= isfinite(value(&outcome->curve[i], v));
    }
}

int sl_plot_curves(struct sl_picture *picture, struct sl_error *err)
{
    const struct sl_study_row *row = picture->row->row;
    const struct sl_study *study = picture->table->study;
    struct extent extent = {0};
    const int *measured = extent.measured;
    char title[TITLE_SIZE], rest[200], rows[40];
    (void)err;
    measure(row, &extent);
    size_t epochs = extent.epochs, curves = extent.curves;
    if (!measured[0] && !measured[1] && !measured[2] && !measured[3])
        return SL_OK;
    sl_print_count(study->n_train, rows, sizeof rows);
    snprintf(title, sizeof title, "Learning curves: %s", row->name);
    snprintf(rest, sizeof rest, ", %s training rows%s", rows,
             curves > 1 ? "; bold: mean over folds or repeats" : "");
    sl_picture_titles(picture, title, rest);
    sl_picture_number(picture, "epochs", (double)epochs);
    sl_picture_number(picture, "curves", (double)curves);
    sl_picture_number(picture, "has_train_loss", measured[0]);
    sl_picture_number(picture, "has_validation_loss", measured[1]);
    sl_picture_number(picture, "has_train_accuracy", measured[2]);
    sl_picture_number(picture, "has_validation_accuracy", measured[3]);
    write_best(picture, row, epochs, 1, "loss");
    write_best(picture, row, epochs, 3, "accuracy");
    write_data(picture, row, epochs, curves);
    picture->height = 480;
    picture->has_data = 1;
    return SL_OK;
}

/* Several rows side by side ------------------------------------------------------------------------ */

enum { ROWS_SHOWN = 12, ROWS_ACROSS = 4, PANEL_WIDTH = 270, BAND_HEIGHT = 440 };

/* Lowest and highest finite values: one range for all panels whose values compare. */
struct range {
    double low, high;
};

static void widen(struct range *range, const struct sl_study_row *row, size_t epochs, int first)
{
    for (size_t i = 0; i < epochs; i++)
        for (int v = first; v < first + 2; v++) {
            double x = mean_at(row, i, v);
            if (isfinite(x)) {
                range->low = fmin(range->low, x);
                range->high = fmax(range->high, x);
            }
        }
}

/* panel 0: of all of them. */
static void write_range(struct sl_picture *picture, const char *name, size_t panel, struct range range)
{
    char variable[40], of[24] = "";
    if (panel)
        snprintf(of, sizeof of, "_%zu", panel);
    if (range.high < range.low) /* nothing was measured */
        range = (struct range){0, 1};
    double room = range.high > range.low ? 0.04 * (range.high - range.low) : 0.01;
    snprintf(variable, sizeof variable, "%s_low%s", name, of);
    sl_picture_number(picture, variable, range.low - room);
    snprintf(variable, sizeof variable, "%s_high%s", name, of);
    sl_picture_number(picture, variable, range.high + room);
}

/* 1, 2 or 5 times a power of ten: about four ticks in a narrow panel. */
static double tick_step(size_t epochs)
{
    double step = 1;
    for (int i = 0; (double)epochs > 5 * step; i++)
        step *= i % 3 == 1 ? 2.5 : 2;
    return step;
}

/* The row's block of means, and what the script must know of it. */
static void add_panel(struct sl_picture *picture, const struct sl_study_row *row, const struct extent *extent,
                      size_t panel)
{
    static const char *const names[] = {"train_loss", "validation_loss", "train_accuracy",
                                        "validation_accuracy"};
    char variable[40];
    snprintf(variable, sizeof variable, "row_%zu", panel);
    sl_picture_text(picture, variable, row->name, PANEL_WIDTH / 8);
    for (int v = 0; v < N_VALUES; v++) {
        snprintf(variable, sizeof variable, "%s_%zu", names[v], panel);
        sl_picture_number(picture, variable, extent->measured[v]);
    }
    struct range loss = {INFINITY, -INFINITY};
    widen(&loss, row, extent->epochs, 0);
    write_range(picture, "loss", panel, loss);
    snprintf(variable, sizeof variable, "epochs_%zu", panel);
    sl_picture_number(picture, variable, (double)extent->epochs);
    snprintf(variable, sizeof variable, "epoch_step_%zu", panel);
    sl_picture_number(picture, variable, tick_step(extent->epochs));
    write_data(picture, row, extent->epochs, 1);
}

int sl_plot_curves_together(struct sl_picture *picture, struct sl_error *err)
{
    const struct sl_table *table = picture->table;
    struct range loss = {INFINITY, -INFINITY}, accuracy = {INFINITY, -INFINITY};
    size_t panels = 0, epochs = 0;
    const char *classifier = NULL;
    int same_loss =
        1; /* classifiers mean other things by it: hinge, cross-entropy, with a penalty or without */
    char rest[200], rows[40];
    (void)err;
    for (size_t r = 0; r < table->n && panels < ROWS_SHOWN; r++) {
        const struct sl_study_row *row = table->rows[r].row;
        struct extent extent = {0};
        measure(row, &extent);
        if (!extent.epochs)
            continue;
        same_loss &= !classifier || strcmp(classifier, row->classifier) == 0;
        classifier = row->classifier;
        add_panel(picture, row, &extent, ++panels);
        widen(&loss, row, extent.epochs, 0);
        widen(&accuracy, row, extent.epochs, 2);
        epochs = extent.epochs > epochs ? extent.epochs : epochs;
    }
    if (panels < 2)
        return SL_OK;
    size_t across = panels < ROWS_ACROSS ? panels : ROWS_ACROSS, bands = (panels + across - 1) / across;
    sl_print_count(table->study->n_train, rows, sizeof rows);
    snprintf(rest, sizeof rest, ", %s training rows", rows);
    picture->width = (int)(across < 3 ? 3 * PANEL_WIDTH : across * PANEL_WIDTH) + 60;
    picture->height = (int)bands * BAND_HEIGHT + 90;
    sl_picture_titles(picture, sl_picture_study_title(picture), rest);
    sl_picture_number(picture, "epochs", (double)epochs);
    sl_picture_number(picture, "panels", (double)panels);
    sl_picture_number(picture, "across", (double)across);
    sl_picture_number(picture, "bands", (double)bands);
    sl_picture_number(picture, "same_loss", same_loss);
    sl_picture_number(picture, "epoch_step", tick_step(epochs));
    write_range(picture, "loss", 0, loss);
    write_range(picture, "accuracy", 0, accuracy);
    picture->has_data = 1;
    return SL_OK;
}
