/* sgd_loss.h - the losses of stochastic gradient descent: of a score p and a label y of -1 or +1, by the
 * margin m = y p.  Inline: they stand in the innermost loop.
 *
 *     hinge            max(0, 1 - m)
 *     perceptron       max(0, -m)
 *     squared_hinge    max(0, 1 - m)^2
 *     modified_huber   max(0, 1 - m)^2 for m >= -1, else -4 m
 *     log_loss         log(1 + exp(-m))
 * At a kink the derivative is that of the side with the loss. */
#ifndef SL_LINEAR_SGD_LOSS_H
#define SL_LINEAR_SGD_LOSS_H

#include <math.h>

enum sl_sgd_loss {
    SL_LOSS_HINGE,
    SL_LOSS_LOG,
    SL_LOSS_MODIFIED_HUBER,
    SL_LOSS_SQUARED_HINGE,
    SL_LOSS_PERCEPTRON
};

static inline double sl_sgd_loss(enum sl_sgd_loss kind, double p, double y)
{
    double m = y * p;
    switch (kind) {
    case SL_LOSS_HINGE:
        return m <= 1 ? 1 - m : 0;
    case SL_LOSS_PERCEPTRON:
        return m <= 0 ? -m : 0;
    case SL_LOSS_SQUARED_HINGE:
        return m < 1 ? (1 - m) * (1 - m) : 0;
    case SL_LOSS_MODIFIED_HUBER:
        return m >= 1 ? 0 : m >= -1 ? (1 - m) * (1 - m) : -4 * m;
    default:
        return m > 0 ? log1p(exp(-m)) : log1p(exp(m)) - m;
    }
}

/* The derivative by p. */
static inline double sl_sgd_dloss(enum sl_sgd_loss kind, double p, double y)
{
    double m = y * p;
    switch (kind) {
    case SL_LOSS_HINGE:
        return m <= 1 ? -y : 0;
    case SL_LOSS_PERCEPTRON:
        return m <= 0 ? -y : 0;
    case SL_LOSS_SQUARED_HINGE:
        return m < 1 ? -2 * y * (1 - m) : 0;
    case SL_LOSS_MODIFIED_HUBER:
        return m >= 1 ? 0 : m >= -1 ? -2 * y * (1 - m) : -4 * y;
    default:
        return -y / (1 + exp(m));
    }
}

#endif
