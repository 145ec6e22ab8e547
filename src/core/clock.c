/* clock.c - seconds. */
#include "core/clock.h"
#include <time.h>

static double seconds(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

double sl_now(void)
{
    return seconds(CLOCK_MONOTONIC);
}

double sl_cpu_time(void)
{
    return seconds(CLOCK_PROCESS_CPUTIME_ID);
}
