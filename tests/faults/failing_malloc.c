/* failing_malloc.c - an allocator for LD_PRELOAD whose n-th call fails, as it does where memory runs out.
 *
 * FAIL_AT=n: the n-th call of malloc, calloc, realloc and their kin since the program began returns NULL with
 * ENOMEM; FAIL_ON=1: all after it do, too.  A forked child counts on from its parent's number; with
 * FAIL_FORKED=1 it counts from 0, and the program itself does not.  FAIL_MAIN=1 counts from
 * main on: what libraries do before it, which may be tens of thousands of calls, does not count.
 * FAIL_MARK=FILE is made when a call fails, so that whoever counts upwards sees where to end.  The system's
 * allocator (glibc) does the rest.
 *
 * FAIL_SERVE=1: the program is loaded once and runs many times, which saves most of a small command's time.
 * It waits before main; for each line on stdin, a number n, a fork of it runs main with FAIL_MAIN's n-th call
 * failing, stdin from /dev/null, stdout and stderr in the files out and err, and a minute of time; the answer
 * on stdout is a line: the exit status as a shell has it, and whether the call was met, 1 or 0. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static atomic_long calls;
static atomic_long fail_at = -1; /* -1: not asked yet; 0: never */

/* getenv allocates nothing; the first call is made before any constructor has run. */
static long asked(void)
{
    long at = atomic_load(&fail_at);
    if (at < 0) {
        const char *text = getenv("FAIL_AT");
        at = text ? atol(text) : 0;
        atomic_store(&fail_at, at);
    }
    return at;
}

/* glibc's way to main. */
typedef int main_function(int argc, char **argv, char **env);
typedef int start_function(main_function *main, int argc, char **argv, void (*init)(void), void (*fini)(void),
                           void (*rtld_fini)(void), void *stack_end);

static main_function *program_main;
static atomic_int begun;
static pid_t program, counted; /* who counts */

/* The next number on stdin; -1: none is left. */
static long next_number(void)
{
    char line[32];
    size_t n = 0;
    while (n < sizeof line - 1 && read(0, line + n, 1) == 1)
        if (line[n++] == '\n') {
            line[n] = 0;
            return atol(line);
        }
    return -1;
}

static void become(int file, const char *path, int flags)
{
    int opened = open(path, flags, 0666);
    if (opened < 0 || dup2(opened, file) < 0)
        _exit(125);
    close(opened);
}

/* The fork that runs main, as if it had been started. */
static int run_main(long n, int argc, char **argv, char **env)
{
    enum { SECONDS = 60 };
    become(0, "/dev/null", O_RDONLY);
    become(1, "out", O_WRONLY | O_CREAT | O_TRUNC);
    become(2, "err", O_WRONLY | O_CREAT | O_TRUNC);
    alarm(SECONDS);
    program = counted = getpid();
    atomic_store(&calls, 0);
    atomic_store(&fail_at, n);
    atomic_store(&begun, 1);
    return program_main(argc, argv, env);
}

/* Returns main's value in a fork; the server itself ends here. */
static int serve(int argc, char **argv, char **env)
{
    const char *path = getenv("FAIL_MARK");
    for (long n; path && (n = next_number()) >= 0;) {
        int status = 0;
        unlink(path);
        pid_t child = fork();
        if (child == 0)
            return run_main(n, argc, argv, env);
        if (child < 0 || waitpid(child, &status, 0) < 0)
            _exit(125);
        int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        if (dprintf(1, "%d %d\n", code, access(path, F_OK) == 0) < 0)
            break;
    }
    _exit(0);
}

static int begin(int argc, char **argv, char **env)
{
    unsetenv("LD_PRELOAD"); /* programs that this one starts have memory: gnuplot's crashes are its own */
    if (getenv("FAIL_SERVE"))
        return serve(argc, argv, env);
    atomic_store(&begun, 1);
    return program_main(argc, argv, env);
}

int __libc_start_main(main_function *main, int argc, char **argv, void (*init)(void), void (*fini)(void),
                      void (*rtld_fini)(void), void *stack_end)
{
    start_function *start;
    *(void **)&start = dlsym(RTLD_NEXT, "__libc_start_main");
    program_main = main;
    return start(begin, argc, argv, init, fini, rtld_fini, stack_end);
}

static void mark(void)
{
    const char *path = getenv("FAIL_MARK");
    int file = path ? open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666) : -1;
    if (file >= 0)
        close(file);
}

/* Does this process count?  A child that does begins with its first call. */
static int counts(void)
{
    pid_t self = getpid();
    if (!program)
        program = counted = self;
    if (!getenv("FAIL_FORKED"))
        return 1;
    if (self != counted) { /* there is one thread yet */
        counted = self;
        atomic_store(&calls, 0);
    }
    return self != program;
}

static int fails(void)
{
    if (!atomic_load(&begun) && (getenv("FAIL_MAIN") || getenv("FAIL_SERVE")))
        return 0;
    if (!counts())
        return 0;
    long at = asked(), call = atomic_fetch_add(&calls, 1) + 1;
    if (at == 0 || call < at || (call > at && !getenv("FAIL_ON")))
        return 0;
    mark();
    errno = ENOMEM;
    return 1;
}

void *malloc(size_t size)
{
    return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
    return fails() ? NULL : __libc_calloc(n, size);
}

void *realloc(void *p, size_t size)
{
    return fails() ? NULL : __libc_realloc(p, size);
}

void *memalign(size_t alignment, size_t size)
{
    return fails() ? NULL : __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return memalign(alignment, size);
}

int posix_memalign(void **p, size_t alignment, size_t size)
{
    if (fails())
        return ENOMEM;
    *p = __libc_memalign(alignment, size);
    return *p ? 0 : ENOMEM;
}
