/* fonts.c - which characters the installed fonts have, as fontconfig's fc-list tells (Debian's Pango, by
 * which gnuplot draws PNG and PDF, brings it).
 *
 * gnuplot draws a character without a font as a shape as large as the picture, over all that follows it. So
 * such characters become a white square in PNG and PDF; SVG keeps them, as who shows it has fonts of his own.
 * Letters of Latin, Greek and Cyrillic and common signs are taken to be there, and without fc-list only these
 * are.  Cost: fc-list runs once a process, some 20 ms, and only where a text has other characters. */
#include "show/plots/fonts.h"
#include "core/memory.h"
#include "core/text.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CHARACTERS = 0x110000 };
static const char square[] = "\u25a1";

extern char **environ;

static unsigned char *there; /* (CHARACTERS / 8): a bit each; NULL: not known */
static pthread_once_t looked = PTHREAD_ONCE_INIT;

static int is_common(uint32_t c)
{
    return c < 0x530 || (c >= 0x1e00 && c < 0x2300) || c == 0x25a1;
}

/* "20-7e a0 ...": ranges of hexadecimal numbers. */
static void add_ranges(const char *text)
{
    char *end;
    for (; *text && *text != '\n'; text = end + (*end == ' ')) {
        const unsigned long low = strtoul(text, &end, 16);
        const unsigned long high = *end == '-' ? strtoul(end + 1, &end, 16) : low;
        if (*end && *end != ' ' && *end != '\n')
            return;
        for (unsigned long c = low; c <= high && c < CHARACTERS; c++)
            there[c / 8] |= (unsigned char)(1 << c % 8);
    }
}

/* Fonts of outlines: Pango takes no others. */
static void read_fonts(FILE *from)
{
    char *line = NULL;
    size_t room = 0;
    while (getline(&line, &room, from) > 0) {
        char *ranges = strchr(line, '|');
        if (ranges && (strncmp(line, "TrueType|", 9) == 0 || strncmp(line, "CFF|", 4) == 0))
            add_ranges(ranges + 1);
    }
    free(line);
}

/* Starts fc-list, and gives what it prints; NULL where it can not be started. */
static FILE *start(pid_t *pid)
{
    char *words[] = {"fc-list", "--format=%{fontformat}|%{charset}\n", NULL};
    posix_spawn_file_actions_t actions;
    int ends[2];
    if (pipe2(ends, O_CLOEXEC))
        return NULL;
    int failed = posix_spawn_file_actions_init(&actions);
    if (!failed) {
        failed = posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO) ||
                 posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0) ||
                 posix_spawnp(pid, words[0], &actions, NULL, words, environ);
        posix_spawn_file_actions_destroy(&actions);
    }
    close(ends[1]);
    FILE *from = failed ? NULL : fdopen(ends[0], "r");
    if (!from)
        close(ends[0]);
    return from;
}

static void look(void)
{
    pid_t pid = -1;
    there = sl_alloc_zero(CHARACTERS / 8, 1);
    FILE *from = there ? start(&pid) : NULL;
    if (from) {
        read_fonts(from);
        fclose(from);
    }
    while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        ;
}

static int is_there(uint32_t c)
{
    if (is_common(c))
        return 1;
    pthread_once(&looked, look);
    return there && c < CHARACTERS && (there[c / 8] >> c % 8 & 1);
}

/* Of length bytes of UTF-8. */
static uint32_t code_point(const unsigned char *c, size_t length)
{
    uint32_t code = length < 2 ? c[0] : c[0] & (0x7fU >> length);
    for (size_t i = 1; i < length; i++)
        code = code << 6 | (c[i] & 0x3fU);
    return code;
}

char *sl_fonts_replace(const char *text, int *failed)
{
    struct sl_string out = {0};
    int replaced = 0;
    for (const char *c = text; *c;) {
        size_t length = sl_utf8_length((const unsigned char *)c);
        length += !length;
        if (is_there(code_point((const unsigned char *)c, length)))
            sl_string_add(&out, "%.*s", (int)length, c);
        else {
            sl_string_add(&out, "%s", square);
            replaced = 1;
        }
        c += length;
    }
    *failed |= out.failed;
    if (replaced && !out.failed)
        return out.text;
    sl_string_release(&out);
    return NULL;
}
