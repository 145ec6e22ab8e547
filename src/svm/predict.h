/* predict.h - labels and scores of a fitted support vector machine: the functions of a descriptor. */
#ifndef SL_SVM_PREDICT_H
#define SL_SVM_PREDICT_H

#include "svm/model.h"

/* labels (n): the class with the most votes.  SL_ENOMEM; SL_EUSAGE for rows of another width. */
int sl_svm_predict(const void *model, const struct sl_view *x, int threads, int32_t *labels,
                   struct sl_error *err);

/* scores (n, k): votes and a fraction that ranks equal ones, as scikit-learn's decision_function with shape
 * ovr; -infinity for classes without training rows. */
int sl_svm_scores(const void *model, const struct sl_view *x, int threads, float *scores,
                  struct sl_error *err);

#endif
