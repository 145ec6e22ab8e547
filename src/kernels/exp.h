/* exp.h - exp of one float, and what is made of it, for loops that the compiler is to vectorise: no branches.
 *
 * Cody and Waite's reduction to |r| <= ln 2 / 2, and the polynomial of degree 6 of Cephes (Moshier, Methods
 * and Programs for Mathematical Functions, 1989): within 2 units in the last place. */
#ifndef SL_KERNELS_EXP_H
#define SL_KERNELS_EXP_H

#include "kernels/dispatch.h"
#include <stdint.h>

#define SL_EXP_MAX 87.0f /* sl_exp takes numbers from -SL_EXP_MAX to SL_EXP_MAX: callers clamp */

SL_INLINE float sl_exp(float x)
{
    const float magic =
        12582912.0f; /* adding 1.5 * 2^23 rounds to a whole number, and leaves it in the low bits */
    const float shifted = x * 1.44269504088896341f + magic;
    const float n = shifted - magic;
    const float r = (x - n * 0.693359375f) + n * 2.12194440e-4f; /* x - n ln 2 */
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * (r * r) + r + 1.0f;
    union {
        float f;
        uint32_t bits;
    } power = {shifted};
    power.bits = (power.bits << 23) + 0x3f800000u; /* 2^n */
    return p * power.f;
}

/* Of any number; NaN gives NaN. */
SL_INLINE float sl_exp_cut(float x)
{
    x = x < -SL_EXP_MAX ? -SL_EXP_MAX : x;
    return sl_exp(x > SL_EXP_MAX ? SL_EXP_MAX : x);
}

/* Cephes' polynomial near 0, made of exp elsewhere: within 3e-7 of tanh x, times tanh x. */
SL_INLINE float sl_tanh(float x)
{
    const float s = x * x;
    float y = -5.70498872745e-3f;
    y = y * s + 2.06390887954e-2f;
    y = y * s - 5.37397155531e-2f;
    y = y * s + 1.33314422036e-1f;
    y = y * s - 3.33332819422e-1f;
    const float near_zero = y * s * x + x;
    const float far = 1.0f - 2.0f / (sl_exp_cut(2.0f * x) + 1.0f);
    return s < 0.625f * 0.625f ? near_zero : far;
}

/* exp(x) - 1 for x <= 0, without cancellation: 2 t / (1 - t), t = tanh(x / 2). */
SL_INLINE float sl_exp_minus_1(float x)
{
    const float t = sl_tanh(0.5f * x);
    return 2.0f * t / (1.0f - t);
}

/* 1 / (1 + exp(-x)) */
SL_INLINE float sl_logistic(float x)
{
    return 1.0f / (1.0f + sl_exp_cut(-x));
}

#endif
