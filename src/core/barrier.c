/* barrier.c - a barrier that spins for some microseconds and then sleeps.
 *
 * A step of a small network takes a few hundred microseconds between barriers, so that waking a thread
 * each time would show; but where other processes want the cores too, a thread that spins for long keeps
 * the one it waits for from running.  OpenMP's own barrier spins for milliseconds.  The sleep is a futex
 * on the number of the round (Drepper, "Futexes Are Tricky", 2011). */
#include "core/barrier.h"
#include <linux/futex.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { SPINS = 4000 }; /* some 40 to 200 microseconds */

static inline void pause_briefly(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#else
    atomic_signal_fence(memory_order_seq_cst);
#endif
}

static void sleep_until_changed(struct sl_barrier *barrier, uint32_t round)
{
    atomic_fetch_add(&barrier->sleepers, 1);
    while (atomic_load(&barrier->round) == round)
        syscall(SYS_futex, &barrier->round, FUTEX_WAIT_PRIVATE, round, NULL, NULL, 0);
    atomic_fetch_sub(&barrier->sleepers, 1);
}

void sl_barrier_wait(struct sl_barrier *barrier, int parties)
{
    if (parties <= 1)
        return;
    uint32_t round = atomic_load(&barrier->round);
    if (atomic_fetch_add(&barrier->arrived, 1) + 1 == (uint32_t)parties) {
        atomic_store(&barrier->arrived, 0); /* nobody arrives again before the round ends */
        atomic_fetch_add(&barrier->round, 1);
        if (atomic_load(&barrier->sleepers) > 0)
            syscall(SYS_futex, &barrier->round, FUTEX_WAKE_PRIVATE, parties, NULL, NULL, 0);
        return;
    }
    for (int i = 0; i < SPINS; i++) {
        if (atomic_load_explicit(&barrier->round, memory_order_acquire) != round)
            return;
        pause_briefly();
    }
    sleep_until_changed(barrier, round);
}
