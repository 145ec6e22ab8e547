/* notes.c - lines of text about a file. */
#include "data/notes.h"
#include "core/memory.h"
#include "core/text.h"
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* What is quoted from a file must not break the line or the terminal. */
static void make_plain(char *text)
{
    for (char *c = text; *c; c++)
        *c = iscntrl((unsigned char)*c) ? '?' : *c;
}

void sl_notes_add(struct sl_notes *notes, const char *format, ...)
{
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    make_plain(text);
    char **lines = sl_realloc(notes->lines, notes->n + 1, sizeof *lines), *line = sl_strdup(text);
    notes->lines = lines ? lines : notes->lines;
    if (!lines || !line) {
        free(line);
        notes->failed = 1;
        return;
    }
    lines[notes->n++] = line;
}

void sl_notes_release(struct sl_notes *notes)
{
    for (size_t i = 0; i < notes->n; i++)
        free(notes->lines[i]);
    free(notes->lines);
    *notes = (struct sl_notes){0};
}

void sl_note_unseen(struct sl_notes *notes, size_t unseen, size_t n)
{
    sl_notes_add(notes,
                 "%zu of %zu rows %s of classes without training rows: %s as wrong, with the probability "
                 "0 (2.2e-16) in the log loss",
                 unseen, n, unseen == 1 ? "is" : "are", unseen == 1 ? "it counts" : "they count");
}

void sl_note_weightless(size_t n, struct sl_notes *notes)
{
    if (n)
        sl_notes_add(notes, "weights: %zu row%s of weight 0 take%s no part in fitting", n, n == 1 ? "" : "s",
                     n == 1 ? "s" : "");
}

struct sl_quoted sl_quote(const char *name)
{
    enum { MOST = 40 };
    struct sl_quoted quoted;
    size_t n = strlen(name), cut = n > MOST ? MOST : n;
    while (cut < n && cut > 0 && ((unsigned char)name[cut] & 0xc0) == 0x80) /* between characters of UTF-8 */
        cut--;
    snprintf(quoted.text, sizeof quoted.text, "\"%.*s%s\"", (int)cut, name, cut < n ? "..." : "");
    make_plain(quoted.text);
    return quoted;
}
