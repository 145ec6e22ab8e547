/* loss.h - softmax, the logistic function, and cross-entropy of labels, plain or smoothed. */
#ifndef SL_NN_LOSS_H
#define SL_NN_LOSS_H

#include <stddef.h>
#include <stdint.h>

/* a (rows, k): scores become probabilities, in place; classes with present[c] == 0 get 0. */
void sl_softmax(float *a, size_t rows, size_t k, const uint8_t *present);

/* p (rows, 2): probabilities of the two classes from z (rows), the logarithm of class 1's odds; a class with
 * present[c] == 0 gets 0. */
void sl_logistic(const float *z, size_t rows, const uint8_t *present, float *p);

struct sl_loss_sum {
    double loss;    /* sum of -log p(y); with smoothing of -target log p; each with its row's weight */
    size_t correct; /* rows whose largest probability is their label's, each counted once */
};

/* What became of one row. */
struct sl_row_result {
    float loss;      /* -log p(y): neither smoothed nor weighed */
    int32_t correct; /* 1 or 0 */
};

/* What the probabilities are compared with: one of k, or label smoothing's 1 - smoothing of it and
 * smoothing spread evenly over the classes with present[c] (Szegedy et al., CVPR 2016). */
struct sl_targets {
    const int32_t *y;              /* (rows) */
    const uint8_t *present;        /* (k); may be NULL without smoothing */
    float smoothing;               /* 0: none */
    const float *weights;          /* (rows): what each counts as; NULL: all as one */
    struct sl_row_result *results; /* (rows), written by sl_loss_add; may be NULL */
};

/* Adds the rows' losses to *sum.  p (rows, k): probabilities. */
void sl_loss_add(const float *p, const struct sl_targets *targets, size_t rows, size_t k,
                 struct sl_loss_sum *sum);

/* d = weight (p - target), the gradient with regard to the scores, times the weight of each row.  d may be
 * p. */
void sl_loss_gradient(const float *p, const struct sl_targets *targets, size_t rows, size_t k, float weight,
                      float *d);

#endif
