/* sgd_fit.h - one of the fits that are trained together by stochastic gradient descent. */
#ifndef SL_LINEAR_SGD_FIT_H
#define SL_LINEAR_SGD_FIT_H

#include "linear/model.h"
#include "linear/run.h"
#include "linear/sgd_options.h"

/* Its options and class weights are what the caller has, the rest is what it gets. */
struct sl_sgd_fit {
    const struct sl_sgd_options *options;
    const double *weights; /* (m) of the classes */
    const struct sl_linear_run *run;
    struct sl_linear *model;      /* zero weights; every vector is trained */
    struct sl_fit_report *report; /* gets the epochs, and whether every class stopped before max_iter */
    double seconds;               /* its own part of the training's time */
    int diverged;                 /* 0, or the epoch in which its weights overflowed: there is no model */
    int ended;
};

#endif
