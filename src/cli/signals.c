/* signals.c - Ctrl-C and SIGTERM raise a flag: what is done is kept, and the run ends soon. */
#include "cli.h"
#include <signal.h>

static volatile sig_atomic_t raised;

static void on_signal(int number)
{
    (void)number;
    raised = 1;
}

const volatile sig_atomic_t *cli_catch_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal};
    sigemptyset(&action.sa_mask);
    /* SA_RESETHAND: the second signal takes its default action, which ends the process. */
    action.sa_flags = SA_RESETHAND;
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    return &raised;
}
