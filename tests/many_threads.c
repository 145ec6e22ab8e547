/* many_threads.c - linked to every test program: the little work of tests is done on as many threads as they
 * ask for, so that they see what threads do.  tests/conformance/test_tiny.c sets it back. */
#include "core/threads.h"

__attribute__((constructor)) static void any_work_is_worth_threads(void)
{
    sl_thread_operations = 1;
}
