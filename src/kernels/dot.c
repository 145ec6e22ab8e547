/* dot.c - the dot product of two vectors of doubles. */
#include "kernels/dot.h"
#include "kernels/dispatch.h"

/* In eight partial sums, always the same, for the compiler to vectorise. */
SL_CLONED(extern, double, sl_dot, (const double *a, const double *b, size_t n), (a, b, n))
{
    enum { WAYS = 8 };
    double part[WAYS] = {0}, sum = 0;
    size_t i = 0;
    for (; i + WAYS <= n; i += WAYS)
        for (size_t w = 0; w < WAYS; w++)
            part[w] += a[i + w] * b[i + w];
    for (; i < n; i++)
        sum += a[i] * b[i];
    for (size_t w = 0; w < WAYS; w++)
        sum += part[w];
    return sum;
}
