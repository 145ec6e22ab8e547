/* winograd_weights.c - windows of weights to the points of Winograd's method, and the points' gradients back:
 * G w G' and G' dU G; the method and its source are told in winograd.c.
 *
 * G's many zeros are left out when the loops over it are unrolled.  O(channels filters) with a factor of
 * about 100. */
#include "kernels/conv/winograd_transform.h"
#include "kernels/dispatch.h"
#include "kernels/eight.h"

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
    1 / 2.f,   0,          0,         -1 / 9.f,  -1 / 9.f, -1 / 9.f,  1 / 3.f,
    -1 / 3.f,  1 / 3.f,    1 / 60.f,  2 / 60.f,  4 / 60.f, -1 / 36.f, 2 / 36.f,
    -4 / 36.f, -32 / 45.f, 16 / 45.f, -8 / 45.f, 0,        0,         1,
};

/* out (rows, rows) = T in T' for in (cols, cols), T(i, j) = t[i * by_row + j * by_col]. */
SL_INLINE void sandwich(const float *t, const int rows, const int cols, const int by_row, const int by_col,
                        const sl_eight *in, sl_eight *out)
{
    sl_eight half[SL_WINOGRAD_AREA];
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
        sl_eight in[SL_WINOGRAD_AREA], out[SL_WINOGRAD_AREA];
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
        sl_eight in[SL_WINOGRAD_AREA], out[SL_WINOGRAD_AREA];
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

SL_CLONED_VOID(extern, sl_winograd_transform_weights,
               (const struct sl_winograd_grid *g, const float *w, float *u), (g, w, u))
{
    if (g->m == 5)
        transform_windows(g->channels * g->filters, w, u, window_5, 7);
    else if (g->m == 4)
        transform_windows(g->channels * g->filters, w, u, window_4, 6);
    else
        transform_windows(g->channels * g->filters, w, u, window_3, 5);
}

SL_CLONED_VOID(extern, sl_winograd_gather_weights,
               (const struct sl_winograd_grid *g, const float *du, float *dw), (g, du, dw))
{
    if (g->m == 5)
        transform_points(g->channels * g->filters, du, dw, window_5, 7);
    else if (g->m == 4)
        transform_points(g->channels * g->filters, du, dw, window_4, 6);
    else
        transform_points(g->channels * g->filters, du, dw, window_3, 5);
}
