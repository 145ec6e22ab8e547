/* winograd_transform.c - tiles of images to the points of Winograd's method and back; the method and its
 * source are told in winograd.c.
 *
 * Every transform is T X T' for a small matrix T, eight channels at a time: of images and points line by
 * line (winograd_lines.h).  Loops over the lines stay loops: written out, a tile's 49 vectors are more than
 * the compiler keeps apart well.  O(rows height width channels) with a factor of about 10. */
#include "kernels/conv/winograd_transform.h"
#include "kernels/conv/winograd_lines.h"
#include "kernels/dispatch.h"
#include <stdint.h>

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

/* T (tile's pixels) T' for the tiles t0 ... of a block, as rows of the points' matrices; T (rows, cols). */
SL_INLINE void read_tiles(const struct sl_winograd_grid *g, const struct pixels *p, const float *images,
                          const float *zeros, size_t t0, size_t count, float *restrict matrices,
                          const enum line line, const int rows, const int cols)
{
    for (size_t i = 0; i < count; i++) {
        size_t at[SL_WINOGRAD_AREA];
        const float *from[SL_WINOGRAD_AREA];
        locate(g, p, t0 + i, at, cols);
        for (int k = 0; k < cols * cols; k++)
            from[k] = at[k] == SIZE_MAX ? zeros : images + at[k];
        for (size_t c = 0; c < p->channels; c += 8) {
            sl_eight half[SL_WINOGRAD_AREA];
            float *to = matrices + i * p->channels + c;
            SL_ROLLED
            for (int x = 0; x < cols; x++) {
                sl_eight in[SL_WINOGRAD_SIDE], out[SL_WINOGRAD_SIDE];
                SL_UNROLL
                for (int y = 0; y < cols; y++)
                    in[y] = SL_EIGHT(from[y * cols + x] + c);
                transform_line(line, in, out);
                SL_UNROLL
                for (int y = 0; y < rows; y++)
                    half[y * cols + x] = out[y];
            }
            SL_ROLLED
            for (int y = 0; y < rows; y++) {
                sl_eight out[SL_WINOGRAD_SIDE];
                transform_line(line, half + y * cols, out);
                SL_UNROLL
                for (int x = 0; x < rows; x++)
                    SL_EIGHT_AT(to + (size_t)(y * rows + x) * p->next) = out[x];
            }
        }
    }
}

/* The other way: T (points) T' is stored in the pixels (with the bias), or where that is NULL added. */
SL_INLINE void write_tiles(const struct sl_winograd_grid *g, const struct pixels *p,
                           const float *restrict matrices, size_t t0, size_t count, const float *bias,
                           float *restrict images, const enum line line, const int rows, const int cols)
{
    for (size_t i = 0; i < count; i++) {
        size_t at[SL_WINOGRAD_AREA];
        int inside = locate(g, p, t0 + i, at, rows);
        for (size_t c = 0; c < p->channels; c += 8) {
            sl_eight half[SL_WINOGRAD_AREA];
            const float *from = matrices + i * p->channels + c;
            SL_ROLLED
            for (int x = 0; x < cols; x++) {
                sl_eight in[SL_WINOGRAD_SIDE], out[SL_WINOGRAD_SIDE];
                SL_UNROLL
                for (int y = 0; y < cols; y++)
                    in[y] = SL_EIGHT(from + (size_t)(y * cols + x) * p->next);
                transform_line(line, in, out);
                SL_UNROLL
                for (int y = 0; y < rows; y++)
                    half[y * cols + x] = out[y];
            }
            SL_ROLLED
            for (int y = 0; y < rows; y++) {
                sl_eight out[SL_WINOGRAD_SIDE];
                transform_line(line, half + y * cols, out);
                SL_UNROLL
                for (int x = 0; x < rows; x++) {
                    if (!inside && at[y * rows + x] == SIZE_MAX)
                        continue;
                    float *to = images + at[y * rows + x] + c;
                    SL_EIGHT_AT(to) = out[x] + (bias ? SL_EIGHT(bias + c) : SL_EIGHT(to));
                }
            }
        }
    }
}

static struct pixels inputs_of(const struct sl_winograd_grid *g)
{
    return (struct pixels){g->in_h, g->in_w, g->padding, g->in_h, g->in_w, g->channels, g->v_next};
}

static struct pixels outputs_of(const struct sl_winograd_grid *g)
{
    return (struct pixels){g->out_h, g->out_w, 0, g->read_h, g->read_w, g->filters, g->m_next};
}

/* V = B' d B */
SL_CLONED_VOID(extern, sl_winograd_read_inputs,
               (const struct sl_winograd_grid *g, const float *x, const float *zeros, size_t t0, size_t count,
                float *v),
               (g, x, zeros, t0, count, v))
{
    struct pixels p = inputs_of(g);
    if (g->m == 5)
        read_tiles(g, &p, x, zeros, t0, count, v, INPUT_7, 7, 7);
    else if (g->m == 4)
        read_tiles(g, &p, x, zeros, t0, count, v, INPUT_6, 6, 6);
    else
        read_tiles(g, &p, x, zeros, t0, count, v, INPUT_5, 5, 5);
}

/* Y = A' M A + bias */
SL_CLONED_VOID(extern, sl_winograd_write_outputs,
               (const struct sl_winograd_grid *g, const float *m, size_t t0, size_t count, const float *bias,
                float *y),
               (g, m, t0, count, bias, y))
{
    struct pixels p = outputs_of(g);
    if (g->m == 5)
        write_tiles(g, &p, m, t0, count, bias, y, OUTPUT_7, 5, 7);
    else if (g->m == 4)
        write_tiles(g, &p, m, t0, count, bias, y, OUTPUT_6, 4, 6);
    else
        write_tiles(g, &p, m, t0, count, bias, y, OUTPUT_5, 3, 5);
}

/* dM = A dY A' */
SL_CLONED_VOID(extern, sl_winograd_read_outputs,
               (const struct sl_winograd_grid *g, const float *dy, const float *zeros, size_t t0,
                size_t count, float *dm),
               (g, dy, zeros, t0, count, dm))
{
    struct pixels p = outputs_of(g);
    if (g->m == 5)
        read_tiles(g, &p, dy, zeros, t0, count, dm, OUTPUT_7_BACK, 7, 5);
    else if (g->m == 4)
        read_tiles(g, &p, dy, zeros, t0, count, dm, OUTPUT_6_BACK, 6, 4);
    else
        read_tiles(g, &p, dy, zeros, t0, count, dm, OUTPUT_5_BACK, 5, 3);
}

/* dx += B dV B' */
SL_CLONED_VOID(extern, sl_winograd_write_inputs,
               (const struct sl_winograd_grid *g, const float *dv, size_t t0, size_t count, float *dx),
               (g, dv, t0, count, dx))
{
    struct pixels p = inputs_of(g);
    if (g->m == 5)
        write_tiles(g, &p, dv, t0, count, NULL, dx, INPUT_7_BACK, 7, 7);
    else if (g->m == 4)
        write_tiles(g, &p, dv, t0, count, NULL, dx, INPUT_6_BACK, 6, 6);
    else
        write_tiles(g, &p, dv, t0, count, NULL, dx, INPUT_5_BACK, 5, 5);
}
