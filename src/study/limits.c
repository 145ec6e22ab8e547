/* limits.c - memory of a trial's process.
 *
 * The limit is on resident memory above the trial's start: that is what the parent polls.  Mappings are
 * bounded as well, by RLIMIT_DATA: it counts private writable memory only, so that shared libraries and
 * the sanitizers' shadows do not matter as they would with RLIMIT_AS. */
#include "study/limits.h"
#include "kernels/dispatch.h"
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

/* Field i (from 0) of /proc/PID/statm, in bytes: 1 resident, 5 data and stack. */
static int64_t statm(pid_t pid, int i)
{
    char path[64] = "/proc/self/statm";
    long long pages[7];
    if (pid)
        snprintf(path, sizeof path, "/proc/%ld/statm", (long)pid);
    FILE *file = fopen(path, "re");
    if (!file)
        return -1;
    int n = fscanf(file, "%lld %lld %lld %lld %lld %lld %lld", &pages[0], &pages[1], &pages[2], &pages[3],
                   &pages[4], &pages[5], &pages[6]);
    fclose(file);
    return n == 7 ? pages[i] * (int64_t)sysconf(_SC_PAGESIZE) : -1;
}

int64_t sl_resident(pid_t pid)
{
    return statm(pid, 1);
}

void sl_limit_memory(int64_t limit, int threads)
{
#ifdef SL_SANITIZED
    (void)limit; /* the shadow counts as data: polling alone has to do */
    (void)threads;
#else
    int64_t now = statm(0, 5);
    struct rlimit data;
    if (limit <= 0 || now < 0 || getrlimit(RLIMIT_DATA, &data))
        return;
    rlim_t most = (rlim_t)now + (rlim_t)limit + (rlim_t)limit / 8 + (64 + 16 * (rlim_t)threads) * (1 << 20);
    if (data.rlim_cur == RLIM_INFINITY || data.rlim_cur > most)
        data.rlim_cur = most;
    setrlimit(RLIMIT_DATA, &data);
#endif
}

void sl_print_bytes(int64_t bytes, char *buf, unsigned size)
{
    static const char *const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
    double value = (double)bytes;
    size_t unit = 0;
    for (; value >= 1024 && unit < 4; unit++)
        value /= 1024;
    snprintf(buf, size, "%.4g %s", value, units[unit]);
}
