/* calibration.h - are rows as often right as their probabilities say, and a temperature by which they are. */
#ifndef SHORTLIST_CALIBRATION_H
#define SHORTLIST_CALIBRATION_H

#include <shortlist/api.h>
#include <shortlist/error.h>
#include <stddef.h>
#include <stdint.h>

SL_API_BEGIN

enum { SL_RELIABILITY_BINS = 15, SL_RELIABILITY_LEAST = 10 /* rows of a bin, where there are so many */ };

struct sl_reliability_bin {
    double confidence, accuracy; /* means */
    double low, high;            /* Wilson's 95 % interval of the accuracy */
    size_t n;
};

/* Rows in bins of as equal counts as there can be, by the predicted class's probability.  ece: the expected
 * calibration error, the mean distance of confidence and accuracy, each bin with the weight of its rows
 * (Naeini et al., AAAI 2015; equal counts: Nguyen and O'Connor, EMNLP 2015). */
struct sl_reliability {
    int n_bins;
    struct sl_reliability_bin bin[SL_RELIABILITY_BINS];
    double ece;
};
/* confidence and right (n > 0).  SL_ENOMEM. */
int sl_reliability_measure(const float *confidence, const unsigned char *right, size_t n,
                           struct sl_reliability *out, struct sl_error *err);

/* p(c) becomes p(c)^(1 / T), scaled so that they sum up to 1: of a softmax, the logits are divided by T (Guo
 * et al., ICML 2017).  The order of classes stays.  probabilities (n, k). */
void sl_temper(float *probabilities, size_t n, size_t k, double temperature);

#define SL_TEMPERATURE_LEAST .05
#define SL_TEMPERATURE_MOST 20.

struct sl_calibration {
    double temperature; /* of least log loss on all rows, from SL_TEMPERATURE_LEAST to SL_TEMPERATURE_MOST */
    size_t n;           /* rows that it was fitted on: those of a class that the model knows */
    double log_loss_before, log_loss_after;
    /* As they were, and by a temperature that was fitted on the other half of the rows (every second one), so
     * that no row judges what was fitted on it; so is log_loss_after. */
    struct sl_reliability before, after;
};

/* probabilities (n, k); truth (n), below 0 where the class is not among the k.  SL_EUSAGE for fewer than
 * 2 SL_RELIABILITY_LEAST rows; SL_ENOMEM. */
int sl_calibrate(const float *probabilities, const int32_t *truth, size_t n, size_t k,
                 struct sl_calibration *out, struct sl_error *err);

SL_API_END
#endif
