/* winograd_transform.c - tiles of images to the points of Winograd's method and back; the method and its
 * source are told in winograd.c.
 *
 * Every transform is T X T' for a small matrix T, a register of channels at a time (winograd_tile.h): of
 * images and points line by line (winograd_lines.h).  Loops over the lines stay loops: written out, a tile's
 * 49 vectors are more than the compiler keeps apart well.  O(rows height width channels) with a factor of
 * about 10. */
#include "kernels/conv/winograd_transform.h"
#include "kernels/dispatch.h"
#include <stdint.h>

/* A line of T X, for each T; the other way: of its transpose.  Of 7 points: m = 5, of 6: m = 4, of 5: m = 3.
 */
enum line {
    INPUT_7,
    INPUT_7_BACK,
    OUTPUT_7,
    OUTPUT_7_BACK,
    INPUT_6,
    INPUT_6_BACK,
    OUTPUT_6,
    OUTPUT_6_BACK,
    INPUT_5,
    INPUT_5_BACK,
    OUTPUT_5,
    OUTPUT_5_BACK,
};

/* Images whose tiles are m apart, the first at (-padding, -padding). */
struct pixels {
    int h, w, padding;
    int used_h, used_w;    /* beyond these a pixel counts as outside of its image */
    size_t channels, next; /* floats from one point's matrix to the next's */
};

/* Offsets of the pixels of tile t in the images; SIZE_MAX outside of its image.  Whether all are inside. */
SL_INLINE int locate(const struct sl_winograd_grid *g, const struct pixels *p, size_t t, size_t *at,
                     const int side)
{
    size_t of_image = (size_t)(g->high * g->wide), image = t / of_image, place = t % of_image;
    int y0 = (int)place / g->wide * g->m - p->padding, x0 = (int)place % g->wide * g->m - p->padding;
    int inside = y0 >= 0 && x0 >= 0 && y0 + side <= p->used_h && x0 + side <= p->used_w;
    size_t line =
        (image * (size_t)p->h + (size_t)y0) * (size_t)p->w + (size_t)x0; /* may wrap around, and back */
    for (int i = 0; i < side; i++, line += (size_t)p->w) {
        int y = y0 + i, out = y < 0 || y >= p->used_h;
        size_t pixel = line * p->channels;
        for (int j = 0; j < side; j++, pixel += p->channels)
            at[i * side + j] = inside || !(out || x0 + j < 0 || x0 + j >= p->used_w) ? pixel : SIZE_MAX;
    }
    return inside;
}

static struct pixels inputs_of(const struct sl_winograd_grid *g)
{
    return (struct pixels){g->in_h, g->in_w, g->padding, g->in_h, g->in_w, g->channels, g->v_next};
}

static struct pixels outputs_of(const struct sl_winograd_grid *g)
{
    return (struct pixels){g->out_h, g->out_w, 0, g->read_h, g->read_w, g->filters, g->m_next};
}

#if defined(__x86_64__)
#define NAME(f) f##_avx512
#define TARGET SL_TARGET_AVX512
#define LANES 16
#include "kernels/conv/winograd_tile.h"

#define NAME(f) f##_avx2
#define TARGET SL_TARGET_AVX2
#define LANES 8
#include "kernels/conv/winograd_tile.h"
#endif

#define NAME(f) f##_any
#define TARGET
#define LANES 8
#include "kernels/conv/winograd_tile.h"

/* V = B' d B */
void sl_winograd_read_inputs(const struct sl_winograd_grid *g, const float *x, const float *zeros, size_t t0,
                             size_t count, float *v)
{
    SL_BY_WIDTH(g->channels, 16, read_inputs, (g, x, zeros, t0, count, v));
}

/* Y = A' M A + bias */
void sl_winograd_write_outputs(const struct sl_winograd_grid *g, const float *m, size_t t0, size_t count,
                               const float *bias, float *y)
{
    SL_BY_WIDTH(g->filters, 16, write_outputs, (g, m, t0, count, bias, y));
}

/* dM = A dY A' */
void sl_winograd_read_outputs(const struct sl_winograd_grid *g, const float *dy, const float *zeros,
                              size_t t0, size_t count, float *dm)
{
    SL_BY_WIDTH(g->filters, 16, read_outputs, (g, dy, zeros, t0, count, dm));
}

/* dx += B dV B' */
void sl_winograd_write_inputs(const struct sl_winograd_grid *g, const float *dv, size_t t0, size_t count,
                              float *dx)
{
    SL_BY_WIDTH(g->channels, 16, write_inputs, (g, dv, t0, count, dx));
}
