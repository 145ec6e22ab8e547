/* softmax.h - losses of linear scores and their derivatives, many rows at a time.
 *
 * Scores are class-major: Z[c * ld + i] is row i's score for class c, so that a register holds one
 * class of many rows. */
#ifndef SL_KERNELS_SOFTMAX_H
#define SL_KERNELS_SOFTMAX_H

#include <stddef.h>
#include <stdint.h>

enum { SL_SOFTMAX_ROWS = 64 }; /* at most this many rows a call */

/* Multinomial logistic loss of n rows with labels y (n) in 0 ... k-1 and weights s (n): returns
 * sum of s_i (log sum_c exp Z_c - Z_y), and replaces Z by its derivative, s_i (softmax(Z)_c - [c == y]). */
double sl_softmax_loss(float *Z, size_t ld, size_t n, int k, const int32_t *y, const float *s);

/* Binary logistic loss, z (n) and signs y (n) of -1 or +1: returns the sum of s_i log(1 + exp(-y z)), and
 * replaces z by its derivative, -s_i y / (1 + exp(y z)). */
double sl_logistic_loss(float *z, size_t n, const float *y, const float *s);

/* The same by the definition, in double: what tests compare with. */
double sl_softmax_loss_plain(float *Z, size_t ld, size_t n, int k, const int32_t *y, const float *s);
double sl_logistic_loss_plain(float *z, size_t n, const float *y, const float *s);

#endif
