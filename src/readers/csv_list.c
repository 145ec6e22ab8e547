/* csv_list.c - columns of a CSV file that a list names.  O(columns) a name. */
#include "readers/csv_list.h"
#include "core/memory.h"
#include "core/text.h"
#include "data/notes.h"
#include <fnmatch.h>
#include <string.h>

static const char *trim(char *text)
{
    text += strspn(text, " \t");
    for (size_t n = strlen(text); n && strchr(" \t", text[n - 1]); n--)
        text[n - 1] = 0;
    return text;
}

/* width: no column has this name or number. */
static size_t find_column(const struct sl_csv_columns *c, const char *word)
{
    long number, width = (long)c->width;
    for (size_t i = 0; c->names && i < c->width; i++) {
        if (strcmp(c->names[i], word) == 0)
            return i;
    }
    if (sl_parse_long(word, &number) != 0 || number < -width || number >= width)
        return c->width;
    return (size_t)(number < 0 ? width + number : number);
}

/* "FIRST:LAST", at whichever colon makes columns of both sides; -1: out of memory. */
static int mark_range(const struct sl_csv_columns *c, const char *word, char *marks)
{
    char *copy = sl_strdup(word);
    int marked = 0;
    if (!copy)
        return -1;
    for (char *colon = strchr(copy, ':'); colon && !marked; colon = strchr(colon + 1, ':')) {
        *colon = 0;
        size_t first = find_column(c, copy), last = find_column(c, colon + 1);
        *colon = ':';
        for (size_t i = first; last < c->width && i <= last; i++)
            marks[i] = (char)(marked = 1);
    }
    free(copy);
    return marked;
}

/* "b:a", where column b stands behind a. */
static int is_backwards(const struct sl_csv_columns *c, const char *word, int *no_memory)
{
    char *copy = sl_strdup(word);
    int found = 0;
    *no_memory = !copy;
    for (char *colon = copy ? strchr(copy, ':') : NULL; colon && !found; colon = strchr(colon + 1, ':')) {
        *colon = 0;
        size_t first = find_column(c, copy), last = find_column(c, colon + 1);
        *colon = ':';
        found = first < c->width && last < first;
    }
    free(copy);
    return found;
}

static int mark_pattern(const struct sl_csv_columns *c, const char *word, char *marks)
{
    int marked = 0;
    for (size_t i = 0; c->names && strpbrk(word, "*?[") && i < c->width; i++) {
        if (fnmatch(word, c->names[i], 0) == 0)
            marks[i] = (char)(marked = 1);
    }
    return marked;
}

static int no_such_column(const struct sl_csv_columns *c, const char *word, const char *what,
                          struct sl_error *err)
{
    const size_t n = c->names ? c->width : 0;
    int no_memory, backwards = is_backwards(c, word, &no_memory);
    if (no_memory)
        return sl_fail_memory(err);
    if (backwards)
        return sl_fail(err, SL_EUSAGE, "%s: the columns %s %s run backwards: write the first of them first",
                       sl_csv_path(c->csv), what, sl_quote(word).text);
    sl_csv_fail(c->csv, 0, err, "no column %s %s%s; expected %sa number from %ld to %zu", sl_quote(word).text,
                what, sl_did_you_mean(word, (const char *const *)c->names, n).text,
                c->names ? "a name in the header or " : "", -(long)c->width, c->width - 1);
    if (err)
        err->code = SL_EUSAGE; /* the file is as it is: the request is wrong */
    return SL_EUSAGE;
}

int sl_csv_find_columns(const struct sl_csv_columns *c, const char *list, const char *what, int other_file,
                        char *marks, struct sl_error *err)
{
    char *words = sl_strdup(list), *next = words;
    int code = words ? SL_OK : sl_fail_memory(err);
    while (!code && next) {
        const char *word = trim(strsep(&next, ","));
        size_t column = find_column(c, word);
        int marked = column < c->width;
        if (marked)
            marks[column] = 1;
        else if (!(marked = mark_pattern(c, word, marks)))
            marked = mark_range(c, word, marks);
        if (marked < 0)
            code = sl_fail_memory(err);
        else if (!marked && !other_file)
            code = no_such_column(c, word, what, err);
    }
    free(words);
    return code;
}
