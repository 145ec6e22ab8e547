/* softmax.c - the multinomial and the binary logistic loss of blocks of rows.
 *
 * What a row loses to the other classes is summed apart from its own class: a loss of 1e-12 is not rounded to
 * 0, as 1 + 1e-12 would be in floats.  O(n k). */
#include "kernels/softmax.h"
#include "kernels/dispatch.h"
#include "kernels/exp.h"
#include <math.h>
#include <string.h>

enum { ROWS = SL_SOFTMAX_ROWS };

/* exp(x) for x <= 0; 0 below -87. */
SL_INLINE float exp_fast(float x)
{
    const float e = sl_exp(x < -SL_EXP_MAX ? -SL_EXP_MAX : x);
    return x < -SL_EXP_MAX ? 0.0f : e;
}

/* Sum of s_i (log(own_i + others_i) + rest_i); the larger of own and others is at least 1.  Where the
 * weights are equal, one logarithm of a product serves GROUP rows: totals are at most k, far from
 * overflow. */
static double sum_losses(const float *own, const float *others, const float *rest, size_t n, const float *s)
{
    enum { GROUP = 16 };
    double sum = 0;
    for (size_t start = 0; start < n; start += GROUP) {
        size_t end = n - start < GROUP ? n : start + GROUP;
        double product = 1, logarithm = 0;
        for (size_t i = start; i < end; i++) {
            product *= (double)own[i] + (double)others[i];
            if (i + 1 == end || s[i + 1] != s[i]) {
                logarithm += (double)s[i] * log(product);
                product = 1;
            }
            logarithm += (double)s[i] * (double)rest[i];
        }
        sum += logarithm;
    }
    return sum;
}

SL_CLONED(extern, double, sl_softmax_loss,
          (float *restrict Z, size_t ld, size_t n, int k, const int32_t *restrict y, const float *restrict s),
          (Z, ld, n, k, y, s))
{
    float largest[ROWS], own[ROWS] = {0}, others[ROWS] = {0}, rest[ROWS] = {0}, factor[ROWS];
    for (size_t i = 0; i < n; i++)
        largest[i] = Z[i];
    for (int c = 1; c < k; c++)
        for (size_t i = 0; i < n; i++) {
            float z = Z[(size_t)c * ld + i];
            largest[i] = z > largest[i] ? z : largest[i];
        }
    for (int c = 0; c < k; c++) {
        float *z = Z + (size_t)c * ld;
        for (size_t i = 0; i < n; i++) {
            float difference = z[i] - largest[i], e = exp_fast(difference);
            int mine = y[i] == c;
            own[i] = mine ? e : own[i];
            rest[i] = mine ? -difference : rest[i];
            others[i] += mine ? 0.0f : e;
            z[i] = e;
        }
    }
    for (size_t i = 0; i < n; i++)
        factor[i] = s[i] / (own[i] + others[i]);
    for (int c = 0; c < k; c++) {
        float *z = Z + (size_t)c * ld;
        for (size_t i = 0; i < n; i++)
            z[i] = factor[i] * (y[i] == c ? -others[i] : z[i]);
    }
    return sum_losses(own, others, rest, n, s);
}

SL_CLONED(extern, double, sl_logistic_loss,
          (float *restrict z, size_t n, const float *restrict y, const float *restrict s), (z, n, y, s))
{
    float own[ROWS], others[ROWS], rest[ROWS];
    for (size_t i = 0; i < n; i++) {
        float margin = y[i] * z[i];
        float e = exp_fast(margin > 0 ? -margin : margin); /* exp -|margin| */
        own[i] = 1;
        others[i] = e;
        rest[i] = margin > 0 ? 0 : -margin;
        z[i] = -s[i] * y[i] * (margin > 0 ? e : 1.0f) / (1.0f + e);
    }
    return sum_losses(own, others, rest, n, s);
}

double sl_softmax_loss_plain(float *Z, size_t ld, size_t n, int k, const int32_t *y, const float *s)
{
    double loss = 0;
    for (size_t i = 0; i < n; i++) {
        double largest = (double)Z[i], sum = 0;
        for (int c = 1; c < k; c++)
            largest = fmax(largest, (double)Z[(size_t)c * ld + i]);
        for (int c = 0; c < k; c++)
            sum += exp((double)Z[(size_t)c * ld + i] - largest);
        loss += (double)s[i] * (log(sum) + largest - (double)Z[(size_t)y[i] * ld + i]);
        for (int c = 0; c < k; c++) {
            double p = exp((double)Z[(size_t)c * ld + i] - largest) / sum;
            Z[(size_t)c * ld + i] = (float)((double)s[i] * (p - (y[i] == c)));
        }
    }
    return loss;
}

double sl_logistic_loss_plain(float *z, size_t n, const float *y, const float *s)
{
    double loss = 0;
    for (size_t i = 0; i < n; i++) {
        double margin = (double)y[i] * (double)z[i];
        loss += (double)s[i] * (margin > 0 ? log1p(exp(-margin)) : log1p(exp(margin)) - margin);
        z[i] = (float)(-(double)s[i] * (double)y[i] / (1 + exp(margin)));
    }
    return loss;
}
