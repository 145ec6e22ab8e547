/* threads.c - how many threads a piece of work is worth. */
#include "core/threads.h"

double sl_thread_operations = SL_THREAD_OPERATIONS;

int sl_threads_for(double operations, int threads)
{
    double most = operations / sl_thread_operations;
    return most >= threads ? threads : most >= 1 ? (int)most : 1;
}

int sl_threads_between(double operations, int threads)
{
    return sl_threads_for(4 * operations, threads);
}
