/* probe.h - what a stretch of this process's work costs: wall clock, CPU time, peak memory. */
#ifndef SL_MEASURE_PROBE_H
#define SL_MEASURE_PROBE_H

#include <stdint.h>

struct sl_probe {
    /* After sl_probe_stop: the answer. */
    double wall, cpu;   /* seconds; CPU time is that of all threads */
    int64_t peak_bytes; /* resident memory above that of the start, at its highest; -1: not measured */
    /* Internal. */
    double wall_start, cpu_start;
    int64_t resident_start, maximum_start; /* bytes, -1: not known */
    int was_reset;                         /* the kernel's high-water mark begins at the start */
};

/* Resets the process's high-water mark of memory: one probe at a time, in the process whose memory is
 * meant (a trial's own child). */
void sl_probe_start(struct sl_probe *probe);
void sl_probe_stop(struct sl_probe *probe);

#endif
