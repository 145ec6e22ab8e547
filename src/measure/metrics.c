/* metrics.c - scores of predictions, from the confusion matrix.
 *
 * Definitions and edge cases are scikit-learn's (accuracy_score, balanced_accuracy_score,
 * precision_recall_fscore_support with zero_division=0): where nothing was predicted as a class its
 * precision is 0, where a class does not occur its recall is 0, and a class that neither occurs nor is
 * predicted does not count in the macro averages.  Cost: O(n + k^2). */
#include "measure/totals.h"
#include <float.h>
#include <math.h>
#include <shortlist/metrics.h>
#include <string.h>

static int bad_label(const char *what, size_t row, int32_t label, int k, struct sl_error *err)
{
    return sl_fail(err, SL_EDATA, "the %s label of row %zu is %d: labels go from 0 to %d", what, row, label,
                   k - 1);
}

int sl_confusion(const int32_t *truth, const int32_t *predicted, size_t n, int k, uint64_t *counts,
                 struct sl_error *err)
{
    memset(counts, 0, (size_t)k * (size_t)k * sizeof *counts);
    for (size_t i = 0; i < n; i++) {
        if (truth[i] < 0 || truth[i] >= k)
            return bad_label("true", i, truth[i], k, err);
        if (predicted[i] < 0 || predicted[i] >= k)
            return bad_label("predicted", i, predicted[i], k, err);
        counts[(size_t)truth[i] * (size_t)k + (size_t)predicted[i]]++;
    }
    return SL_OK;
}

/* Rows of class c that are right, that it has, and that are predicted as it. */
static void count_class(const uint64_t *counts, size_t k, size_t c, struct sl_class_rows *rows)
{
    uint64_t support = 0, predicted = 0;
    for (size_t i = 0; i < k; i++) {
        support += counts[c * k + i];
        predicted += counts[i * k + c];
    }
    *rows = (struct sl_class_rows){(double)counts[c * k + c], (double)support, (double)predicted};
}

void sl_metrics_compute(const uint64_t *counts, int k, struct sl_metrics *out,
                        struct sl_class_scores *per_class)
{
    struct sl_totals totals = {0};
    for (size_t c = 0; c < (size_t)k; c++) {
        struct sl_class_rows rows;
        count_class(counts, (size_t)k, c, &rows);
        struct sl_class_scores scores = sl_totals_add(&totals, &rows);
        if (per_class)
            per_class[c] = scores;
    }
    sl_totals_metrics(&totals, out);
}

void sl_metrics_weighted(const struct sl_class_scores *per_class, int k, struct sl_class_scores *out)
{
    *out = (struct sl_class_scores){0};
    for (int c = 0; c < k; c++) {
        double weight = (double)per_class[c].support;
        out->precision += weight * per_class[c].precision;
        out->recall += weight * per_class[c].recall;
        out->f1 += weight * per_class[c].f1;
        out->support += per_class[c].support;
    }
    out->precision /= (double)out->support;
    out->recall /= (double)out->support;
    out->f1 /= (double)out->support;
}

double sl_log_loss(const int32_t *truth, const float *probabilities, size_t n, int k)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        double p = truth[i] < k ? probabilities[i * (size_t)k + (size_t)truth[i]] : 0;
        /* NaN stays NaN. */
        p = p < DBL_EPSILON ? DBL_EPSILON : p > 1 - DBL_EPSILON ? 1 - DBL_EPSILON : p;
        sum -= log(p);
    }
    return sum / (double)n;
}
