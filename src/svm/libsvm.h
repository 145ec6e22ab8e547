/* libsvm.h - the same problems by LIBSVM (Chang and Lin, ACM TIST 2, 2011), the reference. */
#ifndef SL_SVM_LIBSVM_H
#define SL_SVM_LIBSVM_H

#include "svm/dual.h"
#include "svm/options.h"
#include <shortlist/classifier.h>

/* As sl_svm_train_own, in one thread and not to be cancelled.  SL_ENOMEM; SL_EUSAGE where LIBSVM refuses. */
int sl_svm_train_libsvm(const struct sl_svm_options *options, const struct sl_svm_rows *rows,
                        struct sl_svm_dual *dual, struct sl_fit_report *report, struct sl_error *err);

#endif
