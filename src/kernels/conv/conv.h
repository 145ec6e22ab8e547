/* conv.h - two-dimensional convolution of images, channels last: forward, and both gradients.
 *
 * x (rows, height, width, channels), w (side, side, channels, filters), bias (filters),
 * y (rows, out_height, out_width, filters).  A plan is for a fixed number of rows and is not changed by
 * its use: several threads may compute with one plan, each with its own scratch, each on its own. */
#ifndef SL_KERNELS_CONV_H
#define SL_KERNELS_CONV_H

#include "kernels/conv/conv_shape.h"
#include <shortlist/error.h>
#include <stdint.h>

struct sl_conv;

enum sl_conv_way {
    SL_CONV_BEST,     /* what is fastest on this machine */
    SL_CONV_PLAIN,    /* by the definition, for comparison (and where oneDNN has nothing) */
    SL_CONV_DIRECT,   /* oneDNN */
    SL_CONV_WINOGRAD, /* winograd.h, for grey images conv_grey.h; oneDNN for other shapes */
};

/* backward 0: forward only. */
int sl_conv_new(const struct sl_conv_shape *shape, int backward, enum sl_conv_way way, struct sl_conv **out,
                struct sl_error *err);
void sl_conv_free(struct sl_conv *conv);

size_t sl_conv_packed_size(const struct sl_conv *conv);  /* floats for the rearranged weights */
size_t sl_conv_sum_size(const struct sl_conv *conv);     /* floats for a sum of gradients */
size_t sl_conv_scratch_size(const struct sl_conv *conv); /* floats for each thread */

/* Rearranges the weights for the next calls; SL_ENOMEM, here and below, or SL_EINTERNAL when oneDNN refuses.
 */
int sl_conv_pack(const struct sl_conv *conv, const float *w, float *packed, float *scratch);

int sl_conv_forward(const struct sl_conv *conv, const float *packed, const float *bias, const float *x,
                    float *y, float *scratch);
/* dx from dy = dL/dy. */
int sl_conv_backward(const struct sl_conv *conv, const float *packed, const float *dy, float *dx,
                     float *scratch);
/* Adds dL/dw and dL/dbias to a sum, which starts as zeros and is arranged as the plan likes it; sums can be
 * added to each other. */
int sl_conv_gradient(const struct sl_conv *conv, const float *x, const float *dy, float *sum, float *scratch);
/* Whether the plan can compute with the maximum of 2 x 2 behind it in one go (conv_pooled.h): forward, from
 * plain weights w, and the gradient. */
int sl_conv_pools(const struct sl_conv *conv);
void sl_conv_pooled(const struct sl_conv *conv, const float *w, const float *bias, const float *x, float *y,
                    int32_t *from, float *scratch);
void sl_conv_gradient_pooled(const struct sl_conv *conv, const float *x, const float *dy, const int32_t *from,
                             float *sum, float *scratch);
/* dw and dbias (NULL: not wanted) from a sum. */
int sl_conv_unpack(const struct sl_conv *conv, const float *sum, float *dw, float *dbias, float *scratch);

#endif
