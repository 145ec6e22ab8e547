/* main.c - the program: finds the subcommand, and sees to it that what it printed has arrived.
 *
 * Exit status: 0 done; 1 a file or the system stands in the way; 2 the request is wrong; 3 done, but some
 * trials failed; 130 interrupted. */
#include "cli.h"
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static const struct cli_command *const commands[] = {
    &cli_run, &cli_sweep, &cli_show, &cli_plot, &cli_predict, &cli_list, &cli_audit,
};
enum { N_COMMANDS = sizeof commands / sizeof *commands };

int cli_fail(const struct sl_error *err)
{
    fprintf(stderr, "shortlist: %s\n", err->text);
    if (err->code == SL_ECANCELLED)
        return EXIT_INTERRUPTED;
    return err->code == SL_EUSAGE || err->code == SL_ENOPART ? EXIT_USAGE : EXIT_ERROR;
}

int cli_usage(const struct cli_command *command, const char *format, ...)
{
    va_list args;
    fprintf(stderr, "shortlist %s: ", command->name);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fprintf(stderr, "; see 'shortlist %s --help'\n", command->name);
    return EXIT_USAGE;
}

int cli_refuse(const struct cli_command *command, const char *before, const struct sl_error *err)
{
    return err->code == SL_EUSAGE ? cli_usage(command, "%s%s", before, err->text) : cli_fail(err);
}

int cli_out_of_memory(void)
{
    struct sl_error err;
    sl_fail_memory(&err);
    return cli_fail(&err);
}

int cli_width(void)
{
    struct winsize size;
    if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0)
        return 0;
    return size.ws_col;
}

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
           "trials failed; 130 interrupted.\n");
}

static int fail_command(const char *word)
{
    const char *names[N_COMMANDS];
    for (int i = 0; i < N_COMMANDS; i++)
        names[i] = commands[i]->name;
    const char *nearest = sl_nearest(word, names, N_COMMANDS);
    fprintf(stderr, "shortlist: there is no %s '%.60s'", *word == '-' ? "option" : "command", word);
    if (nearest)
        fprintf(stderr, " (did you mean %s?)", nearest);
    fprintf(stderr, "; see 'shortlist --help'\n");
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
    return run_command(command, argc - 1, argv + 1);
}

int main(int argc, char **argv)
{
    int status = dispatch(argc, argv);
    errno = 0;
    if (fflush(stdout) || ferror(stdout) || (close(STDOUT_FILENO) && errno != EBADF)) {
        fprintf(stderr, "shortlist: standard output could not be written%s%s\n", errno ? ": " : "",
                errno ? strerror(errno) : "");
        return EXIT_ERROR;
    }
    return status;
}
