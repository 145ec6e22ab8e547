/* proximal.h - a linear machine, one class against the rest, by a quadratic model with an explicit matrix:
 *     minimise |w|_1 or 1/2 |w|^2, + sum_i C_i loss(y_i w.x_i),     loss: squared hinge or logistic
 * where the intercept is the weight of a constant feature, and is penalised like the others. */
#ifndef SL_LINEAR_PROXIMAL_H
#define SL_LINEAR_PROXIMAL_H

#include "linear/svc_class.h"

/* SL_EUSAGE: such rows are not taken, and solver=liblinear is named, which takes them.  what is refused then:
 * "penalty=l1". */
int sl_proximal_check(const struct sl_view *view, const char *what, struct sl_error *err);

/* Fits p->w, of rows that passed the check.  SL_OK (also when cancelled), SL_ENOMEM, SL_EINTERNAL. */
int sl_proximal(struct sl_svc_class *p);

#endif
