/* messages.c - what the program says: errors and their exit status, and texts from files and command lines
 * made fit for people. */
#include "cli.h"
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Some text is missing in what was printed: this process's own. */
static int incomplete;

void cli_miss_text(void)
{
    incomplete = 1;
}

char *cli_copy(const char *text)
{
    char *fresh = strdup(text);
    if (!fresh)
        cli_miss_text();
    return fresh;
}

int cli_final_status(int status)
{
    if (!incomplete || status == EXIT_ERROR)
        return status;
    fputs("shortlist: out of memory\n", stderr);
    return EXIT_ERROR;
}

static void print_visible(FILE *to, const char *format, va_list args)
{
    char *text;
    if (vasprintf(&text, format, args) < 0) {
        if (to == stderr)
            fputs("(out of memory)", to); /* which is what there is to be said */
        else
            cli_miss_text();
        return;
    }
    sl_write_visible(to, text);
    free(text);
}

void cli_print(FILE *to, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    print_visible(to, format, args);
    va_end(args);
}

void cli_line(FILE *to, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    print_visible(to, format, args);
    va_end(args);
    fputc('\n', to);
}

void cli_left_out(const char *lines)
{
    while (*lines) {
        const size_t n = strcspn(lines, "\n");
        cli_line(stderr, "shortlist: left out: %.*s", (int)n, lines);
        lines += n + (lines[n] == '\n');
    }
}

int cli_fail(const struct sl_error *err)
{
    cli_line(stderr, "shortlist: %s", err->text);
    if (err->code == SL_ECANCELLED)
        return EXIT_INTERRUPTED;
    return err->code == SL_EUSAGE || err->code == SL_ENOPART ? EXIT_USAGE : EXIT_ERROR;
}

int cli_usage(const struct cli_command *command, const char *format, ...)
{
    va_list args;
    fprintf(stderr, "shortlist %s: ", command->name);
    va_start(args, format);
    print_visible(stderr, format, args);
    va_end(args);
    fprintf(stderr, "; see 'shortlist %s --help'\n", command->name);
    return EXIT_USAGE;
}

int cli_reject(const struct cli_command *command, const char *where, const struct sl_error *err)
{
    return err->code == SL_EUSAGE ? cli_usage(command, "%s%s", where, err->text) : cli_fail(err);
}

int cli_fail_memory(void)
{
    static const struct sl_error err = {SL_ENOMEM, "out of memory"};
    return cli_fail(&err);
}

int cli_draws_bars(void)
{
    const char *plain = getenv("NO_COLOR"), *term = getenv("TERM");
    return isatty(STDOUT_FILENO) && !(plain && *plain) && !(term && strcmp(term, "dumb") == 0);
}

int cli_width(void)
{
    struct winsize size;
    if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0)
        return 0;
    return size.ws_col;
}
