/* plot_curves.c - learning curves of one row: loss and accuracy by epoch, on the training and the
 * validation rows.  Over folds or repeats: the mean at each epoch, and each single curve faintly. */
#include "show/columns.h"
#include "show/plot.h"
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

int sl_plot_curves(struct sl_picture *picture, struct sl_error *err)
{
    const struct sl_study_row *row = picture->row->row;
    const struct sl_study *study = picture->table->study;
    size_t epochs = 0, curves = 0;
    int measured[N_VALUES] = {0};
    char title[300], subtitle[300], rows[40];
    (void)err;
    for (size_t o = 0; o < row->n_outcomes; o++) {
        const struct sl_outcome *outcome = &row->outcomes[o];
        if (!has_curve(outcome))
            continue;
        curves++;
        epochs = outcome->n_curve > epochs ? outcome->n_curve : epochs;
        for (size_t i = 0; i < outcome->n_curve; i++)
            for (int v = 0; v < N_VALUES; v++)
                measured[v] |= isfinite(value(&outcome->curve[i], v));
    }
    if (!measured[0] && !measured[1] && !measured[2] && !measured[3])
        return SL_OK;
    sl_print_count(study->n_train, rows, sizeof rows);
    snprintf(title, sizeof title, "Learning curves: %.200s", row->name);
    snprintf(subtitle, sizeof subtitle, "%.120s, %s training rows%s", study->data, rows,
             curves > 1 ? "; bold: mean over folds or repeats" : "");
    sl_picture_text(picture, "title", title);
    sl_picture_text(picture, "subtitle", subtitle);
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
