/* svc.h - linear support vector machines, one class against the rest, by LIBLINEAR's two problems:
 *     minimise 1/2 |w|^2 + sum_i C_i max(0, 1 - y_i w.x_i)^p,     p = 1 (hinge) or 2 (squared hinge)
 * or its dual, where the intercept is the weight of a constant feature and is penalised like the others; by
 * Crammer and Singer's problem for all classes at once (svc_joint.c); or with |w|_1 in the place of the
 * squares, or the logistic loss in the place of the hinge (proximal.c).
 *
 * Fan, Chang, Hsieh, Wang and Lin, "LIBLINEAR", JMLR 9 (2008). */
#ifndef SL_LINEAR_SVC_H
#define SL_LINEAR_SVC_H

#include "linear/model.h"
#include "linear/run.h"
#include "linear/svc_options.h"
#include "linear/svc_rows.h"

/* What such a fit of rows of this shape will use of libraries, before a clock starts. */
void sl_svc_warm_up(int dual, size_t n, size_t d);

/* Fits every vector of the model, which is one of these classes (two or more); weights (m) of the classes.
 * The report gets the iterations of the longest problem, whether all came to their stopping rule, and the sum
 * of the objectives.  run->on_epoch is not called.  SL_ENOMEM, SL_ECANCELLED; SL_EDIVERGED when a weight is
 * not finite. */
int sl_svc_fit(const struct sl_svc_options *options, const struct sl_view *train,
               const struct sl_classes *classes, const double *weights, const struct sl_linear_run *run,
               struct sl_linear *model, struct sl_fit_report *report, struct sl_error *err);

/* The same of rows that are there already, and stay the caller's; row_weight (n) or NULL. */
int sl_svc_fit_rows(const struct sl_svc_options *options, const struct sl_svc_rows *rows,
                    const struct sl_classes *classes, const double *row_weight, const double *weights,
                    const struct sl_linear_run *run, struct sl_linear *model, struct sl_fit_report *report,
                    struct sl_error *err);

#endif
