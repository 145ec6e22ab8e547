/* svc_dual.h - the dual problem of the hinge and the squared hinge. */
#ifndef SL_LINEAR_SVC_DUAL_H
#define SL_LINEAR_SVC_DUAL_H

#include "linear/svc_class.h"
#include "linear/svc_vector.h"
#include <shortlist/rng.h>

/* Fits w of n classes, at most SL_SVC_GROUP; how classes are grouped changes none of them.  squares (n):
 * x_i.x_i with the constant feature.  rng: a stream in the same state for every group.  SL_OK (also when
 * cancelled), SL_ENOMEM. */
int sl_svc_coordinates(struct sl_svc_class *classes, int n, const double *squares, struct sl_rng *rng);

#endif
