/* svc_joint.h - Crammer and Singer's linear SVM: one problem for all classes. */
#ifndef SL_LINEAR_SVC_JOINT_H
#define SL_LINEAR_SVC_JOINT_H

#include "linear/svc_class.h"
#include <shortlist/rng.h>

/* Fits w of all m classes, of which each has its place as its number; C_own counts, C_rest does not.  squares
 * (n): x_i.x_i with the constant feature.  The whole objective becomes that of the first class, 0 of the
 * others.  SL_OK (also when cancelled), SL_ENOMEM. */
int sl_svc_joint(struct sl_svc_class *classes, int m, const double *squares, struct sl_rng *rng);

#endif
