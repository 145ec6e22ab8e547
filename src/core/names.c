/* names.c - errors of a name that there is not: the nearest one, and all that there are.
 *
 * Names are compared by their optimal string alignment distance (Damerau-Levenshtein with each letter touched
 * once). Cost: O(length^2) a name. */
#include "core/names.h"
#include <shortlist/text.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static size_t smallest(size_t a, size_t b, size_t c)
{
    size_t ab = a < b ? a : b;
    return ab < c ? ab : c;
}

/* Optimal string alignment distance, letters compared without case. */
static size_t edit_distance(const char *a, const char *b)
{
    enum { MAX = 64 };
    size_t n = strlen(a), m = strlen(b);
    if (n > MAX || m > MAX)
        return SIZE_MAX;
    size_t rows[3][MAX + 1];
    size_t *before = rows[0], *last = rows[1], *row = rows[2];
    for (size_t j = 0; j <= m; j++)
        last[j] = j;
    for (size_t i = 1; i <= n; i++) {
        row[0] = i;
        for (size_t j = 1; j <= m; j++) {
            int differ = strncasecmp(a + i - 1, b + j - 1, 1) != 0;
            row[j] = smallest(last[j] + 1, row[j - 1] + 1, last[j - 1] + differ);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && before[j - 2] + 1 < row[j])
                row[j] = before[j - 2] + 1;
        }
        size_t *oldest = before;
        before = last;
        last = row;
        row = oldest;
    }
    return last[m];
}

/* The one of the names (n) closest to word, or NULL when none is close enough to be a slip of the hand. */
static const char *nearest(const char *word, const char *const *names, size_t n)
{
    const char *best = NULL;
    size_t least = 0;
    for (size_t i = 0; i < n; i++) {
        size_t distance = edit_distance(word, names[i]);
        /* A name that begins with the word, or the other way round, is one slip away. */
        size_t shorter = strlen(word) < strlen(names[i]) ? strlen(word) : strlen(names[i]);
        if (shorter >= 3 && distance > 1 && strncasecmp(word, names[i], shorter) == 0)
            distance = 1;
        if (!best || distance < least) {
            best = names[i];
            least = distance;
        }
    }
    return best && least <= 1 + strlen(word) / 3 ? best : NULL;
}

/* A plain word needs no quotes to stand in a sentence. */
static int is_plain(const char *name)
{
    for (; *name; name++)
        if (strchr(" '\"?()", *name))
            return 0;
    return 1;
}

struct sl_hint sl_did_you_mean(const char *word, const char *const *names, size_t n)
{
    struct sl_hint hint = {""};
    const char *name = nearest(word, names, n), *quote = name && !is_plain(name) ? "'" : "";
    if (name)
        snprintf(hint.text, sizeof hint.text, " (did you mean %s%.80s%s?)", quote, name, quote);
    return hint;
}

/* "a, b, c" as far as there is room, else "a, b, ...". */
static void list_names(const char *const *names, size_t n, char *list, size_t size)
{
    static const char rest[] = ", ...";
    size_t used = 0;
    list[0] = 0;
    for (size_t i = 0; i < n; i++) {
        size_t more = strlen(names[i]) + 2;
        if (used + more + sizeof rest > size) {
            strcpy(list + used, rest);
            return;
        }
        used += (size_t)snprintf(list + used, size - used, "%s%s", i ? ", " : "", names[i]);
    }
}

int sl_fail_unknown(struct sl_error *err, const char *what, const char *word, const char *const *names,
                    size_t n)
{
    char list[720];
    if (!err)
        return SL_EUSAGE;
    list_names(names, n, list, sizeof list);
    return sl_fail(err, SL_EUSAGE, "there is no %s '%.60s'%s: there are %s", what, word,
                   sl_did_you_mean(word, names, n).text, n ? list : "none");
}
