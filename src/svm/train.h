/* train.h - the dual problems of all pairs of classes, by the own solver. */
#ifndef SL_SVM_TRAIN_H
#define SL_SVM_TRAIN_H

#include "svm/dual.h"
#include "svm/options.h"
#include <shortlist/classifier.h>

/* Fills beta and rho of the dual, and the report (sl_svm_fit).  rows holds the view's rows in dual->order.
 * SL_ENOMEM, SL_ECANCELLED. */
int sl_svm_train_own(const struct sl_svm_options *options, const struct sl_svm_rows *rows,
                     struct sl_svm_dual *dual, struct sl_fit_report *report, struct sl_error *err);

#endif
