/* logistic_member.h - one fit of a group of logistic regressions. */
#ifndef SL_LINEAR_LOGISTIC_MEMBER_H
#define SL_LINEAR_LOGISTIC_MEMBER_H

#include "linear/logistic.h"
#include "linear/logistic_problem.h"
#include <shortlist/classifier.h>

struct sl_logistic_member;

struct sl_logistic_descent {
    struct sl_logistic_problem problem;
    struct sl_logistic_member *member;
    struct sl_lbfgs lbfgs;
    struct sl_lbfgs_report report;
    struct sl_descent *descent;
    double *x;              /* (lbfgs.n) */
    int running, under_way; /* under_way: at the beginning of the round */
    struct sl_epoch *curve; /* (n_curve) */
    size_t n_curve;
};

struct sl_logistic_member {
    size_t number, part;
    const struct sl_logistic_options *options;
    const struct sl_classes *classes;
    struct sl_linear *model;
    float *weights;                       /* (n_descents, classes->m) */
    struct sl_logistic_descent *descents; /* (n_descents) */
    size_t n_descents, n_running;
    struct sl_spent spent;
    int told; /* of its end */
};

/* What one takes beside the rows, in the matrices of a group too. */
double sl_logistic_member_bytes(size_t d, int k);

/* Of a member whose first fields, up to classes, are set: zero weights.  SL_ENOMEM. */
int sl_logistic_member_init(struct sl_logistic_member *m, const struct sl_view *rows);
void sl_logistic_member_release(struct sl_logistic_member *m);

/* One more point of the curve, where the descent has come one iteration further.  0: no memory. */
int sl_logistic_note_iteration(struct sl_logistic_descent *t);

/* The model and the report of a member whose problems have ended.  SL_EDIVERGED. */
int sl_logistic_set_model(struct sl_logistic_member *m, struct sl_fit_report *report);
/* (n) the points of all its problems, one after the other.  NULL: none, or no memory. */
struct sl_epoch *sl_logistic_join_curves(const struct sl_logistic_member *m, size_t *n);

#endif
