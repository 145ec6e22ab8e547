/* cores.c - how many processors this process may use. */
#include "core/cores.h"
#include <sched.h>
#include <unistd.h>

int sl_cores(void)
{
    cpu_set_t set;
    int fits = sched_getaffinity(0, sizeof set, &set) == 0; /* not with more than 1024 of them */
    long n = fits ? CPU_COUNT(&set) : sysconf(_SC_NPROCESSORS_ONLN);
    return n > 0 ? (int)n : 1;
}
