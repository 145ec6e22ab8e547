/* winograd_transform.h - into the points of Winograd's method and back; see winograd.c. */
#ifndef SL_KERNELS_WINOGRAD_TRANSFORM_H
#define SL_KERNELS_WINOGRAD_TRANSFORM_H

#include <stddef.h>

enum { SL_WINOGRAD_SIDE = 7, SL_WINOGRAD_AREA = 49 }; /* of the largest tile's inputs */

/* How images are cut. */
struct sl_winograd_grid {
    int m, n;                    /* sides of a tile's outputs and inputs */
    int high, wide;              /* tiles of an image */
    size_t points, tiles, block; /* n * n; of all images; at once */
    size_t channels, filters;
    int in_h, in_w, out_h, out_w, padding;
    int read_h, read_w;    /* of the outputs, those that are wanted */
    size_t v_next, m_next; /* floats from one point's matrix to the next's */
};

/* Inputs and outputs of the tiles t0 ... of a block, each a row of the points' matrices.  zeros: as many as
 * there are channels or filters, whichever are more. */

/* V = B' d B */
void sl_winograd_read_inputs(const struct sl_winograd_grid *g, const float *x, const float *zeros, size_t t0,
                             size_t count, float *v);
/* Y = A' M A + bias */
void sl_winograd_write_outputs(const struct sl_winograd_grid *g, const float *m, size_t t0, size_t count,
                               const float *bias, float *y);
/* dM = A dY A' */
void sl_winograd_read_outputs(const struct sl_winograd_grid *g, const float *dy, const float *zeros,
                              size_t t0, size_t count, float *dm);
/* dx += B dV B' */
void sl_winograd_write_inputs(const struct sl_winograd_grid *g, const float *dv, size_t t0, size_t count,
                              float *dx);

/* U (points, channels, filters) = G w G' */
void sl_winograd_transform_weights(const struct sl_winograd_grid *g, const float *w, float *u);
/* dw += G' dU G */
void sl_winograd_gather_weights(const struct sl_winograd_grid *g, const float *du, float *dw);

#endif
