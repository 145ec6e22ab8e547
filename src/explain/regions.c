/* regions.c - regions of rows: a grid of rectangles, superpixels, or columns. */
#include "explain/regions.h"
#include "core/memory.h"
#include "data/features.h"
#include "kernels/convert.h"
#include <math.h>
#include <string.h>

enum { REGIONS = 49 };

/* Rows and columns of rectangles, as many as wanted at most, about square ones. */
static size_t make_grid(struct sl_image image, int wanted, int32_t *labels)
{
    int down = (int)lround(sqrt((double)wanted * image.height / image.width));
    down = down < 1 ? 1 : down > image.height ? image.height : down;
    int across = wanted / down;
    across = across < 1 ? 1 : across > image.width ? image.width : across;
    for (int y = 0; y < image.height; y++)
        for (int x = 0; x < image.width; x++)
            labels[y * image.width + x] = y * down / image.height * across + x * across / image.width;
    return (size_t)down * (size_t)across;
}

/* Labels of pixels; the number of regions, 0: no memory. */
static size_t segment(const struct sl_explainer *e, const struct sl_view *raw, size_t row, int32_t *labels)
{
    const struct sl_image image = e->model->raw.image;
    const int wanted = e->options.regions > 0 ? e->options.regions : REGIONS;
    if (e->options.segments == SL_SEGMENTS_GRID)
        return make_grid(image, wanted, labels);
    float *x = sl_alloc(raw->d, sizeof *x), span = 0;
    if (!x)
        return 0;
    sl_convert(raw->dtype, (const char *)raw->x + row * raw->d * sl_dtype_size(raw->dtype), raw->d, SL_F32,
               x);
    float least = x[0], most = x[0];
    for (size_t j = 0; j < raw->d; j++) {
        least = fminf(least, x[j]);
        most = fmaxf(most, x[j]);
    }
    span = raw->dtype == SL_U8 ? 255 : most - least;
    const size_t n = sl_slic(x, image.height, image.width, image.channels, span, wanted, labels);
    free(x);
    return n;
}

static int of_image(const struct sl_explainer *e, const struct sl_view *raw, size_t row,
                    struct sl_regions *regions)
{
    const struct sl_image image = e->model->raw.image;
    const size_t pixels = (size_t)image.height * (size_t)image.width, c = (size_t)image.channels;
    int32_t *labels = sl_alloc(pixels, sizeof *labels);
    regions->n = labels ? segment(e, raw, row, labels) : 0;
    for (size_t j = 0; regions->n && j < pixels * c; j++)
        regions->of[j] = labels[j / c];
    free(labels);
    return regions->n ? SL_OK : SL_ENOMEM;
}

int sl_regions_make(const struct sl_explainer *e, const struct sl_view *raw, size_t row,
                    struct sl_regions *regions, struct sl_error *err)
{
    *regions = (struct sl_regions){.n = e->d, .of = sl_alloc(e->d, sizeof *regions->of)};
    int code = regions->of ? SL_OK : SL_ENOMEM;
    if (!code && e->model->raw.image.height)
        code = of_image(e, raw, row, regions);
    else
        for (size_t j = 0; !code && j < e->d; j++)
            regions->of[j] = (int32_t)j;
    regions->size = code ? NULL : sl_alloc_zero(regions->n, sizeof *regions->size);
    if (code || !regions->size)
        return sl_fail_memory(err);
    for (size_t j = 0; j < e->d; j++)
        regions->size[regions->of[j]]++;
    return SL_OK;
}

void sl_regions_release(struct sl_regions *regions)
{
    free(regions->of);
    free(regions->size);
    *regions = (struct sl_regions){0};
}

void sl_regions_spread(const struct sl_regions *regions, const double *of_region, size_t d, float *values)
{
    for (size_t j = 0; j < d; j++)
        values[j] = (float)(of_region[regions->of[j]] / (double)regions->size[regions->of[j]]);
}
