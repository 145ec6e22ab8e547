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

/* Sorts n rows of the view (NULL: the first n); beta and rho are 0.  balanced: C times rows / (classes * rows
 * of the class), however much they weigh.  SL_ENOMEM (nothing held). */
int sl_svm_dual_init(struct sl_svm_dual *dual, const struct sl_view *view, const uint32_t *rows, size_t n,
                     double C, int balanced, struct sl_error *err);
void sl_svm_dual_release(struct sl_svm_dual *dual);

/* Two classes' rows within rows sorted by class: [first[0], first[0] + n[0]) is the positive class.  Row i of
 * the pair is the i-th of both, positive ones first. */
struct sl_svm_pair {
    size_t first[2], n[2];
    double C[2];             /* penalty of each class */
    const double *weight[2]; /* (n): what multiplies it for each row, or both NULL */
};

/* The row's number among all rows. */
static inline size_t sl_svm_pair_row(const struct sl_svm_pair *pair, size_t i)
{
    return i < pair->n[0] ? pair->first[0] + i : pair->first[1] + (i - pair->n[0]);
}

/* Classes a < b. */
struct sl_svm_pair sl_svm_pair_of(const struct sl_svm_dual *dual, int a, int b);

/* Writes the solution of pair (a, b): beta of a's rows, then of b's. */
void sl_svm_dual_put(struct sl_svm_dual *dual, int a, int b, const double *beta, double rho);

/* SL_EDIVERGED where beta or rho are beyond the range of floats. */
int sl_svm_check_dual(const struct sl_svm_dual *dual, struct sl_error *err);

/* The class's number in the dual; -1: it has no rows there. */
int sl_svm_class_in(const struct sl_svm_dual *dual, int32_t label);

/* Rows of the two largest classes. */
size_t sl_svm_largest_pair(const struct sl_svm_dual *dual);

#endif
