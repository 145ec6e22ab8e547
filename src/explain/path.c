/* path.c - gradients at many points for each row.
 *
 * Points of several items are made, differentiated by the tap, and added up, a chunk of them at a time. Cost:
 * a forward and a backward pass for each point.  Memory: a chunk, and two doubles for each value of the items
 * in it. */
#include "explain/path.h"
#include "core/memory.h"
#include "core/threads.h"
#include <string.h>

enum { CHUNK = 1024, CHUNK_VALUES = 1 << 21 };

/* Some points of some items: of each the samples first ... first + count - 1. */
struct chunk {
    const struct sl_path *path;
    const size_t *items; /* (n) */
    size_t n, first, count;
    float *points, *gradients; /* (n count, width) */
    int32_t *classes;          /* (n count) */
    double *sum, *squares;     /* (n, width); squares may be NULL */
};

static int threads_of(const struct chunk *c)
{
    const struct sl_explainer *e = c->path->explainer;
    return sl_threads_for(8 * (double)(c->n * c->count) * (double)e->width, e->options.threads);
}

static int make_points(const struct chunk *c)
{
    const struct sl_path *path = c->path;
    const size_t width = path->explainer->width;
    int failed = 0;
#pragma omp parallel for num_threads(threads_of(c)) reduction(| : failed)
    for (size_t p = 0; p < c->n * c->count; p++) {
        const size_t item = c->items[p / c->count];
        c->classes[p] = path->block->classes[item];
        if (path->point)
            failed |= path->point(path, item, c->first + p % c->count, c->points + p * width);
        else
            memcpy(c->points + p * width, sl_path_row(path, item), width * sizeof *c->points);
    }
    return failed;
}

static void add_point(const struct chunk *c, size_t i, size_t s)
{
    const struct sl_path *path = c->path;
    const size_t width = path->explainer->width, p = i * c->count + s;
    float *gradient = c->gradients + p * width;
    double *sum = c->sum + i * width;
    if (path->weigh)
        path->weigh(path, c->items[i], c->first + s, c->points + p * width, gradient);
    for (size_t j = 0; j < width; j++)
        sum[j] += (double)gradient[j];
    if (c->squares)
        for (size_t j = 0; j < width; j++)
            c->squares[i * width + j] += (double)gradient[j] * (double)gradient[j];
}

static int run_chunk(const struct chunk *c, struct sl_error *err)
{
    const struct sl_explainer *e = c->path->explainer;
    const struct sl_net *net = e->scorer.network->net;
    const struct sl_view points = {.dtype = SL_F32,
                                   .n = c->n * c->count,
                                   .d = e->width,
                                   .x = c->points,
                                   .k = (int)net->classes,
                                   .scale = 1};
    if (make_points(c))
        return sl_fail_memory(err);
    int code = sl_tap_gradient(e->tap, &points, c->classes, 0, c->gradients, err);
#pragma omp parallel for num_threads(threads_of(c))
    for (size_t i = 0; i < c->n; i++)
        for (size_t s = 0; s < c->count; s++)
            add_point(c, i, s);
    return code;
}

/* Mean and variance of the mean from sums over all samples. */
static void finish(const struct chunk *c, float *variance)
{
    const size_t width = c->path->explainer->width;
    const double samples = (double)c->path->samples;
    for (size_t i = 0; i < c->n; i++)
        for (size_t j = 0; j < width; j++) {
            const double mean = c->sum[i * width + j] / samples;
            const size_t at = c->items[i] * width + j;
            c->path->block->values[at] = (float)mean;
            if (variance) {
                double spread = c->squares[i * width + j] / samples - mean * mean;
                variance[at] = (float)(spread > 0 ? spread / samples : 0);
            }
        }
}

static int run_items(struct chunk *c, size_t at_once, float *variance, struct sl_error *err)
{
    const size_t width = c->path->explainer->width, samples = c->path->samples;
    int code = SL_OK;
    memset(c->sum, 0, c->n * width * sizeof *c->sum);
    if (c->squares)
        memset(c->squares, 0, c->n * width * sizeof *c->squares);
    for (c->first = 0; c->first < samples && !code; c->first += c->count) {
        c->count = samples - c->first < at_once ? samples - c->first : at_once;
        code = run_chunk(c, err);
    }
    if (!code)
        finish(c, variance);
    return code;
}

int sl_path_run(const struct sl_path *path, float *variance, struct sl_error *err)
{
    const size_t width = path->explainer->width;
    size_t points = CHUNK_VALUES / width;
    points = points < 1 ? 1 : points > CHUNK ? CHUNK : points;
    const size_t at_once = path->samples < points ? path->samples : points, n = points / at_once;
    struct chunk c = {.path = path,
                      .points = sl_alloc(points, width * sizeof(float)),
                      .gradients = sl_alloc(points, width * sizeof(float)),
                      .classes = sl_alloc(points, sizeof(int32_t)),
                      .sum = sl_alloc(n, width * sizeof(double)),
                      .squares = variance ? sl_alloc(n, width * sizeof(double)) : NULL};
    int code = c.points && c.gradients && c.classes && c.sum && (c.squares || !variance)
                   ? SL_OK
                   : sl_fail_memory(err);
    for (size_t first = 0; first < path->n && !code; first += n) {
        c.items = path->items + first;
        c.n = path->n - first < n ? path->n - first : n;
        code = run_items(&c, at_once, variance, err);
    }
    free(c.points);
    free(c.gradients);
    free(c.classes);
    free(c.sum);
    free(c.squares);
    return code;
}

void sl_path_times_way(const struct sl_path *path, size_t item, size_t sample, const float *point,
                       float *gradient)
{
    const float *x = sl_path_row(path, item), *from = path->explainer->baseline;
    (void)sample;
    (void)point;
    for (size_t j = 0; j < path->explainer->width; j++)
        gradient[j] *= x[j] - from[j];
}

size_t *sl_path_all(const struct sl_explain_block *block)
{
    size_t *items = sl_alloc(block->n * block->m, sizeof *items);
    for (size_t p = 0; items && p < block->n * block->m; p++)
        items[p] = p;
    return items;
}
