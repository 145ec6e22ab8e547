/* conv_shape.h - the shape of a convolution, which conv.h and each of its ways take. */
#ifndef SL_KERNELS_CONV_SHAPE_H
#define SL_KERNELS_CONV_SHAPE_H

#include <stddef.h>

struct sl_conv_shape {
    size_t rows;
    int height, width, channels;
    int filters, side, stride, padding;
    int read_height, read_width; /* lines and columns of y that are read, 0: all; the others are left as they
                                  * may be, and their dy is 0 */
};

static inline int sl_conv_out(int in, int side, int stride, int padding)
{
    return (in + 2 * padding - side) / stride + 1;
}

#endif
