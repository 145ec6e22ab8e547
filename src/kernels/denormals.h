/* denormals.h - numbers below the smallest normal float as zeros, on the calling thread.
 *
 * Moments and gradients that fade away otherwise stay in that range for thousands of steps, where each
 * operation takes a hundred times as long. */
#ifndef SL_KERNELS_DENORMALS_H
#define SL_KERNELS_DENORMALS_H

#ifdef __SSE__
#include <xmmintrin.h>
#endif

/* Returns what sl_restore_denormals wants. */
static inline unsigned sl_flush_denormals(void)
{
#ifdef __SSE__
    enum { RESULTS = 0x8000, OPERANDS = 0x0040 };
    unsigned old = _mm_getcsr();
    _mm_setcsr(old | RESULTS | OPERANDS);
    return old;
#else
    return 0;
#endif
}

static inline void sl_restore_denormals(unsigned old)
{
#ifdef __SSE__
    _mm_setcsr(old);
#else
    (void)old;
#endif
}

#endif
