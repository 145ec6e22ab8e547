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

/* What both are made of.  Decisions are (pairs, SL_SVM_ROWS), a row of rows for each pair. */
enum { SL_SVM_ROWS = 256 };

/* Adds the terms of a tile of n support vectors of class c: values (m, sl_lanes(n)) are the kernel's, coef
 * their coefficients; says (present - 1, SL_SVM_ROWS) is scratch. */
void sl_svm_add_terms(int present, int c, size_t n, const float *coef, float *values, size_t m, float *says,
                      float *decisions);

int sl_svm_all_finite(const float *decisions, size_t i, size_t pairs);

/* labels (m), scores (m, k) of m <= SL_SVM_ROWS rows; either may be NULL.  SL_OK or SL_ENOMEM. */
int sl_svm_vote(const struct sl_svm_model *model, const float *decisions, size_t m, int32_t *labels,
                float *scores);

#endif
