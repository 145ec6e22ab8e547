/* lda.h - linear discriminant analysis: Gaussian classes that share one covariance matrix. */
#ifndef SL_DENSITIES_LDA_H
#define SL_DENSITIES_LDA_H

#include "data/classes.h"
#include <shortlist/error.h>
#include <shortlist/view.h>

enum sl_lda_solver { SL_LDA_SVD, SL_LDA_LSQR, SL_LDA_EIGEN };
#define SL_SHRINKAGE_NONE -1
#define SL_SHRINKAGE_AUTO -2 /* Ledoit and Wolf's */

struct sl_lda_options {
    enum sl_lda_solver solver;
    double shrinkage; /* 0 ... 1, or one of the two above; not with SL_LDA_SVD */
    double tol;       /* SL_LDA_SVD: singular values of standardised rows below it are left out */
};

/* coef (m, d) and intercept (m): a row's log density in class c is coef[c] . x + intercept[c], but for what
 * all classes have in common.  SL_ENOMEM, SL_EDIVERGED (SL_LDA_EIGEN and a singular matrix; numbers beyond
 * range). */
int sl_lda_fit(const struct sl_lda_options *options, const struct sl_view *train,
               const struct sl_classes *classes, int threads, double *coef, double *intercept,
               struct sl_error *err);

#endif
