/* winograd_transform.c - tiles of images to the points of Winograd's method and back; the method and its
 * source are told in winograd.c.
 *
 * Every transform is T X T' for a small matrix T, eight channels at a time.  The loops are unrolled, so that
 * the zeros and ones of T, which are known then, cost nothing.  O(rows height width channels) with a factor of
 * about 20, bound by the second-level cache. */
#include "kernels/winograd_transform.h"
#include "kernels/dispatch.h"
#include "kernels/eight.h"
#include <stdint.h>

/* Matrices of m = 3 and m = 4, row by row. */
static const float input_3[5 * 5] = {
    2, -1, -2, 1, 0, 0, -2, -1, 1, 0, 0, 2, -3, 1, 0, 0, -1, 0, 1, 0, 0, 2, -1, -2, 1,
};
static const float input_4[6 * 6] = {
    4, 0,  -5, 0, 1, 0, 0, -4, -4, 1,  1, 0, 0, 4, -4, -1, 1, 0,
    0, -2, -1, 2, 1, 0, 0, 2,  -1, -2, 1, 0, 0, 4, 0,  -5, 0, 1,
};
static const float output_3[3 * 5] = {1, 1, 1, 1, 0, 0, 1, -1, 2, 0, 0, 1, 1, 4, 1};
static const float output_4[4 * 6] = {
    1, 1, 1, 1, 1, 0, 0, 1, -1, 2, -2, 0, 0, 1, 1, 4, 4, 0, 0, 1, -1, 8, -8, 1,
};
static const float window_3[5 * 3] = {
    1 / 2.f, 0, 0, -1 / 2.f, -1 / 2.f, -1 / 2.f, -1 / 6.f, 1 / 6.f, -1 / 6.f, 1 / 6.f, 2 / 6.f, 4 / 6.f, 0, 0, 1,
};
static const float window_4[6 * 3] = {
    1 / 4.f,  0,        0,       -1 / 6.f, -1 / 6.f,  -1 / 6.f, -1 / 6.f, 1 / 6.f, -1 / 6.f,
    1 / 24.f, 2 / 24.f, 4 / 24.f, 1 / 24.f, -2 / 24.f, 4 / 24.f, 0,        0,       1,
};

/* out (rows, rows) = T in T' for in (cols, cols), T(i, j) = t[i * by_row + j * by_col]. */
SL_INLINE void sandwich(const float *t, const int rows, const int cols, const int by_row, const int by_col,
                        const sl_eight *in, sl_eight *out)
{
    sl_eight half[36];
    SL_UNROLL
    for (int i = 0; i < rows; i++) {
        SL_UNROLL
        for (int j = 0; j < cols; j++) {
            sl_eight sum = {0};
            int begun = 0;
            SL_UNROLL
            for (int l = 0; l < cols; l++) {
                float f = t[i * by_row + l * by_col];
                if (f == 0)
                    continue;
                sum = begun ? sum + f * in[l * cols + j] : f * in[l * cols + j];
                begun = 1;
            }
            half[i * cols + j] = sum;
        }
    }
    SL_UNROLL
    for (int i = 0; i < rows; i++) {
        SL_UNROLL
        for (int j = 0; j < rows; j++) {
            sl_eight sum = {0};
            int begun = 0;
            SL_UNROLL
            for (int l = 0; l < cols; l++) {
                float f = t[j * by_row + l * by_col];
                if (f == 0)
                    continue;
                sum = begun ? sum + f * half[i * cols + l] : f * half[i * cols + l];
                begun = 1;
            }
            out[i * rows + j] = sum;
        }
    }
}

/* Tiles of images ---------------------------------------------------------------------------------- */

/* Images whose tiles are windows of side pixels, m apart, the first at (-padding, -padding). */
struct pixels {
    int h, w, side, padding;
    size_t channels, next; /* floats from one point's matrix to the next's */
};

/* Offsets of the pixels of tile t in the images; SIZE_MAX outside of its image. */
static void locate(const struct sl_winograd_grid *g, const struct pixels *p, size_t t, size_t *at)
{
    size_t of_image = (size_t)(g->high * g->wide), image = t / of_image;
    int y0 = (int)(t % of_image) / g->wide * g->m - p->padding;
    int x0 = (int)(t % of_image) % g->wide * g->m - p->padding;
    for (int i = 0; i < p->side; i++)
        for (int j = 0; j < p->side; j++) {
            int y = y0 + i, x = x0 + j, inside = y >= 0 && y < p->h && x >= 0 && x < p->w;
            size_t pixel = (image * (size_t)p->h + (size_t)y) * (size_t)p->w + (size_t)x;
            *at++ = inside ? pixel * p->channels : SIZE_MAX;
        }
}

/* T (tile's pixels) T' for the tiles t0 ... of a block, as rows of the points' matrices. */
SL_INLINE void read_tiles(const struct sl_winograd_grid *g, const struct pixels *p, const float *images, const float *zeros,
                          size_t t0, size_t count, float *matrices, const float *t, const int rows, const int cols,
                          const int by_row, const int by_col)
{
    for (size_t i = 0; i < count; i++) {
        size_t at[36];
        const float *from[36];
        locate(g, p, t0 + i, at);
        for (int k = 0; k < cols * cols; k++)
            from[k] = at[k] == SIZE_MAX ? zeros : images + at[k];
        for (size_t c = 0; c < p->channels; c += 8) {
            sl_eight in[36], out[36];
            SL_UNROLL
            for (int k = 0; k < cols * cols; k++)
                in[k] = SL_EIGHT(from[k] + c);
            sandwich(t, rows, cols, by_row, by_col, in, out);
            SL_UNROLL
            for (int k = 0; k < rows * rows; k++)
                SL_EIGHT_AT(matrices + (size_t)k * p->next + i * p->channels + c) = out[k];
        }
    }
}

/* The other way: T (points) T' is stored in the pixels (with the bias), or where that is NULL added. */
SL_INLINE void write_tiles(const struct sl_winograd_grid *g, const struct pixels *p, const float *matrices, size_t t0,
                           size_t count, const float *bias, float *images, const float *t, const int rows,
                           const int cols, const int by_row, const int by_col)
{
    for (size_t i = 0; i < count; i++) {
        size_t at[36];
        locate(g, p, t0 + i, at);
        for (size_t c = 0; c < p->channels; c += 8) {
            sl_eight in[36], out[36];
            SL_UNROLL
            for (int k = 0; k < cols * cols; k++)
                in[k] = SL_EIGHT(matrices + (size_t)k * p->next + i * p->channels + c);
            sandwich(t, rows, cols, by_row, by_col, in, out);
            SL_UNROLL
            for (int k = 0; k < rows * rows; k++) {
                if (at[k] == SIZE_MAX)
                    continue;
                float *to = images + at[k] + c;
                SL_EIGHT_AT(to) = out[k] + (bias ? SL_EIGHT(bias + c) : SL_EIGHT(to));
            }
        }
    }
}

static struct pixels inputs_of(const struct sl_winograd_grid *g)
{
    return (struct pixels){g->in_h, g->in_w, g->n, g->padding, g->channels, g->v_next};
}

static struct pixels outputs_of(const struct sl_winograd_grid *g)
{
    return (struct pixels){g->out_h, g->out_w, g->m, 0, g->filters, g->m_next};
}

/* V = B' d B */
SL_CLONES
void sl_winograd_read_inputs(const struct sl_winograd_grid *g, const float *x, const float *zeros, size_t t0, size_t count, float *v)
{
    struct pixels p = inputs_of(g);
    if (g->m == 4)
        read_tiles(g, &p, x, zeros, t0, count, v, input_4, 6, 6, 6, 1);
    else
        read_tiles(g, &p, x, zeros, t0, count, v, input_3, 5, 5, 5, 1);
}

/* Y = A' M A + bias */
SL_CLONES
void sl_winograd_write_outputs(const struct sl_winograd_grid *g, const float *m, size_t t0, size_t count, const float *bias, float *y)
{
    struct pixels p = outputs_of(g);
    if (g->m == 4)
        write_tiles(g, &p, m, t0, count, bias, y, output_4, 4, 6, 6, 1);
    else
        write_tiles(g, &p, m, t0, count, bias, y, output_3, 3, 5, 5, 1);
}

/* dM = A dY A' */
SL_CLONES
void sl_winograd_read_outputs(const struct sl_winograd_grid *g, const float *dy, const float *zeros, size_t t0, size_t count,
                         float *dm)
{
    struct pixels p = outputs_of(g);
    if (g->m == 4)
        read_tiles(g, &p, dy, zeros, t0, count, dm, output_4, 6, 4, 1, 6);
    else
        read_tiles(g, &p, dy, zeros, t0, count, dm, output_3, 5, 3, 1, 5);
}

/* dx += B dV B' */
SL_CLONES
void sl_winograd_write_inputs(const struct sl_winograd_grid *g, const float *dv, size_t t0, size_t count, float *dx)
{
    struct pixels p = inputs_of(g);
    if (g->m == 4)
        write_tiles(g, &p, dv, t0, count, NULL, dx, input_4, 6, 6, 1, 6);
    else
        write_tiles(g, &p, dv, t0, count, NULL, dx, input_3, 5, 5, 1, 5);
}

/* Weights ------------------------------------------------------------------------------------------ */

/* to (points, size) = G w G' for w (9, size), window by window. */
SL_INLINE void transform_windows(size_t size, const float *w, float *to, const float *t, const int n)
{
    for (size_t i = 0; i < size; i += 8) {
        sl_eight in[36], out[36];
        SL_UNROLL
        for (int k = 0; k < 9; k++)
            in[k] = SL_EIGHT(w + (size_t)k * size + i);
        sandwich(t, n, 3, 3, 1, in, out);
        SL_UNROLL
        for (int k = 0; k < n * n; k++)
            SL_EIGHT_AT(to + (size_t)k * size + i) = out[k];
    }
}

/* dw += G' dU G */
SL_INLINE void transform_points(size_t size, const float *du, float *dw, const float *t, const int n)
{
    for (size_t i = 0; i < size; i += 8) {
        sl_eight in[36], out[36];
        SL_UNROLL
        for (int k = 0; k < n * n; k++)
            in[k] = SL_EIGHT(du + (size_t)k * size + i);
        sandwich(t, 3, n, 1, 3, in, out);
        SL_UNROLL
        for (int k = 0; k < 9; k++) {
            float *to = dw + (size_t)k * size + i;
            SL_EIGHT_AT(to) = SL_EIGHT(to) + out[k];
        }
    }
}

SL_CLONES
void sl_winograd_transform_weights(const struct sl_winograd_grid *g, const float *w, float *u)
{
    if (g->m == 4)
        transform_windows(g->channels * g->filters, w, u, window_4, 6);
    else
        transform_windows(g->channels * g->filters, w, u, window_3, 5);
}

SL_CLONES
void sl_winograd_gather_weights(const struct sl_winograd_grid *g, const float *du, float *dw)
{
    if (g->m == 4)
        transform_points(g->channels * g->filters, du, dw, window_4, 6);
    else
        transform_points(g->channels * g->filters, du, dw, window_3, 5);
}
