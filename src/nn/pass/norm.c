/* norm.c - the statistics of batch normalisation, from tiles to the batch.
 *
 * Tiles are put together in order, so that the statistics do not depend on the number of threads.  Means and
 * variances: Chan, Golub, LeVeque, "Updating Formulae and a Pairwise Algorithm for Computing Sample
 * Variances" (1979).  With xhat = (x - mean) / s, s = sqrt(variance + epsilon), and g the scale:
 * dx = g / s (dy - mean(dy) - xhat mean(dy xhat)).  Cost O(tiles channels). */
#include "nn/pass/norm.h"
#include "nn/layers/batchnorm.h"
#include <math.h>

static size_t channels_of(const struct sl_pass *pass, size_t s)
{
    return (size_t)pass->net->stages[s].main->in.c;
}

/* Numbers of one channel in so many rows. */
static size_t pixels_of(const struct sl_pass *pass, size_t s, size_t rows)
{
    return rows * pass->net->stages[s].in / channels_of(pass, s);
}

/* A tile's share: two rows of channels for the way forward, and two for the way back. */
static double *part_of(const struct sl_pass *pass, size_t s, size_t tile)
{
    return pass->work[s].parts + tile * 4 * channels_of(pass, s);
}

static double *part_back(const struct sl_pass *pass, size_t s, size_t tile)
{
    return part_of(pass, s, tile) + 2 * channels_of(pass, s);
}

void sl_norm_gather(const struct sl_pass *pass, size_t s, const struct sl_at *at)
{
    double *part = part_of(pass, s, at->tile.row0 / pass->row_tile);
    sl_norm_moments(sl_pass_out(pass, pass->net->stages[s].from, at), pixels_of(pass, s, at->valid),
                    channels_of(pass, s), part, part + channels_of(pass, s));
}

void sl_norm_gather_back(const struct sl_pass *pass, size_t s, const struct sl_at *at)
{
    size_t channels = channels_of(pass, s);
    double *part = part_back(pass, s, at->tile.row0 / pass->row_tile);
    sl_norm_sums(sl_pass_out(pass, pass->net->stages[s].from, at), sl_pass_d(pass, s, at),
                 sl_pass_norm(pass, s, at->thread) + SL_NORM_MEAN * channels, pixels_of(pass, s, at->valid),
                 channels, part, part + channels);
}

/* Mean and sum of squares about it of one channel, over the tiles of n rows. */
static void combine_moments(const struct sl_pass *pass, size_t s, size_t n, size_t c, double *mean,
                            double *squares)
{
    double seen = 0;
    *mean = *squares = 0;
    for (size_t row = 0; row < n; row += pass->row_tile) {
        const double *part = part_of(pass, s, row / pass->row_tile);
        size_t rows = n - row < pass->row_tile ? n - row : pass->row_tile;
        double pixels = (double)pixels_of(pass, s, rows), delta = part[c] - *mean;
        seen += pixels;
        *mean += delta * pixels / seen;
        *squares += part[channels_of(pass, s) + c] + delta * delta * pixels * (seen - pixels) / seen;
    }
}

/* Of the first steps their plain mean, in which the initial statistics count for nothing. */
static float momentum_at(const struct sl_layer *layer, long step)
{
    float early = 1 - 1 / (float)step;
    return early < layer->momentum ? early : layer->momentum;
}

static void move_towards(float *running, double value, float momentum)
{
    *running = momentum * *running + (1 - momentum) * (float)value;
}

void sl_norm_combine(const struct sl_pass *pass, size_t s, size_t n, long step, float *params, int thread)
{
    const struct sl_layer *layer = pass->net->stages[s].main;
    size_t channels = channels_of(pass, s);
    float *gamma = params + layer->params_at, *beta = gamma + channels, *running = beta + channels;
    float *norm = sl_pass_norm(pass, s, thread), momentum = momentum_at(layer, step);
    double pixels = (double)pixels_of(pass, s, n);
    for (size_t c = 0; c < channels; c++) {
        double mean, squares;
        combine_moments(pass, s, n, c, &mean, &squares);
        double scale = (double)gamma[c] / sqrt(squares / pixels + (double)layer->epsilon);
        norm[SL_NORM_SCALE * channels + c] = (float)scale;
        norm[SL_NORM_SHIFT * channels + c] = (float)((double)beta[c] - scale * mean);
        norm[SL_NORM_MEAN * channels + c] = (float)mean;
        norm[SL_NORM_INVERSE * channels + c] = (float)(1 / sqrt(squares / pixels + (double)layer->epsilon));
        if (thread != 0)
            continue;
        move_towards(&running[c], mean, momentum);
        move_towards(&running[channels + c], squares / (pixels > 1 ? pixels - 1 : 1), momentum);
    }
}

void sl_norm_combine_back(const struct sl_pass *pass, size_t s, size_t n, float *grads, int thread)
{
    const struct sl_layer *layer = pass->net->stages[s].main;
    size_t channels = channels_of(pass, s);
    float *norm = sl_pass_norm(pass, s, thread), *dw = grads + layer->params_at;
    double pixels = (double)pixels_of(pass, s, n);
    for (size_t c = 0; c < channels; c++) {
        double sum_d = 0, sum_dx = 0, inverse = (double)norm[SL_NORM_INVERSE * channels + c];
        double scale = (double)norm[SL_NORM_SCALE * channels + c];
        for (size_t t = 0; t * pass->row_tile < n; t++) {
            sum_d += part_back(pass, s, t)[c];
            sum_dx += part_back(pass, s, t)[channels + c];
        }
        norm[SL_NORM_LEVEL * channels + c] = (float)(scale * sum_d / pixels);
        norm[SL_NORM_SLOPE * channels + c] = (float)(scale * inverse * inverse * sum_dx / pixels);
        if (thread == 0) {
            dw[c] = (float)(sum_dx * inverse);
            dw[channels + c] = (float)sum_d;
        }
    }
}
