/* batchnorm.h - the loops of batch normalisation, on pixels (or flat rows) of `channels` numbers. */
#ifndef SL_NN_BATCHNORM_H
#define SL_NN_BATCHNORM_H

#include <stddef.h>

/* Defaults: Keras's meaning of momentum, PyTorch's numbers. */
#define SL_NORM_MOMENTUM 0.9f
#define SL_NORM_EPSILON 1e-5f

/* Mean, and sum of squared differences from it, of each channel (channels). */
void sl_norm_moments(const float *x, size_t pixels, size_t channels, double *mean, double *squares);
/* Sums over the pixels of dy and of dy (x - mean), each (channels). */
void sl_norm_sums(const float *x, const float *dy, const float *mean, size_t pixels, size_t channels,
                  double *sum_d, double *sum_dx);

/* What a batch's statistics become, each (channels), one after the other in a block of floats:
 * y = scale x + shift;  dx = scale dy - slope (x - mean) - level;  INVERSE: 1 / sqrt(variance + epsilon). */
enum sl_norm_row {
    SL_NORM_SCALE,
    SL_NORM_SHIFT,
    SL_NORM_MEAN,
    SL_NORM_INVERSE,
    SL_NORM_SLOPE,
    SL_NORM_LEVEL,
    SL_NORM_ROWS
};

#endif
