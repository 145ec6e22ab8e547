/* barrier.h - where threads meet. */
#ifndef SL_CORE_BARRIER_H
#define SL_CORE_BARRIER_H

#include <stdatomic.h>
#include <stdint.h>

/* All zero at first. */
struct sl_barrier {
    _Atomic uint32_t arrived, round, sleepers;
};

/* Returns when `parties` threads have called it.  What each wrote before, all see after. */
void sl_barrier_wait(struct sl_barrier *barrier, int parties);

#endif
