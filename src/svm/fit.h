/* fit.h - fitting a support vector machine: C-SVM (Cortes and Vapnik, Support-vector networks, 1995), one
 * machine for each pair of classes. */
#ifndef SL_SVM_FIT_H
#define SL_SVM_FIT_H

#include "svm/model.h"
#include "svm/options.h"
#include <shortlist/classifier.h>

/* Fits labelled rows; the caller owns *out (NULL on error), which needs neither the view nor the options any
 * more.  report: SMO steps of all pairs, and the sum of their dual objectives, 1/2 beta' K beta - sum |beta|.
 * SL_ENOMEM, SL_ECANCELLED; SL_EUSAGE where LIBSVM refuses; SL_EDIVERGED where kernel values, dual
 * coefficients or decisions are beyond the range of floats. */
int sl_svm_fit(const struct sl_view *train, const struct sl_svm_options *options,
               struct sl_fit_report *report, struct sl_svm_model **out, struct sl_error *err);

#endif
