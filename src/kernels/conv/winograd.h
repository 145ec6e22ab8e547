/* winograd.h - convolution by 3 x 3 windows with fewer multiplications; arrays as in conv.h. */
#ifndef SL_KERNELS_WINOGRAD_H
#define SL_KERNELS_WINOGRAD_H

#include "kernels/conv/conv_shape.h"

/* Whether the shape is one that is computed here, and faster than by the definition. */
int sl_winograd_suits(const struct sl_conv_shape *s);

size_t sl_winograd_packed_size(const struct sl_conv_shape *s); /* floats, for either direction */
size_t sl_winograd_scratch_size(const struct sl_conv_shape *s);

/* Transforms the weights for forward, and for backward too unless it is NULL. */
void sl_winograd_pack(const struct sl_conv_shape *s, const float *w, float *forward, float *backward);

void sl_winograd_forward(const struct sl_conv_shape *s, const float *packed, const float *bias,
                         const float *x, float *y, float *scratch);
void sl_winograd_backward(const struct sl_conv_shape *s, const float *packed, const float *dy, float *dx,
                          float *scratch);
/* Adds to dw and dbias. */
void sl_winograd_gradient(const struct sl_conv_shape *s, const float *x, const float *dy, float *dw,
                          float *dbias, float *scratch);

#endif
