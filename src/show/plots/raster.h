/* raster.h - pixels that a figure shows as an image: written as PPM beside its table, drawn inside a panel.
 */
#ifndef SL_SHOW_RASTER_H
#define SL_SHOW_RASTER_H

#include "show/plots/figure.h"
#include <shortlist/view.h>

struct sl_raster {
    int width, height;
    unsigned char *rgb; /* (height, width, 3) */
};

int sl_raster_begin(struct sl_raster *raster, int width, int height); /* white; -1 when out of memory */
/* A row of a view of images, each pixel times by times, its upper left corner at (x, y).  Values from low to
 * high become black to white. */
void sl_raster_image(struct sl_raster *raster, int x, int y, int times, const struct sl_view *view,
                     size_t row, double low, double high);
/* The least and the largest value of the rows, for that: 0 and 255 of bytes. */
void sl_raster_range(const struct sl_view *view, double *low, double *high);
/* A disc of that radius, of one colour up to its edge, which keeps the picture's file small. */
void sl_raster_disc(struct sl_raster *raster, double x, double y, double radius, uint32_t rgb);
/* Makes what is there pale, so that a text can be read on it. */
void sl_raster_pale(struct sl_raster *raster, int left, int top, int right, int bottom);
/* Gives the pixels to the figure, and draws them in the panel, which has no ticks of its own where it is only
 * them. */
int sl_raster_draw(struct sl_raster *raster, struct sl_figure *figure, const struct sl_panel *panel);

#endif
