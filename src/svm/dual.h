/* dual.h - the one-vs-one dual problem and its solution. */
#ifndef SL_SVM_DUAL_H
#define SL_SVM_DUAL_H

#include <shortlist/error.h>
#include <shortlist/view.h>

/* Rows are sorted by class (stable).  present: the classes that have rows, ascending; pair (a, b), a < b, of
 * them is number a * present - a (a + 1) / 2 + b - a - 1; a is its positive class.  Owns its arrays. */
struct sl_svm_dual {
    int present;
    int32_t *label;  /* (present) */
    size_t *first;   /* (present + 1): class c is rows first[c] ... first[c + 1] - 1 */
    uint32_t *order; /* (n): row numbers of the view */
    double *C;       /* (present): penalty of each class */
    double *weight;  /* (n): what multiplies it for each row; NULL: 1 */
    double *beta;    /* (n, present - 1): y alpha of a row of class c in its pair with class o, in column
                        o < c ? o : o - 1 */
    double *rho;     /* (pairs): decision = sum beta K - rho */
};

/* Of so many classes. */
size_t sl_svm_pairs(int present);
size_t sl_svm_pair_number(int present, int a, int b);

/* Sorts the view's rows; beta and rho are 0.  balanced: C times rows / (classes * rows of the class), however
 * much they weigh.
 * SL_ENOMEM (nothing held). */
int sl_svm_dual_init(struct sl_svm_dual *dual, const struct sl_view *train, double C, int balanced,
                     struct sl_error *err);
void sl_svm_dual_release(struct sl_svm_dual *dual);

#endif
