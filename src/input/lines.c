/* lines.c - a stream of text as lines.  One pass, O(bytes). */
#include "input/lines.h"
#include "core/memory.h"
#include "input/input.h"
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { CHUNK = 1 << 20, LONGEST = 1 << 24 };

void sl_lines_release(struct sl_lines *lines)
{
    free(lines->chunk);
    *lines = (struct sl_lines){0};
}

int sl_lines_fail(const struct sl_lines *lines, struct sl_error *err, const char *format, ...)
{
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    for (char *c = text; *c; c++) /* what is quoted from the file must not break the line or the terminal */
        *c = iscntrl((unsigned char)*c) ? '?' : *c;
    return sl_fail(err, SL_EDATA, "%s:%zu: %s", sl_input_path(lines->in), lines->number, text);
}

/* Reads on behind what is there, which moves to the front. */
static int read_more(struct sl_lines *lines, struct sl_error *err)
{
    size_t left = lines->end - lines->at, got;
    if (left > LONGEST) {
        lines->number++;
        return sl_lines_fail(lines, err, "the line is longer than %d bytes: is this a text file?", LONGEST);
    }
    if (lines->capacity < left + CHUNK + 1) {
        size_t capacity = left * 2 + CHUNK + 1;
        char *chunk = sl_realloc(lines->chunk, capacity, 1);
        if (!chunk)
            return sl_fail_memory(err);
        lines->chunk = chunk;
        lines->capacity = capacity;
    }
    memmove(lines->chunk, lines->chunk + lines->at, left);
    lines->at = 0;
    int code = sl_input_read(lines->in, lines->chunk + left, CHUNK, &got, err);
    lines->end = left + got;
    lines->ended = got < CHUNK;
    return code;
}

char *sl_lines_next(struct sl_lines *lines, size_t *length, int *code, struct sl_error *err)
{
    char *end = NULL;
    size_t looked = 0;
    *code = SL_OK;
    for (;;) {
        if (lines->end > lines->at + looked)
            end = memchr(lines->chunk + lines->at + looked, '\n', lines->end - lines->at - looked);
        if (end || lines->ended)
            break;
        looked = lines->end - lines->at;
        if ((*code = read_more(lines, err)))
            return NULL;
    }
    if (lines->at == lines->end)
        return NULL;
    char *line = lines->chunk + lines->at;
    lines->number++;
    end = end ? end : lines->chunk + lines->end;
    lines->at = (size_t)(end - lines->chunk) + (end < lines->chunk + lines->end);
    end -= end > line && end[-1] == '\r';
    *end = 0;
    *length = (size_t)(end - line);
    if (strlen(line) == *length)
        return line;
    *code = sl_lines_fail(lines, err, "a NUL byte: expected plain text (ASCII or UTF-8)");
    return NULL;
}
