/* memory_end.c - ends of the process that are due to want of memory, told from others.
 *
 * Some libraries do not check what malloc returned and fault (LIBLINEAR, LIBSVM, parts of oneDNN), one throws
 * std::bad_alloc through C code, which no C code can catch (oneDNN), one exits (libgomp).  In each case errno
 * of the thread still holds the ENOMEM that malloc or mmap has left there a moment before: nothing sets it
 * back but us. */
#include <dlfcn.h>
#include <errno.h>
#include <shortlist/error.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>

static const int faults[] = {SIGSEGV, SIGBUS, SIGABRT};
enum { FAULTS = sizeof faults / sizeof *faults };

static void (*tell)(void);
static struct sigaction before[FAULTS];

/* Then the fault takes its course as if this handler had never been. */
static void on_fault(int number, siginfo_t *info, void *context)
{
    (void)context;
    if (errno == ENOMEM)
        tell();
    for (int i = 0; i < FAULTS; i++)
        sigaction(faults[i], &before[i], NULL);
    if (info->si_code <= 0) /* sent, not met: it would not come again by itself */
        raise(number);
}

static void on_exit_of_library(void)
{
    if (errno == ENOMEM)
        tell();
}

/* The C++ runtime, which a library may have brought. */
static struct {
    void (*(*set_terminate)(void (*handler)(void)))(void);
    void *(*exception_type)(void);
    const void *bad_alloc;
    void (*terminate)(void); /* the handler before ours */
} cxx;

static void on_exception(void)
{
    if (cxx.exception_type && cxx.exception_type() == cxx.bad_alloc) {
        errno = ENOMEM;
        abort();
    }
    cxx.terminate();
}

static void watch_exceptions(void)
{
    cxx.set_terminate = dlsym(RTLD_DEFAULT, "_ZSt13set_terminatePFvvE"); /* std::set_terminate */
    cxx.exception_type = dlsym(RTLD_DEFAULT, "__cxa_current_exception_type");
    cxx.bad_alloc = dlsym(RTLD_DEFAULT, "_ZTISt9bad_alloc"); /* typeid(std::bad_alloc) */
    if (cxx.set_terminate)
        cxx.terminate = cxx.set_terminate(on_exception);
}

void sl_at_memory_end(void (*function)(void))
{
    /* Where the thread has a stack for handlers it is used: see signals.c. */
    struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    int again = tell != NULL;
    tell = function;
    errno = 0;
    for (int i = 0; i < FAULTS; i++) {
        struct sigaction old;
        sigaction(faults[i], &action, &old);
        if (!(old.sa_flags & SA_SIGINFO) || old.sa_sigaction != on_fault)
            before[i] = old;
    }
    if (again)
        return;
    atexit(on_exit_of_library);
    watch_exceptions();
}
