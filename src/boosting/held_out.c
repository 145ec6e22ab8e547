/* held_out.c - training rows that are held out, class by class.  O(n). */
#include "boosting/held_out.h"
#include "core/memory.h"
#include <math.h>

/* Rows of each class that are yet to be seen, and of them to be held out. */
struct quota {
    size_t left, wanted;
};

size_t sl_boost_hold_out(const int32_t *y, int k, double fraction, struct sl_rng *rng, uint32_t *rows,
                         size_t *n, uint32_t *held)
{
    struct quota *quota = sl_alloc_zero((size_t)k, sizeof *quota);
    size_t kept = 0, n_held = 0;
    if (!quota)
        return SIZE_MAX;
    for (size_t i = 0; i < *n; i++)
        quota[y[rows[i]]].left++;
    for (int c = 0; c < k; c++) {
        quota[c].wanted = (size_t)llround(fraction * (double)quota[c].left);
        if (quota[c].wanted >= quota[c].left && quota[c].left)
            quota[c].wanted = quota[c].left - 1;
    }
    for (size_t i = 0; i < *n; i++) { /* each row with the chance that makes all choices alike */
        struct quota *own = &quota[y[rows[i]]];
        const uint32_t row = rows[i];
        if (sl_rng_below(rng, own->left--) < own->wanted) {
            own->wanted--;
            held[n_held++] = row;
        } else
            rows[kept++] = row;
    }
    *n = kept;
    free(quota);
    return n_held;
}
