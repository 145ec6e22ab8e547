/* weights.h - working sets of the linear kernel, without kernel rows. */
#ifndef SL_SVM_WEIGHTS_H
#define SL_SVM_WEIGHTS_H

#include "svm/cache.h"

/* Owns its arrays. */
struct sl_svm_weights {
    struct sl_svm_rows set;  /* the set's rows, side by side */
    struct sl_svm_left left; /* those that entered it last */
    float *products;         /* (room of left, room of set) */
    double *sum;             /* (d): sum of change * row */
    float *change;           /* (d): the same */
};

/* For sets of at most room rows, of which at most entering are new.  SL_OK or SL_ENOMEM (weights released).
 */
int sl_svm_weights_init(struct sl_svm_weights *weights, const struct sl_svm_rows *rows, size_t room,
                        size_t entering);
void sl_svm_weights_release(struct sl_svm_weights *weights);

/* Row number row of rows takes a place in the set. */
void sl_svm_weights_enter(struct sl_svm_weights *weights, const struct sl_svm_rows *rows, size_t place,
                          size_t row);

/* products[c * n + t] = K(row in place[c], row in place t), t < n, c < m.  As sl_svm_block. */
int sl_svm_weights_products(struct sl_svm_weights *weights, const uint32_t *place, size_t m, size_t n);

/* f_i -= sum_t delta[t] K(row in place[t], row i) for all rows i of the pair. */
void sl_svm_weights_update(struct sl_svm_weights *weights, const struct sl_svm_rows *rows,
                           const struct sl_svm_pair *pair, int threads, const double *delta,
                           const uint32_t *place, size_t m, double *f);

#endif
