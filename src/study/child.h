/* child.h - what runs in a unit's own process. */
#ifndef SL_STUDY_CHILD_H
#define SL_STUDY_CHILD_H

#include "study/work.h"
#include <sys/types.h>

/* Runs the work in a process just forked from parent, sends its records to channel, and ends the process.
 * What it prints is dropped, but for standard error, which goes to log. */
_Noreturn void sl_child_run(const struct sl_work *work, pid_t parent, int channel, int log);

#endif
