/* distortions.c - the table of distortions of images, each at five strengths (after Hendrycks and Dietterich,
 * ICLR 2019, whose strengths for noise and brightness these are; the others are chosen for small images).
 *
 * Values stay from 0 to white.  What is random is drawn from a stream of the seed, the distortion and the
 * row: the direction of a shift, the sense of a turn, the place of what hides, the noise.  Cost: filters' in
 * distortion_filters.c, else O(d). */
#include "explain/distortions.h"
#include "core/memory.h"
#include "core/names.h"
#include "core/order.h"
#include <math.h>
#include <shortlist/robustness.h>
#include <string.h>

static size_t size_of(const struct sl_disturbed *d)
{
    return (size_t)d->image->height * (size_t)d->image->width * (size_t)d->image->channels;
}

static void add_noise(const struct sl_disturbed *d)
{
    for (size_t i = 0; i < size_of(d); i++)
        d->out[i] = d->in[i] + (float)(d->strength * (double)d->white * sl_rng_normal(d->rng));
}

/* One of eight directions. */
static void shift(const struct sl_disturbed *d)
{
    static const signed char way[8][2] = {{0, 1},  {1, 1},   {1, 0},  {1, -1},
                                          {0, -1}, {-1, -1}, {-1, 0}, {-1, 1}};
    const signed char *to = way[sl_rng_below(d->rng, 8)];
    sl_distort_affine(
        d, &(struct sl_affine){.xx = 1, .yy = 1, .x = -d->strength * to[1], .y = -d->strength * to[0]});
}

static void rotate(const struct sl_disturbed *d)
{
    const double angle = (sl_rng_below(d->rng, 2) ? 1 : -1) * d->strength * M_PI / 180;
    sl_distort_affine(
        d, &(struct sl_affine){.xx = cos(angle), .xy = sin(angle), .yx = -sin(angle), .yy = cos(angle)});
}

static void scale(const struct sl_disturbed *d)
{
    sl_distort_affine(d, &(struct sl_affine){.xx = 1 / d->strength, .yy = 1 / d->strength});
}

/* About the image's mean. */
static void lower_contrast(const struct sl_disturbed *d)
{
    double mean = 0;
    for (size_t i = 0; i < size_of(d); i++)
        mean += (double)d->in[i];
    mean /= (double)size_of(d);
    for (size_t i = 0; i < size_of(d); i++)
        d->out[i] = (float)(mean + d->strength * ((double)d->in[i] - mean));
}

static void brighten(const struct sl_disturbed *d)
{
    for (size_t i = 0; i < size_of(d); i++)
        d->out[i] = d->in[i] + (float)d->strength * d->white;
}

/* By a square of middle grey, which lies in the image. */
static void hide(const struct sl_disturbed *d)
{
    const struct sl_image *m = d->image;
    const int shorter = m->height < m->width ? m->height : m->width, side = (int)lrint(d->strength * shorter);
    const double down = sl_rng_uniform(d->rng), right = sl_rng_uniform(d->rng);
    const int top = (int)(down * (m->height - side + 1)), left = (int)(right * (m->width - side + 1));
    memcpy(d->out, d->in, size_of(d) * sizeof *d->out);
    for (int i = top; i < top + side; i++)
        for (int j = left * m->channels; j < (left + side) * m->channels; j++)
            d->out[(size_t)i * (size_t)m->width * (size_t)m->channels + (size_t)j] = d->white / 2;
}

static const struct {
    struct sl_distortion shown;
    void (*apply)(const struct sl_disturbed *d);
} table[] = {
    {{"noise", "standard deviation, as a share of white", {.08, .12, .18, .26, .38}}, add_noise},
    {{"blur", "standard deviation in pixels", {.5, .75, 1, 1.5, 2}}, sl_distort_blur},
    {{"shift", "pixels, in one of eight directions", {1, 2, 3, 4, 5}}, shift},
    {{"rotation", "degrees, to either side", {5, 10, 15, 20, 30}}, rotate},
    {{"scale", "of the size, about the middle", {.9, .8, .7, .6, .5}}, scale},
    {{"contrast", "of the distance from the mean", {.75, .5, .35, .2, .1}}, lower_contrast},
    {{"brightness", "added, as a share of white", {.1, .2, .3, .4, .5}}, brighten},
    {{"occlusion", "side of a grey square, of the image's", {.15, .2, .3, .4, .5}}, hide},
    {{"jpeg", "quality of 8 x 8 blocks", {50, 30, 20, 10, 5}}, sl_distort_blocks},
};
enum { DISTORTIONS = sizeof table / sizeof *table };

size_t sl_distortion_count(void)
{
    return DISTORTIONS;
}

const struct sl_distortion *sl_distortion_at(size_t i)
{
    return i < DISTORTIONS ? &table[i].shown : NULL;
}

int sl_distortion_find(const char *name, size_t *found, struct sl_error *err)
{
    const char *names[DISTORTIONS];
    for (size_t i = 0; i < DISTORTIONS; i++) {
        names[i] = table[i].shown.name;
        if (strcmp(name, names[i]) != 0)
            continue;
        *found = i;
        return SL_OK;
    }
    return sl_fail_unknown(err, "distortion", name, names, DISTORTIONS);
}

/* The lower median of all channels' values at the edge. */
static int find_background(struct sl_disturbed *d, struct sl_error *err)
{
    const int h = d->image->height, w = d->image->width, channels = d->image->channels;
    float *edge = sl_alloc((size_t)(2 * (h + w)) * (size_t)channels, sizeof *edge);
    size_t n = 0;
    if (!edge)
        return sl_fail_memory(err);
    for (int i = 0; i < h; i++)
        for (int j = 0; j < w; j += i == 0 || i == h - 1 || w == 1 ? 1 : w - 1)
            for (int c = 0; c < channels; c++)
                edge[n++] = d->in[((size_t)i * (size_t)w + (size_t)j) * (size_t)channels + (size_t)c];
    qsort(edge, n, sizeof *edge, sl_by_float);
    d->background = edge[(n - 1) / 2];
    free(edge);
    return SL_OK;
}

int sl_distort(size_t i, double strength, const struct sl_image *image, float white, uint64_t seed,
               uint64_t id, const float *in, float *out, struct sl_error *err)
{
    struct sl_rng *all = sl_rng_new(seed, table[i].shown.name), *rng = all ? sl_rng_split(all, id) : NULL;
    struct sl_disturbed d = {
        .image = image, .white = white, .strength = strength, .rng = rng, .in = in, .out = out};
    d.scratch = sl_alloc(size_of(&d), sizeof *d.scratch);
    int code = rng && d.scratch ? find_background(&d, err) : sl_fail_memory(err);
    if (!code) {
        table[i].apply(&d);
        for (size_t j = 0; j < size_of(&d); j++)
            out[j] = out[j] < 0 ? 0 : out[j] > white ? white : out[j];
    }
    free(d.scratch);
    sl_rng_free(rng);
    sl_rng_free(all);
    return code;
}
