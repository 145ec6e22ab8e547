/* curve.c - the learning curves of a row. */
#include "show/plots/curve.h"
#include "core/json_text.h"
#include <math.h>
#include <string.h>

double sl_curve_value(const struct sl_epoch *e, int which)
{
    switch (which) {
    case SL_TRAIN_LOSS:
        return e->train_loss;
    case SL_VALIDATION_LOSS:
        return e->validation_loss;
    case SL_TRAIN_ACCURACY:
        return e->train_accuracy;
    default:
        return e->validation_accuracy;
    }
}

double sl_curve_mean(const struct sl_curve *curve, size_t i, int which)
{
    double sum = 0;
    size_t n = 0;
    for (size_t o = 0; o < curve->row->n_outcomes; o++) {
        const struct sl_outcome *outcome = &curve->row->outcomes[o];
        double value =
            outcome->curve && i < outcome->n_curve ? sl_curve_value(&outcome->curve[i], which) : NAN;
        if (!isfinite(value))
            continue;
        sum += value;
        n++;
    }
    return n ? sum / (double)n : NAN;
}

void sl_curve_look(const struct sl_study_row *row, struct sl_curve *curve)
{
    *curve = (struct sl_curve){.row = row};
    for (int v = 0; v < SL_CURVES; v++) {
        curve->low[v] = INFINITY;
        curve->high[v] = -INFINITY;
    }
    for (size_t o = 0; o < row->n_outcomes; o++) {
        size_t n = row->outcomes[o].curve ? row->outcomes[o].n_curve : 0;
        curve->n += n > 0;
        curve->epochs = n > curve->epochs ? n : curve->epochs;
    }
    for (size_t i = 0; i < curve->epochs; i++)
        for (int v = 0; v < SL_CURVES; v++) {
            double value = sl_curve_mean(curve, i, v);
            if (!isfinite(value))
                continue;
            curve->measured[v] = 1;
            curve->low[v] = fmin(curve->low[v], value);
            curve->high[v] = fmax(curve->high[v], value);
        }
}

int sl_curve_has_loss(const struct sl_curve *curve)
{
    return curve->measured[SL_TRAIN_LOSS] || curve->measured[SL_VALIDATION_LOSS];
}

int sl_curve_has_accuracy(const struct sl_curve *curve)
{
    return curve->measured[SL_TRAIN_ACCURACY] || curve->measured[SL_VALIDATION_ACCURACY];
}

/* Equal where neither names one, too: the classifier has one loss. */
int sl_curve_same_loss(const struct sl_curve *a, const struct sl_curve *b)
{
    static const char *const names[] = {"loss", "penalty", "alpha", "C"}; /* what the loss is made of */
    if (strcmp(a->row->classifier, b->row->classifier) != 0)
        return 0;
    int no_memory = 0, same = 1;
    json_t *x = sl_json_parse(a->row->params_json, &no_memory),
           *y = sl_json_parse(b->row->params_json, &no_memory);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        json_t *p = json_object_get(x, names[i]), *q = json_object_get(y, names[i]);
        same &= p == q || (p && q && json_equal(p, q));
    }
    json_decref(x);
    json_decref(y);
    return same;
}
