/* eight.h - eight floats at a time, for loops that the compiler does not vectorise by itself: one register
 * of AVX2, parts of one or several of others.  Used in functions that SL_CLONED defines. */
#ifndef SL_KERNELS_EIGHT_H
#define SL_KERNELS_EIGHT_H

#include "kernels/dispatch.h"

typedef float sl_eight __attribute__((vector_size(32)));
typedef float sl_eight_unaligned __attribute__((vector_size(32), aligned(4), may_alias));

#define SL_EIGHT(p) (*(const sl_eight_unaligned *)(p))
#define SL_EIGHT_AT(p) (*(sl_eight_unaligned *)(p))

#endif
