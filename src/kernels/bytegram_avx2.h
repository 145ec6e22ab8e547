/* bytegram_avx2.h - exact byte products by AVX2's 16-bit multiply-add; bytegram.c decides where. */
#ifndef SL_KERNELS_BYTEGRAM_AVX2_H
#define SL_KERNELS_BYTEGRAM_AVX2_H

#include <stddef.h>
#include <stdint.h>

/* As sl_bytegram, on the calling thread; d >= 1.  Only where the processor has AVX2.  0, or -1 when out of
 * memory or compiled for another architecture. */
int sl_bytegram_avx2(const uint8_t *a, size_t m, const int8_t *b, size_t n, size_t d, int32_t *p, size_t ldp);

/* As sl_byte_dot, under the same condition. */
int32_t sl_byte_dot_avx2(const uint8_t *a, const int8_t *b, size_t d);

#endif
