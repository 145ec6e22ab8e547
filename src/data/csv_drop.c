/* csv_drop.c - the list of columns that are left out.  Cost: O(names in the list times columns). */
#include "data/csv_drop.h"
#include "core/memory.h"
#include "core/text.h"
#include "data/notes.h"
#include <string.h>

static char *trim(char *text)
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

static int no_such_column(const struct sl_csv_columns *c, const char *word, struct sl_error *err)
{
    const size_t n = c->names ? c->width : 0;
    sl_csv_fail(c->csv, 0, err, "no column %s to leave out%s; expected %sa number from %ld to %zu",
                sl_quote(word).text, sl_did_you_mean(word, (const char *const *)c->names, n).text,
                c->names ? "a name in the header or " : "", -(long)c->width, c->width - 1);
    if (err)
        err->code = SL_EUSAGE; /* the file is as it is: the request is wrong */
    return SL_EUSAGE;
}

int sl_csv_find_dropped(const struct sl_csv_columns *c, const char *list, int other_file, char *dropped,
                        struct sl_error *err)
{
    char *words = sl_strdup(list), *next = words;
    int code = words ? SL_OK : sl_fail_memory(err);
    while (!code && next) {
        const char *word = trim(strsep(&next, ","));
        size_t column = find_column(c, word);
        if (column < c->width)
            dropped[column] = 1;
        else if (!other_file)
            code = no_such_column(c, word, err);
    }
    free(words);
    return code;
}
