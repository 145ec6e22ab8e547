/* framing.c - how images stand in their frame: the level of their border, and what stands out from it.
 *
 * Of at most 1,024 rows, evenly spaced.  A pixel stands out where it differs from the border's median by more
 * than 5 % of 255, the rule by which Fashion-MNIST was cropped (Xiao, Rasul, Vollgraf, 2017).  Cost: O(d) a
 * row. */
#include "core/memory.h"
#include "core/order.h"
#include "readers/picture_fit.h"
#include <math.h>
#include <string.h>

enum { ROWS = 1024 };

int sl_plane_border(const uint8_t *plane, int height, int width)
{
    size_t count[256] = {0}, n = 0, below = 0;
    for (int i = 0; i < height; i++)
        for (int j = 0; j < width; j += i == 0 || i == height - 1 || width == 1 ? 1 : width - 1) {
            count[plane[(size_t)i * (size_t)width + (size_t)j]]++;
            n++;
        }
    int level = 0;
    while (2 * (below += count[level]) < n)
        level++;
    return level;
}

int sl_plane_box(const uint8_t *plane, int height, int width, int background, struct sl_box *box)
{
    int left = width, right = -1, top = height, bottom = -1;
    for (int i = 0; i < height; i++)
        for (int j = 0; j < width; j++) {
            const int v = plane[(size_t)i * (size_t)width + (size_t)j];
            if (20 * abs(v - background) <= 255)
                continue;
            left = j < left ? j : left;
            right = j > right ? j : right;
            top = i < top ? i : top;
            bottom = i;
        }
    *box = bottom < 0 ? (struct sl_box){0, 0, width, height}
                      : (struct sl_box){left, top, right - left + 1, bottom - top + 1};
    return bottom >= 0;
}

/* The mean of a row's channels as bytes; floats of at most 1 are shares of 255. */
static void take_plane(const struct sl_view *v, size_t row, double times, uint8_t *plane)
{
    const size_t channels = (size_t)v->image.channels, n = v->d / channels;
    for (size_t i = 0; i < n; i++) {
        double sum = 0;
        for (size_t c = 0; c < channels; c++) {
            const size_t at = row * v->d + i * channels + c;
            sum += v->dtype == SL_U8    ? ((const uint8_t *)v->x)[at]
                   : v->dtype == SL_F32 ? (double)((const float *)v->x)[at]
                                        : ((const double *)v->x)[at];
        }
        sum *= times / (double)channels;
        plane[i] = (uint8_t)(sum > 255 ? 255 : sum > 0 ? lrint(sum) : 0);
    }
}

/* What a value is to be multiplied by to be one of 0 ... 255. */
static double to_bytes(const struct sl_view *v)
{
    double most = 0;
    for (size_t i = 0; v->dtype != SL_U8 && i < v->d * (v->n < 64 ? v->n : 64); i++) {
        double x = v->dtype == SL_F32 ? (double)((const float *)v->x)[i] : ((const double *)v->x)[i];
        most = x > most ? x : most;
    }
    return v->dtype == SL_U8 || most > 1 ? 1 : 255;
}

int sl_framing_measure(const struct sl_view *images, struct sl_framing *framing, struct sl_error *err)
{
    const struct sl_image *image = &images->image;
    const size_t n = images->n < ROWS ? images->n : ROWS;
    *framing = (struct sl_framing){0, 0, 1};
    if (!image->height || images->dtype == SL_SPARSE || !n)
        return SL_OK;
    double *border = sl_alloc(2 * n, sizeof *border), *extent = border + n;
    uint8_t *plane = sl_alloc(images->d, 1);
    const double times = to_bytes(images);
    for (size_t i = 0; border && plane && i < n; i++) {
        struct sl_box box;
        take_plane(images, i * (images->n / n), times, plane);
        const int level = sl_plane_border(plane, image->height, image->width);
        sl_plane_box(plane, image->height, image->width, level, &box);
        const double tall = (double)box.height / image->height, wide = (double)box.width / image->width;
        border[i] = level;
        extent[i] = tall > wide ? tall : wide;
    }
    if (border && plane) {
        qsort(border, n, sizeof *border, sl_by_real);
        qsort(extent, n, sizeof *extent, sl_by_real);
        *framing = (struct sl_framing){1, (int)border[n / 2], extent[n / 2]};
    }
    free(plane);
    free(border);
    return border && plane ? SL_OK : sl_fail_memory(err);
}
