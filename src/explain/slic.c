/* slic.c - superpixels: k-means of pixels by place and colour, each centre looking around itself only, then
 * what is not connected is joined to its neighbour.
 *
 * Achanta et al., IEEE PAMI 34 (2012), with ten rounds and a compactness of a tenth of the range.  Cost: O(10
 * x 9 pixels), whatever the number of regions. */
#include "core/memory.h"
#include "explain/regions.h"
#include <math.h>
#include <string.h>

enum { ROUNDS = 10 };
static const double COMPACTNESS = .1;

struct slic {
    const float *x;
    int h, w, c, n;
    double step, span; /* between centres; of the colours */
    double *centre;    /* (n, 2 + c): y, x, colours */
    double *nearest;   /* (h w) */
    int32_t *labels;
};

static void place_centres(struct slic *s, int down, int across)
{
    for (int i = 0; i < down; i++)
        for (int j = 0; j < across; j++) {
            double *centre = s->centre + (i * across + j) * (2 + s->c);
            centre[0] = (i + .5) * s->h / down - .5;
            centre[1] = (j + .5) * s->w / across - .5;
            const size_t pixel = (size_t)lround(centre[0]) * (size_t)s->w + (size_t)lround(centre[1]);
            for (int k = 0; k < s->c; k++)
                centre[2 + k] = (double)s->x[pixel * (size_t)s->c + (size_t)k];
        }
}

static double distance(const struct slic *s, const double *centre, int y, int x)
{
    const float *colour = s->x + ((size_t)y * (size_t)s->w + (size_t)x) * (size_t)s->c;
    const double dy = (y - centre[0]) / s->step, dx = (x - centre[1]) / s->step;
    double sum = dy * dy + dx * dx;
    for (int k = 0; k < s->c; k++) {
        const double d = ((double)colour[k] - centre[2 + k]) / (COMPACTNESS * s->span);
        sum += d * d;
    }
    return sum;
}

/* Pixels within two steps go to the nearest centre; equal ones to the first. */
static void assign(struct slic *s)
{
    const int reach = (int)ceil(s->step);
    for (int i = 0; i < s->h * s->w; i++)
        s->nearest[i] = INFINITY;
    for (int n = 0; n < s->n; n++) {
        const double *centre = s->centre + n * (2 + s->c);
        const int cy = (int)lround(centre[0]), cx = (int)lround(centre[1]);
        for (int y = cy - reach < 0 ? 0 : cy - reach; y <= cy + reach && y < s->h; y++)
            for (int x = cx - reach < 0 ? 0 : cx - reach; x <= cx + reach && x < s->w; x++) {
                const double d = distance(s, centre, y, x);
                if (d < s->nearest[y * s->w + x]) {
                    s->nearest[y * s->w + x] = d;
                    s->labels[y * s->w + x] = n;
                }
            }
    }
}

/* Each centre becomes the mean of its pixels; one without any stays.  counts (n) is scratch. */
static void move_centres(struct slic *s, double *sums, int *counts)
{
    const int size = 2 + s->c;
    memset(sums, 0, (size_t)(s->n * size) * sizeof *sums);
    memset(counts, 0, (size_t)s->n * sizeof *counts);
    for (int y = 0; y < s->h; y++)
        for (int x = 0; x < s->w; x++) {
            const int label = s->labels[y * s->w + x];
            double *sum = sums + label * size;
            counts[label]++;
            sum[0] += y;
            sum[1] += x;
            for (int k = 0; k < s->c; k++)
                sum[2 + k] += (double)s->x[(y * s->w + x) * s->c + k];
        }
    for (int n = 0; n < s->n; n++)
        for (int k = 0; k < size && counts[n]; k++)
            s->centre[n * size + k] = sums[n * size + k] / counts[n];
}

/* Fills `part` with the connected pixels of one label from start on, as number `to` in fresh; their number.
 */
static int flood(const struct slic *s, int start, int32_t to, int32_t *fresh, int *part)
{
    int n = 1;
    part[0] = start;
    fresh[start] = to;
    for (int i = 0; i < n; i++) {
        const int y = part[i] / s->w, x = part[i] % s->w;
        const int around[4][2] = {{y - 1, x}, {y + 1, x}, {y, x - 1}, {y, x + 1}};
        for (int a = 0; a < 4; a++) {
            const int v = around[a][0], u = around[a][1], at = v * s->w + u;
            if (v >= 0 && v < s->h && u >= 0 && u < s->w && fresh[at] < 0 &&
                s->labels[at] == s->labels[start]) {
                fresh[at] = to;
                part[n++] = at;
            }
        }
    }
    return n;
}

/* Numbers connected parts in the order of their first pixels; one that is smaller than a quarter of a step's
 * square joins the part before its first pixel.  Returns the number of parts. */
static size_t connect(const struct slic *s, int32_t *fresh, int *part)
{
    const int least = (int)(s->step * s->step / 4);
    int32_t parts = 0;
    for (int i = 0; i < s->h * s->w; i++)
        fresh[i] = -1;
    for (int i = 0; i < s->h * s->w; i++) {
        if (fresh[i] >= 0)
            continue;
        const int32_t before = i % s->w ? fresh[i - 1] : i >= s->w ? fresh[i - s->w] : -1;
        const int n = flood(s, i, parts, fresh, part);
        if (n >= least || before < 0)
            parts++;
        else
            for (int j = 0; j < n; j++)
                fresh[part[j]] = before;
    }
    memcpy(s->labels, fresh, (size_t)(s->h * s->w) * sizeof *fresh);
    return (size_t)parts;
}

size_t sl_slic(const float *x, int h, int w, int c, float span, int wanted, int32_t *labels)
{
    wanted = wanted < 1 ? 1 : wanted > h * w ? h * w : wanted;
    int down = (int)lround(sqrt((double)wanted * h / w));
    down = down < 1 ? 1 : down > h ? h : down;
    int across = wanted / down < 1 ? 1 : wanted / down > w ? w : wanted / down;
    const size_t pixels = (size_t)h * (size_t)w, n = (size_t)down * (size_t)across,
                 size = n * (size_t)(2 + c);
    struct slic s = {.x = x, .h = h, .w = w, .c = c, .n = (int)n, .labels = labels};
    s.step = sqrt((double)pixels / (double)n);
    s.span = span > 0 ? (double)span : 1;
    s.centre = sl_alloc(size, sizeof *s.centre);
    s.nearest = sl_alloc(pixels, sizeof *s.nearest);
    double *sums = sl_alloc(size, sizeof *sums);
    int *counts = sl_alloc(n, sizeof *counts), *part = sl_alloc(pixels, sizeof *part);
    int32_t *fresh = sl_alloc(pixels, sizeof *fresh);
    size_t regions = 0;
    if (s.centre && s.nearest && sums && counts && part && fresh) {
        memset(labels, 0, pixels * sizeof *labels);
        place_centres(&s, down, across);
        for (int round = 0; round < ROUNDS; round++) {
            assign(&s);
            move_centres(&s, sums, counts);
        }
        regions = connect(&s, fresh, part);
    }
    free(s.centre);
    free(s.nearest);
    free(sums);
    free(counts);
    free(part);
    free(fresh);
    return regions;
}
