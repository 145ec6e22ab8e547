/* main.c - the program: finds the subcommand, and sees to it that what it printed has arrived.
 *
 * Exit status: 0 done; 1 a file or the system stands in the way; 2 the request is wrong; 3 done, but some
 * trials failed, or diff found a regression; 130 interrupted. */
#include "cli.h"
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static const struct cli_command *const commands[] = {
    &cli_run,     &cli_sweep,   &cli_estimate, &cli_show,      &cli_diff,      &cli_plot,       &cli_report,
    &cli_predict, &cli_explain, &cli_errors,   &cli_embed,     &cli_calibrate, &cli_robustness, &cli_list,
    &cli_audit,   &cli_delete,  &cli_merge,    &cli_reproduce, &cli_ensemble,
};
enum { N_COMMANDS = sizeof commands / sizeof *commands };

static void print_help(void)
{
    printf(
        "usage: shortlist COMMAND [ARGUMENT...] [OPTION...]\n\n"
        "Compares classifiers on one data set: fits each on the same rows in a process of its own, scores\n"
        "it on the same rows, and shows accuracy with its uncertainty beside time and memory.\n\n"
        "commands:\n");
    for (int i = 0; i < N_COMMANDS; i++)
        printf("  %-10s %s\n", commands[i]->name, commands[i]->summary);
    printf("\n"
           "'shortlist COMMAND --help' explains a command, with examples.  To begin with:\n"
           "  shortlist run                       the shortlisting table on Fashion-MNIST\n"
           "  shortlist run --data synthetic      the same on a small made-up data set, in seconds\n\n"
           "Results go to stdout, progress and messages to stderr, studies to results/ (--out).\n"
           "Exit status: 0 done; 1 a file or the system stands in the way; 2 the request is wrong; 3 done, "
           "but some\n"
           "trials failed, or diff found a regression; 130 interrupted.\n");
}

static int fail_command(const char *word)
{
    const char *names[N_COMMANDS];
    for (int i = 0; i < N_COMMANDS; i++)
        names[i] = commands[i]->name;
    cli_line(stderr, "shortlist: there is no %s '%.60s'%s; see 'shortlist --help'",
             *word == '-' ? "option" : "command", word, sl_did_you_mean(word, names, N_COMMANDS).text);
    return EXIT_USAGE;
}

static const struct cli_command *find_command(const char *word)
{
    for (int i = 0; i < N_COMMANDS; i++)
        if (strcmp(commands[i]->name, word) == 0)
            return commands[i];
    return NULL;
}

static int run_command(const struct cli_command *command, int argc, char **argv)
{
    struct cli_args args;
    int status = cli_parse(command, argc, argv, &args);
    if (!status && cli_has(&args, "help"))
        cli_print_help(command);
    else if (!status)
        status = command->run(&args);
    cli_args_release(&args);
    return status;
}

static int dispatch(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "shortlist: a command is missing; see 'shortlist --help'\n");
        return EXIT_USAGE;
    }
    const char *word = argv[1];
    if (strcmp(word, "--version") == 0) {
        printf("shortlist %s\n", sl_version());
        return EXIT_DONE;
    }
    int wants_help = strcmp(word, "help") == 0;
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || (wants_help && argc == 2)) {
        print_help();
        return EXIT_DONE;
    }
    const struct cli_command *command = find_command(wants_help ? argv[2] : word);
    if (!command)
        return fail_command(wants_help ? argv[2] : word);
    if (wants_help) {
        cli_print_help(command);
        return EXIT_DONE;
    }
    struct sl_error err;
    if (sl_cpu_check(&err))
        return cli_fail(&err);
    return run_command(command, argc - 1, argv + 1);
}

/* Want of memory in a library that does not tell us. */
static void end_without_memory(void)
{
    static const char text[] = "shortlist: out of memory\n";
    ssize_t n = write(STDERR_FILENO, text, sizeof text - 1);
    (void)n;
    _exit(EXIT_ERROR);
}

static void watch_memory(void)
{
    sl_at_memory_end(end_without_memory);
}

/* Called before the constructors of libraries, which allocate. */
__attribute__((section(".preinit_array"), used)) static void (*const preinit)(void) = watch_memory;

/* Of each thread, here and in the processes of trials: one size, whatever the limit on the first thread's.
 * A small one (ulimit -s) would be theirs too, and a large one takes address space that may be short (ulimit
 * -v). */
enum { STACK = 1 << 20 };

static void set_thread_stacks(void)
{
    pthread_attr_t attr;
    if (pthread_getattr_default_np(&attr))
        return;
    pthread_attr_setstacksize(&attr, STACK);
    pthread_setattr_default_np(&attr);
    pthread_attr_destroy(&attr);
}

struct call {
    int argc, status;
    char **argv;
};

static void *answer(void *arg)
{
    struct call *call = arg;
    call->status = cli_final_status(dispatch(call->argc, call->argv));
    return NULL;
}

/* In a thread with a stack of its own where the first thread's may not grow as far as libraries need (oneDNN
 * asks for more than 64 KiB); trials' processes are forked from it and have that stack, too.  Signals are
 * its. */
static int answer_with_stack(int argc, char **argv)
{
    struct call call = {argc, EXIT_ERROR, argv};
    struct rlimit limit;
    pthread_t thread;
    sigset_t all;
    if (getrlimit(RLIMIT_STACK, &limit) || limit.rlim_cur >= (rlim_t)STACK ||
        pthread_create(&thread, NULL, answer, &call))
        answer(&call);
    else {
        sigfillset(&all);
        pthread_sigmask(SIG_BLOCK, &all, NULL);
        pthread_join(thread, NULL);
    }
    return call.status;
}

int main(int argc, char **argv)
{
    /* Else stdio takes memory for a buffer; where there is none, it prints nothing and gives no error. */
    static char buffer[BUFSIZ];
    setvbuf(stdout, buffer, isatty(STDOUT_FILENO) ? _IOLBF : _IOFBF, sizeof buffer);
    set_thread_stacks();
    signal(SIGXFSZ, SIG_IGN); /* beyond the limit of a file's size: the write fails, and says why */
    int status = answer_with_stack(argc, argv);
    errno = 0;
    if (fflush(stdout) || ferror(stdout) || (close(STDOUT_FILENO) && errno != EBADF)) {
        if (status != EXIT_ERROR) /* else a line on stderr tells of it, or of something worse */
            fprintf(stderr, "shortlist: standard output could not be written%s%s\n", errno ? ": " : "",
                    errno ? strerror(errno) : "");
        status = EXIT_ERROR;
    }
    errno = 0; /* all is told: see sl_at_memory_end */
    return status;
}
