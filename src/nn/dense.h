/* dense.h - the parts of a dense layer that are used by themselves. */
#ifndef SL_NN_DENSE_H
#define SL_NN_DENSE_H

#include "nn/layer.h"

/* The biases' part of gradient_tile (layer.h); they do not decay: keep counts as 1 unless it is 0. */
void sl_dense_biases_gradient(const struct sl_layer *layer, const float *dy, size_t batch, float scale,
                              float keep, float *dw, struct sl_tile tile);

#endif
