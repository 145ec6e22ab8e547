/* dot.h - the dot product of two vectors of doubles. */
#ifndef SL_KERNELS_DOT_H
#define SL_KERNELS_DOT_H

#include <stddef.h>

double sl_dot(const double *a, const double *b, size_t n);

#endif
