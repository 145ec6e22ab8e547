/* occlusion.c - by how much the score falls where a part of the row is covered.
 *
 * Zeiler and Fergus, ECCV 2014: a square window is moved over an image by half its side; a pixel's value is
 * the mean fall over the windows that cover it, for each of their pixels.  Of a table each column is covered
 * by itself.  What is covered is the background's.  Cost: a prediction for each window, and row of the
 * background.
 */
#include "core/memory.h"
#include "explain/masked.h"
#include <string.h>

struct windows {
    size_t n, d;
    uint8_t *kept; /* (n, d) */
    float *covers; /* (d): windows that cover a column */
    int32_t *of;   /* (d): each by itself */
};

static void windows_release(struct windows *w)
{
    free(w->kept);
    free(w->covers);
    free(w->of);
}

/* Where windows of this side begin: by half of it, the last one at the edge. */
static int places(int length, int side, int *at)
{
    int n = 0, step = side > 1 ? side / 2 : 1;
    for (int begin = 0; begin + side < length; begin += step)
        at[n++] = begin;
    at[n++] = length - side;
    return n;
}

static void cover(struct windows *w, size_t i, size_t column)
{
    w->kept[i * w->d + column] = 0;
    w->covers[column]++;
}

static void cover_window(struct windows *w, size_t i, struct sl_image image, int top, int left, int side)
{
    for (int y = top; y < top + side && y < image.height; y++)
        for (int x = left; x < left + side && x < image.width; x++)
            for (int c = 0; c < image.channels; c++)
                cover(w, i,
                      ((size_t)y * (size_t)image.width + (size_t)x) * (size_t)image.channels + (size_t)c);
}

static int alloc_windows(struct windows *w, size_t n, size_t d)
{
    *w = (struct windows){n, d, sl_alloc(n, d), sl_alloc_zero(d, sizeof *w->covers),
                          sl_alloc(d, sizeof *w->of)};
    if (!w->kept || !w->covers || !w->of)
        return SL_ENOMEM;
    memset(w->kept, 1, n * d);
    for (size_t j = 0; j < d; j++)
        w->of[j] = (int32_t)j;
    return SL_OK;
}

static int image_windows(const struct sl_explainer *e, struct windows *w)
{
    const struct sl_image image = e->model->raw.image;
    const int shorter = image.height < image.width ? image.height : image.width;
    int side = e->options.window > 0 ? e->options.window : shorter / 7 > 1 ? shorter / 7 : 1;
    side = side > shorter ? shorter : side;
    int *down = sl_alloc((size_t)image.height, sizeof *down),
        *across = sl_alloc((size_t)image.width, sizeof *across);
    int code = SL_ENOMEM;
    if (down && across) {
        const int rows = places(image.height, side, down), columns = places(image.width, side, across);
        code = alloc_windows(w, (size_t)rows * (size_t)columns, e->d);
        for (int i = 0; i < rows * columns && !code; i++)
            cover_window(w, (size_t)i, image, down[i / columns], across[i % columns], side);
    }
    free(down);
    free(across);
    return code;
}

static int table_windows(const struct sl_explainer *e, struct windows *w)
{
    int code = alloc_windows(w, e->d, e->d);
    for (size_t j = 0; j < e->d && !code; j++)
        cover(w, j, j);
    return code;
}

/* The row's values for one class from the scores (n, k) of its versions. */
static void spread(const struct windows *w, const float *scores, size_t k, size_t class, double whole,
                   float *values)
{
    memset(values, 0, w->d * sizeof *values);
    for (size_t i = 0; i < w->n; i++) {
        const uint8_t *kept = w->kept + i * w->d;
        size_t pixels = 0;
        for (size_t j = 0; j < w->d; j++)
            pixels += !kept[j];
        const float fall = (float)((whole - (double)scores[i * k + class]) / (double)pixels);
        for (size_t j = 0; j < w->d; j++)
            values[j] += kept[j] ? 0 : fall;
    }
    for (size_t j = 0; j < w->d; j++)
        values[j] = w->covers[j] > 0 ? values[j] / w->covers[j] : 0;
}

static int run(struct sl_explainer *e, const struct sl_explain_block *b, struct sl_error *err)
{
    const size_t k = e->scorer.k;
    struct windows w = {0};
    struct sl_masker masker;
    int code = sl_masker_init(&masker, e, &b->raw, err);
    if (!code && (e->model->raw.image.height ? image_windows : table_windows)(e, &w))
        code = sl_fail_memory(err);
    float *scores = code ? NULL : sl_alloc(w.n, k * sizeof *scores);
    if (!code && !scores)
        code = sl_fail_memory(err);
    for (size_t i = 0; i < b->n && !code; i++) {
        code = sl_masked_scores(&masker, i, w.of, w.d, w.kept, w.n, NULL, scores, err);
        for (size_t p = i * b->m; p < (i + 1) * b->m && !code; p++)
            spread(&w, scores, k, (size_t)b->classes[p], b->score[p].score, b->values + p * e->d);
    }
    free(scores);
    windows_release(&w);
    sl_masker_release(&masker);
    return code;
}

const struct sl_method sl_method_occlusion = {
    .about = {.name = "occlusion",
              .title = "Occlusion",
              .needs = "any classifier with scores, and dense rows",
              .help = "by how much the score falls where a window of the image, or a column, is covered",
              .reference = "Zeiler, Fergus, ECCV 2014",
              .usual = 100},
    .run = run,
};
