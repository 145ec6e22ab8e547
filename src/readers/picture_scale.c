/* picture_scale.c - a part of a picture at another size.
 *
 * Shrunk, a pixel is the mean over the area that it covers, with parts of pixels at its edges; enlarged, it
 * lies between the four nearest by its centre (bilinear).  Sums are of doubles, rounded once: a picture of
 * one colour stays so.  Cost: O(pixels of both). */
#include "readers/picture_fit.h"
#include <math.h>

/* Where an output pixel comes from along one axis: pixels first ... last, the end ones by a part. */
struct span {
    int first, last;
    double of_first, of_last; /* weights; those between count 1 */
};

static struct span cover(int i, int out, int in)
{
    const double from = (double)i * in / out, to = (double)(i + 1) * in / out;
    struct span s = {.first = (int)from, .last = (int)ceil(to) - 1};
    s.last = s.last < s.first ? s.first : s.last >= in ? in - 1 : s.last;
    s.of_first = s.first == s.last ? to - from : s.first + 1 - from;
    s.of_last = s.first == s.last ? 0 : to - s.last;
    return s;
}

static struct span between(int i, int out, int in)
{
    double at = ((double)i + .5) * in / out - .5;
    at = at < 0 ? 0 : at > in - 1 ? in - 1 : at;
    struct span s = {.first = (int)at};
    s.last = s.first + 1 < in ? s.first + 1 : s.first;
    s.of_last = s.last > s.first ? at - s.first : 0;
    s.of_first = 1 - s.of_last;
    return s;
}

static struct span nearest(int i, int out, int in)
{
    const int at = (int)(((double)i + .5) * in / out);
    return (struct span){at, at, 1, 0};
}

static struct span span_of(int i, int out, int in, int sharp)
{
    return out <= in ? cover(i, out, in) : sharp ? nearest(i, out, in) : between(i, out, in);
}

static double weight_at(const struct span *s, int i)
{
    return i == s->first ? s->of_first : i == s->last ? s->of_last : 1;
}

static uint8_t mean(const struct sl_picture *in, const struct sl_box *box, const struct span *y,
                    const struct span *x, int channel)
{
    double sum = 0, weight = 0;
    for (int i = y->first; i <= y->last; i++) {
        const uint8_t *row = in->pixels + ((size_t)(box->top + i) * (size_t)in->width + (size_t)box->left) *
                                              (size_t)in->channels;
        double part = 0, across = 0;
        for (int j = x->first; j <= x->last; j++) {
            part += weight_at(x, j) * row[(size_t)j * (size_t)in->channels + (size_t)channel];
            across += weight_at(x, j);
        }
        sum += weight_at(y, i) * part;
        weight += weight_at(y, i) * across;
    }
    return (uint8_t)lrint(sum / weight);
}

void sl_picture_scale(const struct sl_picture *in, const struct sl_box *box, uint8_t *out, int width,
                      const struct sl_box *at, int sharp)
{
    const size_t channels = (size_t)in->channels;
    for (int i = 0; i < at->height; i++) {
        const struct span y = span_of(i, at->height, box->height, sharp);
        uint8_t *row = out + ((size_t)(at->top + i) * (size_t)width + (size_t)at->left) * channels;
        for (int j = 0; j < at->width; j++) {
            const struct span x = span_of(j, at->width, box->width, sharp);
            for (size_t c = 0; c < channels; c++)
                row[(size_t)j * channels + c] = mean(in, box, &y, &x, (int)c);
        }
    }
}
