/* clock.c - seconds. */
#include "core/clock.h"
#include <shortlist/spent.h>
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

double sl_thread_time(void)
{
    return seconds(CLOCK_THREAD_CPUTIME_ID);
}

struct sl_spent sl_spent_now(void)
{
    return (struct sl_spent){sl_now(), sl_cpu_time()};
}

struct sl_spent sl_spent_since(struct sl_spent start)
{
    struct sl_spent now = sl_spent_now();
    return (struct sl_spent){now.seconds - start.seconds, now.cpu - start.cpu};
}

struct sl_spent sl_spent_add(struct sl_spent own, struct sl_spent shared, double n)
{
    return (struct sl_spent){own.seconds + shared.seconds / n, own.cpu + shared.cpu / n};
}
