/* loss.c - softmax, the logistic function, and cross-entropy of labels, plain or smoothed.
 *
 * The largest score is taken off before exp, so that nothing overflows.  O(rows k). */
#include "nn/pass/loss.h"
#include <float.h>
#include <math.h>

void sl_softmax(float *a, size_t rows, size_t k, const uint8_t *present)
{
    for (size_t i = 0; i < rows; i++, a += k) {
        float largest = -INFINITY, sum = 0;
        for (size_t c = 0; c < k; c++)
            if (present[c] && !(a[c] <= largest)) /* a NaN wins, and so comes to light */
                largest = a[c];
        for (size_t c = 0; c < k; c++) {
            a[c] = present[c] ? expf(a[c] - largest) : 0;
            sum += a[c];
        }
        for (size_t c = 0; c < k; c++)
            a[c] /= sum;
    }
}

void sl_logistic(const float *z, size_t rows, const uint8_t *present, float *p)
{
    for (size_t i = 0; i < rows; i++, p += 2) {
        /* Each by itself: 1 - p would lose a small one. */
        p[0] = present[1] ? 1 / (1 + expf(z[i])) : 1;
        p[1] = present[0] ? 1 / (1 + expf(-z[i])) : 1;
        if (!present[0] || !present[1])
            p[present[0] ? 1 : 0] = 0;
    }
}

static double minus_log(float p)
{
    return -log(p < FLT_MIN ? FLT_MIN : p); /* a NaN passes */
}

/* What smoothing gives to each class that is there. */
static float share(const struct sl_targets *targets, size_t k)
{
    size_t there = 0;
    if (targets->smoothing == 0)
        return 0;
    for (size_t c = 0; c < k; c++)
        there += targets->present[c] != 0;
    return targets->smoothing / (float)there;
}

void sl_loss_add(const float *p, const struct sl_targets *targets, size_t rows, size_t k,
                 struct sl_loss_sum *sum)
{
    float each = share(targets, k);
    for (size_t i = 0; i < rows; i++, p += k) {
        size_t best = 0, y = (size_t)targets->y[i];
        for (size_t c = 1; c < k; c++)
            if (p[c] > p[best])
                best = c;
        const double weight = targets->weights ? targets->weights[i] : 1, loss = minus_log(p[y]);
        sum->loss += weight * (double)(1 - targets->smoothing) * loss;
        for (size_t c = 0; each > 0 && c < k; c++)
            if (targets->present[c])
                sum->loss += weight * (double)each * minus_log(p[c]);
        sum->correct += best == y;
        if (targets->results)
            targets->results[i] = (struct sl_row_result){(float)loss, best == y};
    }
}

void sl_loss_gradient(const float *p, const struct sl_targets *targets, size_t rows, size_t k, float weight,
                      float *d)
{
    float each = share(targets, k), own = 1 - targets->smoothing;
    for (size_t i = 0; i < rows; i++, p += k, d += k) {
        float of_row = targets->weights ? weight * targets->weights[i] : weight;
        for (size_t c = 0; c < k; c++) {
            float target =
                (c == (size_t)targets->y[i] ? own : 0.0f) + (each > 0 && targets->present[c] ? each : 0.0f);
            d[c] = of_row * (p[c] - target);
        }
    }
}
