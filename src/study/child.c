/* child.c - a unit's own process: its signals, its streams, its end.
 *
 * Signals: SIGINT is the parent's, which decides what becomes of its children; SIGTERM raises the cancel
 * flag.  Faults end the process whatever handlers the parent had. */
#include "study/child.h"
#include "core/memory.h"
#include "core/signals.h"
#include "study/channel.h"
#include "study/child_work.h"
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

extern void __gcov_dump(void) __attribute__((weak));

/* This process's own, raised by SIGTERM. */
static volatile sig_atomic_t cancelled;

static void raise_cancelled(int signal_number)
{
    (void)signal_number;
    cancelled = 1;
}

static void set_signals(void)
{
    static const int faults[] = {SIGSEGV, SIGBUS,  SIGFPE,  SIGILL, SIGABRT,
                                 SIGALRM, SIGQUIT, SIGUSR1, SIGUSR2};
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        signal(faults[i], SIG_DFL);
    signal(SIGINT, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    sl_handle_signal(SIGTERM, raise_cancelled);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static void set_streams(int log)
{
    int nothing = open("/dev/null", O_RDWR);
    if (nothing < 0)
        return;
    dup2(nothing, STDIN_FILENO);
    dup2(nothing, STDOUT_FILENO);
    dup2(log >= 0 ? log : nothing, STDERR_FILENO);
    if (nothing > STDERR_FILENO)
        close(nothing);
}

/* Set before the work begins. */
static int to_parent;

static void tell_no_memory(void)
{
    sl_channel_send_no_memory(to_parent);
}

_Noreturn void sl_child_run(const struct sl_work *work, pid_t parent, int channel, int log)
{
    /* If the parent dies, so does the unit: nobody would read its outcome. */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
    set_signals();
    set_streams(log);
    /* The BLAS that LIBLINEAR brings computes in this thread alone: its numbers do not depend on how many
     * threads there are, and it takes no memory for others when it is loaded. */
    setenv("OPENBLAS_NUM_THREADS", "1", 1);
    to_parent = channel;
    sl_at_memory_end(tell_no_memory);
    if (work->n == 1)
        sl_child_run_trial(work, channel, &cancelled);
    else
        sl_child_run_group(work, channel, &cancelled);
    if (__gcov_dump) /* built for coverage: the counters go with the process otherwise */
        __gcov_dump();
    _exit(0); /* no atexit handlers, no flushing of what the parent had buffered */
}
