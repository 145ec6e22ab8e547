/* metrics.h - scores of predictions, and how sure one can be of them. */
#ifndef SHORTLIST_METRICS_H
#define SHORTLIST_METRICS_H

#include <shortlist/api.h>
#include <shortlist/error.h>
#include <stddef.h>
#include <stdint.h>

SL_API_BEGIN

/* counts[t * k + p] += 1 for every row whose true class is t and predicted class p; counts is (k, k)
 * and is zeroed first.  Labels outside 0 ... k-1 are SL_EDATA. */
int sl_confusion(const int32_t *truth, const int32_t *predicted, size_t n, int k, uint64_t *counts,
                 struct sl_error *err);

struct sl_class_scores {
    double precision, recall, f1; /* 0 where the denominator is 0, as in scikit-learn */
    uint64_t support;             /* rows of the class */
};

struct sl_metrics {
    double accuracy;
    double balanced_accuracy;                       /* mean recall over the classes that occur */
    double precision_macro, recall_macro, f1_macro; /* over classes that occur or are predicted */
    double f1_weighted;                             /* each class with the weight of its rows */
    double mcc;                                     /* Matthews' correlation; 0 where a side is constant */
    double kappa;                                   /* Cohen's; NaN where both sides are one same class */
};

/* From a confusion matrix (k, k); per_class (k) may be NULL. */
void sl_metrics_compute(const uint64_t *counts, int k, struct sl_metrics *out,
                        struct sl_class_scores *per_class);

/* The mean of the scores of k classes, each class with the weight of its support; support is their sum. */
void sl_metrics_weighted(const struct sl_class_scores *per_class, int k, struct sl_class_scores *out);

/* Mean of -log p(true class); probabilities (n, k) clipped to [e, 1 - e], where e is the
 * double's epsilon, 2.2e-16, as scikit-learn (1.2 and later) does with doubles.  A class of
 * k or above, which the classifier does not know, has the probability 0. */
double sl_log_loss(const int32_t *truth, const float *probabilities, size_t n, int k);

/* What scores (n, k), of any scale, say of the order of the rows: one class against the rest, and the mean
 * over the classes that occur.  A class of k or above, which the classifier does not know, has equal scores.
 * Of two classes, which have the same area, roc_auc is the second's.  NaN where one class alone occurs
 * (average_precision is 1 there), and without rows.  SL_ENOMEM. */
struct sl_ranked {
    double roc_auc, average_precision;
};
int sl_rank_scores(const int32_t *truth, const float *scores, size_t n, int k, struct sl_ranked *out);

/* Wilson's score interval for right of n at the given level, e.g. 0.95. */
void sl_wilson(uint64_t right, uint64_t n, double level, double *low, double *high);

/* McNemar's test on rows that only one of two classifiers got right: the two-sided p-value, exact
 * binomial below 26 discordant rows, else chi-squared with Edwards' continuity correction. */
double sl_mcnemar(uint64_t only_a, uint64_t only_b);

/* The corrected resampled t-test of Nadeau and Bengio (2003): the two-sided p-value of n differences between
 * two classifiers, each scored on tested rows for one that is fitted (a fifth: 0.25).  NaN for fewer than
 * two. */
double sl_corrected_t(const double *difference, size_t n, double tested);

/* Holm's step-down correction of m p-values, in place. */
void sl_holm(double *p, size_t m);

SL_API_END
#endif
