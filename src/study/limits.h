/* limits.h - memory of a trial's process: reading it, and bounding it. */
#ifndef SL_STUDY_LIMITS_H
#define SL_STUDY_LIMITS_H

#include <stdint.h>
#include <sys/types.h>

/* Resident bytes of a process (0: this one); -1 where they can not be read. */
int64_t sl_resident(pid_t pid);

/* Makes allocations fail that take this process more than limit bytes beyond what it has now (and some
 * headroom for the stacks of its threads), so that a burst can not outrun the parent's polling. */
void sl_limit_memory(int64_t limit, int threads);

/* "512 MiB" */
void sl_print_bytes(int64_t bytes, char *buf, unsigned size);

#endif
