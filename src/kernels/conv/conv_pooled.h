/* conv_pooled.h - convolution of grey images and the maximum of 2 x 2 behind it, in one go; arrays as in
 * conv.h, but y, dy and from are of the pooled size (rows, out_height / 2, out_width / 2, filters). */
#ifndef SL_KERNELS_CONV_POOLED_H
#define SL_KERNELS_CONV_POOLED_H

#include "kernels/conv/conv_shape.h"
#include <stdint.h>

/* Whether the shape is one that is computed here. */
int sl_conv_pooled_suits(const struct sl_conv_shape *s);

/* from: which place of its window each maximum came from (0 ... 3, by line; of equals the first); NULL: not
 * wanted. */
void sl_conv_pooled_forward(const struct sl_conv_shape *s, const float *w, const float *bias, const float *x,
                            float *y, int32_t *from, float *scratch);
/* Adds to dw and dbias. */
void sl_conv_pooled_gradient(const struct sl_conv_shape *s, const float *x, const float *dy,
                             const int32_t *from, float *dw, float *dbias, float *scratch);

#endif
