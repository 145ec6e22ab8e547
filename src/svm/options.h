/* options.h - what a support vector machine is fitted with. */
#ifndef SL_SVM_OPTIONS_H
#define SL_SVM_OPTIONS_H

#include "svm/kernel.h"
#include <signal.h>

enum sl_svm_solver { SL_SVM_OWN, SL_SVM_LIBSVM };

struct sl_svm_options {
    struct sl_svm_kernel kernel; /* gamma in units of the view's real values */
    double C;                    /* > 0: penalty of a row's error */
    int balanced;                /* C times rows / (classes * rows of the class) */
    enum sl_svm_solver solver;
    double tol;                          /* > 0: stop when no pair of rows violates optimality by more */
    int max_iter;                        /* own solver: SMO steps for a pair of classes; -1: LIBSVM's limit */
    double cache_size;                   /* MB (2^20 bytes) of kernel rows for each pair of classes at work */
    int shrinking;                       /* LIBSVM leaves settled rows out */
    int break_ties;                      /* equal votes go to the higher score, not to the lower label */
    int threads;                         /* >= 1 */
    const volatile sig_atomic_t *cancel; /* NULL, or a flag: raised, the fit returns SL_ECANCELLED soon */
};

#endif
