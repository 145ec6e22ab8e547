/* looks.c - how bright images are, and how large what they show.
 *
 * Brightness is the mean of the pixels, from 0, the least value of the data, to 1, the largest.  What belongs
 * to the object differs from the background, the median of the image's border, by more than a tenth of that
 * range; its size is the share of such pixels.  Cost: O(n d). */
#include "core/memory.h"
#include "core/order.h"
#include "explain/errors/errors.h"
#include "kernels/convert.h"
#include <math.h>
#include <string.h>

enum { ROWS = 256 /* of a block */ };
#define DIFFERENT 0.1F /* of the range */

static int is_image(const struct sl_image *image)
{
    return image->height > 1 && image->width > 1 && image->channels > 0;
}

/* The means of each pixel's channels: grey (height, width). */
static void to_grey(const float *row, const struct sl_image *image, float low, float range, float *grey)
{
    const size_t pixels = (size_t)image->height * (size_t)image->width, channels = (size_t)image->channels;
    for (size_t p = 0; p < pixels; p++) {
        float sum = 0;
        for (size_t c = 0; c < channels; c++)
            sum += row[p * channels + c];
        grey[p] = (sum / (float)channels - low) / range;
    }
}

/* border has room for 2 (height + width). */
static float background(const float *grey, const struct sl_image *image, float *border)
{
    const size_t h = (size_t)image->height, w = (size_t)image->width;
    size_t n = 0;
    for (size_t x = 0; x < w; x++) {
        border[n++] = grey[x];
        border[n++] = grey[(h - 1) * w + x];
    }
    for (size_t y = 1; y + 1 < h; y++) {
        border[n++] = grey[y * w];
        border[n++] = grey[y * w + w - 1];
    }
    qsort(border, n, sizeof *border, sl_by_float);
    return border[n / 2];
}

static void look(const float *grey, const struct sl_image *image, float *border, float *brightness,
                 float *size)
{
    const size_t pixels = (size_t)image->height * (size_t)image->width;
    const float behind = background(grey, image, border);
    double sum = 0;
    size_t different = 0;
    for (size_t p = 0; p < pixels; p++) {
        sum += (double)grey[p];
        different += fabsf(grey[p] - behind) > DIFFERENT;
    }
    *brightness = (float)(sum / (double)pixels);
    *size = (float)((double)different / (double)pixels);
}

/* The least and the largest value of the rows: 0 and 255 of bytes. */
static void find_range(const struct sl_scored_rows *s, const struct sl_view *view, float *block, float *low,
                       float *high)
{
    *low = 0;
    *high = 255;
    if (view->dtype == SL_U8)
        return;
    *low = INFINITY;
    *high = -INFINITY;
    for (size_t first = 0; first < s->n; first += ROWS) {
        const size_t n = s->n - first < ROWS ? s->n - first : ROWS;
        sl_view_gather(view, s->row + first, n, block);
        for (size_t i = 0; i < n * view->d; i++) {
            *low = fminf(*low, block[i]);
            *high = fmaxf(*high, block[i]);
        }
    }
}

int sl_errors_looks(struct sl_errors *e, struct sl_error *err)
{
    const struct sl_scored_rows *s = e->scored;
    if (!s->data || !s->row)
        return SL_OK;
    const struct sl_view view = sl_dataset_view(s->data);
    if (!is_image(&view.image) || view.dtype == SL_SPARSE)
        return SL_OK;
    const size_t side = (size_t)view.image.height + (size_t)view.image.width;
    float *block = sl_alloc(ROWS * view.d, sizeof *block), *grey = sl_alloc(view.d, sizeof *grey);
    float *border = sl_alloc(2 * side, sizeof *border), low, high;
    e->brightness = sl_alloc(s->n, sizeof *e->brightness);
    e->size = sl_alloc(s->n, sizeof *e->size);
    int code = block && grey && border && e->brightness && e->size ? SL_OK : sl_fail_memory(err);
    if (!code)
        find_range(s, &view, block, &low, &high);
    for (size_t first = 0; first < s->n && !code; first += ROWS) {
        const size_t n = s->n - first < ROWS ? s->n - first : ROWS;
        sl_view_gather(&view, s->row + first, n, block);
        for (size_t i = 0; i < n; i++) {
            to_grey(block + i * view.d, &view.image, low, high > low ? high - low : 1, grey);
            look(grey, &view.image, border, &e->brightness[first + i], &e->size[first + i]);
        }
    }
    free(block);
    free(grey);
    free(border);
    return code;
}
