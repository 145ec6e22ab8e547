/* augment.c - random changes of training images.
 *
 * Flip, crop, rotation, zoom and shift are one affine map from the new image's pixels to places in the old
 * one, which is sampled bilinearly; flips and shifts alone move pixels exactly.  Erasing: Zhong et al.,
 * "Random erasing data augmentation" (AAAI 2020), with zeros.
 * Cost: O(1) a pixel, a few nanoseconds with sampling. */
#include "nn/pass/augment.h"
#include "core/hash.h"
#include "core/memory.h"
#include "kernels/dispatch.h"
#include <math.h>
#include <string.h>

int sl_augment_is_off(const struct sl_augment_options *o)
{
    return o->shift == 0 && o->flip == 0 && o->rotation == 0 && o->zoom == 0 && o->crop == 0 && o->erase == 0;
}

int sl_augmenter_init(struct sl_augmenter *a, const struct sl_augment_options *options, struct sl_shape shape,
                      int threads, struct sl_error *err)
{
    *a = (struct sl_augmenter){.options = *options, .shape = shape};
    struct sl_shape padded = {shape.h + 3, shape.w + 3, shape.c};
    a->scratch_size = (sl_shape_size(padded) + 15) / 16 * 16;
    a->scratch = sl_alloc_zero((size_t)threads * a->scratch_size, sizeof *a->scratch);
    return a->scratch ? SL_OK : sl_fail_memory(err);
}

void sl_augmenter_release(struct sl_augmenter *a)
{
    free(a->scratch);
    a->scratch = NULL;
}

/* What to do ---------------------------------------------------------------------------------------- */

/* [0, 1) */
static double uniform(uint64_t *state)
{
    return (double)(sl_splitmix(state) >> 11) * 0x1p-53;
}

/* [-1, 1) */
static double either_way(uint64_t *state)
{
    return 2 * uniform(state) - 1;
}

/* 0 ... n - 1 */
static int below(uint64_t *state, int n)
{
    return (int)(uniform(state) * n);
}

static int side(double length, int most)
{
    int whole = (int)lround(length);
    return whole < 1 ? 1 : whole > most ? most : whole;
}

static void draw_erasure(const struct sl_augmenter *a, uint64_t *state, struct sl_change *change)
{
    double area = (0.02 + 0.18 * uniform(state)) * a->shape.h * a->shape.w;
    double aspect = exp(either_way(state) * log(1 / 0.3));
    change->erase_h = side(sqrt(area * aspect), a->shape.h);
    change->erase_w = side(sqrt(area / aspect), a->shape.w);
    change->erase_y = below(state, a->shape.h - change->erase_h + 1);
    change->erase_x = below(state, a->shape.w - change->erase_w + 1);
}

/* Every number is drawn whether it is wanted or not: one more kind of change leaves the others as they were.
 */
struct sl_change sl_augment_draw(const struct sl_augmenter *a, uint64_t key, size_t row)
{
    const struct sl_augment_options *o = &a->options;
    uint64_t state = key + (uint64_t)row * 0xbf58476d1ce4e5b9u;
    struct sl_change change = {0};
    state = sl_splitmix(&state); /* rows next to each other would share their streams otherwise */
    change.flip = uniform(&state) < o->flip;
    change.dx = below(&state, 2 * o->shift + 1) - o->shift;
    change.dy = below(&state, 2 * o->shift + 1) - o->shift;
    change.turn = either_way(&state) * o->rotation * (3.14159265358979323846 / 180);
    double zoom = 1 + either_way(&state) * o->zoom, window = 1 - uniform(&state) * o->crop;
    change.scale = window / zoom;
    change.x = either_way(&state) * (1 - window) / 2;
    change.y = either_way(&state) * (1 - window) / 2;
    if (uniform(&state) < o->erase)
        draw_erasure(a, &state, &change);
    return change;
}

/* Doing it ------------------------------------------------------------------------------------------ */

/* One row of pixels from another, moved and maybe mirrored. */
static void move_row(const float *from, int w, int c, int dx, int flip, float *to)
{
    int first = dx > 0 ? dx : 0, end = dx > 0 ? w : w + dx; /* pixels that stay inside */
    if (first >= end) {
        memset(to, 0, (size_t)(w * c) * sizeof *to);
        return;
    }
    memset(to, 0, (size_t)(first * c) * sizeof *to);
    memset(to + end * c, 0, (size_t)((w - end) * c) * sizeof *to);
    if (!flip)
        memcpy(to + first * c, from + (first - dx) * c, (size_t)((end - first) * c) * sizeof *to);
    for (int j = first; flip && j < end; j++)
        for (int k = 0; k < c; k++)
            to[j * c + k] = from[(w - 1 - (j - dx)) * c + k];
}

static void move(const struct sl_augmenter *a, const struct sl_change *change, float *scratch, float *x)
{
    int h = a->shape.h, ld = a->shape.w * a->shape.c;
    if (change->dx == 0 && change->dy == 0 && !change->flip)
        return;
    memcpy(scratch, x, sl_shape_size(a->shape) * sizeof *x);
    for (int i = 0; i < h; i++) {
        int from = i - change->dy;
        if (from < 0 || from >= h)
            memset(x + i * ld, 0, (size_t)ld * sizeof *x);
        else
            move_row(scratch + from * ld, a->shape.w, a->shape.c, change->dx, change->flip, x + i * ld);
    }
}

/* Where a row of the new image lies in the padded old one: pixel j at (x + j ax, y + j ay). */
struct line {
    float x, y, ax, ay, x_max, y_max;
};

static inline float clamp(float a, float most)
{
    a = a < 0 ? 0 : a;
    return a > most ? most : a;
}

/* One channel. */
SL_CLONED_VOID(static, sample_grey,
               (const float *restrict p, int ld, struct line at, int w, float *restrict out),
               (p, ld, at, w, out))
{
    for (int j = 0; j < w; j++) {
        float x = clamp(at.x + (float)j * at.ax, at.x_max), y = clamp(at.y + (float)j * at.ay, at.y_max);
        int left = (int)x, top = (int)y, corner = top * ld + left;
        float fx = x - (float)left, fy = y - (float)top;
        float above = p[corner] + fx * (p[corner + 1] - p[corner]);
        float below = p[corner + ld] + fx * (p[corner + ld + 1] - p[corner + ld]);
        out[j] = above + fy * (below - above);
    }
}

static void sample_channels(const float *p, int ld, struct line at, int w, int c, float *out)
{
    for (int j = 0; j < w; j++) {
        float x = clamp(at.x + (float)j * at.ax, at.x_max), y = clamp(at.y + (float)j * at.ay, at.y_max);
        int left = (int)x, top = (int)y;
        float fx = x - (float)left, fy = y - (float)top;
        const float *corner = p + top * ld + left * c;
        for (int k = 0; k < c; k++) {
            float above = corner[k] + fx * (corner[k + c] - corner[k]);
            float below = corner[k + ld] + fx * (corner[k + ld + c] - corner[k + ld]);
            out[j * c + k] = above + fy * (below - above);
        }
    }
}

/* A margin of zeros, one pixel above and left, two below and right: no place next to it needs a check. */
static void pad(const struct sl_augmenter *a, const float *x, float *padded)
{
    size_t line = (size_t)(a->shape.w * a->shape.c), ld = (size_t)((a->shape.w + 3) * a->shape.c);
    memset(padded, 0, a->scratch_size * sizeof *padded);
    for (size_t i = 0; i < (size_t)a->shape.h; i++)
        memcpy(padded + (i + 1) * ld + (size_t)a->shape.c, x + i * line, line * sizeof *x);
}

static void sample(const struct sl_augmenter *a, const struct sl_change *change, float *scratch, float *x)
{
    int h = a->shape.h, w = a->shape.w, c = a->shape.c, ld = (w + 3) * c;
    double mirror = change->flip ? -1 : 1, cosine = change->scale * cos(change->turn),
           sine = change->scale * sin(change->turn), cx = 0.5 * (w - 1), cy = 0.5 * (h - 1);
    pad(a, x, scratch);
    for (int i = 0; i < h; i++) {
        double u = -cx - change->dx, v = i - cy - change->dy; /* the row's first pixel, from the centre */
        struct line at = {
            .x = (float)(1 + cx + mirror * (cosine * u + sine * v + change->x * w)),
            .y = (float)(1 + cy + cosine * v - sine * u + change->y * h),
            .ax = (float)(mirror * cosine),
            .ay = (float)-sine,
            .x_max = (float)(w + 1),
            .y_max = (float)(h + 1),
        };
        if (c == 1)
            sample_grey(scratch, ld, at, w, x + i * w);
        else
            sample_channels(scratch, ld, at, w, c, x + i * w * c);
    }
}

static void erase(const struct sl_augmenter *a, const struct sl_change *change, float *x)
{
    int c = a->shape.c;
    for (int i = 0; i < change->erase_h && change->erase_w; i++)
        memset(x + ((change->erase_y + i) * a->shape.w + change->erase_x) * c, 0,
               (size_t)(change->erase_w * c) * sizeof *x);
}

void sl_augment_apply(const struct sl_augmenter *a, const struct sl_change *change, int thread, float *x)
{
    float *scratch = a->scratch + (size_t)thread * a->scratch_size;
    if (change->turn != 0 || change->scale != 1)
        sample(a, change, scratch, x);
    else
        move(a, change, scratch, x);
    erase(a, change, x);
}

void sl_augment_rows(const struct sl_augmenter *a, uint64_t key, size_t row0, size_t n, int thread, float *x)
{
    for (size_t i = 0; i < n; i++) {
        struct sl_change change = sl_augment_draw(a, key, row0 + i);
        sl_augment_apply(a, &change, thread, x + i * sl_shape_size(a->shape));
    }
}
