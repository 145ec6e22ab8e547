/* signals.c - handlers of signals in a process that fits.
 *
 * oneDNN's matrix products for AVX-512 use the stack pointer as one more register: it points to the numbers
 * that they work on.  A handler on the thread's stack would be run there, and overwrite them and what lies
 * below. */
#include "core/signals.h"
#include <signal.h>
#include <stddef.h>

void sl_handle_signal(int number, void (*handler)(int number))
{
    static char memory[1 << 16]; /* what the processor saves of its registers is up to 11 KiB */
    const stack_t stack = {.ss_sp = memory, .ss_size = sizeof memory};
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART | SA_ONSTACK};
    sigaltstack(&stack, NULL);
    sigaction(number, &action, NULL);
}
