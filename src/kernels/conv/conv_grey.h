/* conv_grey.h - the gradient of the weights of a convolution whose images have one channel. */
#ifndef SL_KERNELS_CONV_GREY_H
#define SL_KERNELS_CONV_GREY_H

#include "kernels/conv/conv_shape.h"

int sl_conv_grey_suits(const struct sl_conv_shape *s);
size_t sl_conv_grey_scratch_size(const struct sl_conv_shape *s); /* floats */
/* One image (height, width) with its padding: in scratch, or itself where it has none. */
const float *sl_conv_grey_padded(const struct sl_conv_shape *s, const float *x, float *scratch);

/* Adds to dw and dbias; arrays as in conv.h. */
void sl_conv_grey_gradient(const struct sl_conv_shape *s, const float *x, const float *dy, float *dw,
                           float *dbias, float *scratch);

#endif
