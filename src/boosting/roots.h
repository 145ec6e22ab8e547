/* roots.h - what the trees of one iteration begin with: each output's gradients as whole numbers, and their
 * sums over all rows, of four outputs at a time. */
#ifndef SL_BOOSTING_ROOTS_H
#define SL_BOOSTING_ROOTS_H

#include "boosting/step.h"

/* Makes packed of the step's rows; its sum (bins' rows) is there. */
void sl_boost_pack(const struct sl_boost_step *step, struct sl_boost_packed *packed);

/* How many outputs' roots are summed at a time; 0: each tree sums its own, as there are too few outputs or
 * too many features. */
size_t sl_boost_roots_at_once(const struct sl_bins *bins, size_t n_outputs);

/* What is summed, and to where. */
struct sl_boost_roots {
    const struct sl_bins *bins;
    const struct sl_joint *joint; /* of the bins, or NULL */
    const uint32_t *rows;         /* (n) */
    size_t n;
    const struct sl_boost_packed *packed; /* (n_outputs) */
    size_t n_outputs;
    uint64_t *sums; /* (n_outputs, blocks, SL_SUMS_BLOCK) */
};

/* The same sums as sl_sums_add gives but for bin 0, on any number of threads; bins that a feature has not are
 * 0.  SL_ENOMEM. */
int sl_boost_sum_roots(const struct sl_boost_roots *of, int threads);

#endif
