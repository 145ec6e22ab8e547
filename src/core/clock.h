/* clock.h - seconds. */
#ifndef SL_CORE_CLOCK_H
#define SL_CORE_CLOCK_H

double sl_now(void);         /* monotonic wall clock */
double sl_cpu_time(void);    /* CPU time of all threads of this process, user and system */
double sl_thread_time(void); /* CPU time of the calling thread */

#endif
