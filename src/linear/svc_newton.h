/* svc_newton.h - the squared hinge's primal problem. */
#ifndef SL_LINEAR_SVC_NEWTON_H
#define SL_LINEAR_SVC_NEWTON_H

#include "linear/svc_class.h"
#include "linear/svc_metric.h"

/* Fits p->w.  start: a factor of the Hessian at w = 0, of other classes perhaps, or NULL where factors are
 * not worth it.  SL_OK (also when cancelled), SL_ENOMEM, SL_EINTERNAL. */
int sl_svc_newton(struct sl_svc_class *p, const struct sl_svc_metric *start);

#endif
