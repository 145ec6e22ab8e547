/* svc_dual.h - the dual problem of the hinge and the squared hinge. */
#ifndef SL_LINEAR_SVC_DUAL_H
#define SL_LINEAR_SVC_DUAL_H

#include "linear/svc_class.h"

/* Fits p->w.  squares (n): x_i.x_i with the constant feature.  SL_OK (also when cancelled), SL_ENOMEM. */
int sl_svc_coordinates(struct sl_svc_class *p, const double *squares);

#endif
