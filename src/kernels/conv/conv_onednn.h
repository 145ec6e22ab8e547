/* conv_onednn.h - convolution by oneDNN; arrays as in conv.h. */
#ifndef SL_KERNELS_CONV_ONEDNN_H
#define SL_KERNELS_CONV_ONEDNN_H

#include "kernels/conv/conv_shape.h"

struct sl_onednn_conv;

/* Floats: the weights as oneDNN wants them in each direction (0: not computed), their gradient as it gives
 * it, and what it needs beside. */
struct sl_onednn_sizes {
    size_t forward, backward, gradient, scratch;
};

/* backward, gradient: whether these are wanted, too.  *out is NULL, with SL_OK, where oneDNN has no
 * implementation; SL_ENOMEM. */
int sl_onednn_conv_new(const struct sl_conv_shape *shape, int backward, int gradient,
                       struct sl_onednn_sizes *sizes, struct sl_onednn_conv **out);
void sl_onednn_conv_free(struct sl_onednn_conv *conv);

/* All of these: SL_OK, SL_ENOMEM, or SL_EINTERNAL when oneDNN refuses. */

/* backward: NULL where it is not computed. */
int sl_onednn_pack(const struct sl_onednn_conv *conv, const float *w, float *forward, float *backward,
                   float *scratch);
int sl_onednn_forward(const struct sl_onednn_conv *conv, const float *packed, const float *bias,
                      const float *x, float *y, float *scratch);
int sl_onednn_backward(const struct sl_onednn_conv *conv, const float *packed, const float *dy, float *dx,
                       float *scratch);
/* Writes dw, as oneDNN arranges it, and dbias. */
int sl_onednn_gradient(const struct sl_onednn_conv *conv, const float *x, const float *dy, float *dw,
                       float *dbias, float *scratch);
int sl_onednn_unpack(const struct sl_onednn_conv *conv, const float *packed, float *dw, float *scratch);

#endif
