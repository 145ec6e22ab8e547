/* loss.h - softmax and cross-entropy of one-of-k labels. */
#ifndef SL_NN_LOSS_H
#define SL_NN_LOSS_H

#include <stddef.h>
#include <stdint.h>

/* a (rows, k): scores become probabilities, in place; classes with present[c] == 0 get 0. */
void sl_softmax(float *a, size_t rows, size_t k, const uint8_t *present);

struct sl_loss_sum {
    double loss;   /* sum of -log p(y) */
    size_t correct; /* rows whose largest probability is their label's */
};

/* Adds the rows' losses to *sum.  p (rows, k): probabilities. */
void sl_loss_add(const float *p, const int32_t *y, size_t rows, size_t k, struct sl_loss_sum *sum);

/* d = weight (p - onehot(y)), the gradient with regard to the scores.  d may be p. */
void sl_loss_gradient(const float *p, const int32_t *y, size_t rows, size_t k, float weight, float *d);

#endif
