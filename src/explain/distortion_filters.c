/* distortion_filters.c - images blurred, moved, turned and scaled, and with the loss of JPEG's blocks.
 *
 * Cost: O(d r) for a blur that reaches r pixels, O(d 16) for blocks. */
#include "explain/distortions.h"
#include <math.h>
#include <string.h>

static int within(int i, int n)
{
    return i < 0 ? 0 : i >= n ? n - 1 : i;
}

static float at(const struct sl_disturbed *d, const float *from, int y, int x, int c)
{
    const struct sl_image *m = d->image;
    return from[((size_t)within(y, m->height) * (size_t)m->width + (size_t)within(x, m->width)) *
                    (size_t)m->channels +
                (size_t)c];
}

/* Blur ---------------------------------------------------------------------------------------------- */

enum { REACH = 32 };

/* Weights of 0 ... reach pixels away, whose sum over both sides is 1; returns the reach. */
static int weigh(double sigma, double weight[REACH + 1])
{
    int reach = (int)ceil(4 * sigma);
    double sum = 0;
    reach = reach > REACH ? REACH : reach;
    for (int r = 0; r <= reach; r++) {
        weight[r] = exp(-.5 * r * r / (sigma * sigma));
        sum += r ? 2 * weight[r] : weight[r];
    }
    for (int r = 0; r <= reach; r++)
        weight[r] /= sum;
    return reach;
}

/* Means along an axis, of from into to. */
static void blur_along(const struct sl_disturbed *d, const double *weight, int reach, int down,
                       const float *from, float *to)
{
    const struct sl_image *m = d->image;
    for (int y = 0; y < m->height; y++)
        for (int x = 0; x < m->width; x++)
            for (int c = 0; c < m->channels; c++) {
                double sum = weight[0] * (double)at(d, from, y, x, c);
                for (int r = 1; r <= reach; r++)
                    sum += weight[r] * ((double)at(d, from, down ? y - r : y, down ? x : x - r, c) +
                                        (double)at(d, from, down ? y + r : y, down ? x : x + r, c));
                *to++ = (float)sum;
            }
}

/* The weights of a Gaussian in the plane are products of those along its axes. */
void sl_distort_blur(const struct sl_disturbed *d)
{
    double weight[REACH + 1];
    const int reach = weigh(d->strength, weight);
    blur_along(d, weight, reach, 0, d->in, d->scratch);
    blur_along(d, weight, reach, 1, d->scratch, d->out);
}

/* Blocks -------------------------------------------------------------------------------------------- */

static const unsigned char luminance[64] = {
    16, 11,  10,  16, 24, 40, 51, 61, 12,  12,  14,  19,  26, 58, 60, 55,  14,  13,  16,  24, 40, 57,
    69, 56,  14,  17, 22, 29, 51, 87, 80,  62,  18,  22,  37, 56, 68, 109, 103, 77,  24,  35, 55, 64,
    81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98,  112, 100, 103, 99};

static double step(int i, double quality)
{
    const double times = quality < 50 ? 5000 / quality : 200 - 2 * quality,
                 q = floor((luminance[i] * times + 50) / 100);
    return q < 1 ? 1 : q > 255 ? 255 : q;
}

/* The cosines: transform[u][x] = c(u) / 2 cos((2 x + 1) u pi / 16). */
static void fill_transform(double transform[8][8])
{
    for (int u = 0; u < 8; u++)
        for (int x = 0; x < 8; x++)
            transform[u][x] = (u ? .5 : sqrt(.125)) * cos((2 * x + 1) * u * M_PI / 16);
}

/* block = T block T' (back: T' block T). */
static void apply(double transform[8][8], double block[64], int back)
{
    double half[64];
    for (int i = 0; i < 8; i++)
        for (int j = 0; j < 8; j++) {
            half[8 * i + j] = 0;
            for (int k = 0; k < 8; k++)
                half[8 * i + j] += (back ? transform[k][i] : transform[i][k]) * block[8 * k + j];
        }
    for (int i = 0; i < 8; i++)
        for (int j = 0; j < 8; j++) {
            block[8 * i + j] = 0;
            for (int k = 0; k < 8; k++)
                block[8 * i + j] += half[8 * i + k] * (back ? transform[k][j] : transform[j][k]);
        }
}

static void round_block(const struct sl_disturbed *d, double transform[8][8], int top, int left, int c)
{
    const struct sl_image *m = d->image;
    const double to_bytes = 255 / (double)d->white;
    double block[64];
    for (int i = 0; i < 64; i++)
        block[i] = (double)at(d, d->in, top + i / 8, left + i % 8, c) * to_bytes - 128;
    apply(transform, block, 0);
    for (int i = 0; i < 64; i++)
        block[i] = step(i, d->strength) * rint(block[i] / step(i, d->strength));
    apply(transform, block, 1);
    for (int i = 0; i < 64; i++)
        if (top + i / 8 < m->height && left + i % 8 < m->width)
            d->out[((size_t)(top + i / 8) * (size_t)m->width + (size_t)(left + i % 8)) * (size_t)m->channels +
                   (size_t)c] = (float)((block[i] + 128) / to_bytes);
}

void sl_distort_blocks(const struct sl_disturbed *d)
{
    double transform[8][8];
    fill_transform(transform);
    for (int top = 0; top < d->image->height; top += 8)
        for (int left = 0; left < d->image->width; left += 8)
            for (int c = 0; c < d->image->channels; c++)
                round_block(d, transform, top, left, c);
}

/* Places -------------------------------------------------------------------------------------------- */

static double pixel_or_background(const struct sl_disturbed *d, int y, int x, int c)
{
    const struct sl_image *m = d->image;
    return (double)(y < 0 || x < 0 || y >= m->height || x >= m->width ? d->background
                                                                      : at(d, d->in, y, x, c));
}

void sl_distort_affine(const struct sl_disturbed *d, const struct sl_affine *from)
{
    const struct sl_image *m = d->image;
    const double mid_y = (m->height - 1) / 2., mid_x = (m->width - 1) / 2.;
    float *to = d->out;
    for (int i = 0; i < m->height; i++)
        for (int j = 0; j < m->width; j++) {
            const double v = i - mid_y, u = j - mid_x;
            /* Rounding must not take a pixel of itself for a neighbour's share. */
            const double y = rint(1e9 * (mid_y + from->yx * u + from->yy * v + from->y)) / 1e9;
            const double x = rint(1e9 * (mid_x + from->xx * u + from->xy * v + from->x)) / 1e9;
            const int top = (int)floor(y), left = (int)floor(x);
            const double down = y - top, right = x - left;
            for (int c = 0; c < m->channels; c++)
                *to++ = (float)((1 - down) * ((1 - right) * pixel_or_background(d, top, left, c) +
                                              right * pixel_or_background(d, top, left + 1, c)) +
                                down * ((1 - right) * pixel_or_background(d, top + 1, left, c) +
                                        right * pixel_or_background(d, top + 1, left + 1, c)));
        }
}
