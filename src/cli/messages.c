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

static void write_visible(FILE *to, const char *text, const char *end)
{
    sl_write_visible(to, text);
    fputs(end, to);
}

/* stderr has no buffer: what is made before leaves in one piece, and does not mix with what other processes,
 * or mpirun, say at the same time. */
static void write_in_one_piece(const char *text, const char *end)
{
    char *made = NULL;
    size_t n = 0;
    FILE *to = open_memstream(&made, &n);
    if (to)
        write_visible(to, text, end);
    if (to && fclose(to) == 0)
        fwrite(made, 1, n, stderr);
    else
        write_visible(stderr, text, end);
    free(made);
}

static void print_visible(FILE *to, const char *end, const char *format, va_list args)
{
    char *text;
    if (vasprintf(&text, format, args) < 0) {
        /* On stderr this is what there is to be said. */
        fprintf(to, "%s%s", to == stderr ? "(out of memory)" : "", end);
        if (to != stderr)
            cli_miss_text();
        return;
    }
    if (to == stderr)
        write_in_one_piece(text, end);
    else
        write_visible(to, text, end);
    free(text);
}

void cli_print(FILE *to, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    print_visible(to, "", format, args);
    va_end(args);
}

void cli_line(FILE *to, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    print_visible(to, "\n", format, args);
    va_end(args);
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
    char *text;
    va_start(args, format);
    const int n = vasprintf(&text, format, args);
    va_end(args);
    cli_line(stderr, "shortlist %s: %s; see 'shortlist %s --help'", command->name,
             n < 0 ? "(out of memory)" : text, command->name);
    if (n >= 0)
        free(text);
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
