/* winograd.c - Winograd's minimal filtering for windows of 3 x 3 and stride 1, as Lavin and Gray use it
 * ("Fast Algorithms for Convolutional Neural Networks", CVPR 2016), forward and both gradients.
 *
 * A tile of m x m outputs comes from (m+2) x (m+2) inputs d and the window g as
 *     Y = A' [ (G g G') . (B' d B) ] A,
 * with one multiplication for each of the (m+2)^2 points where the definition takes 9 m^2: a quarter of them
 * for m = 4.  Over all channels and filters the points' multiplications are (m+2)^2 products of matrices,
 *     M = V U:  V (tiles, channels) transformed inputs, U (channels, filters) weights, M (tiles, filters).
 * The gradients are the transposed steps: dM = A dY A', dV = dM U', dx = B dV B', dU = V' dM, dw = G' dU G.
 * The interpolation points are 0, 1, -1, 2, -2 and infinity for m = 4, without -2 for m = 3 (outputs of
 * 3 x 3), with -1/2 for m = 5 (10 x 10); m is the one with fewest multiplications.  Sums of the transforms
 * lose about two bits beside the definition's, three for m = 5. Tiles go through in blocks that stay in the
 * second-level cache, unless the weights are far larger. */
#include "kernels/conv/winograd.h"
#include "kernels/conv/winograd_transform.h"
#include "kernels/small_products.h"
#include <string.h>

/* Geometry ----------------------------------------------------------------------------------------- */

static int tiles_for(int length, int m)
{
    return (length + m - 1) / m;
}

/* Multiplications for each pair of channel and filter, and image. */
static long multiplications(int out_h, int out_w, int m)
{
    return (long)tiles_for(out_h, m) * tiles_for(out_w, m) * (m + 2) * (m + 2);
}

/* The side of a tile that takes fewest; the smaller one, which rounds less, of equals. */
static int tile_for(int out_h, int out_w)
{
    int best = 3;
    for (int m = 4; m <= 5; m++)
        if (multiplications(out_h, out_w, m) < multiplications(out_h, out_w, best))
            best = m;
    return best;
}

static struct sl_winograd_grid grid_of(const struct sl_conv_shape *s)
{
    enum { FLOATS = 80 * 1024, LINE = 16 };
    struct sl_winograd_grid g = {.in_h = s->height, .in_w = s->width, .padding = s->padding};
    g.out_h = sl_conv_out(s->height, 3, 1, s->padding);
    g.out_w = sl_conv_out(s->width, 3, 1, s->padding);
    g.read_h = s->read_height ? s->read_height : g.out_h;
    g.read_w = s->read_width ? s->read_width : g.out_w;
    g.m = tile_for(g.read_h, g.read_w);
    g.n = g.m + 2;
    g.high = tiles_for(g.read_h, g.m);
    g.wide = tiles_for(g.read_w, g.m);
    g.points = (size_t)(g.n * g.n);
    g.channels = (size_t)s->channels;
    g.filters = (size_t)s->filters;
    g.tiles = s->rows * (size_t)(g.high * g.wide);
    /* tiles at once: what the cache holds, but enough to be worth reading a point's weights for */
    size_t both = g.channels + g.filters, fit = FLOATS / (g.points * both),
           worth = g.channels * g.filters / both / 2;
    g.block = fit > worth ? fit : worth;
    g.block = g.block < 6 ? 6 : g.block / 6 * 6 + (g.block % 6 >= 4 ? 4 : 0);
    if (g.block > g.tiles)
        g.block = g.tiles;
    /* a line more: matrices whose distance is a power of two would fall on the same lines of the cache */
    g.v_next = g.block * g.channels + LINE;
    g.m_next = g.block * g.filters + LINE;
    return g;
}

int sl_winograd_suits(const struct sl_conv_shape *s)
{
    enum { NARROW = 16 };
    if (s->side != 3 || s->stride != 1 || s->channels % 8 || s->filters % 8 || s->channels < NARROW ||
        s->filters < NARROW)
        return 0;
    struct sl_winograd_grid g = grid_of(s);
    return 2 * multiplications(g.read_h, g.read_w, g.m) <= 9L * g.read_h * g.read_w;
}

size_t sl_winograd_packed_size(const struct sl_conv_shape *s)
{
    struct sl_winograd_grid g = grid_of(s);
    return g.points * g.channels * g.filters;
}

/* Where the parts of a thread's scratch lie. */
struct areas {
    float *zeros, *v, *m, *du;
};

static struct areas areas_of(const struct sl_winograd_grid *g, float *scratch)
{
    size_t most = g->channels > g->filters ? g->channels : g->filters;
    struct areas a = {.zeros = scratch};
    a.v = a.zeros + most;
    a.m = a.v + g->points * g->v_next;
    a.du = a.m + g->points * g->m_next;
    memset(a.zeros, 0, most * sizeof *a.zeros);
    return a;
}

size_t sl_winograd_scratch_size(const struct sl_conv_shape *s)
{
    struct sl_winograd_grid g = grid_of(s);
    size_t most = g.channels > g.filters ? g.channels : g.filters;
    return most + g.points * (g.v_next + g.m_next + g.channels * g.filters);
}

/* to (cols, rows) = the transpose of from (rows, cols); both are multiples of 8. */
static void transpose(const float *from, size_t rows, size_t cols, float *to)
{
    for (size_t j0 = 0; j0 < cols; j0 += 8)
        for (size_t i = 0; i < rows; i++)
            for (size_t j = j0; j < j0 + 8; j++)
                to[j * rows + i] = from[i * cols + j];
}

void sl_winograd_pack(const struct sl_conv_shape *s, const float *w, float *forward, float *backward)
{
    struct sl_winograd_grid g = grid_of(s);
    size_t size = g.channels * g.filters;
    sl_winograd_transform_weights(&g, w, forward);
    for (size_t k = 0; backward && k < g.points; k++)
        transpose(forward + k * size, g.channels, g.filters, backward + k * size);
}

/* The three convolutions --------------------------------------------------------------------------- */

void sl_winograd_forward(const struct sl_conv_shape *s, const float *packed, const float *bias,
                         const float *x, float *y, float *scratch)
{
    struct sl_winograd_grid g = grid_of(s);
    struct areas a = areas_of(&g, scratch);
    struct sl_small_products product = {
        .n = g.points,
        .cols = g.filters,
        .depth = g.channels,
        .A = a.v,
        .a_next = g.v_next,
        .a_row = g.channels,
        .a_col = 1,
        .B = packed,
        .b_next = g.channels * g.filters,
        .b_row = g.filters,
        .C = a.m,
        .c_next = g.m_next,
        .c_row = g.filters,
    };
    for (size_t t = 0; t < g.tiles; t += g.block) {
        product.rows = g.tiles - t < g.block ? g.tiles - t : g.block;
        sl_winograd_read_inputs(&g, x, a.zeros, t, product.rows, a.v);
        sl_small_products(&product);
        sl_winograd_write_outputs(&g, a.m, t, product.rows, bias, y);
    }
}

void sl_winograd_backward(const struct sl_conv_shape *s, const float *packed, const float *dy, float *dx,
                          float *scratch)
{
    struct sl_winograd_grid g = grid_of(s);
    struct areas a = areas_of(&g, scratch);
    struct sl_small_products product = {
        .n = g.points,
        .cols = g.channels,
        .depth = g.filters,
        .A = a.m,
        .a_next = g.m_next,
        .a_row = g.filters,
        .a_col = 1,
        .B = packed,
        .b_next = g.channels * g.filters,
        .b_row = g.channels,
        .C = a.v,
        .c_next = g.v_next,
        .c_row = g.channels,
    };
    const size_t size = (size_t)(g.in_h * g.in_w) * g.channels, of_image = (size_t)(g.high * g.wide);
    size_t begun = 0; /* images whose dx is 0 or more */
    for (size_t t = 0; t < g.tiles; t += g.block) {
        product.rows = g.tiles - t < g.block ? g.tiles - t : g.block;
        for (; begun * of_image < t + product.rows; begun++)
            memset(dx + begun * size, 0, size * sizeof *dx);
        sl_winograd_read_outputs(&g, dy, a.zeros, t, product.rows, a.m);
        sl_small_products(&product);
        sl_winograd_write_inputs(&g, a.v, t, product.rows, dx);
    }
}

void sl_winograd_gradient(const struct sl_conv_shape *s, const float *x, const float *dy, float *dw,
                          float *dbias, float *scratch)
{
    struct sl_winograd_grid g = grid_of(s);
    struct areas a = areas_of(&g, scratch);
    struct sl_small_products product = {
        .n = g.points,
        .rows = g.channels,
        .cols = g.filters,
        .A = a.v,
        .a_next = g.v_next,
        .a_row = 1,
        .a_col = g.channels,
        .B = a.m,
        .b_next = g.m_next,
        .b_row = g.filters,
        .C = a.du,
        .c_next = g.channels * g.filters,
        .c_row = g.filters,
    };
    for (size_t t = 0; t < g.tiles; t += g.block) {
        product.depth = g.tiles - t < g.block ? g.tiles - t : g.block;
        product.add = t > 0;
        sl_winograd_read_inputs(&g, x, a.zeros, t, product.depth, a.v);
        sl_winograd_read_outputs(&g, dy, a.zeros, t, product.depth, a.m);
        sl_small_products(&product);
    }
    sl_winograd_gather_weights(&g, a.du, dw);
    sl_add_rows(dy, s->rows * (size_t)(g.out_h * g.out_w), g.filters, dbias);
}
