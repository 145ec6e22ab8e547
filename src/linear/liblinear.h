/* liblinear.h - LIBLINEAR as a reference solver, on rows of a view. */
#ifndef SL_LINEAR_LIBLINEAR_H
#define SL_LINEAR_LIBLINEAR_H

#include "linear/model.h"
#include <shortlist/classifier.h>

struct sl_liblinear {
    int solver; /* LIBLINEAR's solver_type, such as L2R_LR */
    double C, tol;
    double intercept_scaling; /* the constant feature's value; <= 0: no intercept */
    const double *weights;    /* (m) of the classes */
    unsigned seed;            /* of the generator that LIBLINEAR shuffles with */
    int threads;              /* for what stands around LIBLINEAR */
    const volatile sig_atomic_t *cancel;
};

/* Fits one vector against the rest for each class (one for two classes; MCSVM_CS: one for each, together),
 * and reports the sum of the objectives.  Classes are those of the view's rows. */
int sl_liblinear_fit(const struct sl_liblinear *request, const struct sl_view *view,
                     const struct sl_classes *classes, struct sl_linear *model, struct sl_fit_report *report,
                     struct sl_error *err);

/* Loads the library, as the first fit would. */
void sl_liblinear_warm_up(void);

#endif
