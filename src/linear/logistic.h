/* logistic.h - fitting logistic regression by L-BFGS: Nocedal and Wright, "Numerical optimization" (2006). */
#ifndef SL_LINEAR_LOGISTIC_H
#define SL_LINEAR_LOGISTIC_H

#include "linear/lbfgs.h"
#include "linear/model.h"
#include "linear/run.h"

enum sl_logistic_multi {
    SL_LOGISTIC_OVR,         /* each class against the rest */
    SL_LOGISTIC_MULTINOMIAL, /* all classes in one problem */
    SL_LOGISTIC_AUTO,        /* that, where there are more than two */
};

/* Minimised is C sum_i s_i loss_i + 1/2 sum_c |w_c|^2, or with C infinite sum_i s_i loss_i; intercepts are
 * not penalised. */
struct sl_logistic_options {
    enum sl_logistic_multi multi;
    double C;          /* > 0, or INFINITY: no penalty */
    int balanced;      /* s_i: classes weigh the same however many rows they have, else 1 */
    int fit_intercept; /* else the intercepts are 0 */
    int max_iter;      /* iterations of a problem, >= 1 */
    double tol; /* stop where no element of the gradient, of the sum of losses + 1/(2C) |w|^2, is larger */
};

static inline int sl_logistic_is_multinomial(const struct sl_logistic_options *options, int classes)
{
    return options->multi == SL_LOGISTIC_MULTINOMIAL || (options->multi == SL_LOGISTIC_AUTO && classes > 2);
}

/* The descent of a problem with so many variables: all but what it minimises and who is told. */
struct sl_lbfgs sl_logistic_descent(const struct sl_logistic_options *options, size_t variables);

/* Adds a problem that has ended to the report of its fit, which begins with 0 iterations, converged, and the
 * objective 0. */
void sl_logistic_add_report(const struct sl_logistic_options *options, const struct sl_lbfgs_report *problem,
                            struct sl_fit_report *total);

/* Weights (m) of the n rows by their class: in one problem of all classes (own -1), or in that of one class
 * against the rest. */
void sl_logistic_weights(const struct sl_logistic_options *options, const struct sl_classes *classes,
                         size_t n, int own, double *weights);

/* Fits every vector of the model, which is one of these (two or more) classes, with a vector for each where
 * multinomial.  run->on_epoch hears of every iteration.  The report gets the iterations of the longest
 * problem, and the sum of the objectives.  SL_ENOMEM, SL_ECANCELLED; SL_EDIVERGED when the loss or a weight
 * is not finite. */
int sl_logistic_fit(const struct sl_logistic_options *options, const struct sl_view *train,
                    const struct sl_classes *classes, const struct sl_linear_run *run,
                    struct sl_linear *model, struct sl_fit_report *report, struct sl_error *err);

#endif
