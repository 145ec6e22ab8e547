/* distance.h - distances between two rows, without products: for metrics that have no GEMM. */
#ifndef SL_KERNELS_DISTANCE_H
#define SL_KERNELS_DISTANCE_H

#include "kernels/sparse_row.h"
#include <shortlist/view.h>
#include <stddef.h>
#include <stdint.h>

/* out[i * ldo + j] = sum_t |a[i, t] - b[j, t]| for A (m, d) and B (n, d); d <= 8,000,000. */
void sl_manhattan_bytes(const uint8_t *a, size_t m, const uint8_t *b, size_t n, size_t d, int32_t *out,
                        size_t ldo);

/* sum_t power[|a_t - b_t|], where power[v] is v to the p: a Minkowski distance before its root. */
double sl_minkowski_bytes(const uint8_t *a, const uint8_t *b, size_t d, const double power[256]);

/* sum_t |a_t - b_t|^p in double; p = 1 and p = 2 without pow. */
double sl_minkowski_floats(const float *a, const float *b, size_t d, double p);

/* out (n): the same of a and each of n rows b (n, d), to the last bit. */
void sl_minkowski_rows(const float *a, const float *b, size_t n, size_t d, double p, double *out);

/* The same of two sparse rows of d features, summed in the same order: equal to the last bit. */
double sl_minkowski_sparse(const struct sl_sparse_row *a, const struct sl_sparse_row *b, size_t d, double p);

#endif
