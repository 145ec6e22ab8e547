/* work.h - a pair of classes at work: what the ways of solving its dual problem share.
 *
 * In beta_i = y_i alpha_i the problem is to
 *     minimise 1/2 beta' K beta - sum_i y_i beta_i   with sum_i beta_i = 0, lo_i <= beta_i <= hi_i,
 * where lo..hi is 0..C_i for the positive and -C_i..0 for the negative class, C_i being C times the weights
 * of the row and of its class (not normalised, as in scikit-learn).  With f_i = y_i - (K beta)_i the solution
 * is reached when max f over {beta < hi} <= min f over {beta > lo} + tol (Keerthi et al., 2001). */
#ifndef SL_SVM_WORK_H
#define SL_SVM_WORK_H

#include "svm/cache.h"
#include "svm/steps.h"
#include "svm/weights.h"
#include <signal.h>

struct sl_svm_limits {
    double tol;
    long max_steps; /* SMO steps */
    const volatile sig_atomic_t *cancel;
};

enum {
    SL_SVM_SET = 512,    /* rows of a working set, at most */
    SL_SVM_WHOLE = 4096, /* rows of a pair that is solved without sets, at most */
};

/* Arrays that a thread keeps from one pair to the next. */
struct sl_svm_workspace {
    struct sl_svm_cache cache;
    struct sl_svm_weights weights; /* linear kernel, no gram: in place of cached kernel rows */
    const float *diagonal;         /* of all rows; the caller's, and its to set */
    double *f, *beta;              /* (max_n) */
    double *bound;                 /* (max_n), or NULL: rows have no weights */
    struct sl_svm_steps steps;
    struct sl_neighbour *heap;
};

/* For pairs of at most max_n of these rows, which stay the caller's.  gram: NULL, or where all kernel rows
 * come from, those of the linear kernel too;
 * weighted: rows have weights.  SL_OK or SL_ENOMEM (released). */
int sl_svm_workspace_init(struct sl_svm_workspace *w, const struct sl_svm_rows *rows,
                          const struct sl_svm_gram_part *gram, int weighted, size_t max_n,
                          size_t cache_bytes);
void sl_svm_workspace_release(struct sl_svm_workspace *w);

struct sl_svm_work {
    struct sl_svm_workspace *w;
    const struct sl_svm_pair *pair;
    const struct sl_svm_limits *limits;
    size_t n;
    double *f, *beta;    /* (n): the workspace's */
    const double *bound; /* (n): the largest |beta_i|; NULL: pair->C */
    double up, low;      /* the two sides of the stopping rule, as measured last */
    long steps;
};

static inline double sl_svm_upper(const struct sl_svm_work *k, size_t i)
{
    return i < k->pair->n[0] ? k->bound ? k->bound[i] : k->pair->C[0] : 0;
}

static inline double sl_svm_lower(const struct sl_svm_work *k, size_t i)
{
    return i < k->pair->n[0] ? 0 : k->bound ? -k->bound[i] : -k->pair->C[1];
}

/* Measures up and low. */
void sl_svm_measure_gap(struct sl_svm_work *k);

/* f -= sum_t delta[t] * row[t], kernel rows of the pair (n). */
void sl_svm_update(struct sl_svm_work *k, const double *delta, const float *const *row, size_t m);

enum { SL_SVM_ENTERING = 64 }; /* rows that enter a set at a time, at most */

/* The m rows at most that offend most: those with the highest f that may grow, then those with the lowest
 * that may shrink, in turn.  m <= SL_SVM_BATCH, even.  Returns their number; a row may be there twice. */
size_t sl_svm_offenders(const struct sl_svm_work *k, size_t m, uint32_t *found);

#endif
