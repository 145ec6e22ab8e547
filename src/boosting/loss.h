/* loss.h - the log loss of what boosted trees sum up to, and its derivatives. */
#ifndef SL_BOOSTING_LOSS_H
#define SL_BOOSTING_LOSS_H

#include <stddef.h>
#include <stdint.h>

/* Rows and outputs as the model has them; weight (n_all) or NULL. */
struct sl_boost_loss {
    const uint32_t *rows; /* (n) */
    size_t n;
    const int32_t *y;     /* (n_all): the number of the row's class among those present */
    const double *weight; /* (n_all), or NULL: all 1 */
    int n_outputs;        /* 1: y is 0 or 1 */
    size_t stride;        /* raw, gradient and curvature: (n_outputs, stride) */
    int threads;
};

struct sl_boost_fitness {
    double loss, accuracy; /* means over the rows, by weight */
};

/* gradient and curvature of each row and output; NULL: only the fitness.  The same sums on any number of
 * threads. */
struct sl_boost_fitness sl_boost_measure(const struct sl_boost_loss *loss, const float *raw, float *gradient,
                                         float *curvature);

#endif
