/* threads.h - how many threads a piece of work is worth: the one rule that all loops on threads go by. */
#ifndef SL_CORE_THREADS_H
#define SL_CORE_THREADS_H

/* A thread is worth so many operations, about a quarter of a millisecond of them.  To call threads together
 * takes microseconds on an idle machine; on a busy one the last of them comes when the scheduler lets it,
 * milliseconds later, and meanwhile the others spin. */
#define SL_THREAD_OPERATIONS 0x1p21

/* SL_THREAD_OPERATIONS; tests set it lower, before any other call, so that the little work of theirs is done
 * on threads, too. */
extern double sl_thread_operations;

/* From 1 to `threads`, for work between two meetings of the threads.  An operation is a multiply-add of a
 * loop that the compiler vectorises; a step of another loop counts as 8 of them, one that waits for memory
 * as 64. Results never depend on the number of threads, so that a rough count does. */
int sl_threads_for(double operations, int threads);

#endif
