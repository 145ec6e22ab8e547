/* svc_options.h - what a linear SVM is fitted by. */
#ifndef SL_LINEAR_SVC_OPTIONS_H
#define SL_LINEAR_SVC_OPTIONS_H

enum sl_svc_loss { SL_SVC_HINGE, SL_SVC_SQUARED_HINGE, SL_SVC_LOGISTIC /* proximal.c, primal */ };

struct sl_svc_options {
    enum sl_svc_loss loss;
    int joint;  /* Crammer and Singer's problem for all classes (svc_joint.c): dual, and no other loss */
    int l1;     /* absolute weights are penalised, not their squares (proximal.c): primal, no hinge */
    int dual;   /* coordinate descent in the dual, else Newton's method in the primal: squared hinge */
    double C;   /* > 0 */
    double tol; /* > 0; of the stopping rule, see svc_newton.c, svc_dual.c and svc_joint.c */
    double intercept_scaling; /* the constant feature's value; <= 0: no intercept */
    int max_iter;             /* Newton steps, or passes over the rows; >= 1 */
};

#endif
