/* lasso.h - a linear machine with the absolute values of its weights penalised, one class against the rest:
 *     minimise |w|_1 + sum_i C_i loss(y_i w.x_i),     loss: squared hinge or logistic
 * where the intercept is the weight of a constant feature, and is penalised like the others. */
#ifndef SL_LINEAR_LASSO_H
#define SL_LINEAR_LASSO_H

#include "linear/svc_class.h"

/* SL_EUSAGE: such rows are not taken, and solver=liblinear is named, which takes them. */
int sl_lasso_check(const struct sl_view *view, struct sl_error *err);

/* Fits p->w, of rows that passed the check.  SL_OK (also when cancelled), SL_ENOMEM, SL_EINTERNAL. */
int sl_lasso(struct sl_svc_class *p);

#endif
