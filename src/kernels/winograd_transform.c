/* winograd_transform.c - tiles of images to the points of Winograd's method and back; the method and its
 * source are told in winograd.c.
 *
 * Every transform is T X T' for a small matrix T, eight channels at a time: of images and points line by
 * line, T written out with what its rows share.  O(rows height width channels) with a factor of about 10. */
#include "kernels/winograd_transform.h"
#include "kernels/dispatch.h"
#include "kernels/eight.h"
#include <stdint.h>

/* A line of T X, for each T; the other way: of its transpose.  Of 7 points: m = 5, of 6: m = 4, of 5: m = 3. */
enum line {
    INPUT_7, INPUT_7_BACK, OUTPUT_7, OUTPUT_7_BACK,
    INPUT_6, INPUT_6_BACK, OUTPUT_6, OUTPUT_6_BACK,
    INPUT_5, INPUT_5_BACK, OUTPUT_5, OUTPUT_5_BACK,
};

enum { SIDE = 7, AREA = SIDE * SIDE }; /* of the largest tile */

SL_INLINE void input_6(const sl_eight *d, sl_eight *v)
{
    sl_eight even = d[4] - 4 * d[2], odd = d[3] - 4 * d[1], e = d[4] - d[2], o = d[3] - d[1];
    v[0] = 4 * d[0] + (d[4] - 5 * d[2]);
    v[1] = even + odd;
    v[2] = even - odd;
    v[3] = e + 2 * o;
    v[4] = e - 2 * o;
    v[5] = 4 * d[1] + (d[5] - 5 * d[3]);
}

SL_INLINE void input_6_back(const sl_eight *v, sl_eight *d)
{
    sl_eight p = v[1] + v[2], q = v[1] - v[2], r = v[3] + v[4], s = v[3] - v[4];
    d[0] = 4 * v[0];
    d[1] = 4 * (v[5] - q) - 2 * s;
    d[2] = -5 * v[0] - 4 * p - r;
    d[3] = q + 2 * s - 5 * v[5];
    d[4] = v[0] + p + r;
    d[5] = v[5];
}

SL_INLINE void output_6(const sl_eight *m, sl_eight *y)
{
    sl_eight p = m[1] + m[2], q = m[1] - m[2], r = m[3] + m[4], s = m[3] - m[4];
    y[0] = m[0] + p + r;
    y[1] = q + 2 * s;
    y[2] = p + 4 * r;
    y[3] = q + 8 * s + m[5];
}

SL_INLINE void output_6_back(const sl_eight *y, sl_eight *m)
{
    sl_eight even = y[0] + y[2], odd = y[1] + y[3], e = y[0] + 4 * y[2], o = y[1] + 4 * y[3];
    m[0] = y[0];
    m[1] = even + odd;
    m[2] = even - odd;
    m[3] = e + 2 * o;
    m[4] = e - 2 * o;
    m[5] = y[3];
}

/* The point -1/2 is a factor x + 1/2 of all other rows: these are those of 6 points behind it. */
SL_INLINE void input_7(const sl_eight *d, sl_eight *v)
{
    sl_eight u[6];
    SL_UNROLL
    for (int j = 0; j < 6; j++)
        u[j] = d[j + 1] + 0.5f * d[j];
    input_6(u, v);
    v[6] = v[5];
    v[5] = 4 * d[1] + (d[5] - 5 * d[3]);
}

SL_INLINE void input_7_back(const sl_eight *v, sl_eight *d)
{
    const sl_eight six[6] = {v[0], v[1], v[2], v[3], v[4], v[6]};
    sl_eight u[6];
    input_6_back(six, u);
    d[0] = 0.5f * u[0];
    d[1] = 0.5f * u[1] + (u[0] + 4 * v[5]);
    d[2] = 0.5f * u[2] + u[1];
    d[3] = 0.5f * u[3] + (u[2] - 5 * v[5]);
    d[4] = 0.5f * u[4] + u[3];
    d[5] = 0.5f * u[5] + (u[4] + v[5]);
    d[6] = u[5];
}

SL_INLINE void output_7(const sl_eight *m, sl_eight *y)
{
    sl_eight p = m[1] + m[2], q = m[1] - m[2], r = m[3] + m[4], s = m[3] - m[4], h = m[5];
    y[0] = m[0] + p + r + h;
    y[1] = q + 2 * s - 0.5f * h;
    y[2] = p + 4 * r + 0.25f * h;
    y[3] = q + 8 * s - 0.125f * h;
    y[4] = p + 16 * r + 0.0625f * h + m[6];
}

SL_INLINE void output_7_back(const sl_eight *y, sl_eight *m)
{
    sl_eight even = y[0] + y[2] + y[4], odd = y[1] + y[3];
    sl_eight e = y[0] + 4 * y[2] + 16 * y[4], o = y[1] + 4 * y[3];
    m[0] = y[0];
    m[1] = even + odd;
    m[2] = even - odd;
    m[3] = e + 2 * o;
    m[4] = e - 2 * o;
    m[5] = y[0] - 0.5f * y[1] + 0.25f * y[2] - 0.125f * y[3] + 0.0625f * y[4];
    m[6] = y[4];
}

SL_INLINE void input_5(const sl_eight *d, sl_eight *v)
{
    sl_eight a = d[3] - d[1], e = d[3] - d[2];
    v[0] = 2 * (d[0] - d[2]) + a;
    v[1] = e - 2 * d[1];
    v[2] = e + 2 * (d[1] - d[2]);
    v[3] = a;
    v[4] = d[4] - d[2] - 2 * a;
}

SL_INLINE void input_5_back(const sl_eight *v, sl_eight *d)
{
    d[0] = 2 * v[0];
    d[1] = 2 * (v[2] + v[4] - v[1]) - v[0] - v[3];
    d[2] = -2 * v[0] - v[1] - 3 * v[2] - v[4];
    d[3] = v[0] + v[1] + v[2] + v[3] - 2 * v[4];
    d[4] = v[4];
}

SL_INLINE void output_5(const sl_eight *m, sl_eight *y)
{
    sl_eight p = m[1] + m[2];
    y[0] = m[0] + p + m[3];
    y[1] = m[1] - m[2] + 2 * m[3];
    y[2] = p + 4 * m[3] + m[4];
}

SL_INLINE void output_5_back(const sl_eight *y, sl_eight *m)
{
    sl_eight even = y[0] + y[2];
    m[0] = y[0];
    m[1] = even + y[1];
    m[2] = even - y[1];
    m[3] = y[0] + 2 * y[1] + 4 * y[2];
    m[4] = y[2];
}

SL_INLINE void transform_line(const enum line line, const sl_eight *in, sl_eight *out)
{
    switch (line) {
    case INPUT_7:
        input_7(in, out);
        break;
    case INPUT_7_BACK:
        input_7_back(in, out);
        break;
    case OUTPUT_7:
        output_7(in, out);
        break;
    case OUTPUT_7_BACK:
        output_7_back(in, out);
        break;
    case INPUT_6:
        input_6(in, out);
        break;
    case INPUT_6_BACK:
        input_6_back(in, out);
        break;
    case OUTPUT_6:
        output_6(in, out);
        break;
    case OUTPUT_6_BACK:
        output_6_back(in, out);
        break;
    case INPUT_5:
        input_5(in, out);
        break;
    case INPUT_5_BACK:
        input_5_back(in, out);
        break;
    case OUTPUT_5:
        output_5(in, out);
        break;
    case OUTPUT_5_BACK:
        output_5_back(in, out);
        break;
    }
}

/* Tiles of images ---------------------------------------------------------------------------------- */

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
        size_t at[AREA];
        const float *from[AREA];
        locate(g, p, t0 + i, at, cols);
        for (int k = 0; k < cols * cols; k++)
            from[k] = at[k] == SIZE_MAX ? zeros : images + at[k];
        for (size_t c = 0; c < p->channels; c += 8) {
            sl_eight half[AREA];
            float *to = matrices + i * p->channels + c;
            SL_UNROLL
            for (int x = 0; x < cols; x++) {
                sl_eight in[SIDE], out[SIDE];
                SL_UNROLL
                for (int y = 0; y < cols; y++)
                    in[y] = SL_EIGHT(from[y * cols + x] + c);
                transform_line(line, in, out);
                SL_UNROLL
                for (int y = 0; y < rows; y++)
                    half[y * cols + x] = out[y];
            }
            SL_UNROLL
            for (int y = 0; y < rows; y++) {
                sl_eight out[SIDE];
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
        size_t at[AREA];
        int inside = locate(g, p, t0 + i, at, rows);
        for (size_t c = 0; c < p->channels; c += 8) {
            sl_eight half[AREA];
            const float *from = matrices + i * p->channels + c;
            SL_UNROLL
            for (int x = 0; x < cols; x++) {
                sl_eight in[SIDE], out[SIDE];
                SL_UNROLL
                for (int y = 0; y < cols; y++)
                    in[y] = SL_EIGHT(from + (size_t)(y * cols + x) * p->next);
                transform_line(line, in, out);
                SL_UNROLL
                for (int y = 0; y < rows; y++)
                    half[y * cols + x] = out[y];
            }
            SL_UNROLL
            for (int y = 0; y < rows; y++) {
                sl_eight out[SIDE];
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
SL_CLONES
void sl_winograd_read_inputs(const struct sl_winograd_grid *g, const float *x, const float *zeros, size_t t0,
                             size_t count, float *v)
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
SL_CLONES
void sl_winograd_write_outputs(const struct sl_winograd_grid *g, const float *m, size_t t0, size_t count,
                               const float *bias, float *y)
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
SL_CLONES
void sl_winograd_read_outputs(const struct sl_winograd_grid *g, const float *dy, const float *zeros,
                              size_t t0, size_t count, float *dm)
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
SL_CLONES
void sl_winograd_write_inputs(const struct sl_winograd_grid *g, const float *dv, size_t t0, size_t count,
                              float *dx)
{
    struct pixels p = inputs_of(g);
    if (g->m == 5)
        write_tiles(g, &p, dv, t0, count, NULL, dx, INPUT_7_BACK, 7, 7);
    else if (g->m == 4)
        write_tiles(g, &p, dv, t0, count, NULL, dx, INPUT_6_BACK, 6, 6);
    else
        write_tiles(g, &p, dv, t0, count, NULL, dx, INPUT_5_BACK, 5, 5);
}

/* Weights ------------------------------------------------------------------------------------------ */

/* Matrices of the windows, row by row. */
static const float window_3[5 * 3] = {
    1 / 2.f,  0,       0,       -1 / 2.f, -1 / 2.f, -1 / 2.f, -1 / 6.f, 1 / 6.f,
    -1 / 6.f, 1 / 6.f, 2 / 6.f, 4 / 6.f,  0,        0,        1,
};
static const float window_4[6 * 3] = {
    1 / 4.f,  0,        0,        -1 / 6.f, -1 / 6.f,  -1 / 6.f, -1 / 6.f, 1 / 6.f, -1 / 6.f,
    1 / 24.f, 2 / 24.f, 4 / 24.f, 1 / 24.f, -2 / 24.f, 4 / 24.f, 0,        0,       1,
};

static const float window_5[7 * 3] = {
    1 / 2.f,   0,         0,         -1 / 9.f,   -1 / 9.f,  -1 / 9.f,  1 / 3.f, -1 / 3.f, 1 / 3.f, 1 / 60.f, 2 / 60.f,
    4 / 60.f,  -1 / 36.f, 2 / 36.f,  -4 / 36.f,  -32 / 45.f, 16 / 45.f, -8 / 45.f, 0,      0,       1,
};

/* out (rows, rows) = T in T' for in (cols, cols), T(i, j) = t[i * by_row + j * by_col]. */
SL_INLINE void sandwich(const float *t, const int rows, const int cols, const int by_row, const int by_col,
                        const sl_eight *in, sl_eight *out)
{
    sl_eight half[AREA];
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

/* to (points, size) = G w G' for w (9, size), window by window. */
SL_INLINE void transform_windows(size_t size, const float *w, float *to, const float *t, const int n)
{
    for (size_t i = 0; i < size; i += 8) {
        sl_eight in[AREA], out[AREA];
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
        sl_eight in[AREA], out[AREA];
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
    if (g->m == 5)
        transform_windows(g->channels * g->filters, w, u, window_5, 7);
    else if (g->m == 4)
        transform_windows(g->channels * g->filters, w, u, window_4, 6);
    else
        transform_windows(g->channels * g->filters, w, u, window_3, 5);
}

SL_CLONES
void sl_winograd_gather_weights(const struct sl_winograd_grid *g, const float *du, float *dw)
{
    if (g->m == 5)
        transform_points(g->channels * g->filters, du, dw, window_5, 7);
    else if (g->m == 4)
        transform_points(g->channels * g->filters, du, dw, window_4, 6);
    else
        transform_points(g->channels * g->filters, du, dw, window_3, 5);
}
