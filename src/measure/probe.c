/* probe.c - wall clock, CPU time and peak memory of a stretch of work.
 *
 * Memory: Linux keeps the highest resident size of a process (VmHWM) and resets it when 5 is written to
 * /proc/self/clear_refs; the peak is VmHWM at the end less the resident size at the start.  Pages that a
 * forked child shares with its parent are in both, so the data set itself does not count.  Where the mark
 * can not be reset, getrusage's maximum serves if it has grown; where it has not, the peak lies somewhere
 * below the old maximum and is not measured. */
#include "measure/probe.h"
#include "core/clock.h"
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* A line "Name:   1234 kB" of /proc/self/status, in bytes; -1 where there is none. */
static int64_t status_bytes(const char *name)
{
    char text[4096];
    int file = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
    ssize_t n = file < 0 ? -1 : read(file, text, sizeof text - 1);
    if (file >= 0)
        close(file);
    if (n <= 0)
        return -1;
    text[n] = 0;
    int64_t kib;
    const char *line = strstr(text, name);
    if (!line || sscanf(line + strlen(name), " %" SCNd64 " kB", &kib) != 1)
        return -1;
    return kib * 1024;
}

static int reset_high_water(void)
{
    int file = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC);
    if (file < 0)
        return 0;
    int done = write(file, "5", 1) == 1;
    close(file);
    return done;
}

static int64_t maximum_resident(void)
{
    struct rusage usage;
    return getrusage(RUSAGE_SELF, &usage) == 0 && usage.ru_maxrss > 0 ? (int64_t)usage.ru_maxrss * 1024 : -1;
}

static int64_t peak_above_start(const struct sl_probe *probe)
{
    int64_t high = probe->was_reset ? status_bytes("\nVmHWM:") : -1;
    if (high < 0) {
        high = maximum_resident();
        if (high <= probe->maximum_start)
            return -1;
    }
    if (probe->resident_start < 0)
        return -1;
    return high > probe->resident_start ? high - probe->resident_start : 0;
}

void sl_probe_start(struct sl_probe *probe)
{
    *probe = (struct sl_probe){.peak_bytes = -1};
    probe->maximum_start = maximum_resident();
    probe->was_reset = reset_high_water();
    probe->resident_start = status_bytes("\nVmRSS:");
    probe->cpu_start = sl_cpu_time();
    probe->wall_start = sl_now();
}

void sl_probe_stop(struct sl_probe *probe)
{
    probe->wall = sl_now() - probe->wall_start;
    probe->cpu = sl_cpu_time() - probe->cpu_start;
    probe->peak_bytes = peak_above_start(probe);
}
