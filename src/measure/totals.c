/* totals.c - the metrics of labels, from sums over the classes.
 *
 * Matthews' correlation of several classes is R_K of J. Gorodkin, "Comparing two K-category assignments by a
 * K-category correlation coefficient" (2004); kappa is J. Cohen's, "A coefficient of agreement for
 * nominal scales" (1960).  Edge cases are scikit-learn's (matthews_corrcoef, cohen_kappa_score).  Cost: O(1)
 * a class. */
#include "measure/totals.h"
#include <math.h>

static double ratio(double part, double whole)
{
    return whole > 0 ? part / whole : 0;
}

struct sl_class_scores sl_totals_add(struct sl_totals *t, const struct sl_class_rows *rows)
{
    struct sl_class_scores scores = {.precision = ratio(rows->right, rows->predicted),
                                     .recall = ratio(rows->right, rows->support),
                                     .f1 = ratio(2 * rows->right, rows->support + rows->predicted),
                                     .support = (uint64_t)rows->support};
    t->n += rows->support;
    t->right += rows->right;
    t->occurring += rows->support > 0;
    t->counted += rows->support > 0 || rows->predicted > 0;
    t->recall += scores.recall;
    t->precision += scores.precision;
    t->f1 += scores.f1;
    t->f1_weighted += rows->support * scores.f1;
    t->supports += rows->support * rows->support;
    t->predictions += rows->predicted * rows->predicted;
    t->both += rows->support * rows->predicted;
    return scores;
}

static double matthews(const struct sl_totals *t)
{
    double square = t->n * t->n, spread = (square - t->supports) * (square - t->predictions);
    if (!(t->n > 0))
        return NAN;
    return spread > 0 ? (t->right * t->n - t->both) / sqrt(spread) : 0;
}

void sl_totals_metrics(const struct sl_totals *t, struct sl_metrics *out)
{
    *out = (struct sl_metrics){
        .accuracy = t->right / t->n,
        .balanced_accuracy = t->recall / t->occurring,
        .precision_macro = t->precision / t->counted,
        .recall_macro = t->recall / t->counted,
        .f1_macro = t->f1 / t->counted,
        .f1_weighted = t->f1_weighted / t->n,
        .mcc = matthews(t),
        .kappa = 1 - (t->n - t->right) / (t->n - t->both / t->n),
    };
}
