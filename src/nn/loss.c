/* loss.c - softmax and cross-entropy of one-of-k labels.
 *
 * The largest score is taken off before exp, so that nothing overflows.  O(rows k). */
#include "nn/loss.h"
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

void sl_loss_add(const float *p, const int32_t *y, size_t rows, size_t k, struct sl_loss_sum *sum)
{
    for (size_t i = 0; i < rows; i++, p += k) {
        size_t best = 0;
        for (size_t c = 1; c < k; c++)
            if (p[c] > p[best])
                best = c;
        float own = p[y[i]];
        sum->loss -= log(own < FLT_MIN ? FLT_MIN : own); /* a NaN passes */
        sum->correct += best == (size_t)y[i];
    }
}

void sl_loss_gradient(const float *p, const int32_t *y, size_t rows, size_t k, float weight, float *d)
{
    for (size_t i = 0; i < rows; i++, p += k, d += k)
        for (size_t c = 0; c < k; c++)
            d[c] = weight * (p[c] - (c == (size_t)y[i] ? 1.0f : 0.0f));
}
