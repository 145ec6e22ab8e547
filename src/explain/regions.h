/* regions.h - what of a row is left out together: superpixels of an image, or columns of a table. */
#ifndef SL_EXPLAIN_REGIONS_H
#define SL_EXPLAIN_REGIONS_H

#include "explain/method.h"

struct sl_regions {
    size_t n;    /* regions */
    int32_t *of; /* (d): the region of each column; owned */
    float *size; /* (n): columns in it; owned */
};

/* Of row `row` of the block: about options.regions superpixels by options.segments, or each column of a table
 * by itself.  SL_ENOMEM.  Release them either way. */
int sl_regions_make(const struct sl_explainer *explainer, const struct sl_view *raw, size_t row,
                    struct sl_regions *regions, struct sl_error *err);
void sl_regions_release(struct sl_regions *regions);

/* values (d) of columns: each region's value shared equally by its columns. */
void sl_regions_spread(const struct sl_regions *regions, const double *of_region, size_t d, float *values);

/* SLIC (Achanta et al., IEEE PAMI 34, 2012) of an image x (h, w, c) of numbers whose range is span: labels
 * (h w) 0 ... n-1, each region connected; returns n, or 0 when out of memory.  wanted: about so many. */
size_t sl_slic(const float *x, int h, int w, int c, float span, int wanted, int32_t *labels);

#endif
