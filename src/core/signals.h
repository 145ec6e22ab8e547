/* signals.h - handlers of signals in a process that fits. */
#ifndef SL_CORE_SIGNALS_H
#define SL_CORE_SIGNALS_H

/* Handles the signal in the thread that calls, on a stack of its own; calls that it interrupts go on.  Once
 * a process, and in its first thread: to that one a signal goes that is sent to the process. */
void sl_handle_signal(int number, void (*handler)(int number));

#endif
