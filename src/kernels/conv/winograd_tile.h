/* winograd_tile.h - the inner loops of winograd_transform.c for registers of LANES floats.  Included once for
 * each kind of processor, with NAME(f)   the name f gets TARGET    attributes of the functions LANES floats
 * in a register: 16 or 8; channels and filters are multiples of it and undefines them.  No include guard:
 * that is the point. */

#define VECTOR NAME(vector)
#define LOOSE NAME(loose)
typedef float VECTOR __attribute__((vector_size(4 * LANES)));
typedef float LOOSE __attribute__((vector_size(4 * LANES), aligned(4), may_alias));
#define IN(p) (*(const LOOSE *)(p))
#define AT(p) (*(LOOSE *)(p))

#include "kernels/conv/winograd_lines.h"

/* T (tile's pixels) T' for the tiles t0 ... of a block, as rows of the points' matrices; T (rows, cols). */
TARGET SL_INLINE void NAME(read_tiles)(const struct sl_winograd_grid *g, const struct pixels *p,
                                       const float *images, const float *zeros, size_t t0, size_t count,
                                       float *restrict matrices, const enum line line, const int rows,
                                       const int cols)
{
    for (size_t i = 0; i < count; i++) {
        size_t at[SL_WINOGRAD_AREA];
        const float *from[SL_WINOGRAD_AREA];
        locate(g, p, t0 + i, at, cols);
        for (int k = 0; k < cols * cols; k++)
            from[k] = at[k] == SIZE_MAX ? zeros : images + at[k];
        for (size_t c = 0; c < p->channels; c += LANES) {
            VECTOR half[SL_WINOGRAD_AREA];
            float *to = matrices + i * p->channels + c;
            SL_ROLLED
            for (int x = 0; x < cols; x++) {
                VECTOR in[SL_WINOGRAD_SIDE], out[SL_WINOGRAD_SIDE];
                SL_UNROLL
                for (int y = 0; y < cols; y++)
                    in[y] = IN(from[y * cols + x] + c);
                NAME(transform_line)(line, in, out);
                SL_UNROLL
                for (int y = 0; y < rows; y++)
                    half[y * cols + x] = out[y];
            }
            SL_ROLLED
            for (int y = 0; y < rows; y++) {
                VECTOR out[SL_WINOGRAD_SIDE];
                NAME(transform_line)(line, half + y * cols, out);
                SL_UNROLL
                for (int x = 0; x < rows; x++)
                    AT(to + (size_t)(y * rows + x) * p->next) = out[x];
            }
        }
    }
}

/* The other way: T (points) T' is stored in the pixels (with the bias), or where that is NULL added. */
TARGET SL_INLINE void NAME(write_tiles)(const struct sl_winograd_grid *g, const struct pixels *p,
                                        const float *restrict matrices, size_t t0, size_t count,
                                        const float *bias, float *restrict images, const enum line line,
                                        const int rows, const int cols)
{
    for (size_t i = 0; i < count; i++) {
        size_t at[SL_WINOGRAD_AREA];
        int inside = locate(g, p, t0 + i, at, rows);
        for (size_t c = 0; c < p->channels; c += LANES) {
            VECTOR half[SL_WINOGRAD_AREA];
            const float *from = matrices + i * p->channels + c;
            SL_ROLLED
            for (int x = 0; x < cols; x++) {
                VECTOR in[SL_WINOGRAD_SIDE], out[SL_WINOGRAD_SIDE];
                SL_UNROLL
                for (int y = 0; y < cols; y++)
                    in[y] = IN(from + (size_t)(y * cols + x) * p->next);
                NAME(transform_line)(line, in, out);
                SL_UNROLL
                for (int y = 0; y < rows; y++)
                    half[y * cols + x] = out[y];
            }
            SL_ROLLED
            for (int y = 0; y < rows; y++) {
                VECTOR out[SL_WINOGRAD_SIDE];
                NAME(transform_line)(line, half + y * cols, out);
                SL_UNROLL
                for (int x = 0; x < rows; x++) {
                    if (!inside && at[y * rows + x] == SIZE_MAX)
                        continue;
                    float *to = images + at[y * rows + x] + c;
                    AT(to) = out[x] + (bias ? IN(bias + c) : IN(to));
                }
            }
        }
    }
}

TARGET static void NAME(read_inputs)(const struct sl_winograd_grid *g, const float *x, const float *zeros,
                                     size_t t0, size_t count, float *v)
{
    struct pixels p = inputs_of(g);
    if (g->m == 5)
        NAME(read_tiles)(g, &p, x, zeros, t0, count, v, INPUT_7, 7, 7);
    else if (g->m == 4)
        NAME(read_tiles)(g, &p, x, zeros, t0, count, v, INPUT_6, 6, 6);
    else
        NAME(read_tiles)(g, &p, x, zeros, t0, count, v, INPUT_5, 5, 5);
}

TARGET static void NAME(write_outputs)(const struct sl_winograd_grid *g, const float *m, size_t t0,
                                       size_t count, const float *bias, float *y)
{
    struct pixels p = outputs_of(g);
    if (g->m == 5)
        NAME(write_tiles)(g, &p, m, t0, count, bias, y, OUTPUT_7, 5, 7);
    else if (g->m == 4)
        NAME(write_tiles)(g, &p, m, t0, count, bias, y, OUTPUT_6, 4, 6);
    else
        NAME(write_tiles)(g, &p, m, t0, count, bias, y, OUTPUT_5, 3, 5);
}

TARGET static void NAME(read_outputs)(const struct sl_winograd_grid *g, const float *dy, const float *zeros,
                                      size_t t0, size_t count, float *dm)
{
    struct pixels p = outputs_of(g);
    if (g->m == 5)
        NAME(read_tiles)(g, &p, dy, zeros, t0, count, dm, OUTPUT_7_BACK, 7, 5);
    else if (g->m == 4)
        NAME(read_tiles)(g, &p, dy, zeros, t0, count, dm, OUTPUT_6_BACK, 6, 4);
    else
        NAME(read_tiles)(g, &p, dy, zeros, t0, count, dm, OUTPUT_5_BACK, 5, 3);
}

TARGET static void NAME(write_inputs)(const struct sl_winograd_grid *g, const float *dv, size_t t0,
                                      size_t count, float *dx)
{
    struct pixels p = inputs_of(g);
    if (g->m == 5)
        NAME(write_tiles)(g, &p, dv, t0, count, NULL, dx, INPUT_7_BACK, 7, 7);
    else if (g->m == 4)
        NAME(write_tiles)(g, &p, dv, t0, count, NULL, dx, INPUT_6_BACK, 6, 6);
    else
        NAME(write_tiles)(g, &p, dv, t0, count, NULL, dx, INPUT_5_BACK, 5, 5);
}

#undef IN
#undef AT
#undef VECTOR
#undef LOOSE
#undef NAME
#undef TARGET
#undef LANES
