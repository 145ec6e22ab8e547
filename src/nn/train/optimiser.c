/* optimiser.c - SGD with (Nesterov) momentum, Adam and AdamW, in one pass over parameters and moments.
 *
 * Sources: Kingma and Ba, "Adam" (ICLR 2015), in the form of its section 2 that corrects the bias in the
 * learning rate; Sutskever et al., ICML 2013, for Nesterov's momentum.  Both as scikit-learn has them.
 * AdamW: Loshchilov and Hutter, "Decoupled weight decay regularization" (ICLR 2019), the decay scaled by the
 * learning rate as in PyTorch.
 * Cost O(n) a step, bound by memory: 16 to 28 bytes a parameter. */
#include "nn/train/optimiser.h"
#include "core/memory.h"
#include "kernels/dispatch.h"
#include <math.h>
#include <stdint.h>
#include <string.h>

int sl_optimiser_init(struct sl_optimiser *opt, const struct sl_optimiser_options *options, size_t n,
                      struct sl_error *err)
{
    *opt = (struct sl_optimiser){.options = *options, .n = n};
    if (sl_optimiser_is_plain(opt))
        return SL_OK;
    opt->m = sl_alloc_zero(n, sizeof *opt->m);
    if (options->kind != SL_SGD)
        opt->v = sl_alloc_zero(n, sizeof *opt->v);
    if (!opt->m || (options->kind != SL_SGD && !opt->v)) {
        sl_optimiser_release(opt);
        return sl_fail_memory(err);
    }
    return SL_OK;
}

void sl_optimiser_release(struct sl_optimiser *opt)
{
    free(opt->m);
    free(opt->v);
    opt->m = opt->v = NULL;
}

void sl_optimiser_begin(struct sl_optimiser *opt, double learning_rate)
{
    const struct sl_optimiser_options *o = &opt->options;
    double t = (double)++opt->step;
    opt->bare_rate = (float)learning_rate;
    if (o->kind != SL_SGD)
        learning_rate *= sqrt(1 - pow(o->beta_2, t)) / (1 - pow(o->beta_1, t));
    opt->rate = (float)learning_rate;
}

int sl_optimiser_is_plain(const struct sl_optimiser *opt)
{
    return opt->options.kind == SL_SGD && opt->options.momentum == 0;
}

/* 1 / sqrt(x) and 1 / x for x > 0 to a few units in the last place: a first guess from the exponent, and
 * Newton's steps: no square root and no division, which processors hardly overlap. */
static inline float inverse_sqrt(float x)
{
    uint32_t bits;
    float y, half = 0.5f * x;
    memcpy(&bits, &x, sizeof bits);
    bits = 0x5f3759dfu - (bits >> 1);
    memcpy(&y, &bits, sizeof y);
    y *= 1.5f - half * y * y;
    y *= 1.5f - half * y * y;
    y *= 1.5f - half * y * y;
    return y;
}

static inline float inverse(float x)
{
    uint32_t bits;
    float y;
    memcpy(&bits, &x, sizeof bits);
    bits = 0x7ef311c7u - bits;
    memcpy(&y, &bits, sizeof y);
    y *= 2.0f - x * y;
    y *= 2.0f - x * y;
    y *= 2.0f - x * y;
    return y;
}

/* m = b1 m + (1 - b1) g,  v = b2 v + (1 - b2) g^2,  w -= shrink w + rate m / (sqrt(v) + epsilon) */
SL_CLONED_VOID(static, adam,
               (float *restrict w, const float *restrict grad, float *restrict m, float *restrict v, size_t n,
                float decay, float shrink, float rate, float b1, float b2, float epsilon),
               (w, grad, m, v, n, decay, shrink, rate, b1, b2, epsilon))
{
    for (size_t i = 0; i < n; i++) {
        float g = grad[i] + decay * w[i];
        float mi = b1 * m[i] + (1 - b1) * g;
        float vi = b2 * v[i] + (1 - b2) * g * g;
        float root = vi * inverse_sqrt(vi) + epsilon;
        m[i] = mi;
        v[i] = vi;
        w[i] -= shrink * w[i] + rate * mi * inverse(root);
    }
}

/* u = mu u - rate g,  w += u, or with Nesterov's look ahead w += mu u - rate g */
SL_CLONED_VOID(static, momentum,
               (float *restrict w, const float *restrict grad, float *restrict u, size_t n, float decay,
                float rate, float mu, int nesterov),
               (w, grad, u, n, decay, rate, mu, nesterov))
{
    for (size_t i = 0; i < n; i++) {
        float step = rate * (grad[i] + decay * w[i]);
        float ui = mu * u[i] - step;
        u[i] = ui;
        w[i] += nesterov ? mu * ui - step : ui;
    }
}

SL_CLONED_VOID(static, plain,
               (float *restrict w, const float *restrict grad, size_t n, float decay, float rate),
               (w, grad, n, decay, rate))
{
    for (size_t i = 0; i < n; i++)
        w[i] -= rate * (grad[i] + decay * w[i]);
}

SL_CLONED(extern, double, sl_sum_of_squares, (const float *w, size_t n), (w, n))
{
    enum { SUMS = 32 }; /* side by side, so that they fill vector registers */
    float sum[SUMS] = {0};
    double total = 0;
    size_t i = 0;
    for (; i + SUMS <= n; i += SUMS)
        for (size_t l = 0; l < SUMS; l++)
            sum[l] += w[i + l] * w[i + l];
    for (; i < n; i++)
        total += (double)w[i] * (double)w[i];
    for (size_t l = 0; l < SUMS; l++)
        total += (double)sum[l];
    return total;
}

double sl_optimiser_update(const struct sl_optimiser *opt, float *w, const float *g, size_t at, size_t n,
                           float decay)
{
    const struct sl_optimiser_options *o = &opt->options;
    int decoupled = o->kind == SL_ADAMW;
    float l2 = decoupled ? 0 : decay, shrink = decoupled ? opt->bare_rate * decay : 0;
    double squares = l2 != 0 ? sl_sum_of_squares(w, n) : 0;
    if (o->kind != SL_SGD)
        adam(w, g, opt->m + at, opt->v + at, n, l2, shrink, opt->rate, (float)o->beta_1, (float)o->beta_2,
             (float)o->epsilon);
    else if (opt->m)
        momentum(w, g, opt->m + at, n, decay, opt->rate, (float)o->momentum, o->nesterov);
    else
        plain(w, g, n, decay, opt->rate);
    return squares;
}
