/* conv_plain.h - convolution by its definition; arrays as in conv.h. */
#ifndef SL_KERNELS_CONV_PLAIN_H
#define SL_KERNELS_CONV_PLAIN_H

#include "kernels/conv/conv_shape.h"

void sl_conv_plain_forward(const struct sl_conv_shape *s, const float *weights, const float *bias,
                           const float *x, float *y);
void sl_conv_plain_backward(const struct sl_conv_shape *s, const float *weights, const float *dy, float *dx);
/* Adds to dw and dbias. */
void sl_conv_plain_gradient(const struct sl_conv_shape *s, const float *x, const float *dy, float *dw,
                            float *dbias);

#endif
