/* threads.h - how many threads a piece of work is worth: the one rule that all loops on threads go by. */
#ifndef SL_CORE_THREADS_H
#define SL_CORE_THREADS_H

/* A thread is worth calling for so many operations, about a millisecond of them.  On an idle machine threads
 * come within microseconds; on a busy one the last of them comes when the scheduler lets it, some
 * milliseconds later, and meanwhile OpenMP lets the others spin. */
#define SL_THREAD_OPERATIONS 0x1p23

/* SL_THREAD_OPERATIONS; tests set it lower, before any other call, so that the little work of theirs is done
 * on threads, too. */
extern double sl_thread_operations;

/* From 1 to `threads`, for work that threads are called together for.  An operation is a multiply-add of a
 * loop that the compiler vectorises; a step of another loop counts as 8 of them, one that waits for memory
 * as 64. Results never depend on the number of threads, so that a rough count does. */
int sl_threads_for(double operations, int threads);

/* The same for work between two meetings of threads that stay together, and wait at a barrier that soon lets
 * them sleep (core/barrier.h): a quarter of it is enough. */
int sl_threads_between(double operations, int threads);

#endif
