/* layer_pool.c - maximum and average pooling: a window of each channel becomes one number, or all of it.
 *
 * Windows that do not fit at the right and lower edge are left out, as in Keras ("valid").
 * The maximum remembers which place of the window it came from; equal places: the first.
 * Cost O(rows out size^2). */
#include "kernels/dispatch.h"
#include "nn/layers/layer.h"
#include "nn/layers/words.h"
#include <string.h>

static int pool_parse(struct sl_words *words, struct sl_layer *layer, struct sl_error *err)
{
    int code = sl_words_window(words, &layer->size, err);
    layer->stride = layer->size;
    if (!code && sl_words_take(words, "stride"))
        code = sl_words_int(words, "the stride", 1, 255, &layer->stride, err);
    return code;
}

static int pool_shape(struct sl_layer *layer, struct sl_error *err)
{
    struct sl_shape in = layer->in;
    if (in.h < layer->size || in.w < layer->size)
        return sl_fail(err, SL_EUSAGE, "a window of %dx%d does not fit into an image of %dx%d", layer->size,
                       layer->size, in.h, in.w);
    layer->out = (struct sl_shape){(in.h - layer->size) / layer->stride + 1,
                                   (in.w - layer->size) / layer->stride + 1, in.c};
    return SL_OK;
}

/* Where a window starts in its image, and how its places follow. */
struct window {
    size_t channels, row, step; /* floats from one line of the image to the next; from window to window */
    size_t size;
};

static struct window window_of(const struct sl_layer *layer)
{
    size_t channels = (size_t)layer->in.c;
    return (struct window){channels, channels * (size_t)layer->in.w, (size_t)layer->stride,
                           (size_t)layer->size};
}

/* One line of outputs. */
SL_CLONED_VOID(static, max_line,
               (struct window win, const float *restrict x, float *restrict y, int32_t *restrict from,
                size_t out_width),
               (win, x, y, from, out_width))
{
    for (size_t j = 0; j < out_width;
         j++, x += win.step * win.channels, y += win.channels, from += win.channels) {
        int32_t place = 0;
        for (size_t c = 0; c < win.channels; c++) {
            y[c] = x[c];
            from[c] = 0;
        }
        for (size_t h = 0; h < win.size; h++)
            for (size_t w = 0; w < win.size; w++, place++) {
                const float *at = x + h * win.row + w * win.channels;
                for (size_t c = 0; c < win.channels; c++) {
                    int larger = at[c] > y[c];
                    y[c] = larger ? at[c] : y[c];
                    from[c] = larger ? place : from[c];
                }
            }
    }
}

/* The same without places: nothing will pass back. */
SL_CLONED_VOID(static, max_line_only,
               (struct window win, const float *restrict x, float *restrict y, size_t out_width),
               (win, x, y, out_width))
{
    for (size_t j = 0; j < out_width; j++, x += win.step * win.channels, y += win.channels) {
        for (size_t c = 0; c < win.channels; c++)
            y[c] = x[c];
        for (size_t h = 0; h < win.size; h++)
            for (size_t w = 0; w < win.size; w++) {
                const float *at = x + h * win.row + w * win.channels;
                for (size_t c = 0; c < win.channels; c++)
                    y[c] = at[c] > y[c] ? at[c] : y[c];
            }
    }
}

/* The usual window of 2 x 2, in one go. */
SL_CLONED_VOID(static, max_line_2x2,
               (struct window win, const float *restrict x, float *restrict y, int32_t *restrict from,
                size_t out_width),
               (win, x, y, from, out_width))
{
    for (size_t j = 0; j < out_width;
         j++, x += win.step * win.channels, y += win.channels, from += win.channels)
        for (size_t c = 0; c < win.channels; c++) {
            const float b = x[c + win.channels], d = x[c + win.row], e = x[c + win.row + win.channels];
            float best = x[c];
            int32_t place = b > best ? 1 : 0;
            best = b > best ? b : best;
            place = d > best ? 2 : place;
            best = d > best ? d : best;
            place = e > best ? 3 : place;
            best = e > best ? e : best;
            y[c] = best;
            from[c] = place;
        }
}

static int max_forward(const struct sl_layer *layer, const struct sl_call *run, const float *w,
                       const float *x, float *y, int32_t *aux, struct sl_tile tile)
{
    struct window win = window_of(layer);
    size_t in = sl_shape_size(layer->in), out_line = (size_t)layer->out.w * win.channels;
    (void)run;
    (void)w;
    for (size_t i = 0; i < tile.rows; i++)
        for (size_t h = 0; h < (size_t)layer->out.h; h++, y += out_line) {
            const float *lines = x + i * in + h * win.step * win.row;
            if (!aux) {
                max_line_only(win, lines, y, (size_t)layer->out.w);
                continue;
            }
            (win.size == 2 ? max_line_2x2 : max_line)(win, lines, y, aux, (size_t)layer->out.w);
            aux += out_line;
        }
    return SL_OK;
}

SL_CLONED_VOID(static, max_line_back,
               (struct window win, const float *restrict dy, const int32_t *restrict from, float *restrict dx,
                size_t out_width),
               (win, dy, from, dx, out_width))
{
    for (size_t j = 0; j < out_width; j++, dy += win.channels, from += win.channels) {
        float *corner = dx + j * win.step * win.channels;
        int32_t place = 0;
        for (size_t h = 0; h < win.size; h++)
            for (size_t w = 0; w < win.size; w++, place++) {
                float *at = corner + h * win.row + w * win.channels;
                for (size_t c = 0; c < win.channels; c++)
                    at[c] += from[c] == place ? dy[c] : 0.0f;
            }
    }
}

static int max_backward(const struct sl_layer *layer, const struct sl_call *run, const float *w,
                        const float *dy, float *dx, const int32_t *aux, struct sl_tile tile)
{
    struct window win = window_of(layer);
    size_t in = sl_shape_size(layer->in), out_line = (size_t)layer->out.w * win.channels;
    (void)run;
    (void)w;
    for (size_t i = 0; i < tile.rows; i++, dx += in) {
        size_t zeroed = 0; /* just ahead of the windows, while the lines are in cache */
        for (size_t h = 0; h < (size_t)layer->out.h; h++, dy += out_line, aux += out_line) {
            size_t end = (h * win.step + win.size) * win.row;
            if (end > zeroed)
                memset(dx + zeroed, 0, (end - zeroed) * sizeof *dx);
            zeroed = end > zeroed ? end : zeroed;
            max_line_back(win, dy, aux, dx + h * win.step * win.row, (size_t)layer->out.w);
        }
        memset(dx + zeroed, 0, (in - zeroed) * sizeof *dx);
    }
    return SL_OK;
}

const struct sl_layer_type sl_layer_maxpool = {
    .name = "maxpool",
    .usage = "maxpool SIDE [stride N]",
    .help = "the largest number of each window, by channel",
    .flags = SL_SPATIAL | SL_KEEPS_AUX | SL_WINDOWS | SL_MAXIMUM,
    .parse = pool_parse,
    .shape = pool_shape,
    .forward = max_forward,
    .backward = max_backward,
};

/* Calls body with the offsets in x and y of every channel of every place of every window. */
#define FOR_PLACES(layer, tile, body)                                                                        \
    do {                                                                                                     \
        struct window win = window_of(layer);                                                                \
        size_t in_size = sl_shape_size((layer)->in), to = 0;                                                 \
        for (size_t i = 0; i < (tile).rows; i++)                                                             \
            for (size_t h = 0; h < (size_t)(layer)->out.h; h++)                                              \
                for (size_t j = 0; j < (size_t)(layer)->out.w; j++, to += win.channels)                      \
                    for (size_t place = 0; place < win.size * win.size; place++) {                           \
                        size_t from = i * in_size + (h * win.step + place / win.size) * win.row +            \
                                      (j * win.step + place % win.size) * win.channels;                      \
                        for (size_t c = 0; c < win.channels; c++)                                            \
                            body;                                                                            \
                    }                                                                                        \
    } while (0)

static int average_forward(const struct sl_layer *layer, const struct sl_call *run, const float *w,
                           const float *x, float *y, int32_t *aux, struct sl_tile tile)
{
    float share = 1.0f / (float)(layer->size * layer->size);
    (void)run;
    (void)w;
    (void)aux;
    memset(y, 0, tile.rows * sl_shape_size(layer->out) * sizeof *y);
    FOR_PLACES(layer, tile, y[to + c] += share * x[from + c]);
    return SL_OK;
}

static int average_backward(const struct sl_layer *layer, const struct sl_call *run, const float *w,
                            const float *dy, float *dx, const int32_t *aux, struct sl_tile tile)
{
    float share = 1.0f / (float)(layer->size * layer->size);
    (void)run;
    (void)w;
    (void)aux;
    memset(dx, 0, tile.rows * sl_shape_size(layer->in) * sizeof *dx);
    FOR_PLACES(layer, tile, dx[from + c] += share * dy[to + c]);
    return SL_OK;
}

const struct sl_layer_type sl_layer_avgpool = {
    .name = "avgpool",
    .usage = "avgpool SIDE [stride N]",
    .help = "the mean of each window, by channel",
    .flags = SL_SPATIAL | SL_WINDOWS,
    .parse = pool_parse,
    .shape = pool_shape,
    .forward = average_forward,
    .backward = average_backward,
};

/* The mean of a channel over the whole image: Lin, Chen, Yan, "Network in Network" (2014). */
SL_CLONED_VOID(static, mean_image,
               (const float *restrict x, float *restrict y, size_t pixels, size_t channels),
               (x, y, pixels, channels))
{
    float share = 1.0f / (float)pixels;
    memset(y, 0, channels * sizeof *y);
    for (size_t p = 0; p < pixels; p++)
        for (size_t c = 0; c < channels; c++)
            y[c] += x[p * channels + c];
    for (size_t c = 0; c < channels; c++)
        y[c] *= share;
}

SL_CLONED_VOID(static, spread_image,
               (const float *restrict dy, float *restrict dx, size_t pixels, size_t channels),
               (dy, dx, pixels, channels))
{
    float share = 1.0f / (float)pixels;
    for (size_t p = 0; p < pixels; p++)
        for (size_t c = 0; c < channels; c++)
            dx[p * channels + c] = share * dy[c];
}

static int global_shape(struct sl_layer *layer, struct sl_error *err)
{
    (void)err;
    layer->out = (struct sl_shape){1, 1, layer->in.c};
    return SL_OK;
}

static size_t pixels_of(const struct sl_layer *layer)
{
    return (size_t)layer->in.h * (size_t)layer->in.w;
}

static int global_forward(const struct sl_layer *layer, const struct sl_call *run, const float *w,
                          const float *x, float *y, int32_t *aux, struct sl_tile tile)
{
    size_t pixels = pixels_of(layer), channels = (size_t)layer->in.c;
    (void)run;
    (void)w;
    (void)aux;
    for (size_t i = 0; i < tile.rows; i++)
        mean_image(x + i * pixels * channels, y + i * channels, pixels, channels);
    return SL_OK;
}

static int global_backward(const struct sl_layer *layer, const struct sl_call *run, const float *w,
                           const float *dy, float *dx, const int32_t *aux, struct sl_tile tile)
{
    size_t pixels = pixels_of(layer), channels = (size_t)layer->in.c;
    (void)run;
    (void)w;
    (void)aux;
    for (size_t i = 0; i < tile.rows; i++)
        spread_image(dy + i * channels, dx + i * pixels * channels, pixels, channels);
    return SL_OK;
}

const struct sl_layer_type sl_layer_globalavgpool = {
    .name = "globalavgpool",
    .usage = "globalavgpool",
    .help = "the mean of each channel over the whole image, as a flat row",
    .flags = SL_SPATIAL,
    .shape = global_shape,
    .forward = global_forward,
    .backward = global_backward,
};
