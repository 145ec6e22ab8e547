/* resample.h - the bootstrap: a metric on many samples of the same scored rows.
 *
 * A seed draws the same samples whatever is measured on them, so that two classifiers that scored the same
 * rows are compared sample by sample. */
#ifndef SL_MEASURE_RESAMPLE_H
#define SL_MEASURE_RESAMPLE_H

#include <shortlist/measures.h>

enum { SL_RESAMPLES = 1000 };

struct sl_resampled {
    double value;            /* of the rows themselves */
    double at[SL_RESAMPLES]; /* of each sample; NaN where it has none */
};

/* A metric of labels below k: what `count` classifiers predicted of n rows, predicted (count) by out (count).
 * SL_ENOMEM. */
int sl_resample_labels(enum sl_measure_id metric, const int32_t *truth, const int32_t *const *predicted,
                       size_t count, size_t n, int k, uint64_t seed, struct sl_resampled *out);
/* A metric of scores (n, k) or probabilities, k: classes that the model knows.  SL_ENOMEM. */
int sl_resample_scores(enum sl_measure_id metric, const int32_t *truth, const float *scores, size_t n, int k,
                       uint64_t seed, struct sl_resampled *out);

#endif
