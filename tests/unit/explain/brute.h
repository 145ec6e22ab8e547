/* brute.h - Shapley values by the definition: all coalitions of a few features. */
#ifndef SL_TESTS_BRUTE_H
#define SL_TESTS_BRUTE_H

#include <math.h>
#include <stddef.h>

/* value(arg, set): what the coalition of the features whose bits are set comes to.  phi (d). */
static inline void brute_shapley(size_t d, double (*value)(const void *arg, unsigned set), const void *arg,
                                 double *phi)
{
    double factorial[32] = {1}, known[1 << 12];
    for (size_t i = 1; i <= d; i++)
        factorial[i] = factorial[i - 1] * (double)i;
    for (unsigned set = 0; set < 1u << d; set++)
        known[set] = value(arg, set);
    for (size_t j = 0; j < d; j++) {
        phi[j] = 0;
        for (unsigned set = 0; set < 1u << d; set++) {
            const int size = __builtin_popcount(set);
            if (!(set >> j & 1))
                phi[j] += factorial[size] * factorial[d - 1 - (size_t)size] / factorial[d] *
                          (known[set | 1u << j] - known[set]);
        }
    }
}

#endif
