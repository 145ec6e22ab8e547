/* raster.c - pixels that a figure shows as an image. */
#include "show/plots/raster.h"
#include "core/memory.h"
#include <math.h>
#include <string.h>

int sl_raster_begin(struct sl_raster *raster, int width, int height)
{
    *raster = (struct sl_raster){width, height, sl_alloc((size_t)width * (size_t)height, 3)};
    if (!raster->rgb)
        return -1;
    memset(raster->rgb, 255, (size_t)width * (size_t)height * 3);
    return 0;
}

static unsigned char *pixel(struct sl_raster *raster, int x, int y)
{
    if (x < 0 || y < 0 || x >= raster->width || y >= raster->height)
        return NULL;
    return raster->rgb + ((size_t)y * (size_t)raster->width + (size_t)x) * 3;
}

static double value(const struct sl_view *view, size_t row, size_t feature)
{
    size_t i = row * view->d + feature;
    return view->dtype == SL_U8    ? ((const unsigned char *)view->x)[i]
           : view->dtype == SL_F32 ? ((const float *)view->x)[i]
                                   : ((const double *)view->x)[i];
}

void sl_raster_image(struct sl_raster *raster, int x, int y, int times, const struct sl_view *view,
                     size_t row, double low, double high)
{
    const struct sl_image *image = &view->image;
    int channels = image->channels, span = image->width * times;
    for (int j = 0; j < image->height * times; j++)
        for (int i = 0; i < span; i++) {
            unsigned char *to = pixel(raster, x + i, y + j);
            for (int c = 0; to && c < 3; c++) {
                int from = channels < 3 ? 0 : c;
                size_t feature =
                    ((size_t)(j / times) * (size_t)image->width + (size_t)(i / times)) * (size_t)channels;
                double share =
                    (value(view, row, feature + (size_t)from) - low) / (high > low ? high - low : 1);
                to[c] = (unsigned char)lround(255 * fmin(fmax(share, 0), 1));
            }
        }
}

void sl_raster_disc(struct sl_raster *raster, double x, double y, double radius, uint32_t rgb)
{
    for (int j = (int)floor(y - radius); j <= y + radius; j++)
        for (int i = (int)floor(x - radius); i <= x + radius; i++) {
            unsigned char *to = pixel(raster, i, j);
            for (int c = 0; to && c < 3 && hypot(i + 0.5 - x, j + 0.5 - y) <= radius; c++)
                to[c] = (unsigned char)(rgb >> (16 - 8 * c));
        }
}

void sl_raster_pale(struct sl_raster *raster, int left, int top, int right, int bottom)
{
    for (int y = top; y < bottom; y++)
        for (int x = left; x < right; x++) {
            unsigned char *to = pixel(raster, x, y);
            for (int c = 0; to && c < 3; c++)
                to[c] = (unsigned char)(to[c] / 4 + 191);
        }
}

int sl_raster_draw(struct sl_raster *raster, struct sl_figure *figure, const struct sl_panel *panel)
{
    char head[48];
    int start = snprintf(head, sizeof head, "P6\n%d %d\n255\n", raster->width, raster->height);
    size_t size = (size_t)raster->width * (size_t)raster->height * 3;
    figure->image = sl_alloc((size_t)start + size, 1);
    if (!figure->image)
        return -1;
    memcpy(figure->image, head, (size_t)start);
    memcpy(figure->image + start, raster->rgb, size);
    figure->image_size = (size_t)start + size;
    double x0 = panel->x.low, dx = (panel->x.high - panel->x.low) / raster->width, y0 = panel->y.low,
           dy = (panel->y.high - panel->y.low) / raster->height;
    sl_figure_plot(
        figure,
        "@image binary skip=%d array=(%d,%d) dx=%.10g dy=%.10g origin=(%.10g,%.10g) flipy format='%%uchar' "
        "using 1:2:3 with rgbimage",
        start, raster->width, raster->height, dx, dy, x0 + dx / 2, y0 + dy / 2);
    free(raster->rgb);
    raster->rgb = NULL;
    return 0;
}

void sl_raster_range(const struct sl_view *view, double *low, double *high)
{
    *low = 0;
    *high = 255;
    if (view->dtype == SL_U8)
        return;
    *low = INFINITY;
    *high = -INFINITY;
    for (size_t i = 0; i < view->n * view->d; i++) {
        const double v =
            view->dtype == SL_F32 ? (double)((const float *)view->x)[i] : ((const double *)view->x)[i];
        *low = fmin(*low, v);
        *high = fmax(*high, v);
    }
}
